"""Every benchmark, or those that are named: ``python -m benchmarks [NAME ...]``; the exit status is 1 for a missed target."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

PREFIX = "bench_"
NAMES = sorted(file.stem.removeprefix(PREFIX) for file in Path(__file__).parent.glob(f"{PREFIX}*.py"))


def main(arguments: list[str]) -> int:
    """Run the benchmarks, one after the other, each of which prints its table."""
    unknown = [name for name in arguments if name not in NAMES]
    if unknown:
        print(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    met = True
    for name in arguments or NAMES:
        met = import_module(f"benchmarks.{PREFIX}{name}").main() is not False and met
        print()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
