"""ItemReader: objects, lists of objects and manifests; CSV, JSON and JSON Lines, compressed or not."""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import Any

import pytest
from botocore.response import StreamingBody
from hypothesis import given
from hypothesis import strategies as st

from simulator import Run, TaskCall
from simulator.errors import StateError
from simulator.integrations.services import Services, result
from simulator.states.rows import rows
from simulator.tasks import Resource
from simulator.values import Value
from tests.simulator.maps import Bucket, passing
from tests.simulator.support import run, run_path, types

GET = "arn:aws:states:::s3:getObject"
LIST = "arn:aws:states:::s3:listObjectsV2"


def read(body: str | bytes, state: dict[str, Any] | None = None, **config: Any) -> Run:
    """A Distributed Map over one object; its children return their items."""
    reader = {"Resource": GET, "ReaderConfig": config, "Arguments": {"Bucket": "b", "Key": "k"}}
    return run({"M": passing(ItemReader=reader, **(state or {}))}, {}, Bucket({("b", "k"): body}))


def output(of: Run) -> Value:
    assert of.status == "SUCCEEDED", (of.error, of.cause)
    return of.output


def refusal(of: Run) -> str | None:
    assert (of.status, of.error) == ("FAILED", "States.ItemReaderFailed"), of.output
    assert types(of)[-4:] == ["MapRunStarted", "MapRunFailed", "MapStateFailed", "ExecutionFailed"]
    return of.cause


SOURCE = {"ItemSelector": {"i": "{% $states.context.Map.Item.Value %}", "s": "{% $states.context.Map.Item.Source %}"}}


# ------------------------------------------------------------------ CSV


@pytest.mark.parametrize(
    ("body", "config", "rows"),
    [
        ("a,b\n1,2\n3\n4,5,6\n", {}, [{"a": "1", "b": "2"}, {"a": "3", "b": ""}, {"a": "4", "b": "5"}]),
        ("a|b\n1|2", {"CSVDelimiter": "PIPE"}, [{"a": "1", "b": "2"}]),
        ("a;b\n1;2", {"CSVDelimiter": "SEMICOLON"}, [{"a": "1", "b": "2"}]),
        ("a b\n1 2", {"CSVDelimiter": "SPACE"}, [{"a": "1", "b": "2"}]),
        ("a\tb\n1\t2", {"CSVDelimiter": "TAB"}, [{"a": "1", "b": "2"}]),
        ('a,b\r\n"x, ""y""\nz",2\r\n', {}, [{"a": 'x, "y"\nz', "b": "2"}]),
        ("path,size\nC:\\\\Program Files\\\\A.exe,6\n", {}, [{"path": "C:\\Program Files\\A.exe", "size": "6"}]),
        ("a,b\nx\\,y,\\z\n", {}, [{"a": "x,y", "b": "z"}]),
        ('a,b\n"""x""",""\n""\n', {}, [{"a": '"x"', "b": ""}, {"a": "", "b": ""}]),
        ('a,b\ny"z"," q "r\n', {}, [{"a": 'y"z"', "b": " q r"}]),
        ('a\n"\\"\\\\,"\\', {}, [{"a": '"\\,'}]),
        ("a\r1\r\n\n2", {}, [{"a": "1"}, {"a": "2"}]),
        ("\ufeffa\n1\n", {}, [{"a": "1"}]),
        ("1,2\n", {"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x", "y"]}, [{"x": "1", "y": "2"}]),
        ("a\n1\n2\n3\n", {"MaxItems": 2}, [{"a": "1"}, {"a": "2"}]),
        ("a\n1\n2\n", {"MaxItems": 0}, [{"a": "1"}, {"a": "2"}]),
        ("a\n" + "x" * 200_000, {}, [{"a": "x" * 200_000}]),
        ("", {}, []),
    ],
)
def test_rows(body: str, config: dict[str, Any], rows: list[dict[str, str]]) -> None:
    where: dict[str, Any] = {} if "CSVHeaderLocation" in config else {"CSVHeaderLocation": "FIRST_ROW"}
    assert output(read(body, InputType="CSV", **where, **config)) == rows


def test_the_example_of_aws() -> None:
    body = (
        'abc,123,"This string contains commas, a double quotation marks (""), and a newline (\n)",'
        '{""MyKey"":""MyValue""},"[1,2,3]"'
    )
    headers = ["MyLetters", "MyNumbers", "MyString", "MyObject", "MyArray"]
    assert output(read(body, InputType="CSV", CSVHeaderLocation="GIVEN", CSVHeaders=headers)) == [
        {
            "MyLetters": "abc",
            "MyNumbers": "123",
            "MyString": 'This string contains commas, a double quotation marks ("), and a newline (\n)',
            "MyObject": '{"MyKey":"MyValue"}',
            "MyArray": "[1,2,3]",
        }
    ]


