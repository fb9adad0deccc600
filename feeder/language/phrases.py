"""The two tables that tell names of places from other names.

`stop_phrases.tsv` has names of papers, airlines, people: "_" is the place, a capital in the phrase is a capital in the text,
"*" any ending or beginning, the last column limits it to some places. `ambiguous.tsv` has names that are also something else.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from feeder.language.cues import linked
from feeder.language.lexicon import Words
from feeder.model import Language, PlaceId

#: rule of ambiguous.tsv -> what the name also is. "noun": a common word; "given", "surname": a person; "never": not
#: without a type word; "article": only after "the"; "month": October; "capital": "our capital"; "pronoun": "us" in capitals;
#: "town": before all a town, a person only beside another part of a name; "bare": a common word only without an ending;
#: "not-AF": also a place of that country, which the gazetteer lacks
RULES = ("noun", "given", "surname", "never", "article", "month", "capital", "pronoun", "town", "bare")

_HERE = Path(__file__).parent
_PART = re.compile(r"\*?[^\W\d_]+\*?")


@functools.cache
def ambiguous(language: Language) -> dict[str, frozenset[str]]:
    """Folded name -> its rules."""
    rows = _rows("ambiguous.tsv", language)
    return {row["name"]: frozenset(row["rules"].split(",")) for row in rows}


@dataclass(frozen=True, slots=True)
class StopPhrase:
    """Words before and after a place that make it part of another name."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    places: frozenset[PlaceId]  #: empty: any

    def at(self, text: Words, first: int, last: int) -> bool:
        start, end = first - len(self.before), last + len(self.after)
        return (
            start >= 0
            and end < len(text.words)
            and all(linked(text, i + 1) and _is(text, i, word) for i, word in enumerate(self.before, start=start))
            and all(linked(text, i) and _is(text, i, word) for i, word in enumerate(self.after, start=last + 1))
        )


def stopped(text: Words, language: Language, first: int, last: int, places: Collection[PlaceId]) -> bool:
    """Whether words first to last are part of a stop phrase."""
    phrases = _stop_phrases(language)
    for i in (first - 1, last + 1):
        if 0 <= i < len(text.words):
            for phrase in (*phrases.get(text.words[i][:2], ()), *phrases.get("*", ())):
                if (not phrase.places or not phrase.places.isdisjoint(places)) and phrase.at(text, first, last):
                    return True
    return False


def _is(text: Words, i: int, word: str) -> bool:
    if word[0] == "*":
        return text.words[i].endswith(word[1:])
    lowered = word.lower()
    fits = text.words[i].startswith(lowered[:-1]) if word[-1] == "*" else text.words[i] == lowered
    return fits and (not word[0].isupper() or text.capital(i))


@functools.cache
def _stop_phrases(language: Language) -> dict[str, tuple[StopPhrase, ...]]:
    """By the first two letters of the word next to the place."""
    found: dict[str, list[StopPhrase]] = {}
    for row in _rows("stop_phrases.tsv", language):
        before, _, after = row["phrase"].partition("_")
        words = tuple(_PART.findall(before)), tuple(_PART.findall(after))
        phrase = StopPhrase(*words, frozenset(filter(None, row["places"].split("|"))))
        nearest = words[0][-1] if words[0] else words[1][0]
        head = "*" if nearest[0] == "*" else nearest.lower().rstrip("*")[:2]
        found.setdefault(head, []).append(phrase)
    return {head: tuple(group) for head, group in found.items()}


def _rows(name: str, language: Language) -> Iterator[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["language"] == language:
                yield row
