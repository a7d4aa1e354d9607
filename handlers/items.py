"""Models as DynamoDB items and back: flat models of text, numbers and booleans, which is all that the tables hold.

The same form as the workflow's own PutItem states write, which other handlers read: a None is left out.
"""

from typing import Any, TypeVar

from handlers.models import Model

M = TypeVar("M", bound=Model)


def to_item(model: Model) -> dict[str, Any]:
    """The attributes of a model, typed as DynamoDB's API wants them. Raises TypeError for a nested field."""
    return {name: _typed(value) for name, value in model.model_dump(mode="json").items() if value is not None}


def from_item(kind: type[M], item: dict[str, Any]) -> M:
    """The model in an item; attributes that the model does not know are ignored. Raises pydantic's ValidationError."""
    values = {name: _plain(attribute) for name, attribute in item.items() if name in kind.model_fields}
    return kind.model_validate({name: None for name in kind.model_fields if name not in values} | values)


def _typed(value: object) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": repr(value)}
    if isinstance(value, str):
        return {"S": value}
    raise TypeError(f"a table's item holds text, numbers and booleans, not {type(value).__name__}")


def _plain(attribute: dict[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    if kind == "N":
        return float(value) if any(sign in value for sign in ".eE") else int(value)
    return None if kind == "NULL" else value
