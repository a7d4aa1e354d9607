"""Runs seeds and says what happened: `python -m tests.simulation 17` shows seed 17 line by line, `0-99` the digests."""

import sys

from tests.simulation.properties import problems
from tests.simulation.world import World, compiled


def main(seeds: str) -> None:
    """Run one seed, or a range of them."""
    machine = compiled()
    if "-" not in seeds:
        world = World(int(seeds), machine, keep=True).run()
        print(*world.lines, *problems(world), world.trace, sep="\n")
        return
    first, last = map(int, seeds.split("-"))
    for seed in range(first, last + 1):
        world = World(seed, machine).run()
        print(seed, world.trace, *problems(world))


if __name__ == "__main__":
    main(sys.argv[1])
