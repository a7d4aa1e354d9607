"""Lambda functions as data: configuration, versions, references by name or ARN (embedded default)."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.aws.documents import Documents
from local.aws.rest import ApiError

LATEST = "$LATEST"
_REFERENCE = re.compile(
    r"(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:|(?:\d{12}:)?function:|\d{12}:)?"
    r"(?P<name>[A-Za-z0-9_-]+)(?::(?P<qualifier>\$LATEST|[A-Za-z0-9_-]+))?"
)
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, what a function may not set itself
RESERVED = frozenset(
    {"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
     "AWS_LAMBDA_FUNCTION_NAME",
     "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
     "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID",
     "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"}
)  # fmt: skip
_VOLATILE = ("Version", "FunctionArn", "LastModified", "RevisionId")


@dataclass
class Function:
    """A function: its unpublished configuration and its published versions. Configurations are as the API shows them,
    plus `_code`, the folder with the code."""

    name: str
    latest: dict[str, Any]
    versions: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    numbered: int = 0

    def configuration(self, qualifier: str | None) -> dict[str, Any] | None:
        """The configuration of a version, None if there is none. Asked without qualifier, the ARN has none either."""
        if qualifier in (None, LATEST):
            return self.latest
        return self.versions.get(str(qualifier))

    def publish(self, description: str | None) -> dict[str, Any]:
        """Publish a version; nothing new, and the last one is answered again, as Lambda does."""
        last = self.versions.get(str(self.numbered))
        if last is not None and _essence(last) == _essence(self.latest):
            return last
        self.numbered += 1
        version = {**self.latest, "Version": str(self.numbered), "RevisionId": str(uuid.uuid4())}
        version["FunctionArn"] = f"{self.latest['FunctionArn']}:{self.numbered}"
        if description is not None:
            version["Description"] = description
        self.versions[str(self.numbered)] = version
        return version


def _essence(configuration: dict[str, Any]) -> str:
    return json.dumps({k: v for k, v in configuration.items() if k not in (*_VOLATILE, "Description")}, sort_keys=True)


class Functions:
    """All functions, kept on disk."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._all = {name: Function(**body) for name, body in documents.all("function").items()}

    def save(self, function: Function) -> None:
        """Write a new or changed function."""
        function.latest["RevisionId"] = str(uuid.uuid4())
        function.latest["LastModified"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
        self._documents.put("function", function.name, asdict(function))
        self._all[function.name] = function

    def keep(self, function: Function) -> None:
        """Write a function whose unpublished configuration is unchanged."""
        self._documents.put("function", function.name, asdict(function))

    def remove(self, name: str) -> None:
        """Forget a function."""
        self._documents.delete("function", name)
        self._all.pop(name, None)

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._all)

    def get(self, name: str) -> Function | None:
        """A function by its plain name."""
        return self._all.get(name)

    def find(self, reference: str, qualifier: str | None, prefix: str) -> tuple[Function, str | None]:
        """`find_version` without the configuration."""
        return self.find_version(reference, qualifier, prefix)[:2]

    def find_version(
        self, reference: str, qualifier: str | None, prefix: str
    ) -> tuple[Function, str | None, dict[str, Any]]:
        """The function that a name, partial ARN or ARN means, the qualifier, and that version's configuration.

        `prefix`: "arn:aws:lambda:REGION:ACCOUNT".

        Raises ApiError ResourceNotFoundException, as Lambda words it.
        """
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise ApiError("InvalidParameterValueException", f"{reference} is no function name or ARN.")
        inside = found["qualifier"]
        if inside and qualifier and inside != qualifier:
            text = "The derived qualifier from the function name does not match the specified qualifier."
            raise ApiError("InvalidParameterValueException", text)
        qualifier = qualifier or inside
        function = self._all.get(found["name"])
        configuration = function.configuration(qualifier) if function is not None else None
        if function is None or configuration is None:
            arn = f"{prefix}:function:{found['name']}" + (f":{qualifier}" if qualifier else "")
            raise ApiError("ResourceNotFoundException", f"Function not found: {arn}")
        return function, qualifier, configuration


def check_variables(variables: dict[str, str]) -> None:
    """Raise ApiError for environment variables that Lambda refuses."""
    taken = sorted(RESERVED.intersection(variables))
    if taken:
        text = (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used in "
            f"this request: {', '.join(taken)}"
        )
        raise ApiError("InvalidParameterValueException", text)
    if len(json.dumps(variables, separators=(",", ":"))) > 4096:
        text = (
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {json.dumps(variables, separators=(',', ':'))}"
        )
        raise ApiError("InvalidParameterValueException", text)
