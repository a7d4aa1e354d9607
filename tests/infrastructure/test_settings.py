"""Settings: every problem at once, each with its place, what is wrong, and what to write instead."""

import re
import tempfile
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.settings import ROOT, Limits, Settings, SettingsError, read
from infrastructure.stack_files import StackFiles

LIMITS = Limits(longest=200, timeout=270, shortest_task=10, place="pipelines/telemetry.py")


def settings_of(root: Path, text: str, *, stack: str = "dev", limits: Limits = LIMITS) -> Settings:
    """Reads a Pulumi.STACK.yaml with `text` beside the project's real Pulumi.yaml, as Pulumi would hand it over."""
    (root / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    (root / f"Pulumi.{stack}.yaml").write_text(text)
    files = StackFiles(root, stack, "symphony")
    given = {key: entry.value for key, entry in files.entries.items() if entry.value is not None}
    return read(given, files, "symphony", stack, limits)


def problems_of(root: Path, text: str, *, stack: str = "dev", limits: Limits = LIMITS) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        settings_of(root, text, stack=stack, limits=limits)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def config(**settings: object) -> str:
    return "config:\n" + "".join(f"  symphony:{key}: {value}\n" for key, value in settings.items())


def test_defaults_come_from_the_project(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "config: {}\n")
    assert (settings.batch_size, settings.largest_message_bytes, settings.queue_visibility_seconds) == (10, 12_288, 300)
    assert (settings.tracing, settings.protect_data, settings.alert_email) == (True, False, "")


def test_the_stack_overrides_them(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, config(batchSize=5, tracing="false", alertEmail="a@example.com", logLevel="DEBUG"))
    assert (settings.batch_size, settings.tracing, settings.alert_email) == (5, False, "a@example.com")
    assert settings.log_level == "DEBUG"


def test_names_carry_project_and_stack(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "config: {}\n")
    assert settings.name("readings") == "symphony-dev-readings"
    assert settings.rule_name("telemetry") == "symphony_dev_telemetry"


# ---- one setting alone


@pytest.mark.parametrize(
    ("setting", "value", "problem"),
    [
        (
            "batchSize",
            "ten",
            "Pulumi.dev.yaml:2:23: symphony:batchSize is 'ten', no whole number; write one from 1 to 10000",
        ),
        (
            "batchSize",
            "2.5",
            "Pulumi.dev.yaml:2:23: symphony:batchSize is '2.5', no whole number; write one from 1 to 10000",
        ),
        (
            "batchSize",
            "0",
            "Pulumi.dev.yaml:2:23: symphony:batchSize is '0', which is not allowed; write one from 1 to 10000",
        ),
        (
            "tracing",
            "maybe",
            "Pulumi.dev.yaml:2:21: symphony:tracing is 'maybe', neither true nor false; "
            "write true or false, without quotes",
        ),
        (
            "logLevel",
            "warning",
            "Pulumi.dev.yaml:2:22: symphony:logLevel is 'warning', which is not allowed; write WARNING",
        ),
        (
            "logLevel",
            "LOUD",
            "Pulumi.dev.yaml:2:22: symphony:logLevel is 'LOUD', which is not allowed; "
            "write one of DEBUG, INFO, WARNING, ERROR",
        ),
        (
            "alertEmail",
            "nobody",
            "Pulumi.dev.yaml:2:24: 'nobody' is no address; write one such as cold-chain@example.com",
        ),
    ],
)
def test_a_wrong_value_is_one_clear_line(tmp_path: Path, setting: str, value: str, problem: str) -> None:
    assert problems_of(tmp_path, config(**{setting: value})) == (problem,)


def test_a_period_that_cloudwatch_does_not_offer(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, config(logRetentionDays=10))
    assert problem.startswith("Pulumi.dev.yaml:2:30: symphony:logRetentionDays is '10', which is not allowed; ")
    assert "write one of 1, 3, 5, 7, 14, 30" in problem


def test_a_misspelt_setting_is_recognised(tmp_path: Path) -> None:
    assert problems_of(tmp_path, config(batchsize=5)) == (
        "Pulumi.dev.yaml:2:3: there is no setting symphony:batchsize; did you mean symphony:batchSize?",
    )


def test_a_setting_of_nothing(tmp_path: Path) -> None:
    assert problems_of(tmp_path, config(colour="blue")) == (
        "Pulumi.dev.yaml:2:3: there is no setting symphony:colour; Pulumi.yaml lists the settings; remove it",
    )


def test_settings_of_others_are_not_ours(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "config:\n  aws:region: eu-central-1\n  other:batchSize: x\n").batch_size == 10


def test_a_setting_without_default_must_be_given(tmp_path: Path) -> None:
    project = (ROOT / "Pulumi.yaml").read_text().replace("    default: 10\n", "", 1)
    (tmp_path / "Pulumi.yaml").write_text(project)
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    with pytest.raises(SettingsError) as caught:
        read({}, StackFiles(tmp_path, "dev", "symphony"), "symphony", "dev", LIMITS)
    assert caught.value.problems == (
        "Pulumi.dev.yaml: symphony:batchSize is missing; add it under config:, or a default in Pulumi.yaml",
    )


def test_a_stack_name_that_would_not_fit_into_names(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "config: {}\n", stack="x" * 31)
    assert "the stack's name has 31 characters; use at most 30" in problem


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, config(batchSize="ten", tracing="maybe", logLevl="INFO"))
    assert [problem.split(": ")[0] for problem in problems] == [
        "Pulumi.dev.yaml:2:23",
        "Pulumi.dev.yaml:3:21",
        "Pulumi.dev.yaml:4:3",
    ]


