"""The public names: all there, shown under their public module, services imported only when they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import workflow
from workflow import Fail, Pass, Succeed, Workflow


def test_every_name_is_there_and_shows_its_public_module() -> None:
    for name in workflow.__all__:
        value = getattr(workflow, name)
        if isinstance(value, type):
            assert value.__module__ in ("workflow", "workflow.integrations"), name


def test_an_unknown_name_is_told_as_python_tells_it() -> None:
    with pytest.raises(AttributeError, match=r"^module 'workflow' has no attribute 'SendMesage'$"):
        getattr(workflow, "SendMesage")


def test_services_are_imported_when_they_are_asked_for() -> None:
    code = (
        "import sys, workflow; before = 'workflow.aws.sqs' in sys.modules; from workflow import SendMessage;"
        "print(before, 'workflow.aws.sqs' in sys.modules, SendMessage)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert said == "False True <class 'workflow.SendMessage'>\n"


def test_status_codes_of_http_are_errors() -> None:
    from workflow import CallHttp, Connection

    rate = CallHttp("Rate", Connection("bank"), of=str, returns=dict[str, float], url="https://bank.example/rates")
    caught = rate.catch("States.Http.StatusCode.404", output=lambda c: c.error, then=Fail("Unknown"))
    flow = Workflow.standard("rates", caught >> Pass("Rates", dict[str, float], lambda r: r) >> Succeed("Known"))
    assert flow.definition()["States"]["Rate"]["Catch"][0]["ErrorEquals"] == ["States.Http.StatusCode.404"]
