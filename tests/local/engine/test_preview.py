"""Previews of small programs: what they show, what they refuse, and that they need nothing."""

import os
from pathlib import Path

import pulumi
import pytest

from local.engine import UNKNOWN, Archive, DeploymentError, Plan, Secret, preview

from .conftest import Write

QUEUE = "aws:sqs/queue:Queue"


def plan(root: Path, *, stand_ins: bool = False) -> Plan:
    return preview("dev", program=root, stand_ins=stand_ins)


def failure(root: Path) -> DeploymentError:
    with pytest.raises(DeploymentError) as caught:
        preview("dev", program=root)
    return caught.value


TWO_QUEUES = """
    dead = aws.sqs.Queue("dead")
    queue = aws.sqs.Queue(
        "telemetry",
        visibility_timeout_seconds=300,
        redrive_policy=dead.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn})),
    )
    pulumi.export("url", queue.url)
    pulumi.export("name", queue.name)
    """


def test_what_is_known_and_what_is_not(write: Write) -> None:
    shown = plan(write(TWO_QUEUES))
    dead, queue = shown.one(QUEUE, "dead"), shown.one(QUEUE, "telemetry")
    assert queue.urn == "urn:pulumi:dev::tiny::aws:sqs/queue:Queue::telemetry"
    assert queue.inputs["visibilityTimeoutSeconds"] == 300
    assert queue.inputs["redrivePolicy"] is UNKNOWN
    assert queue.id is UNKNOWN
    assert queue.dependencies == (dead.urn,)
    assert queue.property_dependencies == {"redrivePolicy": (dead.urn,)}
    assert str(queue.place) == "__main__.py:5:9"
    assert shown.outputs == {"url": UNKNOWN, "name": queue.inputs["name"]}


def test_automatic_names_are_the_same_each_time(write: Write) -> None:
    root = write(TWO_QUEUES)
    name = plan(root).one(QUEUE, "telemetry").inputs["name"]
    assert name.startswith("telemetry-") and len(name) == len("telemetry-") + 7
    assert plan(root).one(QUEUE, "telemetry").inputs["name"] == name


def test_the_form_of_automatic_names(write: Write) -> None:
    shown = plan(
        write(
            """
            aws.sqs.Queue("fifo", fifo_queue=True)
            aws.sqs.Queue("given", name="mine")
            aws.sqs.Queue("prefixed", name_prefix="start_")
            aws.iot.TopicRule("a-rule", enabled=True, sql="x", sql_version="1")
            aws.iam.Role("r" * 80, assume_role_policy="{}")
            """
        )
    )
    assert shown.one(QUEUE, "fifo").inputs["name"].endswith(".fifo")
    assert shown.one(QUEUE, "given").inputs["name"] == "mine"
    assert shown.one(QUEUE, "prefixed").inputs["name"].startswith("start_")
    assert shown.one("aws:iot/topicRule:TopicRule", "a-rule").inputs["name"].startswith("a_rule_")
    assert len(shown.of("aws:iam/role:Role")[0].inputs["name"]) == 64


def test_stand_ins_make_documents_readable(write: Write) -> None:
    shown = plan(write(TWO_QUEUES), stand_ins=True)
    assert shown.one(QUEUE, "telemetry").inputs["redrivePolicy"] == '{"deadLetterTargetArn": "${Queue.dead.arn}"}'
    assert shown.outputs["url"] == "${Queue.telemetry.url}"


def test_secrets_stay_visible_as_secrets(write: Write) -> None:
    shown = plan(
        write(
            """
            token = pulumi.Config().require_secret("token")
            queue = aws.sqs.Queue("q", policy=pulumi.Output.concat("policy of ", token))
            extra = aws.sqs.Queue("x", name="n", opts=pulumi.ResourceOptions(additional_secret_outputs=["name"]))
            pulumi.export("policy", queue.policy)
            pulumi.export("name", extra.name)
            pulumi.export("unknown", pulumi.Output.secret(queue.arn))
            """,
            project="config:\n  token:\n    type: string\n    secret: true\n    default: hunter2\n",
        )
    )
    policy = shown.one(QUEUE, "q").inputs["policy"]
    assert policy == Secret("policy of hunter2")
    assert "hunter2" not in repr(shown)
    assert shown.outputs["policy"] == policy
    assert shown.outputs["name"] == Secret("n")
    assert shown.outputs["unknown"] == Secret(UNKNOWN)