def test_headers_cannot_be_given_twice() -> None:
    assert refusal(read("a,a\n1,2", InputType="CSV", CSVHeaderLocation="FIRST_ROW")) == (
        "CSV headers cannot contain duplicates."
    )


# ------------------------------------------------------------------ JSON


def test_json_is_an_array_or_an_object_and_a_pointer_names_its_place() -> None:
    assert output(read("[1, [2]]", InputType="JSON")) == [1, [2]]
    assert output(read("[1]")) == [1]
    assert output(read('{"a": 1, "b": []}', InputType="JSON")) == [{"Key": "a", "Value": 1}, {"Key": "b", "Value": []}]
    nested = '{"a/b": {"~c": [{"d": [1, 2, 3]}]}}'
    assert output(read(nested, InputType="JSON", ItemsPointer="/a~1b/~0c/0/d", MaxItems=2)) == [1, 2]
    assert "/x" in str(refusal(read(nested, InputType="JSON", ItemsPointer="/x")))
    assert refusal(read("3", InputType="JSON")) == "Attempting to map over non-iterable node."
    assert "JSON" in str(refusal(read("[1", InputType="JSON")))


def test_the_fields_of_an_object_have_a_key() -> None:
    item = "$states.context.Map.Item"
    selector = {"k": "{% " + item + ".Key %}", "v": "{% " + item + ".Value %}", "n": "{% " + item + ".Index %}"}
    assert output(read('{"a": 1}', {"ItemSelector": selector}, InputType="JSON")) == [{"k": "a", "v": 1, "n": 0}]
    given = {"Items": {"a": 1}, "ItemSelector": {**selector, "s": "{% " + item + ".Source %}"}}
    assert output(run({"M": passing(**given)})) == [{"k": "a", "v": 1, "n": 0, "s": "STATE_DATA"}]
    of_path = {**passing(ItemsPath="$.o"), "ItemSelector": {"k.$": "$$.Map.Item.Key"}}
    assert output(run_path({"M": of_path}, {"o": {"x": 1}})) == [{"k": "x"}]


def test_lines() -> None:
    assert output(read('{"a": 1}\n\n[2]\r\n3', InputType="JSONL")) == [{"a": 1}, [2], 3]
    assert output(read("1\n2\nbroken", InputType="JSONL", MaxItems=2)) == [1, 2]
    assert "JSONL" in str(refusal(read("1\n{", InputType="JSONL")))


def test_what_is_read_has_its_uri_as_source() -> None:
    assert output(read("[1]", SOURCE, InputType="JSON")) == [{"i": 1, "s": "S3://b/k"}]


# ------------------------------------------------------------------ bodies


def test_gzip_is_undone_and_what_cannot_be_is_refused() -> None:
    assert output(read(gzip.compress("ä\n1".encode()), InputType="CSV", CSVHeaderLocation="FIRST_ROW")) == [{"ä": "1"}]
    assert "ZSTD" in str(refusal(read(b"\x28\xb5\x2f\xfd\x00\xff", InputType="JSONL")))
    assert "S3://b/k" in str(refusal(read(b"\x1f\x8b broken \xff", InputType="JSONL")))
    assert "S3://b/k" in str(refusal(read(b"\xff\xfe", InputType="JSON")))
    assert "Parquet" in str(refusal(read(b"PAR1\xff", InputType="PARQUET")))


def test_an_object_that_is_not_there() -> None:
    reader = {"Resource": GET, "ReaderConfig": {"InputType": "JSON"}, "Arguments": {"Bucket": "b", "Key": "none"}}
    assert refusal(run({"M": passing(ItemReader=reader)}, {}, Bucket())) == "The specified key does not exist."
    assert "S3://b/none" in str(refusal(run({"M": passing(ItemReader=reader)}, {}, lambda call: {})))


def test_a_body_that_is_no_text_comes_from_s3_as_base64() -> None:
    services = Services("http://127.0.0.1:1")
    call = TaskCall(Resource.parse(GET), {"Bucket": "b", "Key": "k"}, "e", "s", 0, None, None, None, None, 1)
    prepared = services.prepare(call)
    for body, shown in ((b"\xc3\xa4", "ä"), (b"\x1f\x8b\xff", {"Base64": "H4v/"})):
        answer = {"Body": StreamingBody(io.BytesIO(body), len(body)), "ResponseMetadata": {}}
        assert result(prepared, answer)["Body"] == shown
    services.close()


# ------------------------------------------------------------------ MaxItems


