"""ResultWriter: how a Distributed Map's results look, and where they go instead of into its output.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from simulator.clock import iso
from simulator.errors import RESULT_WRITER_FAILED, StateError
from simulator.maprun import Child, Given, MapRun
from simulator.states.base import Dialect
from simulator.states.readers import ask
from simulator.tasks import Resource
from simulator.values import Value, dump, text

if TYPE_CHECKING:
    from simulator.effects import Steps
    from simulator.strand import Strand


class ResultWriter:
    """A compiled ResultWriter: WriterConfig shapes the results, Resource and Arguments say where to.

    A state without one has the outputs alone (COMPACT); one that exports has all that is known of a child (NONE), if
    WriterConfig says nothing else. What failed is always shown like NONE.
    """

    def __init__(self, spec: dict[str, Any], dialect: Dialect) -> None:
        self._resource = Resource.parse(spec["Resource"]) if "Resource" in spec else None
        config = spec.get("WriterConfig", {})
        self._transformation = config.get("Transformation", "COMPACT" if self._resource is None else "NONE")
        self._lines = config.get("OutputType", "JSON") == "JSONL"
        arguments = spec.get("Arguments" if dialect.name == "JSONata" else "Parameters", {})
        self._arguments = dialect.template(arguments, "ResultWriter/Arguments")
        self._jsonata = dialect.name == "JSONata"

    def write(self, strand: Strand, raw: Value, effective: Value, run: MapRun) -> Steps:
        """Write the results, if they are exported. Returns the state's result. Raises States.ResultWriterFailed."""
        if self._resource is None:
            for child in run.children:
                child.written = True
            return self._shape(run.children, run, strand.run.now)
        return (yield from self._export(strand, raw, effective, run))

    def write_failure(self, strand: Strand, raw: Value, effective: Value, run: MapRun) -> Steps:
        """Export what there is of a Map Run that failed. That this fails too is not what the Map Run failed of."""
        if self._resource is not None:
            with contextlib.suppress(StateError):
                yield from self._export(strand, raw, effective, run)

    # -------------------------------------------------------------- files

    def _export(self, strand: Strand, raw: Value, effective: Value, run: MapRun) -> Steps:
        """Files by status, and a manifest that names them: of what succeeded, of all redrives; else of this one."""
        arguments = self._arguments(strand, {"input": raw if self._jsonata else effective})
        bucket, prefix = arguments.get("Bucket"), arguments.get("Prefix", "")
        folder = "/".join(part for part in (prefix.strip("/"), run.arn.rpartition(":")[2]) if part)
        now = strand.run.now
        done = [child for child in run.children if child.status == "SUCCEEDED" and not child.written]
        failed = [child for child in run.children if child.status != "SUCCEEDED"]
        pending = (run.inputs or [])[len(run.children) :]
        succeeded = self._shape(done, run, now)
        file = yield from self._put(strand, bucket, folder, f"SUCCEEDED_{len(run.succeeded_files)}", succeeded)
        run.succeeded_files.extend(file)
        for child in done:
            child.written = True
        files = {
            "FAILED": (yield from self._put(strand, bucket, folder, "FAILED_0", self._shape(failed, run, now))),
            "PENDING": (yield from self._put(strand, bucket, folder, "PENDING_0", [_pending(one) for one in pending])),
            "SUCCEEDED": list(run.succeeded_files),
        }
        manifest = {"DestinationBucket": bucket, "MapRunArn": run.arn, "ResultFiles": files}
        key = f"{folder}/manifest.json"
        yield from self._send(strand, bucket, key, text(manifest))
        for child in run.children:
            child.written = True
        return {"MapRunArn": run.arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}

    def _put(self, strand: Strand, bucket: Value, folder: str, name: str, results: list[Value]) -> Steps:
        """Write a file of results; none where there are none. Returns the manifest's entries."""
        if not results:
            return []
        key = f"{folder}/{name}.{'jsonl' if self._lines else 'json'}"
        body = "".join(text(result) + "\n" for result in results) if self._lines else dump(results).decode()
        yield from self._send(strand, bucket, key, body)
        return [{"Key": key, "Size": len(body.encode("utf-8"))}]

    def _send(self, strand: Strand, bucket: Value, key: str, body: str) -> Steps:
        assert self._resource is not None  # noqa: S101 - the callers looked
        try:
            yield from ask(strand, self._resource, {"Bucket": bucket, "Key": key, "Body": body})
        except StateError as error:
            raise StateError(RESULT_WRITER_FAILED, error.cause) from None

    # -------------------------------------------------------------- shapes

    def _shape(self, children: list[Child], run: MapRun, now: float) -> list[Value]:
        results: list[Value] = []
        for child in children:
            if child.status != "SUCCEEDED" or self._transformation == "NONE":
                results.append(_details(child, run, now))
            elif self._transformation == "FLATTEN" and isinstance(child.output, list):
                results.extend(child.output)
            else:
                results.append(child.output)
        return results


def _details(child: Child, run: MapRun, now: float) -> dict[str, Value]:
    """A child's result as DescribeExecution shows it, in the spelling of the files."""
    shown: dict[str, Value] = {
        "ExecutionArn": child.arn,
        "Input": text(child.input),
        "InputDetails": {"Included": True},
        "Name": child.name,
    }
    if child.status == "SUCCEEDED":
        shown["Output"], shown["OutputDetails"] = text(child.output), {"Included": True}
    else:
        shown.update({name: value for name, value in (("Error", child.error), ("Cause", child.cause)) if value})
    shown["RedriveCount"] = child.redrives
    if child.redriven is not None:
        shown["RedriveDate"] = iso(child.redriven)
    refusal = child.refusal(now)
    shown["RedriveStatus"] = "REDRIVABLE_BY_MAP_RUN" if refusal is None else "NOT_REDRIVABLE"
    if refusal is not None:
        shown["RedriveStatusReason"] = refusal
    shown["StartDate"] = iso(child.started)
    shown["StateMachineArn"], shown["Status"], shown["StopDate"] = run.machine_arn, child.status, iso(child.stopped)
    return shown


def _pending(given: Given) -> dict[str, Value]:
    """A child that was not started: it has no name yet."""
    return {"Input": text(given.input), "InputDetails": {"Included": True}, "Status": "PENDING"}