COMPONENT = """
    import pulumi
    import pulumi_aws as aws


    class Pair(pulumi.ComponentResource):
        def __init__(self, name, opts=None):
            super().__init__("my:parts:Pair", name, {"size": 2}, opts)
            mine = pulumi.ResourceOptions(parent=self)
            self.first = aws.sqs.Queue(f"{name}-first", opts=mine)
            self.second = aws.sqs.Queue(f"{name}-second", name=self.first.name, opts=mine)
            self.register_outputs({"first": self.first.name})
    """


def test_components_parents_and_what_waits_for_them(write: Write) -> None:
    root = write(
        """
        from parts import Pair
        pair = Pair("pair")
        after = aws.sqs.Queue("after", opts=pulumi.ResourceOptions(depends_on=[pair]))
        """,
        parts=COMPONENT,
    )
    shown = plan(root)
    pair = shown.one("my:parts:Pair", "pair")
    first, second = shown.one(QUEUE, "pair-first"), shown.one(QUEUE, "pair-second")
    assert not pair.custom
    assert pair.inputs == {"size": 2}
    assert pair.outputs["first"] == first.inputs["name"]
    assert first.urn == "urn:pulumi:dev::tiny::my:parts:Pair$aws:sqs/queue:Queue::pair-first"
    assert (first.parent, second.parent) == (pair.urn, pair.urn)
    assert second.dependencies == (first.urn,)
    assert set(shown.one(QUEUE, "after").dependencies) == {first.urn, second.urn}
    assert str(pair.place) == "__main__.py:5:8"
    assert str(first.place) == "parts.py:9:22"


def test_a_module_with_resources_is_run_again_for_every_preview(write: Write) -> None:
    root = write(
        "from shared import queue\nimport other\n", shared="import pulumi_aws\nqueue = pulumi_aws.sqs.Queue('q')\n"
    )
    (root / "other.py").write_text("import shared\nseen = shared.queue\n")
    assert len(plan(root).of(QUEUE)) == 1
    assert len(plan(root).of(QUEUE)) == 1


def test_functions_that_need_no_aws(write: Write) -> None:
    shown = plan(
        write(
            """
            pulumi.export("account", aws.get_caller_identity().account_id)
            pulumi.export("region", aws.get_region().region)
            pulumi.export("partition", aws.get_partition_output().partition)
            pulumi.export("endpoint", aws.iot.get_endpoint_output(endpoint_type="iot:Data-ATS").endpoint_address)
            pulumi.export("parameter", aws.ssm.get_parameter_output(name="/a").value)
            document = aws.iam.get_policy_document(statements=[{"actions": ["sqs:SendMessage"], "resources": ["*"]}])
            pulumi.export("document", document.minified_json)
            """,
            dev="config:\n  aws:region: cn-north-1\n",
        )
    )
    assert shown.outputs == {
        "account": "000000000000",
        "region": "cn-north-1",
        "partition": "aws-cn",
        "endpoint": UNKNOWN,
        "parameter": UNKNOWN,
        "document": '{"Version":"2012-10-17",'
        '"Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}',
    }


def test_an_explicit_provider_and_a_resources_own_region(write: Write) -> None:
    shown = plan(
        write(
            """
            there = aws.Provider("there", region="eu-west-1", default_tags={"tags": {"a": "b"}})
            aws.sqs.Queue("explicit", opts=pulumi.ResourceOptions(provider=there))
            aws.sqs.Queue("own", region="eu-north-1")
            aws.sqs.Queue("default")
            pulumi.export("region", aws.get_region_output(opts=pulumi.InvokeOutputOptions(provider=there)).region)
            """,
            dev="config:\n  aws:region: us-west-2\n",
        )
    )
    regions = {resource.name: resource.outputs["region"] for resource in shown.of(QUEUE)}
    assert regions == {"explicit": "eu-west-1", "own": "eu-north-1", "default": "us-west-2"}
    assert shown.one(QUEUE, "explicit").provider.startswith(shown.one("pulumi:providers:aws", "there").urn)
    assert shown.outputs["region"] == "eu-west-1"


