"""Runs of whetgen that are killed at random moments or get no room, what each leaves, and whether the next run succeeds.

    python -m tests.kills --count 100 --seed 0 [--workers N] [--jobs JOB...]

After each: no half of a folder, page, model or checkpoint, no process that goes on, and after the next run, whose result is
that of a run which nobody disturbed, no temporary folder. Full and read-only disks are mounts of a namespace of its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.kills.disks import with_own_mounts
from tests.kills.jobs import JOBS, write_inputs
from tests.kills.run import DISKS, SIGNALS, Reference, faults, needed, plan, refer


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--jobs", nargs="+", choices=JOBS, default=[*JOBS])
    chosen = parser.parse_args(arguments)
    mounts = with_own_mounts(["-m", "tests.kills", *arguments])
    kills = plan(chosen.count, chosen.seed, chosen.jobs, (*SIGNALS * 3, *DISKS) if mounts else SIGNALS)
    if not mounts:
        print("no disk can be mounted here: signals only")
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(chosen.workers) as pool:
        done = Path(place) / "done"
        write_inputs(done / "in")
        references: dict[str, Reference] = {}
        for names in needed(kills):
            references |= zip(names, pool.map(lambda name: refer(name, done), names), strict=True)
        trials = {
            pool.submit(faults, kill, references[kill.job], done, Path(place) / f"kill-{chosen.seed}-{number}"): kill
            for number, kill in enumerate(kills)
        }
        found = 0
        for number, trial in enumerate(as_completed(trials), start=1):
            for wrong in trial.result():
                print(f"{trials[trial]}: {wrong}", flush=True)
            found += len(trial.result())
            print(f"\r{number} of {len(kills)}", end="", file=sys.stderr, flush=True)
    ways = ", ".join(f"{n} {way}" for way, n in sorted(Counter(kill.way for kill in kills).items()))
    print(f"{len(kills)} runs ended ({ways}); {found} faults")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
