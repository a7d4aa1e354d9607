"""SNS: Publish. https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..diagnostics import Problem, caller_place
from ..lambdas import INPUT, kind_of, root, value_or_lambda
from ..resources import Symbol, Topic
from ..states.base import A, In, Out
from ..states.working import Service


class Publish(Service[In, Out]):
    """Publishes a message to a topic and passes its input on.

    message, subject and attributes' values are texts or lambdas of the input.
    """

    topic: Topic

    def __init__(
        self: Publish[A, A],
        name: str,
        topic: Topic,
        *,
        of: type[A],
        message: str | Callable[[A], str],
        subject: str | Callable[[A], str] | None = None,
        attributes: Mapping[str, str | Callable[[A], str]] | None = None,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        source = root("states.input", takes)
        problems: list[Problem] = []

        def text(value: Any) -> Any:
            made = value_or_lambda(value, (source,), place, expected=str)
            problems.extend(made.problems)
            return made.expression

        arguments: dict[str, Any] = {}
        if isinstance(topic, Topic):
            arguments["TopicArn"] = Symbol(topic.key)
        else:
            what = f"`{name}` publishes to {getattr(topic, '__name__', repr(topic))}, which is no topic"
            problems.append(Problem(place, what, 'give a Topic("...")', "no-topic"))
        arguments["Message"] = text(message)
        if subject is not None:
            arguments["Subject"] = text(subject)
        if attributes is not None and not isinstance(attributes, Mapping):
            problems.append(Problem(place, f"the attributes of `{name}` are {attributes!r}", "give a dict", "no-topic"))
        elif attributes:
            arguments["MessageAttributes"] = {
                key: {"DataType": "String", "StringValue": text(value)} for key, value in attributes.items()
            }
        self._serve(
            name,
            takes,
            root("states.input", takes),
            place,
            "sns:publish",
            passes=takes,
            own=INPUT,
            topic=topic,
            arguments=arguments,
            problems=tuple(problems),
        )
