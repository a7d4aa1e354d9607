"""`decide` is Python that runs as JSONata: both must say the same, for every reading, device and summary."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.alerts import describe
from handlers.models import Device, Reading, Summary
from handlers.summarise import summarise
from handlers.validate import validate
from pipelines.telemetry import Enriched, Kept, decide
from simulator.definition import compile_machine
from simulator.drive import simulate
from tests.handlers.messages import record
from workflow.expressions import Root, compile_expression


def evaluator(function: Any, takes: type) -> Any:
    """The function as Step Functions runs it, over plain JSON."""
    text = compile_expression(function, [Root.path("states.input", takes)]).text
    state = {"Type": "Pass", "Output": f"{{% {text} %}}", "End": True}
    machine = compile_machine({"QueryLanguage": "JSONata", "StartAt": "P", "States": {"P": state}})

    def evaluate(value: Any) -> Any:
        run = simulate(machine, value.model_dump(mode="json"))
        assert run.status == "SUCCEEDED", run.cause
        return run.output

    return evaluate


decided = evaluator(decide, Enriched)
described = evaluator(lambda k: describe(k.item), Kept)

# One decimal: a value at exactly a half may be shown as either neighbour, a documented exception.
degrees = st.integers(-1000, 1500).map(lambda tenths: tenths / 10)
readings = st.builds(
    lambda temperature, humidity: validate(record()).model_copy(
        update={"temperature": temperature, "humidity": humidity}
    ),
    degrees,
    st.integers(0, 100),
)
devices = st.none() | st.builds(Device, device_id=st.just("fridge-7"), name=st.text(), low=degrees, high=degrees)


@settings(max_examples=50)
@given(reading=readings, device=devices)
def test_what_is_compiled_decides_as_what_is_written(reading: Reading, device: Device | None) -> None:
    summary: Summary = summarise(reading)
    kept = decide(Enriched(reading=reading, summary=summary, device=device))
    assert decided(Enriched(reading=reading, summary=summary, device=device)) == kept.model_dump(mode="json")
    assert described(kept) == describe(kept.item)
    hot = device is not None and (reading.temperature < device.low or reading.temperature > device.high)
    assert kept.item.alert == ("pending" if hot else "none") and (kept.item.finding != "") == hot
