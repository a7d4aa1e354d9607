"""Definitions for other tools: a file with `${...}` placeholders, and the SAM or Terraform text that fills them.

After asl.py: takes a finished definition, knows nothing of graphs. A key of a symbol (`function.validate`) becomes a
name that the tool allows, and what fills it is a guess that reads well: the resource of that name in the same template.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html
https://developer.hashicorp.com/terraform/language/functions/templatefile
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Name = Callable[[str], str]

_WORDS = re.compile(r"[A-Za-z0-9]+")

_SAM = {
    "function": "!Ref {camel}.Version",
    "table": "!Ref {camel}Table",
    "topic": "!Ref {camel}Topic",
    "queue": "!Ref {camel}Queue",
    "bucket": "!Ref {camel}Bucket",
    "bus": "!Ref {camel}Bus",
    "workflow": "!Ref {camel}StateMachine",
    "activity": "!Ref {camel}Activity",
    "aws": "!Ref AWS::{aws}",
}
"""What fills a symbol of a kind. SAM's `<function>.Version` needs AutoPublishAlias on the function."""

_PSEUDO = {"account": "AccountId"}
"""CloudFormation's pseudo parameters that are not named as our symbols are."""

_TERRAFORM = {
    "function": "aws_lambda_function.{snake}.qualified_arn",
    "table": "aws_dynamodb_table.{snake}.name",
    "topic": "aws_sns_topic.{snake}.arn",
    "queue": "aws_sqs_queue.{snake}.url",
    "bucket": "aws_s3_bucket.{snake}.bucket",
    "bus": "aws_cloudwatch_event_bus.{snake}.name",
    "workflow": "aws_sfn_state_machine.{snake}.arn",
    "activity": "aws_sfn_activity.{snake}.id",
}

_TERRAFORM_AWS = {
    "partition": "data.aws_partition.current.partition",
    "region": "data.aws_region.current.region",
    "account": "data.aws_caller_identity.current.account_id",
}


@dataclass(frozen=True)
class Files:
    """A definition's file and the file that names it: (name, text) each. `names` maps symbols to placeholders."""

    definition: tuple[str, str]
    template: tuple[str, str]
    names: dict[str, str]


def camel(text: str) -> str:
    """`table.read_models` -> `TableReadModels`; the only characters that CloudFormation's names may have."""
    return "".join(word[:1].upper() + word[1:] for word in _WORDS.findall(text))


def snake(text: str) -> str:
    """`table.read-models` -> `table_read_models`."""
    return "_".join(_WORDS.findall(text)).lower()


def placeholders(symbols: Sequence[str], name: Name) -> dict[str, str]:
    """A placeholder for each symbol. Raises ValueError where two symbols would get the same."""
    made: dict[str, str] = {}
    for key in symbols:
        for other, taken in made.items():
            if taken == name(key):
                raise ValueError(f"`{other}` and `{key}` would both be written ${{{taken}}}: rename one")
        made[key] = name(key)
    return made


def template_text(render: Callable[[dict[str, str]], dict[str, Any]], names: dict[str, str]) -> str:
    """The definition as a template: its own `${` and `%{` written so that no tool takes them for placeholders.

    render: the definition with symbols bound. JSON reads `$\\u007b` as `${`; SAM and Terraform do not.
    """
    mark = "\ue000{}\ue001"  # private use: in no definition that a person wrote
    marked = render({key: mark.format(name) for key, name in names.items()})
    text = json.dumps(marked, indent=2, ensure_ascii=False)
    text = re.sub(r"([$%])\{", r"\1\\u007b", text)
    return text.replace("\ue000", "${").replace("\ue001", "}") + "\n"


def sam(name: str, kind: str, symbols: Sequence[str], render: Callable[[dict[str, str]], dict[str, Any]]) -> Files:
    """For AWS SAM: a definition and an AWS::Serverless::StateMachine with its DefinitionSubstitutions."""
    names = placeholders(symbols, camel)
    file = f"{name}.asl.json"
    lines = [
        "# Belongs under Resources: of the template. `python -m workflow permissions` shows the Policies it needs.",
        f"{camel(name)}StateMachine:",
        "  Type: AWS::Serverless::StateMachine",
        "  Properties:",
        f"    Name: {name}",
        f"    Type: {kind}",
        f"    DefinitionUri: {file}",
    ]
    if names:
        lines.append("    DefinitionSubstitutions:")
        lines += [f"      {placeholder}: {_sam_value(key)}" for key, placeholder in names.items()]
    return Files((file, template_text(render, names)), (f"{name}.sam.yaml", "\n".join(lines) + "\n"), names)


def terraform(
    name: str, kind: str, symbols: Sequence[str], render: Callable[[dict[str, str]], dict[str, Any]]
) -> Files:
    """For Terraform: a template and an aws_sfn_state_machine that fills it by templatefile."""
    names = placeholders(symbols, snake)
    file = f"{name}.asl.json.tftpl"
    width = max((len(placeholder) for placeholder in names.values()), default=0)
    filled = [f"    {placeholder:<{width}} = {_terraform_value(key)}" for key, placeholder in names.items()]
    own = snake(name)
    lines = [
        f"# `python -m workflow permissions` shows what the role of {name} needs.",
        *(f'data "{d}" "current" {{}}\n' for d in _data_sources(symbols)),
        f'resource "aws_sfn_state_machine" "{own}" {{',
        f'  name     = "{name}"',
        f'  type     = "{kind}"',
        f"  role_arn = aws_iam_role.{own}.arn",
        f'  definition = templatefile("${{path.module}}/{file}", {{',
        *filled,
        "  })",
        "}",
    ]
    return Files((file, template_text(render, names)), (f"{name}.tf", "\n".join(lines) + "\n"), names)


def _sam_value(key: str) -> str:
    kind, _, name = key.partition(".")
    form = _SAM.get(kind, "!Ref {camel}" + camel(kind))
    return form.format(camel=camel(name), aws=_PSEUDO.get(name, camel(name)))


def _terraform_value(key: str) -> str:
    kind, _, name = key.partition(".")
    if kind == "aws":
        return _TERRAFORM_AWS.get(name, f"var.aws_{snake(name)}")
    return _TERRAFORM.get(kind, f"var.{snake(kind)}_{{snake}}").format(snake=snake(name))


def _data_sources(symbols: Sequence[str]) -> list[str]:
    used = [_TERRAFORM_AWS[key[4:]] for key in symbols if key.startswith("aws.") and key[4:] in _TERRAFORM_AWS]
    return [value.split(".")[1] for value in used]
