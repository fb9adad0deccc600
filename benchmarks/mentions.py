"""How fast places are found in running text, with the whole gazetteer.

    python benchmarks/mentions.py [--seconds 2]

The text of a language is ordinary news prose (`text/`), the articles of the sample site and some of the test sentences,
which name several places each; it is searched paragraph by paragraph, as feeder does. Printed: MB/s of UTF-8 and millions
of characters a second on one core (the best of some rounds), mentions per thousand words, the share of the time that
splitting into words takes, the speed on each part alone as a ratio to the whole, and how long the index takes to make.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from feeder.language.lexicon import Words, lexicon
from feeder.language.mentions import find
from feeder.language.places import Gazetteer, gazetteer

ROOT = Path(__file__).resolve().parents[1]
Paragraphs = list[str]


def prose(language: str) -> Paragraphs:
    text = (ROOT / "benchmarks" / "text" / f"{language}.txt").read_text(encoding="utf-8")
    return [part for part in text.split("\n\n") if part.strip()]


def articles(language: str) -> Paragraphs:
    files = sorted((ROOT / "seeds" / "articles").glob(f"*.{language}.*"))
    texts = [file.read_text(encoding="utf-8") for file in files if file.suffix in (".md", ".txt")]
    return [part for text in texts for part in text.split("\n\n") if part.strip()]


def sentences(language: str) -> Paragraphs:
    """A third of them: they name far more places than news does."""
    lines = (ROOT / "tests" / "data" / "l10n" / "own_sentences.jsonl").read_text(encoding="utf-8").splitlines()
    return [one["text"] for one in map(json.loads, lines) if one["lang"] == language][::3]


def size(texts: Paragraphs) -> int:
    return sum(len(text.encode()) for text in texts)


def best(action: Callable[[], object], seconds: float) -> float:
    """The shortest of the times that fit into `seconds`; a first round to warm up is not counted."""
    action()
    times: list[float] = []
    while sum(times) < seconds:
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def speed(texts: Paragraphs, language: str, places: Gazetteer, seconds: float) -> float:
    """MB/s of UTF-8."""
    return size(texts) / 1e6 / best(lambda: [find(text, language, places) for text in texts], seconds)


def report(language: str, places: Gazetteer, seconds: float) -> str:
    start = time.perf_counter()
    lexicon(places, language)
    made = time.perf_counter() - start
    parts = {"prose": prose(language), "articles": articles(language), "sentences": sentences(language)}
    texts = [text for part in parts.values() for text in part]
    whole = speed(texts, language, places, seconds)
    words = sum(len(Words(text).words) for text in texts)
    mentions = sum(len(find(text, language, places)) for text in texts)
    splitting = best(lambda: [Words(text) for text in texts], seconds / 4)
    ratios = ", ".join(
        f"{name} x{speed(part, language, places, seconds / 2) / whole:.2f}" for name, part in parts.items()
    )
    characters = whole * sum(map(len, texts)) / size(texts)
    share = splitting / (size(texts) / 1e6 / whole)
    return (
        f"{language}  {whole:5.2f} MB/s  {characters:5.2f} M characters/s  {1000 * mentions / words:4.0f} mentions"
        f" in 1,000 words  words {share:.0%} of the time  {ratios}  index {made * 1000:.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast places are found in running text.")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each measurement takes")
    seconds = parser.parse_args().seconds
    places = gazetteer()
    sys.stdout.write(f"{len(places.all()):,} places\n")
    for language in ("en", "kk", "ru"):
        sys.stdout.write(report(language, places, seconds) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
