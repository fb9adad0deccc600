"""How long a command takes from its start to its end, beside a Python that does nothing.

    python benchmarks/start.py [--rounds 9]

Printed for each command: the median of some rounds in milliseconds, and its ratio to `python -c pass`. A checkout compiles
its catalogs whenever they are asked for; an installed feeder has them compiled and is faster by the time that takes.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NOTE = "---\ntitle: Rain in Almaty\n---\n\nALMATY, Kazakhstan -- It rained on Tuesday, February 3, 2026.\n"


def milliseconds(line: list[str], folder: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *line], cwd=folder, input=b"", check=True, capture_output=True)  # noqa: S603
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description="How long a command takes from its start to its end.")
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    commands = [["--version"], ["--help"], ["explain", "note.en.md"], ["places", "find", "--lang", "en"]]
    lines = [["-c", "pass"], *(["-m", "feeder", *command] for command in commands)]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "note.en.md").write_text(NOTE, encoding="utf-8")
        times = [
            [milliseconds(line, folder) for line in lines] for _ in range(rounds)
        ]  # side by side: each round has all
    empty, *medians = (statistics.median(column) for column in zip(*times, strict=True))
    sys.stdout.write(f"python -c pass  {empty:.0f} ms\n")
    for command, median in zip(commands, medians, strict=True):
        sys.stdout.write(f"feeder {' '.join(command):<22}  {median:4.0f} ms  x{median / empty:.1f}\n")


if __name__ == "__main__":
    main()
