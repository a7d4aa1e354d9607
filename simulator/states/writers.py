"""ResultWriter: where a Distributed Map's results go, instead of or before its output.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.clock import iso
from simulator.errors import RESULT_WRITER_FAILED, StateError
from simulator.states.base import Dialect
from simulator.states.readers import ask
from simulator.tasks import Resource
from simulator.values import Value, dump, text

if TYPE_CHECKING:
    from simulator.effects import Steps
    from simulator.maprun import Child, MapRun
    from simulator.strand import Strand


class ResultWriter:
    """A compiled ResultWriter: WriterConfig shapes the results, Resource and Arguments say where to."""

    def __init__(self, spec: dict[str, Any], dialect: Dialect) -> None:
        self.resource = Resource.parse(spec["Resource"]) if "Resource" in spec else None
        config = spec.get("WriterConfig", {})
        self._transformation = config.get("Transformation", "NONE")
        self._lines = config.get("OutputType", "JSON") == "JSONL"
        arguments = spec.get("Arguments" if dialect.name == "JSONata" else "Parameters", {})
        self._arguments = dialect.template(arguments, "ResultWriter/Arguments")

    def write(self, strand: Strand, raw: Value, effective: Value, run: MapRun) -> Steps:
        """Write the results. Returns the state's result. Raises States.ResultWriterFailed."""
        if self.resource is None:
            return self._shape([child for child in run.children if child.status == "SUCCEEDED"], run)
        seen = raw if strand.state is None or strand.state.dialect.name == "JSONata" else effective
        arguments = self._arguments(strand, {"input": seen})
        bucket, prefix = arguments.get("Bucket"), arguments.get("Prefix", "")
        folder = "/".join(part for part in (prefix.strip("/"), run.arn.rpartition(":")[2]) if part)
        files: dict[str, list[Value]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
        for status in ("SUCCEEDED", "FAILED"):
            done = [child for child in run.children if child.status == status]
            if done:
                key = f"{folder}/{status}_0.{'jsonl' if self._lines else 'json'}"
                body = self._text(self._shape(done, run) if status == "SUCCEEDED" else [_details(c, run) for c in done])
                yield from self._put(strand, bucket, key, body)
                files[status].append({"Key": key, "Size": len(body.encode("utf-8"))})
        manifest = {"DestinationBucket": bucket, "MapRunArn": run.arn, "ResultFiles": files}
        key = f"{folder}/manifest.json"
        yield from self._put(strand, bucket, key, text(manifest))
        return {"MapRunArn": run.arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}

    def _put(self, strand: Strand, bucket: Value, key: str, body: str) -> Steps:
        assert self.resource is not None  # noqa: S101 - the caller looked
        try:
            yield from ask(strand, self.resource, {"Bucket": bucket, "Key": key, "Body": body})
        except StateError as error:
            raise StateError(RESULT_WRITER_FAILED, error.cause) from None

    def _shape(self, children: list[Child], run: MapRun) -> list[Value]:
        if self._transformation == "NONE":
            return [_details(child, run) for child in children]
        outputs = [child.output for child in children]
        if self._transformation == "FLATTEN":
            return [item for output in outputs for item in (output if isinstance(output, list) else [output])]
        return outputs

    def _text(self, results: list[Value]) -> str:
        if self._lines:
            return "".join(text(result) + "\n" for result in results)
        return dump(results).decode()


def _details(child: Child, run: MapRun) -> dict[str, Value]:
    shown: dict[str, Value] = {
        "ExecutionArn": child.arn,
        "Input": text(child.input),
        "InputDetails": {"Included": True},
        "Name": child.name,
        "StartDate": iso(child.started),
        "StateMachineArn": run.machine_arn,
        "Status": child.status,
        "StopDate": iso(child.stopped),
        "RedriveCount": 0,
    }
    if child.status == "SUCCEEDED":
        shown["Output"] = text(child.output)
        shown["OutputDetails"] = {"Included": True}
        shown["RedriveStatus"] = "NOT_REDRIVABLE"
        shown["RedriveStatusReason"] = "Execution is SUCCEEDED and cannot be redriven"
    else:
        shown["Error"], shown["Cause"] = child.error, child.cause
        shown["RedriveStatus"] = "REDRIVABLE_BY_MAP_RUN"
    return shown
