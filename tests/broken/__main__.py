"""Mutants of every kind of file through the command line: how many are read, how many refused, what goes wrong.

    python -m tests.broken --count 2000 --seed 0 [--only KIND]

Each must end with one clear line and code 2 or be read, within 20 seconds of the processor and 512 MiB, without a file
beyond --out, another program or code of its own. One that does not is told, with what tries it alone.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.broken.run import Result, mutants
from tests.broken.sources import KINDS
from tests.broken.trials import Mutants


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2000, help="of mutants, all kinds together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=KINDS)
    chosen = parser.parse_args(arguments)
    kinds = [chosen.only] if chosen.only else [*KINDS]
    results = mutants([Mutants(kind, chosen.seed, 0, chosen.count // len(kinds)) for kind in kinds], _tell)
    ends = Counter({0: "read", 1: "refuted", 2: "refused"}.get(result.code, "faulty") for result in results)
    wrong = sum(bool(result.wrong) for result in results)
    print(
        f"{len(results):,} mutants: {', '.join(f'{n:,} {end}' for end, n in sorted(ends.items()))}; {wrong} went wrong"
    )
    return bool(wrong)


def _tell(result: Result) -> None:
    if sys.stderr.isatty():
        print(f"\r{result.trial:40}", end="", file=sys.stderr)
    if result.wrong:
        print(f"{result.trial}: {result.command}: {'; '.join(result.wrong)}\n{result.said}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
