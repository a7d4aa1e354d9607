"""A Lambda function that is no handler of this project."""

from dataclasses import dataclass

from workflow import External, Invoke, Workflow
from workflow.testing import run


@dataclass
class Address:
    street: str


@dataclass
class Position:
    latitude: float
    longitude: float


geocoder = External("geocoder")
placed = Invoke("Place", geocoder, of=Address, returns=Position, payload=lambda a: {"query": a.street}).timeout(10)
example = Workflow.express("example", placed, timeout=200)

assert run(example, Address("Main St 1"), answers={"Place": Position(50.1, 8.7)}).output == Position(50.1, 8.7)
