"""The whole program with other settings: what they change, and how wrong ones are refused before anything is made."""

import shutil
from pathlib import Path

import pytest

from infrastructure.settings import ROOT
from local.engine import ConfigError, DeploymentError, preview

REGION = {"aws:region": "eu-central-1"}


def refused(**settings: str) -> list[str]:
    """The lines with which a preview of dev, so configured, is refused."""
    with pytest.raises(DeploymentError) as caught:
        preview("dev", {**REGION, **{f"symphony:{key}": value for key, value in settings.items()}})
    return str(caught.value).splitlines()


def test_an_address_is_subscribed_to_alerts() -> None:
    plan = preview("dev", {**REGION, "symphony:alertEmail": "cold-chain@example.com"})
    subscription = plan.one("aws:sns/topicSubscription:TopicSubscription", "email")
    assert (subscription.inputs["protocol"], subscription.inputs["endpoint"]) == ("email", "cold-chain@example.com")
    assert plan.one("aws:sns/topic:Topic", "topic").urn in subscription.dependencies


def test_another_partition_is_in_every_arn() -> None:
    plan = preview("dev", {"aws:region": "cn-north-1"})
    for policy in plan.of("aws:iam/rolePolicy:RolePolicy"):
        assert "arn:aws-cn:" in policy.inputs["policy"]
        assert "arn:aws:" not in policy.inputs["policy"]


def test_settings_reach_their_resources() -> None:
    given = {"batchSize": "5", "queueVisibilitySeconds": "400", "maxReceives": "2", "deduplicationDays": "90"}
    given |= {"workflowLogLevel": "ERROR", "quarantinedPerHour": "7"}
    plan = preview("dev", {**REGION, **{f"symphony:{key}": value for key, value in given.items()}})
    batch = plan.one("aws:pipes/pipe:Pipe", "pipe").inputs["sourceParameters"]["sqsQueueParameters"]
    assert batch["batchSize"] == 5
    assert plan.one("aws:sqs/queue:Queue", "telemetry").inputs["visibilityTimeoutSeconds"] == 400
    environment = plan.one("aws:lambda/function:Function", "validate").inputs["environment"]
    assert environment["variables"]["DEDUPLICATION_DAYS"] == "90"
    machine = plan.one("aws:sfn/stateMachine:StateMachine", "telemetry").inputs
    assert machine["loggingConfiguration"]["level"] == "ERROR"
    assert plan.one("aws:cloudwatch/metricAlarm:MetricAlarm", "quarantined").inputs["threshold"] == 7


def test_a_batch_that_does_not_fit_is_refused_in_one_line() -> None:
    lines = refused(batchSize="11")
    assert [line for line in lines if "a state carries 262,144" in line]
    assert not [line for line in lines if "Traceback" in line], "settings are no crash"


def test_timeouts_that_do_not_nest_are_refused() -> None:
    assert [line for line in refused(queueVisibilitySeconds="30") if "write a queueVisibilitySeconds above 270" in line]


def test_all_problems_of_settings_come_in_one_run() -> None:
    lines = refused(batchSize="11", queueVisibilitySeconds="30", deduplicationDays="10")
    assert len([line for line in lines if "; write " in line]) >= 3


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The program in a folder of its own, so that its settings may be wrong."""
    for name in ("__main__.py", "Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "wrong"),
    [("  symphony:batchSize: ten\n", "10:23"), ("  symphony:tracing: 7\n", "10:21")],
)
def test_an_ill_typed_value_is_one_clear_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, line: str, wrong: str
) -> None:
    """The engine finds these, as Pulumi's CLI does, before the program runs."""
    path = project / "Pulumi.dev.yaml"
    text = path.read_text()
    assert len(text.splitlines()) == 9
    path.write_text(text + line)
    monkeypatch.chdir(project)
    with pytest.raises(ConfigError) as caught:
        preview("dev", program=project / "__main__.py")
    lines = [each for each in str(caught.value).splitlines() if each.strip()]
    assert lines[0].startswith(f"Pulumi.dev.yaml:{wrong}: "), lines
