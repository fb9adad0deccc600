"""Places in running text: exact spans, in English, Kazakh and Russian with their inflections.

The longest name wins; a name must be capitalised as the gazetteer has it; names that are also something else need a cue
(`judge`); namesakes are told apart by the other places of the text. Adjectives ("казахстанские", "шымкенттік",
"China-imposed") are found and marked. Ethnonyms and languages are no places.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal

from feeder.language import folding
from feeder.language.candidates import Candidate
from feeder.language.judge import Judge, Verdict
from feeder.language.lexicon import Lexicon, Words, lexicon
from feeder.language.namesakes import Scales
from feeder.language.places import Gazetteer
from feeder.model import Language, Mention, PlaceId


def find(text: str, language: Language, places: Gazetteer) -> tuple[Mention, ...]:
    """The mentions of places in a text, in its order, never overlapping; none for a language without rules.

    Offsets are those of the text as given, whether its letters are composed or not.
    """
    plain, where = folding.composed(text)
    found = _found(plain, language, places)
    if plain is text:
        return found
    return tuple(_moved(one, text, where) for one in found)


def _moved(one: Mention, text: str, where: Sequence[int]) -> Mention:
    """A mention in a composed text as one in the text that was given."""
    start, end = where[one.start], where[one.end - 1] + 1
    while end < where[one.end] and unicodedata.combining(text[end]):
        end += 1
    return dataclasses.replace(one, start=start, end=end, surface=text[start:end])


def _found(text: str, language: Language, places: Gazetteer) -> tuple[Mention, ...]:
    words, forms = Words(text), lexicon(places, language)
    candidates = _candidates(words, forms)
    if not candidates:
        return ()
    judge = Judge(words, language, frozenset(i for one in candidates for i in (one.first, one.last)))
    kept = _kept(candidates, judge)
    if not kept:
        return ()
    scales = Scales(words, language, kept, places)
    mentions = (_mention(words, one, scales.choose(one), judge) for one in kept)
    return tuple(mention for mention in mentions if mention)


def _candidates(words: Words, forms: Lexicon) -> list[Candidate]:
    found: list[Candidate] = []
    taken = -1
    for i in _starts(words, forms):
        matches = forms.at(words, i) if i > taken else []
        if matches:
            one = Candidate.of(matches, words)
            found.append(one)
            taken = one.last
    return found


def _starts(words: Words, forms: Lexicon) -> Iterator[int]:
    """The words with which a match can begin: quickly, for most words cannot."""
    listed, small, tails = forms.listed, forms.small, forms.tails
    text, starts, inflected = words.text, words.starts, forms.inflected
    for i, word in enumerate(words.words):
        begins = word in listed and (word in small or text[starts[i]].isupper())
        if begins or (tails and (word.endswith(tails) or (inflected and text[starts[i]].isupper()))):
            yield i


def _kept(candidates: Sequence[Candidate], judge: Judge) -> list[Candidate]:
    """The candidates that are places: the sure ones, then those in their company."""
    verdicts: list[Verdict] = [judge.verdict(one) for one in candidates]
    both_ways = (range(len(candidates)), reversed(range(len(candidates)))) if "listed" in verdicts else ()
    for order in both_ways:
        for i in order:
            near = (n for n in (i - 1, i + 1) if 0 <= n < len(candidates) and verdicts[n] == "yes")
            if verdicts[i] == "listed" and any(judge.together(candidates[i], candidates[n]) for n in near):
                verdicts[i] = "yes"
    return [one for one, verdict in zip(candidates, verdicts, strict=True) if verdict == "yes"]


def _mention(words: Words, one: Candidate, place: PlaceId | None, judge: Judge) -> Mention | None:
    if place is None:
        return None
    kind: Literal["place", "adjective"] = "adjective" if one.adjective or judge.modifies(one) else "place"
    return Mention(place=place, start=one.start, end=one.end, surface=words.text[one.start : one.end], kind=kind)
