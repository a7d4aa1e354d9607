"""aws:lambda/function:Function. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from local.resources.base import Call, Handler, Made, Naming, Unsupported, given, names, pascal


class Function(Handler):
    """A Lambda function of a zip; its id is its name. With `publish`, its first version is 1."""

    type = "aws:lambda/function:Function"
    handles = names(
        "name description role runtime handler code architectures memorySize timeout publish layers sourceCodeHash "
        "environment.variables.* tracingConfig.mode ephemeralStorage.size "
        "loggingConfig.logFormat loggingConfig.logGroup loggingConfig.applicationLogLevel loggingConfig.systemLogLevel"
    )
    ignores: ClassVar[Mapping[str, str]] = {
        "packageType": "a zip is what code is",
        "kmsKeyArn": "the local AWS encrypts nothing",
        "reservedConcurrentExecutions": "the local AWS has its own number of workers",
        "skipDestroy": "it matters when a function is removed",
    }
    naming = Naming(longest=64)

    def create(self, call: Call) -> Made:
        """Create the function and, with `publish`, its first version."""
        inputs = call.inputs
        if inputs.get("packageType") == "Image" or not inputs.get("code"):
            raise Unsupported("the local AWS runs functions of a zip only", "give code=pulumi.FileArchive(...)")
        code = call.archive("code")
        arguments: dict[str, Any] = given(
            inputs,
            Description="description",
            Runtime="runtime",
            Handler="handler",
            Architectures="architectures",
            MemorySize="memorySize",
            Timeout="timeout",
            Layers="layers",
            Publish="publish",
        )
        variables = (inputs.get("environment") or {}).get("variables")
        if variables:
            arguments["Environment"] = {"Variables": variables}
        for ours in ("tracingConfig", "ephemeralStorage", "loggingConfig"):
            if inputs.get(ours):
                arguments[ours[0].upper() + ours[1:]] = pascal(inputs[ours])
        made = call.client("lambda").create_function(
            FunctionName=inputs["name"],
            Role=inputs["role"],
            Code={"ZipFile": code},
            **({"Tags": dict(call.tags)} if call.tags else {}),
            **arguments,
        )
        arn = call.arn("lambda", f"function:{inputs['name']}")
        version = made["Version"] if inputs.get("publish") else "$LATEST"
        invoke = f"arn:{call.partition}:apigateway:{call.region}:lambda:path/2015-03-31/functions"
        digest = base64.b64encode(hashlib.sha256(code).digest()).decode()
        return Made(
            inputs["name"],
            {
                "arn": arn,
                "qualifiedArn": f"{arn}:{version}",
                "invokeArn": f"{invoke}/{arn}/invocations",
                "qualifiedInvokeArn": f"{invoke}/{arn}:{version}/invocations",
                "version": version,
                "lastModified": made.get("LastModified", ""),
                "codeSha256": digest,
                "sourceCodeHash": inputs.get("sourceCodeHash") or digest,
                "sourceCodeSize": len(code),
                "memorySize": made.get("MemorySize", inputs.get("memorySize", 128)),
                "timeout": made.get("Timeout", inputs.get("timeout", 3)),
                "architectures": made.get("Architectures", inputs.get("architectures") or ["x86_64"]),
            },
        )


HANDLER = Function()
