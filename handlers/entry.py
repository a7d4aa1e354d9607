"""Turns the plain functions of this package into Lambda entry points: the one module that knows events and contexts.

A Lambda's handler string is `handlers.entry.<name>`; the runtime's look-up of that attribute builds the entry point of
`handlers.<name>.<name>`, once in a process. It reads the event that a workflow's Task sends,

    {"input": ..., "execution": "arn:...", "state": "Validate", "attempt": 0}

(any other event is taken for the input itself: a schedule's), loads what was offloaded, checks the input against the
function's parameter, calls it, and gives back JSON of the type that the function says it returns. Round the call stand
Powertools' Logger, Tracer, Metrics and Parser: they wrap the entry point and not the function, because their decorators
erase its types.

What operators get: every log line carries execution, state and attempt; a trace that is annotated with them and records
no responses; the metrics Handled, Refused (wrong for good) and Failed of each function, and what it counted itself.
"""

import importlib
import inspect
import json
import logging
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, TypeVar, get_type_hints

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.logging.utils import copy_config_to_registered_loggers
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from handlers.counts import collected
from handlers.errors import HandlerError, InvalidInput, InvalidResult, Refused, ResultTooLarge
from handlers.text import shown
from payloads.limits import RESULT_BYTES

EntryPoint = Callable[[Any, LambdaContext], Any]
T = TypeVar("T")

_SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "symphony")
_NAMESPACE = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Symphony")

logger = Logger(service=_SERVICE)
tracer = Tracer(service=_SERVICE, auto_patch=False)  # patching all that could be traced imports all of it
metrics = Metrics(namespace=_NAMESPACE, service=_SERVICE)

# Handlers log through the standard library; their lines get the same form and keys as ours.
logging.getLogger("handlers")
copy_config_to_registered_loggers(logger, include={"handlers"})


class Call(BaseModel, Generic[T]):
    """The payload of a workflow's Task; the workflow's side of it is written where Task is rendered."""

    model_config = ConfigDict(hide_input_in_errors=True)

    input: T
    execution: str = ""
    """The execution's ARN; empty for a call that no workflow made."""
    state: str = ""
    attempt: int = 0
    """0 at first, then the number of the retry."""


