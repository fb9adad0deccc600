"""Which of several places with one name is meant: Aksu in Kazakhstan or in Xinjiang, Georgia or Georgia.

The other places of the text vote for their countries, the nearer the louder; words such as "Georgian" vote too. A main
name is ahead of a variant; without votes it is the first of equals, Kazakhstan before others.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from feeder.language import cues, phrases
from feeder.language.candidates import Candidate
from feeder.language.lexicon import Words
from feeder.language.places import Gazetteer
from feeder.model import Language, PlaceId

_REACH = 60.0  #: code points over which a vote loses half its weight
_EARSHOT = 900  #: code points beyond which nothing votes
_MAIN_NAME = 0.85  #: what a main name is ahead of a variant
_TOWNS = frozenset({"city", "town", "village"})
_BESIDE = 1.5  #: what a place right beside weighs
_ASHORE = 3.0  #: what a water or mountains are ahead of a town where the text speaks of a shore, or is "on" them

#: how a word begins that speaks for a country, and how much; adjectives that the lexicon knows speak for themselves
_EVIDENCE: dict[Language, dict[str, tuple[str, float]]] = {
    "en": {
        **dict.fromkeys(("chinese", "uyghur", "uighur"), ("CN", 0.6)),
        **dict.fromkeys(("american", "senate", "republican", "democrat"), ("US", 0.6)),
        **dict.fromkeys(("tbilisi", "batumi"), ("GE", 2.0)),
        **dict.fromkeys(("afghan", "taliban"), ("AF", 0.6)),
        "kazakh": ("KZ", 0.4),
        "georgian": ("GE", 0.6),
        "atlanta": ("US", 1.0),
        "kamchatka": ("RU", 1.0),
    },
    "kk": {"ұйғыр": ("CN", 0.6), "қазақстандық": ("KZ", 0.4)},
    "ru": {"уйгур": ("CN", 0.6)},
}


class Scales:
    """Weighs the namesakes of one text."""

    def __init__(self, words: Words, language: Language, kept: Sequence[Candidate], places: Gazetteer) -> None:
        self._words, self._language, self._places = words, language, places
        self._rules = phrases.ambiguous(language)
        self._sure = [one for one in kept if len(one.ranks) == 1]
        self._starts = [one.start for one in self._sure]
        self._ends = {one.last for one in self._sure}

    def choose(self, one: Candidate) -> PlaceId | None:
        """The place meant; None when it is one that the gazetteer lacks (Jalalabad in Afghanistan)."""
        rivals = [rule[4:] for rule in self._rules.get(one.name, ()) if rule.startswith("not-")]
        if len(one.ranks) == 1 and not rivals:
            return next(iter(one.ranks))
        votes = self._votes(one)
        wide = self._wide(one) if len(one.kinds) > 1 else frozenset()
        best = max(one.ranks, key=lambda place: self._score(place, one.ranks, votes, wide))
        own = votes.get(self._places.get(best).country, 0.0)
        return None if any(votes.get(rival, 0.0) > own for rival in rivals) else best

    def _score(
        self, id: PlaceId, ranks: dict[PlaceId, int], votes: dict[str, float], wide: frozenset[str]
    ) -> tuple[float, bool]:
        place = self._places.get(id)
        main = _MAIN_NAME if ranks[id] < 2 <= max(ranks.values()) else 0.0
        ahead = _ASHORE if place.kind in wide else 0.0
        return (round(votes.get(place.country, 0.0) + main + ahead, 6), place.country == "KZ")

    def _wide(self, one: Candidate) -> frozenset[str]:
        """The kinds that the words beside the name speak for: "на берегу Балхаша", "Балқаштың жағасы", "на Алтае"."""
        words, known = self._words.words, cues.CUES[self._language]
        before = words[max(0, one.first - 2) : one.first][::-1]
        after = [word for word in words[one.last + 1 : one.last + 3] if word != "s"]
        if self._town(one) or ("article" in self._rules.get(one.name, ()) and before[:1] != ["the"]):
            return _TOWNS
        nearest = before[1:] if before and before[0] in ("of", "в", "into") else before[:1]
        if nearest and nearest[0] in ("на", "on"):
            return frozenset({"water", "area"})
        ashore = any(word in known.shore_before for word in nearest) or any(
            word in known.shore_after for word in after[:1]
        )
        return frozenset({"water"} if ashore else ())

    def _town(self, one: Candidate) -> bool:
        """Whether a type word says that a town is meant and not the country or region: "в городе Тунис"."""
        words, known = self._words, cues.CUES[self._language]
        before = words.words[one.first - 1] if cues.linked(words, one.first) else ""
        if before == "of" and one.first > 1:
            before = words.words[one.first - 2]
        after = words.words[one.last + 1] if cues.spaced(words, one.last + 1) else ""
        return after in known.town_after or (before in known.town_before and before != "capital")

    def _votes(self, one: Candidate) -> dict[str, float]:
        votes: dict[str, float] = {}
        for country, weight in (*self._neighbours(one), *self._evidence(one)):
            votes[country] = votes.get(country, 0.0) + weight
        return votes

    def _neighbours(self, one: Candidate) -> Iterator[tuple[str, float]]:
        for n in range(
            bisect_left(self._starts, one.start - _EARSHOT), bisect_left(self._starts, one.start + _EARSHOT)
        ):
            other = self._sure[n]
            if other is not one and not self._across(other):
                distance = abs(other.start - one.start)
                country = self._places.get(next(iter(other.ranks))).country
                beside = 0 <= other.start - one.end <= 4 or 0 <= one.start - other.end <= 2  # "Khorgos in China"
                weight = 0.5 if other.adjective else _BESIDE if beside else 1.0
                yield country, weight / (1 + distance / _REACH)

    def _across(self, other: Candidate) -> bool:
        """Whether a place is named as the other side: "the border with China", «Қытаймен шекарада»."""
        before = self._words.words[other.first - 1] if other.first else ""
        return before in ("with", "с", "со") or (self._language == "kk" and other.cases == {"ins"})

    def _evidence(self, one: Candidate) -> Iterator[tuple[str, float]]:
        """Words near the name that speak for a country; "Macon, Georgia" speaks for the state."""
        known = _EVIDENCE.get(self._language, {})
        words, near = self._words, slice(max(0, one.start - 300), one.end + 300)
        for word in _pattern(tuple(known)).findall(words.folded[near]) if known else ():
            yield known[word]
        if "us-georgia" in one.ranks and words.gap(one.first).strip() == "," and words.capital(one.first - 1):
            yield "US", 0.0 if one.first - 1 in self._ends else 1.0


@functools.cache
def _pattern(heads: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(heads)})")
