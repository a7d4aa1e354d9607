"""Dew point against published values, and classes at their bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.models import Damp, Storage
from handlers.summarise import damp, magnus, storage, summarise
from handlers.validate import validate
from tests.handlers.messages import record, telemetry


@pytest.mark.parametrize(
    "temperature, humidity, dew_point",
    [  # from the saturation vapour pressures of WMO-No. 8, annex 4.B, to a tenth
        (20, 100, 20.0),
        (20, 50, 9.3),
        (30, 80, 26.2),
        (4, 60, -3.1),
        (0, 100, 0.0),
        (-20, 70, -24.1),
    ],
)
def test_dew_point(temperature: float, humidity: float, dew_point: float) -> None:
    assert magnus(temperature, humidity) == pytest.approx(dew_point, abs=0.06)


@given(temperature=st.floats(-100, 150), humidity=st.floats(0.01, 100))
def test_the_dew_point_is_never_above_the_temperature(temperature: float, humidity: float) -> None:
    dew_point = magnus(temperature, humidity)
    assert dew_point is not None and dew_point <= temperature + 0.005


@pytest.mark.parametrize(
    "temperature, expected",
    [(-80, "frozen"), (-15, "frozen"), (-14.99, "thawing"), (1.99, "thawing"), (2, "chilled"), (8, "chilled")]
    + [(8.01, "cool"), (15, "cool"), (15.01, "warm"), (150, "warm")],
)
def test_storage(temperature: float, expected: Storage) -> None:
    assert storage(temperature) == expected


@pytest.mark.parametrize(
    "dew_point, expected",
    [(None, "dry"), (4.9, "dry"), (5, "fresh"), (16.4, "fresh"), (16.5, "damp"), (19, "damp"), (19.01, "condensing")],
)
def test_damp(dew_point: float | None, expected: Damp) -> None:
    assert damp(20, dew_point) == expected


def test_air_without_water_has_no_dew_point() -> None:
    summary = summarise(validate(record(telemetry(humidity=0))))
    assert (summary.dew_point, summary.damp) == (None, "dry")


def test_a_fridge_with_its_door_open() -> None:
    summary = summarise(validate(record(telemetry(temperature=11.2, humidity=96))))
    assert summary.storage == "cool" and summary.damp == "condensing"
    assert summary.dew_point == pytest.approx(10.6, abs=0.05)