def test_options_for_later_updates_are_kept(write: Write) -> None:
    shown = plan(
        write(
            """
            first = aws.sqs.Queue("first")
            options = pulumi.ResourceOptions(
                protect=True, ignore_changes=["visibility_timeout_seconds"], delete_before_replace=True,
                retain_on_delete=True, custom_timeouts=pulumi.CustomTimeouts(create="1m"), deleted_with=first,
                replace_on_changes=["name"], aliases=["old"],
            )
            aws.sqs.Queue("q", opts=options)
            """
        )
    )
    options = shown.one(QUEUE, "q").options
    assert options["ignoreChanges"] == ["visibilityTimeoutSeconds"]
    assert options["deleteBeforeReplace"] and options["retainOnDelete"] and options["protect"]
    assert options["deletedWith"] == shown.one(QUEUE, "first").urn


def test_what_the_program_logs(write: Write) -> None:
    shown = plan(write('pulumi.info("hello"); pulumi.warn("careful")\n'))
    assert shown.messages == (("info", "hello"), ("warning", "careful"))


def test_an_archive_is_seen_and_must_exist(write: Write) -> None:
    program = """
        aws.lambda_.Function("f", role="r", runtime="python3.13", handler="a.b", code=pulumi.FileArchive("./code"))
        """
    root = write(program)
    error = failure(root)
    assert str(error).startswith("__main__.py:4:1: aws:lambda/function:Function 'f': there is no file ")
    assert str(error).endswith("/code; build it first, or correct its path from the program's folder")
    (root / "code").mkdir()
    assert plan(root).one("aws:lambda/function:Function", "f").inputs["code"] == Archive(path=Path("./code"))


def test_every_wrong_input_of_a_program_at_once(write: Write) -> None:
    error = failure(
        write(
            """
            aws.sqs.Queue("a", visibility_timeout_seconds="soon")
            aws.iot.TopicRule(
                "rule", enabled=True, sql="x", sql_version="1",
                sqs=[{"queue_url": "u", "role_arn": "r", "use_base46": 1}],
            )
            aws.sqs.Queue("c")
            """
        )
    )
    assert sorted(str(error).splitlines()) == [
        "__main__.py:4:1: aws:sqs/queue:Queue 'a': visibilityTimeoutSeconds: it is 'soon'; write a whole number",
        "__main__.py:5:1: aws:iot/topicRule:TopicRule 'rule': sqs[0].useBase64: it is missing; add use_base64",
        "__main__.py:5:1: aws:iot/topicRule:TopicRule 'rule': sqs[0].use_base46: there is no such input; "
        "did you mean 'use_base64'?",
    ]


def test_two_resources_of_one_name(write: Write) -> None:
    error = failure(write('aws.sqs.Queue("q")\naws.sqs.Queue("q")\n'))
    assert str(error) in (
        "__main__.py:5:1: aws:sqs/queue:Queue 'q': there is a resource of this type and name already at "
        "__main__.py:4:1; name it otherwise",
        "__main__.py:4:1: aws:sqs/queue:Queue 'q': there is a resource of this type and name already at "
        "__main__.py:5:1; name it otherwise",
    )


def test_a_problem_inside_a_component_says_who_made_it(write: Write) -> None:
    wrong = COMPONENT.replace(
        'aws.sqs.Queue(f"{name}-first", opts=mine)', 'aws.sqs.Queue(f"{name}-first", delay_seconds="x", opts=mine)'
    )
    error = failure(write('from parts import Pair\nPair("pair")\n', parts=wrong))
    assert str(error).splitlines() == [
        "parts.py:9:22: aws:sqs/queue:Queue 'pair-first': delaySeconds: it is 'x'; write a whole number",
        "    called from __main__.py:5:1",
    ]


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        (
            'pulumi.StackReference("org/other/dev")',
            "__main__.py:4:1: pulumi:pulumi:StackReference 'org/other/dev': stack references are not supported without "
            "Pulumi's CLI; give the value by the stack's config",
        ),
        (
            'aws.sqs.Queue.get("q", "http://queue")',
            "__main__.py:4:1: aws:sqs/queue:Queue 'q': a local stack starts empty, so there is no existing resource to "
            "look up; make the resource in this program, or give what is needed of it by the stack's config",
        ),
        (
            'aws.sqs.Queue("q", opts=pulumi.ResourceOptions(import_="http://queue"))',
            "__main__.py:4:1: aws:sqs/queue:Queue 'q': the option import_ is not supported without Pulumi's CLI; "
            "leave it out: a local stack starts empty, so there is nothing to adopt",
        ),
        (
            "aws.get_availability_zones()",
            "aws:index/getAvailabilityZones:getAvailabilityZones: this function is not supported without Pulumi's CLI; "
            "there is getCallerIdentity, getEndpoint, getParameter, getPartition, getPolicyDocument, getRegion",
        ),
        (
            'pulumi.CustomResource("gcp:storage/bucket:Bucket", "b", {})',
            "gcp:storage/bucket:Bucket 'b': resources of the package gcp are not supported without "
            "Pulumi's CLI; use resources of pulumi_aws",
        ),
        (
            'pulumi.ProviderResource("gcp", "g", {})',
            "__main__.py:4:1: pulumi:providers:gcp 'g': the provider gcp is not supported without Pulumi's CLI; "
            "use resources of pulumi_aws",
        ),
    ],
)
def test_what_is_not_supported_says_so(write: Write, program: str, problem: str) -> None:
    assert str(failure(write(program))).splitlines()[0] == problem


