"""The fields of a state whose query language is JSONata: Arguments, Assign, Output, and all that take expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.jsonata.template import Evaluator, compile_template, wrong_type
from simulator.values import Value, kind

if TYPE_CHECKING:
    from simulator.strand import Strand

Completed = tuple[Value, "dict[str, Value] | None"]


class JsonataDialect:
    """Reads and writes a state's data by JSONata.

    https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
    """

    name = "JSONata"

    def __init__(self, spec: dict[str, Any], within: str = "") -> None:
        """`within` is where the fields stand, as messages name them: "Choices[1]/" for those of a rule."""
        self._arguments = compile_template(spec["Arguments"], "Arguments") if "Arguments" in spec else None
        self._output = compile_template(spec["Output"], f"{within}Output") if "Output" in spec else None
        self._assign = compile_template(spec["Assign"], f"{within}Assign") if spec.get("Assign") else None

    def effective(self, strand: Strand, raw: Value) -> Value:
        """What the state works on: its input, untouched."""
        return raw

    def arguments(self, strand: Strand, raw: Value, effective: Value) -> Value:
        """What a task is given: Arguments, or the state's input."""
        return raw if self._arguments is None else self._arguments(strand, {"input": raw})

    def complete(self, strand: Strand, raw: Value, effective: Value, result: Value) -> Completed:
        """The state's output and assigned variables, from its result."""
        assign, output = self._assign, self._output
        assigned = None if assign is None else assign(strand, {"input": raw, "result": result})
        return (result if output is None else output(strand, {"input": raw, "result": result})), assigned

    def plain(self, strand: Strand, raw: Value, effective: Value) -> Completed:
        """The output and variables of a state without a result (Choice, Wait, Succeed): from its input alone."""
        assign, output = self._assign, self._output
        assigned = None if assign is None else assign(strand, {"input": raw})
        return (raw if output is None else output(strand, {"input": raw})), assigned

    def passed(self, strand: Strand, raw: Value, effective: Value, result: Value) -> Completed:
        """The output and variables of a Pass state, whose result is its input."""
        return self.plain(strand, raw, effective)

    def caught(self, catcher: Caught, strand: Strand, raw: Value, error_output: Value) -> Completed:
        """The output and variables when a catcher took the error."""
        assigned = None
        if catcher.assign is not None:
            assigned = catcher.assign(strand, {"input": raw, "errorOutput": error_output})
        if catcher.output is None:
            return error_output, assigned
        return catcher.output(strand, {"input": raw, "errorOutput": error_output}), assigned

    def catcher(self, spec: dict[str, Any], index: int) -> Caught:
        """Compile the fields of a state's catcher."""
        return Caught(
            compile_template(spec["Assign"], f"Catch[{index}]/Assign") if spec.get("Assign") else None,
            compile_template(spec["Output"], f"Catch[{index}]/Output") if "Output" in spec else None,
        )

    def field(self, spec: dict[str, Any], name: str, expected: str) -> Field | None:
        """Compile a field that takes a value or an expression (`TimeoutSeconds`, `Items`). None if it is absent.

        `expected` is the JSON type that it must have: number, array, string, boolean or object, or "array or object".
        """
        return Field(spec[name], name, expected) if name in spec else None

    def template(self, value: Value, location: str) -> Evaluator:
        """Compile a nested template (ItemSelector, ItemBatcher, Credentials)."""
        return compile_template(value, location)


class Caught:
    """A catcher's Assign and Output."""

    def __init__(self, assign: Evaluator | None, output: Evaluator | None) -> None:
        self.assign, self.output = assign, output


class Field:
    """A field with one value of one type."""

    def __init__(self, template: Value, location: str, expected: str) -> None:
        self._template, self._location, self._expected = template, location, expected
        self._kinds = expected.split(" or ")
        self._evaluate = compile_template(template, location)

    def __call__(self, strand: Strand, raw: Value, effective: Value) -> Value:
        """The value. Raises EvaluationError when it has another type than the field takes."""
        value = self._evaluate(strand, {"input": raw})
        if kind(value) not in self._kinds:
            raise wrong_type(self._template, self._location, self._expected, value)
        return value
