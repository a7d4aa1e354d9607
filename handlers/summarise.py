"""What a reading means for the goods: the dew point of the air round them, and where they stand in the cold chain."""

import math

from handlers.models import Damp, Reading, Storage, Summary

# Magnus formula over water, coefficients of Sonntag (1990) as in WMO-No. 8: within 0.1 K from -45 to 60 degrees.
_B = 17.62
_C = 243.12


def summarise(reading: Reading) -> Summary:
    """The dew point (degrees Celsius, two decimals) and the classes of one reading. Every valid reading has them."""
    dew_point = magnus(reading.temperature, reading.humidity)
    return Summary(
        dew_point=dew_point,
        storage=storage(reading.temperature),
        damp=damp(reading.temperature, dew_point),
    )


def magnus(temperature: float, humidity: float) -> float | None:
    """The temperature to which air must cool for its water to condense; None for air without any water.

    temperature in degrees Celsius (above -243.12), humidity in percent.
    """
    if humidity <= 0:
        return None
    gamma = math.log(humidity / 100) + _B * temperature / (_C + temperature)
    return round(_C * gamma / (_B - gamma), 2)


def storage(temperature: float) -> Storage:
    """The class of a temperature in degrees Celsius.

    Bounds are those of the trade: frozen food is kept at -18, -15 for a short while (Directive 89/108/EEC); vaccines
    and most medicines at 2 to 8 (EU guidelines on good distribution practice, 2013/C 343/01); between, they freeze or
    thaw. Cool is 8 to 15 as pharmacopoeias define it; above, spoilage runs.
    """
    if temperature <= -15:
        return "frozen"
    if temperature < 2:
        return "thawing"
    if temperature <= 8:
        return "chilled"
    if temperature <= 15:
        return "cool"
    return "warm"


def damp(temperature: float, dew_point: float | None) -> Damp:
    """The class of the distance to the dew point, in kelvin: what wets labels, cartons and, in time, grows mould.

    Below 1 K a cold surface is wet already; below 3.5 K the air is above 80 % relative humidity, where mould grows.
    """
    if dew_point is None or temperature - dew_point > 15:
        return "dry"
    if temperature - dew_point > 3.5:
        return "fresh"
    if temperature - dew_point >= 1:
        return "damp"
    return "condensing"
