"""Where to look during a run, and the exact commands to try: text only.

Stage: the local run's output. The credentials in the commands are dummies; nothing here reaches an AWS account.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.watch import Places

_PAYLOAD = '{"messageId":"$(date +%s%N)","temperature":4.5,"humidity":61,"battery":87,"time":"$(date -u +%FT%TZ)"}'


@dataclass(frozen=True)
class Where:
    """What a person needs to know to reach the run."""

    endpoint: str
    region: str
    mqtt_host: str
    mqtt_port: int
    ca_file: Path
    logs: Path
    device: str
    places: Places


def places(where: Where) -> Iterator[tuple[str, str]]:
    """Yield names and values: addresses, files and names of tables."""
    yield "AWS endpoint", where.endpoint
    yield "MQTT over TLS", f"{where.mqtt_host}:{where.mqtt_port}, topic devices/DEVICE/telemetry"
    yield "CA certificate", str(where.ca_file)
    yield (
        "tables",
        ", ".join((where.places.readings, where.places.devices, where.places.repeats, where.places.quarantine)),
    )
    yield "queues", f"{_last(where.places.queue)}, dead letters in {_last(where.places.dead_letters)}"
    yield "alerts", where.places.alerts
    yield "logs", str(where.logs)


def commands(where: Where) -> Iterator[tuple[str, str]]:
    """Yield what a command does, and the command, to be pasted into a shell as it is."""
    topic = f"devices/{where.device}/telemetry"
    # In double quotes, so that the shell fills in the message's id and time.
    message = '"' + _PAYLOAD.replace('"', '\\"') + '"'
    yield (
        "publish a reading",
        f"mosquitto_pub -h {where.mqtt_host} -p {where.mqtt_port} --cafile {shlex.quote(str(where.ca_file))} "
        f"-q 1 -i {where.device} -t {topic} -m {message}",
    )
    publish = (
        # paho calls the end of its own connection an error, on standard error.
        "import logging, sys, paho.mqtt.publish as p; logging.disable(); "
        f"p.single('{topic}', sys.argv[1], qos=1, hostname='{where.mqtt_host}', port={where.mqtt_port}, "
        f"client_id='{where.device}', tls={{'ca_certs': sys.argv[2]}})"
    )
    yield (
        "the same, without mosquitto",
        f'.venv/bin/python -c "{publish}" {message} {shlex.quote(str(where.ca_file))}',
    )
    values = '{":device":{"S":"' + where.device + '"}}'
    yield (
        "see it in the table",
        f"AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws --region {where.region} "
        f"--endpoint-url {where.endpoint} dynamodb scan --table-name {where.places.readings} "
        f"--filter-expression 'device_id = :device' --expression-attribute-values '{values}'",
    )
    read = (
        f"import boto3; t = boto3.resource('dynamodb', endpoint_url='{where.endpoint}', region_name='{where.region}', "
        f"aws_access_key_id='test', aws_secret_access_key='test').Table('{where.places.readings}'); "
        f"print(*(i for i in t.scan()['Items'] if i['device_id'] == '{where.device}'), sep='\\n')"
    )
    yield "the same, with boto3", f'.venv/bin/python -c "{read}"'


def _last(url: str) -> str:
    return url.rsplit("/", 1)[-1]
