"""`compile`: ASL with placeholders or bound, and the files for SAM and Terraform."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.workflow.cli.conftest import Run
from workflow.substitutions import camel, placeholders, snake, template_text

SAM = """# Belongs under Resources: of the template. `python -m workflow permissions` shows the Policies it needs.
ShopStateMachine:
  Type: AWS::Serverless::StateMachine
  Properties:
    Name: shop
    Type: EXPRESS
    DefinitionUri: shop.asl.json
    DefinitionSubstitutions:
      AwsPartition: !Ref AWS::Partition
      FunctionPrice: !Ref Price.Version
      TableOrders: !Ref OrdersTable
"""

TERRAFORM = """# `python -m workflow permissions` shows what the role of shop needs.
data "aws_partition" "current" {}

resource "aws_sfn_state_machine" "shop" {
  name     = "shop"
  type     = "EXPRESS"
  role_arn = aws_iam_role.shop.arn
  definition = templatefile("${path.module}/shop.asl.json.tftpl", {
    aws_partition  = data.aws_partition.current.partition
    function_price = aws_lambda_function.price.qualified_arn
    table_orders   = aws_dynamodb_table.orders.name
  })
}
"""


def price(definition: dict[str, object]) -> dict[str, object]:
    branch = definition["States"]["Order"]["Branches"][0]  # type: ignore[index]
    found: dict[str, object] = branch["States"]["Price"]
    return found


def test_readable_placeholders(run: Run) -> None:
    definition = json.loads(run("compile", "app:shop").out)
    assert price(definition)["Resource"] == "arn:${aws.partition}:states:::lambda:invoke"
    assert price(definition)["Arguments"]["FunctionName"] == "${function.price}"  # type: ignore[index]


def test_bound(run: Run, tmp_path: Path) -> None:
    said = run("compile", "app:shop", "--bind", "aws.partition=aws-cn", "-o", "shop.asl.json")
    assert (said.code, said.out) == (0, "wrote shop.asl.json; left to bind: function.price, table.orders\n")
    definition = json.loads((tmp_path / "shop.asl.json").read_text())
    assert price(definition)["Resource"] == "arn:aws-cn:states:::lambda:invoke"


def test_json(run: Run) -> None:
    said = json.loads(run("compile", "app:shop", "--json").out)
    assert (said["ok"], said["name"], said["type"]) == (True, "shop", "EXPRESS")
    assert said["placeholders"] == ["aws.partition", "function.price", "table.orders"]
    assert said["definition"]["StartAt"] == "Order"


def test_sam(run: Run, tmp_path: Path) -> None:
    said = run("compile", "app:shop", "--format", "sam", "-o", "out")
    assert (said.code, said.out) == (0, "wrote out/shop.asl.json and out/shop.sam.yaml\n")
    assert (tmp_path / "out" / "shop.sam.yaml").read_text() == SAM
    definition = json.loads((tmp_path / "out" / "shop.asl.json").read_text())
    assert price(definition)["Resource"] == "arn:${AwsPartition}:states:::lambda:invoke"
    assert price(definition)["Arguments"]["FunctionName"] == "${FunctionPrice}"  # type: ignore[index]


def test_terraform(run: Run, tmp_path: Path) -> None:
    assert run("compile", "app:shop", "--format", "terraform", "-o", "out", "--bind", "aws.partition=aws").code == 0
    bound = TERRAFORM.replace('data "aws_partition" "current" {}\n\n', "")
    bound = bound.replace("    aws_partition  = data.aws_partition.current.partition\n", "")
    assert (tmp_path / "out" / "shop.tf").read_text() == bound
    assert run("compile", "app:shop", "--format", "terraform", "-o", "out").code == 0
    assert (tmp_path / "out" / "shop.tf").read_text() == TERRAFORM
    definition = json.loads((tmp_path / "out" / "shop.asl.json.tftpl").read_text())
    assert price(definition)["Arguments"]["FunctionName"] == "${function_price}"  # type: ignore[index]


def test_what_looks_like_a_placeholder_is_none() -> None:
    text = template_text(lambda names: {"A": f"{names['x.y']} ${{z}} %{{if}} {{% 1 %}}"}, {"x.y": "XY"})
    assert text == '{\n  "A": "${XY} $\\u007bz} %\\u007bif} {% 1 %}"\n}\n'
    assert json.loads(text) == {"A": "${XY} ${z} %{if} {% 1 %}"}


def test_two_symbols_with_one_name_are_refused() -> None:
    assert (camel("table.read_models-2"), snake("table.read-models 2")) == ("TableReadModels2", "table_read_models_2")
    with pytest.raises(ValueError) as raised:
        placeholders(["table.a_b", "table.aB", "table.a-b"], camel)
    assert str(raised.value) == "`table.a_b` and `table.aB` would both be written ${TableAB}: rename one"