def test_max_items_by_path_and_expression() -> None:
    def by_path(most: Value) -> Run:
        reader = {
            "Resource": GET,
            "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "$.most"},
            "Parameters": {"Bucket": "b", "Key": "k"},
        }
        return run_path({"M": passing(ItemReader=reader)}, {"most": most}, Bucket({("b", "k"): "[1, 2, 3]"}))

    assert output(by_path(2)) == [1, 2]
    assert output(by_path(0)) == [1, 2, 3]
    assert output(by_path(100_000_001)) == [1, 2, 3]
    assert refusal(by_path(-1)) == "field MaxItems must be positive"
    broken = by_path(1.5)
    assert (broken.error, broken.cause) == (
        "States.Runtime",
        "An error occurred while executing the state 'M' (entered at the event id #2). "
        'The MaxItemsPath field refers to value "1.5" which is not a valid integer: $.most',
    )
    assert "MapRunStarted" not in types(broken)
    assert output(read("[1, 2, 3]", InputType="JSON", MaxItems="{% 1 + 1 %}")) == [1, 2]
    assert read("[1]", InputType="JSON", MaxItems="{% 0.5 %}").error == "States.QueryEvaluationError"


def test_an_items_path_beside_a_reader_changes_nothing() -> None:
    reader = {"Resource": GET, "Parameters": {"Bucket": "b", "Key": "k"}}
    state = passing(ItemReader=reader, ItemsPath="$.other")
    assert output(run_path({"M": state}, {"other": [9]}, Bucket({("b", "k"): "[1]"}))) == [1]


# ------------------------------------------------------------------ lists


def test_a_list_has_the_metadata_of_each_object() -> None:
    def tasks(call: TaskCall) -> Value:
        if "ContinuationToken" in call.arguments:
            return {"Contents": [{"Key": "b", "Size": 2}]}
        listed = {
            "ETag": '"0"',
            "Key": "a",
            "LastModified": "2022-11-17T15:44:41.000Z",
            "Size": 1,
            "StorageClass": "STANDARD",
            "ChecksumAlgorithm": ["CRC32"],
        }
        return {"Contents": [listed], "NextContinuationToken": "t"}

    def listing(**more: Any) -> Value:
        reader = {"Resource": LIST, "Arguments": {"Bucket": "x"}, **more}
        return output(run({"M": passing(ItemReader=reader)}, {}, tasks))

    first = {"Etag": '"0"', "Key": "a", "LastModified": 1668699881, "Size": 1, "StorageClass": "STANDARD"}
    assert listing() == [first, {"Key": "b", "Size": 2}]
    assert listing(ReaderConfig={"MaxItems": 1}) == [first]
    sourced = {**passing(ItemReader={"Resource": LIST, "Arguments": {"Bucket": "x"}}), **SOURCE}
    assert [one["s"] for one in output(run({"M": sourced}, {}, tasks))] == ["S3://x", "S3://x"]


def flattened(world: Bucket, **config: Any) -> Run:
    reader = {
        "Resource": LIST,
        "ReaderConfig": {"Transformation": "LOAD_AND_FLATTEN", **config},
        "Arguments": {"Bucket": "b", "Prefix": "in/", "ExpectedBucketOwner": "1"},
    }
    return run({"M": passing(ItemReader=reader, **SOURCE)}, {}, world)


def test_load_and_flatten_reads_every_listed_object() -> None:
    objects: dict[tuple[str, str], str | bytes] = {
        ("b", "in/"): "",
        ("b", "in/1.jsonl"): "1\n2\n",
        ("b", "in/2.jsonl.gz"): gzip.compress(b"\n3\n"),
        ("b", "out/3.jsonl"): "4",
    }
    world = Bucket(objects)
    assert output(flattened(world, InputType="JSONL")) == [
        {"i": 1, "s": "S3://b/in/1.jsonl"},
        {"i": 2, "s": "S3://b/in/1.jsonl"},
        {"i": 3, "s": "S3://b/in/2.jsonl.gz"},
    ]
    assert [action for action, _ in world.told] == ["listObjectsV2", "getObject", "getObject"]
    assert world.told[1][1] == {"Bucket": "b", "Key": "in/1.jsonl", "ExpectedBucketOwner": "1"}
    world = Bucket(objects)
    assert len(output(flattened(world, InputType="JSONL", MaxItems=1))) == 1
    assert [action for action, _ in world.told] == ["listObjectsV2", "getObject"]


def test_load_and_flatten_takes_a_header_from_each_file() -> None:
    world = Bucket({("b", "in/1"): "a\n1\n", ("b", "in/2"): "b\n2\n"})
    rows = output(flattened(world, InputType="CSV", CSVHeaderLocation="FIRST_ROW"))
    assert [row["i"] for row in rows] == [{"a": "1"}, {"b": "2"}]


# ------------------------------------------------------------------ manifests


