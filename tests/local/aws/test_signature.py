"""Our signature is botocore's."""

import calendar
import datetime
from unittest import mock

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.aws.signature import Signer

DAYS = [
    datetime.datetime(2026, 1, 2, 3, 4, 5),
    datetime.datetime(2026, 1, 2, 23, 59, 59),
    datetime.datetime(2026, 12, 31),
]


@pytest.mark.parametrize("body", [b"{}", b"", "é".encode() * 1000])
def test_the_signature_is_botocores(body: bytes) -> None:
    signer = Signer("127.0.0.1:4000", "sqs", "eu-central-1", ("AKID", "secret"))
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage"}
    for moment in DAYS:
        request = AWSRequest("POST", "http://127.0.0.1:4000/", headers=dict(headers), data=body)
        with mock.patch("botocore.auth.get_current_datetime", return_value=moment):
            SigV4Auth(Credentials("AKID", "secret"), "sqs", "eu-central-1").add_auth(request)
        signed = signer.sign(headers, body, calendar.timegm(moment.timetuple()))
        assert signed["Authorization"] == request.headers["Authorization"]
        assert signed["X-Amz-Date"] == request.headers["X-Amz-Date"]
