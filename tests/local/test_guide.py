"""What is printed to be copied is what a shell and the tools understand."""

import json
import os
import shlex
import subprocess
from pathlib import Path

from local import guide
from local.text import printable
from local.watch import Places

PLACES = Places(
    readings="symphony-local-readings",
    devices="d",
    repeats="r",
    quarantine="q",
    queue="http://127.0.0.1:1/000000000000/symphony-local-telemetry",
    dead_letters="http://127.0.0.1:1/000000000000/symphony-local-dead",
    alerts="arn:aws:sns:us-east-1:000000000000:symphony-local-alerts",
    pipe="p",
)
WHERE = guide.Where(
    endpoint="http://127.0.0.1:4566",
    region="us-east-1",
    mqtt_host="127.0.0.1",
    mqtt_port=8883,
    ca_file=Path("/home/a b/ca.pem"),
    logs=Path("/logs"),
    device="my-sensor",
    places=PLACES,
)


def arguments(command: str) -> list[str]:
    """The words that a shell makes of the command."""
    words = shlex.split(command)
    program = next(index for index, word in enumerate(words) if "=" not in word)
    script = " ".join(words[:program]) + ' args() { for a in "$@"; do printf \'%s\\0\' "$a"; done; }; '
    tail = command[command.index(words[program]) :]
    shell = subprocess.run(["bash", "-c", f"{script} args {tail}"], capture_output=True, check=True, text=True)
    return shell.stdout.split("\0")[:-1]


def test_commands_survive_the_screen() -> None:
    for _, command in guide.commands(WHERE):
        assert printable(command) == command


def test_the_published_reading_is_json_with_a_fresh_id_and_time() -> None:
    commands = dict(guide.commands(WHERE))
    words = arguments(commands["publish a reading"])
    assert words[0] == "mosquitto_pub"
    assert words[words.index("--cafile") + 1] == "/home/a b/ca.pem"
    assert words[words.index("-t") + 1] == "devices/my-sensor/telemetry"
    reading = json.loads(words[words.index("-m") + 1])
    assert reading["messageId"].isdigit()
    assert set(reading) == {"messageId", "temperature", "humidity", "battery", "time"}
    assert json.loads(arguments(commands["the same, without mosquitto"])[3])["temperature"] == 4.5


def test_no_command_uses_anything_but_dummy_credentials() -> None:
    commands = dict(guide.commands(WHERE))
    assert commands["see it in the table"].startswith("AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws --region ")
    assert "--endpoint-url http://127.0.0.1:4566" in commands["see it in the table"]
    assert "aws_access_key_id='test'" in commands["the same, with boto3"]


def test_the_python_in_the_commands_is_python() -> None:
    commands = dict(guide.commands(WHERE))
    for what in ("the same, without mosquitto", "the same, with boto3"):
        words = arguments(commands[what])
        assert words[0] == f".venv{os.sep}bin{os.sep}python"
        compile(words[2], what, "exec")


def test_the_places_name_queues_and_tables() -> None:
    shown = dict(guide.places(WHERE))
    assert shown["queues"] == "symphony-local-telemetry, dead letters in symphony-local-dead"
    assert shown["MQTT over TLS"].startswith("127.0.0.1:8883")