def inventory(manifest: Value, **config: Any) -> Run:
    files: dict[tuple[str, str], str | bytes] = {
        ("inventories", "data/1.csv.gz"): gzip.compress(b'"src","a b.txt","1"\n"src","c","2"\n'),
        ("inventories", "data/2.csv.gz"): gzip.compress(b'"src","d","3"\n'),
        ("b", "k"): manifest if isinstance(manifest, str) else json.dumps(manifest),
    }
    reader = {"Resource": GET, "ReaderConfig": config, "Arguments": {"Bucket": "b", "Key": "k"}}
    return run({"M": passing(ItemReader=reader)}, {}, Bucket(files))


MANIFEST = {
    "sourceBucket": "src",
    "destinationBucket": "arn:aws:s3:::inventories",
    "version": "2016-11-30",
    "fileFormat": "CSV",
    "fileSchema": "Bucket, Key, Size",
    "files": [{"key": "data/1.csv.gz", "size": 1, "MD5checksum": "x"}, {"key": "data/2.csv.gz", "size": 1}],
}


@pytest.mark.parametrize("config", [{"InputType": "MANIFEST"}, {"ManifestType": "S3_INVENTORY"}])
def test_an_inventory_lists_objects_in_its_data_files(config: dict[str, str]) -> None:
    rows = output(inventory(MANIFEST, **config))
    assert rows == [
        {"Bucket": "src", "Key": "a b.txt", "Size": "1"},
        {"Bucket": "src", "Key": "c", "Size": "2"},
        {"Bucket": "src", "Key": "d", "Size": "3"},
    ]
    assert output(inventory(MANIFEST, MaxItems=1, **config)) == rows[:1]
    given = {"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x"]}
    assert output(inventory(MANIFEST, **config, **given)) == [{"x": "src"}] * 3


@pytest.mark.parametrize(
    ("manifest", "cause"),
    [
        ({**MANIFEST, "fileFormat": "ORC"}, "must be CSV, but was: ORC"),
        ({}, "is no manifest of an S3 inventory"),
        ("not json", "is no manifest of an S3 inventory"),
        ([1], "is no manifest of an S3 inventory"),
        ({**MANIFEST, "files": [{"key": "data/9.csv.gz"}]}, "The specified key does not exist."),
    ],
)
def test_manifests_that_are_none(manifest: Value, cause: str) -> None:
    assert cause in str(refusal(inventory(manifest, InputType="MANIFEST")))


def test_an_athena_manifest_names_the_files_of_an_unload_query() -> None:
    files: dict[tuple[str, str], str | bytes] = {
        ("b", "k"): "s3://data/q/1.gz\ns3://data/q/2\n",
        ("data", "q/1.gz"): gzip.compress(b'{"n": 1}\n{"n": 2, "x": "\xc3\xa4"}\n'),
        ("data", "q/2"): '{"n": 3}\n',
    }
    config = {"ManifestType": "ATHENA_DATA", "InputType": "JSONL"}
    reader = {"Resource": GET, "ReaderConfig": config, "Arguments": {"Bucket": "b", "Key": "k"}}
    rows = output(run({"M": passing(ItemReader=reader, **SOURCE)}, {}, Bucket(files)))
    assert [row["i"]["n"] for row in rows] == [1, 2, 3]
    assert [row["s"] for row in rows] == ["S3://data/q/1.gz", "S3://data/q/1.gz", "S3://data/q/2"]
    files["b", "k"] = "key,size\n"
    assert "is no S3 URI" in str(refusal(run({"M": passing(ItemReader=reader)}, {}, Bucket(files))))


def test_rows_of_an_athena_query_have_the_headers_that_are_given() -> None:
    given = {"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"]}
    config = {"ManifestType": "ATHENA_DATA", "InputType": "CSV", **given}
    reader = {"Resource": GET, "ReaderConfig": config, "Arguments": {"Bucket": "b", "Key": "k"}}
    world = Bucket({("b", "k"): '"s3://b/1"', ("b", "1"): "1,2\n3,4\n"})
    assert output(run({"M": passing(ItemReader=reader)}, {}, world)) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_an_error_of_s3_is_the_cause() -> None:
    def denied(call: TaskCall) -> Value:
        raise StateError("S3.AccessDenied", "Access Denied (Service: Amazon S3; Status Code: 403)")

    reader = {"Resource": GET, "Arguments": {"Bucket": "b", "Key": "k"}}
    assert refusal(run({"M": passing(ItemReader=reader)}, {}, denied)) == (
        "Access Denied (Service: Amazon S3; Status Code: 403)"
    )


@given(st.lists(st.lists(st.text(st.sampled_from('ab,"\n ')), min_size=2, max_size=3), min_size=1), st.booleans())
def test_what_pythons_csv_writes_is_read_back(table: list[list[str]], windows: bool) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n" if windows else "\n", quoting=csv.QUOTE_ALL).writerows(table)
    assert list(rows(written.getvalue(), ",")) == table