def test_transforms_need_the_cli(write: Write) -> None:
    program = 'aws.sqs.Queue("q", opts=pulumi.ResourceOptions(transforms=[lambda args: None]))\n'
    assert str(failure(write(program))) == (
        "__main__.py:4:1: aws:sqs/queue:Queue 'q': transforms is not supported without Pulumi's CLI; "
        "leave it out in this stack"
    )


def test_an_input_that_the_sdk_itself_refuses_has_a_place_too(write: Write) -> None:
    assert (
        str(failure(write('pulumi.info("first")\naws.sqs.Queue("q", tags=["a"])\n')))
        .splitlines()[0]
        .startswith("__main__.py:5:1: aws:sqs/queue:Queue 'q': Unexpected type. Expected 'list' got 'typing.Mapping")
    )


@pytest.mark.parametrize(
    ("program", "line"),
    [
        (
            'pulumi.Config().require("size")',
            "Pulumi.dev.yaml:1:1: tiny:size is missing; write tiny:size: under config:",
        ),
        ('raise pulumi.RunError("size is wrong; write 5")', "size is wrong; write 5"),
        ("x = undefined + 1", "__main__.py:4:5: NameError: name 'undefined' is not defined"),
        ("x = (", "__main__.py:4:5: SyntaxError: '(' was never closed (__main__.py, line 4)"),
        (
            'aws.sqs.Queue("q", visibility_timeout_second=1)',
            "__main__.py:4:1: TypeError: Queue has no argument 'visibility_timeout_second'; "
            "did you mean 'visibility_timeout_seconds'?",
        ),
        ('aws.sqs.Quueue("q")', "__main__.py:4:1: AttributeError: module 'pulumi_aws.sqs' has no attribute 'Quueue'"),
        (
            'aws.sqs.Queue("q").arn.apply(lambda arn: 1)\naws.sqs.Queue("p").name.apply(lambda name: 1 / 0)',
            "__main__.py:5:44: ZeroDivisionError: division by zero",
        ),
        ("import sys; sys.exit(3)", "__main__.py:4:13: SystemExit: 3"),
        ('raise ValueError("flow.py:7:3: no field `alrt`\\n    the line")', "flow.py:7:3: no field `alrt`"),
    ],
)
def test_a_program_that_fails(write: Write, program: str, line: str) -> None:
    assert str(failure(write(program))).splitlines()[0] == line


def test_a_config_value_of_the_wrong_type_for_the_program(write: Write) -> None:
    root = write('pulumi.Config().require_int("size")\n', dev="config:\n  tiny:size: ten\n")
    assert str(failure(root)) == "Pulumi.dev.yaml:2:14: tiny:size is 'ten', and the program wants int; write int"


