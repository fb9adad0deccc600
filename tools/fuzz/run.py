"""Look for bytes that a reader does not survive, guided by the code they reach.

    python tools/fuzz/run.py TARGET [CORPUS] [-max_total_time=300] [other options of libFuzzer]

It needs atheris (`pip install atheris`), which is no dependency of feeder; TARGET is one of `tests/fuzzing.py`. What it
finds is written to the current folder as crash-* or timeout-*; put it, smaller than 64 kB, into tests/data/fuzz/TARGET/,
where a test replays it, and mend the reader.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
READERS = ("feeder", "feedparser", "markdown_it", "yaml", "tomllib")  #: whose branches guide the search


def main(arguments: list[str]) -> None:
    atheris: Any = importlib.import_module("atheris")
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    with atheris.instrument_imports(include=list(READERS)):
        targets = importlib.import_module("fuzzing").TARGETS
    if not arguments or arguments[0] not in targets:
        raise SystemExit(f"name a target: {', '.join(targets)}")
    name, *options = arguments
    kept = ROOT / "tests" / "data" / "fuzz" / name
    known = [str(kept)] if kept.is_dir() else []
    atheris.Setup([sys.argv[0], "-timeout=20", "-max_len=4096", *options, *known], targets[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
