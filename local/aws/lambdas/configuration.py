"""A function's configuration: its defaults, what a request changes in it, and what the API shows (embedded default)."""

from __future__ import annotations

from typing import Any

from local.aws.lambdas.functions import LATEST, check_variables
from local.aws.rest import ApiError

_SETTINGS = ("Runtime", "Role", "Handler", "Description", "Timeout", "MemorySize", "LoggingConfig", "KMSKeyArn")


def initial(name: str, arn: str, asked: dict[str, Any]) -> dict[str, Any]:
    """The unpublished configuration of a new function. Raises ApiError for what Lambda, or this Lambda, refuses."""
    if asked.get("PackageType", "Zip") != "Zip":
        raise ApiError("InvalidParameterValueException", "The local AWS runs zip archives only.")
    if "Handler" not in asked or "Runtime" not in asked:
        text = "Runtime and Handler are mandatory parameters for functions created with deployment packages."
        raise ApiError("InvalidParameterValueException", text)
    latest: dict[str, Any] = {
        "FunctionName": name,
        "FunctionArn": arn,
        "Version": LATEST,
        "PackageType": "Zip",
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "Architectures": asked.get("Architectures", ["x86_64"]),
        "EphemeralStorage": asked.get("EphemeralStorage", {"Size": 512}),
        "TracingConfig": {"Mode": "PassThrough"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
    }
    configure(latest, asked)
    return latest


def logging_variables(config: dict[str, Any]) -> dict[str, str]:
    """The variables by which Lambda tells a runtime how to log."""
    variables = {"AWS_LAMBDA_LOG_GROUP_NAME": config["LogGroup"], "AWS_LAMBDA_LOG_FORMAT": config["LogFormat"]}
    if "ApplicationLogLevel" in config:
        variables["AWS_LAMBDA_LOG_LEVEL"] = config["ApplicationLogLevel"]
    return variables


def pool_key(configuration: dict[str, Any]) -> str:
    """What a pool of workers is for: a version's ARN, or one state of the unpublished function."""
    version = configuration["Version"]
    return (
        f"{configuration['FunctionArn']}:{configuration['RevisionId']}"
        if version == LATEST
        else configuration["FunctionArn"]
    )


def configure(configuration: dict[str, Any], asked: dict[str, Any]) -> None:
    """Change a configuration as a request asks. Raises ApiError for what Lambda refuses."""
    for key in _SETTINGS:
        if key in asked:
            configuration[key] = {**configuration.get(key, {}), **asked[key]} if key == "LoggingConfig" else asked[key]
    if not str(configuration["Runtime"]).startswith("python3"):
        text = f"The local AWS runs Python functions only, not {configuration['Runtime']}."
        raise ApiError("InvalidParameterValueException", text)
    for key, most in (("Timeout", 900), ("MemorySize", 10240)):  # bounds that the model does not hold
        if configuration[key] > most:
            text = (
                f"1 validation error detected: Value '{configuration[key]}' at '{key[0].lower()}{key[1:]}' failed to "
                f"satisfy constraint: Member must have value less than or equal to {most}"
            )
            raise ApiError("InvalidParameterValueException", text)
    if "Environment" in asked:
        check_variables(asked["Environment"].get("Variables", {}))
        configuration["Environment"] = {"Variables": asked["Environment"].get("Variables", {})}
    if "TracingConfig" in asked:
        configuration["TracingConfig"] = asked["TracingConfig"]
    if "EphemeralStorage" in asked:
        configuration["EphemeralStorage"] = asked["EphemeralStorage"]
    if "DeadLetterConfig" in asked:
        configuration["DeadLetterConfig"] = asked["DeadLetterConfig"]
    if "Layers" in asked:
        configuration["Layers"] = [{"Arn": arn, "CodeSize": 0} for arn in asked["Layers"]]


def shown(configuration: dict[str, Any], *, qualified: bool = False) -> dict[str, Any]:
    """A configuration as the API shows it; `qualified`: the ARN of the unpublished one says so."""
    visible = {key: value for key, value in configuration.items() if not key.startswith("_")}
    if qualified and visible["Version"] == LATEST:
        visible["FunctionArn"] += f":{LATEST}"
    return visible