# ---- settings together


def test_a_batch_that_a_state_could_not_carry(tmp_path: Path) -> None:
    text = config(largestMessageBytes=65536, batchSize=4)
    assert problems_of(tmp_path, text) == (
        "Pulumi.dev.yaml:3:23: 4 messages of 65536 bytes, escaped, make up to 528,384 characters, and a state carries "
        "262,144; write a batchSize of at most 1 or a largestMessageBytes of at most 32256",
    )


def test_the_largest_batch_that_fits_is_taken_and_one_more_is_not(tmp_path: Path) -> None:
    # 8 x (2 x 15,872 + 1,024) = 262,144 exactly
    limits = "largestMessageBytes of at most"
    assert settings_of(tmp_path, config(batchSize=8, largestMessageBytes=15872)).batch_size == 8
    assert limits in problems_of(tmp_path, config(batchSize=8, largestMessageBytes=15873))[0]


@given(batch=st.integers(1, 10_000), largest=st.integers(12_000, 131_000))
def test_what_it_says_to_write_is_accepted_and_no_more(batch: int, largest: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        try:
            assert settings_of(root, config(batchSize=batch, largestMessageBytes=largest)).batch_size == batch
        except SettingsError as error:
            (problem,) = error.problems
            advice = re.findall(r"a (batchSize|largestMessageBytes) of (?:at most )?(\d+)", problem)
            assert advice
            asked = {"batchSize": batch, "largestMessageBytes": largest}
            together = [dict(advice)] if " and a batchSize" in problem else [{name: most} for name, most in advice]
            for advised in together:
                right = asked | {name: int(most) for name, most in advised.items()}
                settings_of(root, config(**right))
                for name in advised:
                    with pytest.raises(SettingsError):
                        settings_of(root, config(**{**right, name: right[name] + 1_000}))


def test_a_queue_too_narrow_for_a_reading(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, config(largestMessageBytes=4096))
    assert problem == (
        "Pulumi.dev.yaml:2:33: the longest reading, 8192 bytes, fills up to 11948 in its envelope, and would go to the "
        "dead-letter queue; write at least 11948"
    )


def test_messages_must_stay_hidden_while_their_batch_runs(tmp_path: Path) -> None:
    assert problems_of(tmp_path, config(queueVisibilitySeconds=270)) == (
        "Pulumi.dev.yaml:2:36: messages reappear after 270 s, while their execution may run 270 s; "
        "write a queueVisibilitySeconds above 270",
    )
    assert settings_of(tmp_path, config(queueVisibilitySeconds=271)).queue_visibility_seconds == 271


def test_the_worst_path_must_end_before_the_workflow_times_out(tmp_path: Path) -> None:
    limits = Limits(longest=270, timeout=270, shortest_task=10, place="pipelines/telemetry.py")
    assert problems_of(tmp_path, "config: {}\n", limits=limits) == (
        "pipelines/telemetry.py: the worst path takes 270 s (timeouts, attempts and backoff added up), the workflow's "
        "timeout is 270 s; write a timeout above 270, or shorten its tasks",
    )


def test_a_function_must_not_outlive_its_task(tmp_path: Path) -> None:
    assert problems_of(tmp_path, config(functionTimeoutSeconds=11)) == (
        "Pulumi.dev.yaml:2:36: a function may run 11 s, while the workflow gives up on it after 10 s; write at most 10",
    )


def test_a_workflow_without_lambdas_sets_no_limit(tmp_path: Path) -> None:
    limits = Limits(longest=1, timeout=270)
    assert settings_of(tmp_path, config(functionTimeoutSeconds=900), limits=limits).function_timeout_seconds == 900


def test_dead_letters_must_outlive_the_queue(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, config(queueRetentionDays=14))
    assert problem.startswith("Pulumi.yaml:") and problem.endswith("would be gone; write more than 14")


def test_deduplication_must_outlive_every_way_back(tmp_path: Path) -> None:
    assert problems_of(tmp_path, config(deduplicationDays=32)) == (
        "Pulumi.dev.yaml:2:31: a message may come again up to 32 days later (queue 4, dead-letter queue 14, replay 14) "
        "and would be stored twice; write more than 32",
    )
    assert settings_of(tmp_path, config(deduplicationDays=33)).deduplication_days == 33


def test_an_alarm_that_every_redelivery_would_ring(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, config(oldestMessageMinutes=5))
    assert problem.startswith("Pulumi.dev.yaml:2:34: one redelivery alone makes a message 300 s old")


def test_only_the_laptop_goes_without_dependencies(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, config(bundleDependencies="false"), stack="prod")
    assert problem.startswith("Pulumi.prod.yaml:2:32: on Lambda no function starts without its dependencies")
    assert settings_of(tmp_path, config(bundleDependencies="false"), stack="local").bundle_dependencies is False


def test_several_that_do_not_fit_come_together(tmp_path: Path) -> None:
    text = config(batchSize=100, queueVisibilitySeconds=60, deduplicationDays=1)
    assert [problem.split(":")[1] for problem in problems_of(tmp_path, text)] == ["2", "3", "4"]


# ---- the project's own files


def test_every_setting_is_declared_with_type_default_and_description() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    kinds = {"int": "integer", "bool": "boolean", "str": "string"}
    expected = {}
    for field in fields(Settings):
        if not field.metadata.get("given"):
            head, *rest = field.name.split("_")
            expected[head + "".join(part.title() for part in rest)] = kinds[str(field.type)]
    assert {key: entry["type"] for key, entry in declared.items()} == expected
    assert all(entry["description"] and "default" in entry for entry in declared.values())


@pytest.mark.parametrize("stack", ["dev", "prod", "local"])
def test_the_projects_stacks_are_right(tmp_path: Path, stack: str) -> None:
    settings = settings_of(tmp_path, (ROOT / f"Pulumi.{stack}.yaml").read_text(), stack=stack)
    assert settings.stack == stack
    assert settings.bundle_dependencies is (stack != "local")


def test_readings_in_clear_do_not_reach_productions_logs(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, (ROOT / "Pulumi.prod.yaml").read_text(), stack="prod")
    assert (settings.include_execution_data, settings.protect_data) == (False, True)
    assert settings.log_level != "DEBUG"


def test_pulumi_finds_the_environment() -> None:
    """`make install` creates .venv; a real `pulumi up` must run there and not make one of its own."""
    runtime = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["runtime"]
    assert runtime == {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}