def __getattr__(name: str) -> EntryPoint:
    """The entry point of a handler, by its name, as the Lambda runtime asks for it."""
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = importlib.import_module(f"handlers.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"handlers.{name}":
            raise  # the handler is there; something that it imports is not
        raise AttributeError(f"no handler named {name!r}: handlers/{name}.py does not exist") from None
    function = getattr(module, name, None)
    if not inspect.isfunction(function):
        raise AttributeError(f"no handler named {name!r}: handlers/{name}.py has no function {name}")
    entry_point = globals()[name] = entry(function)
    return entry_point


def entry(function: Callable[..., Any]) -> EntryPoint:
    """The Lambda entry point of a typed function, `fn(x: Model) -> Model`; a second parameter `context` gets Lambda's.

    Parameter and result may be whatever pydantic can describe: models, lists of them, text.
    The entry point raises what the function raises, InvalidInput for an event that does not fit, and InvalidResult or
    ResultTooLarge for a result that cannot be passed on. Raises TypeError for a function of another form.
    """
    takes, returns, wants_context = _signature(function)
    call_type = Call[takes]  # type: ignore[valid-type]
    result_type: TypeAdapter[Any] = TypeAdapter(returns)
    name = function.__name__
    offloading = _offloading()

    def handle(event: Any, context: LambdaContext) -> Any:
        where = _where(event)
        logger.append_keys(**where)
        for key, value in where.items():
            tracer.put_annotation(key=key, value=value)
        with offloading(where["execution"]):
            call = _call(event, call_type, name)
            result = function(call.input, context) if wants_context else function(call.input)
            return _outgoing(result, result_type, name)

    def counting(event: Any, context: LambdaContext) -> Any:
        with collected() as counts:
            try:
                result = handle(event, context)
                counts["Handled"] = 1
                return result
            except Refused as error:
                counts["Refused"] = 1
                logger.warning("refused", extra={"error": type(error).__name__, "reason": str(error)})
                raise
            except Exception:
                counts["Failed"] = 1
                logger.exception("failed")
                raise
            finally:
                metrics.add_dimension(name="function", value=name)
                for counted, value in counts.items():
                    metrics.add_metric(name=counted, unit=MetricUnit.Count, value=value)

    counting.__name__ = name  # what the trace calls it
    if "handlers.clients" in sys.modules:  # imported by the handler's module: it talks to AWS
        tracer.patch(modules=["botocore"])
    traced = counting
    if not tracer.disabled:  # it would build its segments all the same, for nobody: a fifth of a short call
        traced = tracer.capture_lambda_handler(counting, capture_response=False, capture_error=False)
    observed: EntryPoint = logger.inject_lambda_context(metrics.log_metrics(traced), clear_state=True)
    return observed


def _offloading() -> Callable[[str], AbstractContextManager[None]]:
    """What keeps offloaded values for an execution; nothing for handlers that offload none, whose modules do not import
    the type: they need no S3."""
    if "payloads.offloaded" not in sys.modules:
        return lambda execution: nullcontext()
    found: Callable[[str], AbstractContextManager[None]] = importlib.import_module("handlers.offload").offloading
    return found


def _signature(function: Callable[..., Any]) -> tuple[Any, Any, bool]:
    """What a function takes, what it returns, and whether it wants the context."""
    parameters = list(inspect.signature(function).parameters.values())
    hints = get_type_hints(function, include_extras=True)
    if not 1 <= len(parameters) <= 2 or [p.name for p in parameters[1:]] not in ([], ["context"]):
        raise TypeError(
            f"{function.__name__} takes {len(parameters)} parameters; a handler takes one, and perhaps `context`"
        )
    if inspect.iscoroutinefunction(function):
        raise TypeError(f"{function.__name__} is async; Lambda calls plain functions")
    if parameters[0].name not in hints or "return" not in hints:
        raise TypeError(f"{function.__name__} must say the types of what it takes and of what it returns")
    return hints[parameters[0].name], hints["return"], len(parameters) == 2


def _where(event: Any) -> dict[str, Any]:
    """What identifies a call in logs and traces; read before the input is checked, so that a refusal has it too."""
    given = event if isinstance(event, dict) else {}
    execution, state, attempt = given.get("execution"), given.get("state"), given.get("attempt")
    return {
        "execution": execution if isinstance(execution, str) else "",
        "state": state if isinstance(state, str) else "",
        "attempt": attempt if isinstance(attempt, int) else 0,
    }


def _call(event: Any, call_type: type[Call[Any]], name: str) -> Call[Any]:
    """The event, read. Its errors say where and what, never the value."""
    if not (isinstance(event, dict) and {"input", "state"} <= event.keys()):
        event = {"input": event}
    try:
        return parse(event=event, model=call_type)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)[:10]
        wrong = "; ".join(f"{'.'.join(shown(str(at), 40) for at in d['loc'])}: {d['type']}" for d in details)
        raise InvalidInput(f"{name} cannot read its input: {wrong}") from None


def _outgoing(result: Any, result_type: TypeAdapter[Any], name: str) -> Any:
    """The result as plain JSON values, checked for what would otherwise fail where nothing catches it."""
    try:
        plain = result_type.dump_python(result, mode="json", by_alias=True, warnings="error")
        size = len(json.dumps(plain, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode())
    except PydanticSerializationError as error:
        if isinstance(error.__cause__, HandlerError):  # from keeping an offloaded value
            raise error.__cause__ from None
        raise InvalidResult(f"{name} returned something else than its annotation says") from None
    except ValueError:
        raise InvalidResult(f"{name} returned NaN or Infinity, which JSON has not") from None
    if size > RESULT_BYTES:
        raise ResultTooLarge(f"{name} returned {size} bytes of JSON; a state may pass on {RESULT_BYTES}")
    return plain
