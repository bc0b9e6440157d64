"""Runs the benchmarks and prints one table: `python -m benchmarks [NAME…]`; without names, all of them."""

import gc
import importlib
import pkgutil
import sys
from collections.abc import Sequence

import benchmarks
from benchmarks.report import Figure, machine, table


def names() -> list[str]:
    """The benchmarks: modules of this package with a function `run() -> list[Figure]`."""
    found = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__"]
    return [name for name in found if hasattr(importlib.import_module(f"benchmarks.{name}"), "run")]


def main(chosen: Sequence[str]) -> int:
    """Run `chosen`, or all; returns 1 where a figure missed its reach."""
    unknown = set(chosen) - set(names())
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(names())}")
        return 2
    figures: list[Figure] = []
    for name in chosen or names():
        print(f"{name} …", file=sys.stderr, flush=True)
        run = importlib.import_module(f"benchmarks.{name}").run
        # What was imported or left behind is not searched for garbage in the middle of a measurement.
        gc.collect()
        gc.freeze()
        figures += run()
    print(machine(), "", table(figures), sep="\n")
    return 0 if all(figure.reached is not False for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
