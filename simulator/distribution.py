"""What AWS refuses in the fields that only a Distributed Map has, found before anything runs.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#map-state-distributed-additional-fields,
and the pages of ItemReader, ItemBatcher and ResultWriter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from simulator.values import PAYLOAD_LIMIT

#: Characters of a Label, which must be unique in its state machine.
LABEL_LIMIT = 40
_LABEL = re.compile(r"[^\s?*<>{}\[\]:;,\\|^~$#%&`\"\x00-\x1f\x7f-\x9f]+\Z")

_READERS = ("s3:getObject", "s3:listObjectsV2")
_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "ItemReader/ReaderConfig": {
        "InputType": ("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"),
        "ManifestType": ("ATHENA_DATA", "S3_INVENTORY"),
        "Transformation": ("NONE", "LOAD_AND_FLATTEN"),
        "CSVDelimiter": ("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"),
        "CSVHeaderLocation": ("FIRST_ROW", "GIVEN"),
    },
    "ResultWriter/WriterConfig": {"Transformation": ("NONE", "COMPACT", "FLATTEN"), "OutputType": ("JSON", "JSONL")},
    "ItemProcessor/ProcessorConfig": {"ExecutionType": ("STANDARD", "EXPRESS")},
    "Iterator/ProcessorConfig": {"ExecutionType": ("STANDARD", "EXPRESS")},
}
#: Types that are read by rows, which CSVDelimiter and CSVHeaderLocation are about.
_ROWS = ("CSV", "MANIFEST")
_LOADED = ("CSV", "JSON", "JSONL", "PARQUET")


def distribution_misfits(state: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    """Each problem of a Distributed Map's own fields, as (message, place below the state). Fields of a wrong JSON type
    are left to `simulator.shapes`."""
    for place, fields in _CHOICES.items():
        spec = _object(_object(state, place.partition("/")[0]), place.partition("/")[2])
        for field, allowed in fields.items():
            if isinstance(spec.get(field), str) and spec[field] not in allowed:
                yield f"{field} must be one of {', '.join(allowed)}", f"{place}/{field}"
    for field in ("ItemReader", "ResultWriter"):
        own, foreign = ("Arguments", "Parameters") if language == "JSONata" else ("Parameters", "Arguments")
        if foreign in _object(state, field):
            yield f"A {language} state has {own} here, not {foreign}", f"{field}/{foreign}"
    yield from _reader(_object(state, "ItemReader"))
    if "ItemBatcher" in state:
        yield from _batcher(_object(state, "ItemBatcher"))
    if "ResultWriter" in state:
        yield from _writer(_object(state, "ResultWriter"), language)
    label = state.get("Label")
    if isinstance(label, str) and (len(label) > LABEL_LIMIT or not _LABEL.match(label)):
        yield f"A label has at most {LABEL_LIMIT} characters, no whitespace, wildcards or special ones", "Label"


def _object(spec: dict[str, Any], name: str) -> dict[str, Any]:
    value = spec.get(name)
    return value if isinstance(value, dict) else {}


def _reader(spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    resource = spec.get("Resource")
    if isinstance(resource, str) and resource.rpartition(":::")[2] not in _READERS:
        yield f"The resource of an ItemReader must be one of {', '.join(_READERS)}", "ItemReader/Resource"
    at = "ItemReader/ReaderConfig"
    config = _object(spec, "ReaderConfig")
    kind, manifest = config.get("InputType"), config.get("ManifestType")
    if config.get("Transformation") == "LOAD_AND_FLATTEN" and kind not in _LOADED:
        kinds = ", ".join(_LOADED)
        yield f"InputType must be one of {kinds} where Transformation is LOAD_AND_FLATTEN", f"{at}/InputType"
    if manifest == "S3_INVENTORY" and kind is not None:
        yield "InputType cannot be given where ManifestType is S3_INVENTORY", f"{at}/InputType"
    if manifest == "ATHENA_DATA" and kind not in ("CSV", "JSONL", "PARQUET"):
        yield "InputType must be one of CSV, JSONL, PARQUET where ManifestType is ATHENA_DATA", f"{at}/InputType"
    if kind is not None and kind not in _ROWS:
        for field in ("CSVDelimiter", "CSVHeaderLocation", "CSVHeaders"):
            if field in config:
                yield f"{field} can be given only where InputType is CSV or MANIFEST", f"{at}/{field}"
    headers = config.get("CSVHeaders")
    if (config.get("CSVHeaderLocation") == "GIVEN") != (headers is not None):
        yield "CSVHeaders must be given where CSVHeaderLocation is GIVEN, and only there", f"{at}/CSVHeaders"
    elif isinstance(headers, list) and not (headers and all(isinstance(one, str) for one in headers)):
        yield "CSVHeaders must be a non-empty array of strings", f"{at}/CSVHeaders"
    yield from _one_of("MaxItems", config, at)


def _batcher(spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    names = ("MaxItemsPerBatch", "MaxInputBytesPerBatch")
    if not any(name in spec or f"{name}Path" in spec for name in names):
        yield f"One of {' and '.join(names)} is required", "ItemBatcher"
    for name in names:
        yield from _one_of(name, spec, "ItemBatcher")
        value = spec.get(name)
        most = PAYLOAD_LIMIT if name == "MaxInputBytesPerBatch" else None
        if isinstance(value, int | float) and (value != int(value) or value < 1 or (most and value > most)):
            yield f"{name} must be a positive integer{f' up to {most}' if most else ''}", f"ItemBatcher/{name}"


def _writer(spec: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    arguments = "Arguments" if language == "JSONata" else "Parameters"
    if not spec or (("Resource" in spec) != (arguments in spec)):
        message = f"A ResultWriter has WriterConfig, or Resource and {arguments}, or all three"
        yield message, "ResultWriter"
    resource = spec.get("Resource")
    if isinstance(resource, str) and resource.rpartition(":::")[2] != "s3:putObject":
        yield "The resource of a ResultWriter must be s3:putObject", "ResultWriter/Resource"


def _one_of(name: str, spec: dict[str, Any], at: str) -> Iterator[tuple[str, str]]:
    if name in spec and f"{name}Path" in spec:
        yield f"Only one of {name} and {name}Path may be given", f"{at}/{name}Path"