def test_a_preview_needs_no_credentials_and_gives_the_program_none(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("PULUMI_CONFIG", '{"tiny:size": "9"}')
    shown = plan(
        write(
            """
            import os
            pulumi.export("seen", {name: value for name, value in os.environ.items() if name.startswith("AWS_")})
            pulumi.export("size", pulumi.Config().get("size"))
            """
        )
    )
    seen = shown.outputs["seen"]
    assert seen["AWS_ACCESS_KEY_ID"] == "test"
    assert seen["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"
    assert "AWS_PROFILE" not in seen and "AWS_SESSION_TOKEN" not in seen
    assert shown.outputs.get("size") is None
    assert os.environ["AWS_PROFILE"] == "production"
    assert os.environ["PULUMI_CONFIG"] == '{"tiny:size": "9"}'


def test_the_program_runs_where_it_is(write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root = write('pulumi.export("here", open("data.txt").read())\npulumi.export("root", pulumi.get_root_directory())\n')
    (root / "data.txt").write_text("found")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    shown = plan(root)
    assert shown.outputs == {"here": "found", "root": str(root)}
    assert Path.cwd() == elsewhere


def test_a_program_in_a_folder_of_its_own(write: Write) -> None:
    root = write("", project="main: source/\n")
    (root / "source").mkdir()
    (root / "source" / "__main__.py").write_text(
        "import pulumi\nimport pulumi_aws as aws\n"
        'aws.lambda_.Function("f", role="r", code=pulumi.FileArchive("here"))\n'
        'pulumi.export("root", pulumi.get_root_directory())\n'
    )
    (root / "source" / "here").mkdir()
    for named in (root, root / "source", root / "source" / "__main__.py"):
        shown = plan(named)
        assert shown.outputs == {"root": str(root)}
        assert str(shown.of("aws:lambda/function:Function")[0].place) == "source/__main__.py:3:1"


def test_the_order_is_the_programs(write: Write) -> None:
    shown = plan(write('for number in range(40):\n    aws.sqs.Queue(f"q{number}")\n'))
    assert [resource.name for resource in shown.of(QUEUE)] == [f"q{number}" for number in range(40)]


def test_what_else_the_sdk_does_itself(write: Write) -> None:
    shown = plan(
        write(
            """
            def rename(args):
                return pulumi.ResourceTransformationResult({**args.props, "name": "transformed"}, args.opts)

            class Group(pulumi.ComponentResource):
                def __init__(self, name, opts=None):
                    super().__init__("my:parts:Group", name, None, opts)
                    self.queue = aws.sqs.Queue(f"{name}-queue", opts=pulumi.ResourceOptions(parent=self))

            there = aws.Provider("there", region="eu-west-1")
            group = Group("group", pulumi.ResourceOptions(providers=[there], transformations=[rename]))
            role = aws.iam.Role("role", name="r", assume_role_policy="{}")
            aws.iam.RolePolicy("policy", role=role, policy={"Version": "2012-10-17"})
            pulumi.log.warn("about a resource", role)
            pulumi.export("role", role)
            pulumi.export("dry", pulumi.runtime.is_dry_run())
            pulumi.export("stack", f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")
            """
        ),
        stand_ins=True,
    )
    (queue,) = shown.of(QUEUE)
    assert (queue.inputs["name"], queue.outputs["region"]) == ("transformed", "eu-west-1")
    policy = shown.one("aws:iam/rolePolicy:RolePolicy", "policy")
    assert policy.inputs["role"] == "${Role.role.id}"
    assert policy.inputs["policy"] == '{"Version": "2012-10-17"}'
    assert shown.outputs["role"]["name"] == "r"
    assert shown.outputs["dry"] is True
    assert shown.outputs["stack"] == "organization/tiny/dev"
    assert ("warning", "about a resource") in shown.messages


def test_nothing_of_the_sdk_outlives_a_preview(write: Write) -> None:
    plan(write('pulumi.Config().get("x")\n', dev="config:\n  tiny:x: y\n"))
    assert pulumi.runtime.settings.get_monitor() is None
    assert pulumi.runtime.settings.get_root_resource() is None
    assert pulumi.runtime.config.get_config("tiny:x") is None


def test_an_asynchronous_program(write: Write) -> None:
    root = write(
        """
        async def main():
            queue = aws.sqs.Queue("q", name="n")
            return {"name": queue.name}

        pulumi.run(main)
        """
    )
    assert plan(root).outputs == {"name": "n"}


async def test_a_running_event_loop_is_told_how(write: Write) -> None:
    with pytest.raises(RuntimeError, match=r"call this through asyncio\.to_thread"):
        preview("dev", program=write(""))


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="there is no program .*; name its __main__.py, or the folder it is in"):
        preview("dev", program=tmp_path / "nothing.py")


def test_one_of_several_or_none_is_an_error_with_names(write: Write) -> None:
    shown = plan(write('aws.sqs.Queue("a")\naws.sqs.Queue("b")\n'))
    with pytest.raises(LookupError, match="0 resources of type aws:sqs/queue:Queue are named 'c'; there are: a, b"):
        shown.one(QUEUE, "c")
