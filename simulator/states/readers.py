"""ItemReader: where a Distributed Map's items come from: an object, the objects of a bucket, or those of a manifest.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.effects import Perform
from simulator.errors import RUNTIME, EvaluationError, LocatedError, StateError
from simulator.states.base import Dialect
from simulator.states.items import MOST_ITEMS, Format, Items, failed, text_of
from simulator.states.rows import rows
from simulator.tasks import Resource, TaskCall
from simulator.values import Value, load

if TYPE_CHECKING:
    from simulator.effects import Steps
    from simulator.strand import Strand

#: The fields of an object's metadata as items have them.
_LISTED = {
    "ETag": "Etag",
    "Key": "Key",
    "LastModified": "LastModified",
    "Size": "Size",
    "StorageClass": "StorageClass",
}


class ItemReader:
    """A compiled ItemReader: it asks S3 (through the task runner) and parses what comes back."""

    def __init__(self, spec: dict[str, Any], dialect: Dialect) -> None:
        self.resource = Resource.parse(spec["Resource"])
        self._config: dict[str, Any] = spec.get("ReaderConfig", {})
        arguments = spec.get("Arguments" if dialect.name == "JSONata" else "Parameters", {})
        self._arguments = dialect.template(arguments, "ItemReader/Arguments")
        self._most = dialect.field(self._config, "MaxItems", "number")
        self._jsonata = dialect.name == "JSONata"

    def most(self, strand: Strand, raw: Value, effective: Value) -> int:
        """MaxItems. Raises for what is no integer; that it is negative is for `read` to say, once the Map Run began."""
        given = 0 if self._most is None else self._most(strand, raw, effective)
        if given != int(given):
            if self._jsonata:
                raise EvaluationError(f"The MaxItems field must be an integer, but was: {given}", "ItemReader/MaxItems")
            path = self._config.get("MaxItemsPath", "MaxItems")
            detail = f'The MaxItemsPath field refers to value "{given}" which is not a valid integer: {path}'
            raise LocatedError(RUNTIME, detail, "MaxItemsPath")
        return int(given)

    def read(self, strand: Strand, raw: Value, effective: Value, most: int) -> Steps:
        """The Items, at most `most`; 0 is as many as there may be. Raises States.ItemReaderFailed."""
        if most < 0:
            raise failed("field MaxItems must be positive")
        most = min(most or MOST_ITEMS, MOST_ITEMS)
        arguments = self._arguments(strand, {"input": raw if self._jsonata else effective})
        if self.resource.action.lower() == "listobjectsv2":
            return (yield from self._listed(strand, arguments, most))
        manifest = self._config.get("ManifestType")
        kind = self._config.get("InputType", "CSV" if manifest == "S3_INVENTORY" else "JSON")
        if manifest == "ATHENA_DATA":
            return (yield from self._athena(strand, arguments, kind, most))
        if manifest == "S3_INVENTORY" or kind == "MANIFEST":
            return (yield from self._inventory(strand, arguments, most))
        body, source = yield from self._get(strand, arguments)
        return Format(self._config, kind).items(body, source, most)

    # -------------------------------------------------------------- a bucket

    def _listed(self, strand: Strand, arguments: Value, most: int) -> Steps:
        bucket = arguments.get("Bucket")
        loading = self._config.get("Transformation") == "LOAD_AND_FLATTEN"
        found: list[Value] = []
        more: dict[str, Value] = {}
        while loading or len(found) < most:
            answer = yield from ask(strand, self.resource, {**arguments, **more})
            found.extend(answer.get("Contents") or [])
            token = answer.get("NextContinuationToken")
            if not token:
                break
            more = {"ContinuationToken": token}
        if not loading:
            return Items.of([_metadata(one) for one in found[:most]], f"S3://{bucket}")
        # The folders that the S3 console makes are objects without content.
        keys = [one["Key"] for one in found if not (one["Key"].endswith("/") and not one.get("Size"))]
        files = [{**_owner(arguments), "Bucket": bucket, "Key": key} for key in keys]
        form = Format(self._config, self._config.get("InputType", "JSON"))
        return (yield from self._all(strand, files, form.items, most))

    # -------------------------------------------------------------- manifests

    def _inventory(self, strand: Strand, arguments: Value, most: int) -> Steps:
        """The objects that an S3 inventory lists. https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html"""
        body, source = yield from self._get(strand, arguments)
        try:
            manifest = load(text_of(body, source))
            schema, keys = manifest["fileSchema"], [file["key"] for file in manifest["files"]]
            kind = manifest.get("fileFormat", "CSV")
            bucket = manifest.get("destinationBucket", arguments.get("Bucket")).rpartition(":")[2]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise failed(f"{source} is no manifest of an S3 inventory: {error!r}") from None
        if kind != "CSV":
            raise failed(f"The output format of an S3 inventory must be CSV, but was: {kind}")
        form = Format(self._config, "CSV", [name.strip() for name in schema.split(",")])
        files = [{**_owner(arguments), "Bucket": bucket, "Key": key} for key in keys]
        return (yield from self._all(strand, files, form.items, most))

    def _athena(self, strand: Strand, arguments: Value, kind: str, most: int) -> Steps:
        """The rows that an UNLOAD query of Athena wrote: its manifest names a file a line. They have no header."""
        body, source = yield from self._get(strand, arguments)
        files: list[dict[str, Value]] = []
        for row in rows(text_of(body, source), ","):
            bucket, _, key = row[0].strip().removeprefix("s3://").partition("/")
            if not row[0].strip().startswith("s3://") or not key:
                raise failed(f"{source} is no manifest of an Athena query: {row[0]!r} is no S3 URI")
            files.append({**_owner(arguments), "Bucket": bucket, "Key": key})
        return (yield from self._all(strand, files, Format(self._config, kind).items, most))

    # -------------------------------------------------------------- objects

    def _all(
        self, strand: Strand, files: list[dict[str, Value]], items: Callable[[Value, str, int], Items], most: int
    ) -> Steps:
        """The items of one object after the other, in order, until there are enough."""
        values: list[Value] = []
        sources: list[str] = []
        keyed = False
        for file in files:
            if len(values) >= most:
                break
            body, source = yield from self._get(strand, file)
            read = items(body, source, most - len(values))
            values.extend(read.values)
            sources.extend(read.sources)
            keyed = keyed or read.keyed
        return Items(values, sources, keyed)

    def _get(self, strand: Strand, arguments: Value) -> Steps:
        """An object's body, and its URI."""
        parts = self.resource.arn.split(":")
        resource = Resource.parse(":".join((*parts[:-1], "getObject")))
        answer = yield from ask(strand, resource, arguments)
        body = answer.get("Body") if isinstance(answer, dict) else None
        source = f"S3://{arguments.get('Bucket')}/{arguments.get('Key')}"
        if body is None:
            raise failed(f"The object {source} could not be read")
        return body, source


def _owner(arguments: Value) -> dict[str, Value]:
    name = "ExpectedBucketOwner"
    return {name: arguments[name]} if name in arguments else {}


def _metadata(listed: Value) -> Value:
    """What ListObjectsV2 says of an object, as items have it: LastModified in seconds since the epoch."""
    shown = {name: listed[given] for given, name in _LISTED.items() if given in listed}
    modified = shown.get("LastModified")
    if isinstance(modified, str):
        shown["LastModified"] = int(datetime.fromisoformat(modified).timestamp())
    return shown


def ask(strand: Strand, resource: Resource, arguments: Value) -> Steps:
    """Have the task runner answer a reader's or writer's request. No event is noted. Raises ItemReaderFailed."""
    run, state = strand.run, strand.state
    name = "" if state is None else state.name
    call = TaskCall(
        resource, arguments, run.info.execution_arn, name, 0, None, None, None, None, run.key(), strand.path()
    )
    try:
        return (yield Perform(call))
    except StateError as error:
        raise failed(error.cause or error.error or "") from None
