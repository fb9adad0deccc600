"""How long an issue of thirty stories takes to make, and how large it is.

    python benchmarks/digest.py [--seconds 2]

For each language, processor time on one core (the best of some rounds): the message's HTML alone, which is what other
programs' figures are about, and the whole issue with its plain text and its page. A loop of 100,000 additions is timed
beside them, to compare machines.
"""

from __future__ import annotations

import argparse
import functools
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import examples

from feeder.digest import render
from feeder.digest.render import Material
from feeder.language.templates import environment
from feeder.model import Locale, Week

SUMMARY = {"en": "Nobody opened the door. ", "kk": "Есікті ешкім ашпады. ", "ru": "Дверь никто не открыл. "}


def material(locale: Locale) -> Material:
    """Thirty stories with summaries of the usual length, 250 letters or so."""
    entries = [
        replace(entry, story=f"{entry.story}-{n}", summary=(SUMMARY[locale] * 12)[:280])
        for n in range(8)
        for entry in examples.entries(locale)
    ]
    site = examples.site()
    return Material(
        site=site, locale=locale, week=Week(2026, 46), entries=entries[:30], environment=environment(locale, site.zone)
    )


def best(action: Callable[[], object], seconds: float) -> float:
    """Milliseconds of processor time, the shortest; a first round to warm up is not counted."""
    action()
    times: list[float] = []
    while sum(times) < seconds:
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2, help="for each figure")
    seconds = parser.parse_args().seconds
    print(f"loop of 100,000: {best(lambda: sum(range(100_000)), seconds):.2f} ms")
    for locale in ("en", "kk", "ru"):
        made_of = material(locale)
        html = best(functools.partial(render.message, made_of), seconds)
        whole = best(functools.partial(render.render, made_of), seconds)
        size = len(render.render(made_of).html.encode())
        print(f"{locale}: HTML {html:.2f} ms, whole issue {whole:.2f} ms, {size:,} bytes")


if __name__ == "__main__":
    main()
