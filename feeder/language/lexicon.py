"""All forms under which the places of a gazetteer appear in texts of one language, found by their first word.

English and Russian forms are listed; a Kazakh name stands once and its endings are compared when a word begins like it,
so that the index grows with the names and not with their forty to a hundred forms each.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from feeder.language import folding, inflection
from feeder.language.places import Gazetteer, bare
from feeder.model import Language, Place, PlaceId

_WORD = re.compile(r"[^\W\d_]+")
_SPLIT = re.compile(r"([^\W\d_]+)")
_GAPS = {
    " ": re.compile(r"[ \t\u00a0\u202f]{1,2}|[ \t]?\n[ \t]?|[-\u2010\u2011]"),
    "-": re.compile(r"[-\u2010-\u2013]|[ \u00a0]|[-\u2010]\n"),
    " - ": re.compile(r"[ \u00a0]?[-\u2010-\u2014][ \u00a0]?"),
    "'": re.compile("'"),
    ".": re.compile(r"\.[ \u00a0]?"),
    ". ": re.compile(r"\.?[ \u00a0]{1,2}"),
    ", ": re.compile(r",?[ \u00a0]"),
    "., ": re.compile(r"\.?,[ \u00a0]"),
}
_ADJECTIVE = ("adj",)
_HEAD = 3  #: letters by which most words are seen to begin like no stem
_LONGEST_ENDING = 12  #: letters of a Kazakh ending, "дағылардың" and more


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write one place: its words, what stands between them, and what is known of the form."""

    place: PlaceId
    kind: str  #: of the place: "city"
    words: tuple[str, ...]  #: folded
    head: list[str]  #: the words but the last, as a list to compare with a text's
    gaps: tuple[str, ...]  #: keys of _GAPS, one fewer than words
    between: list[str]  #: the same, as a list
    name: str  #: the name it is a form of, folded
    capital: int  #: the word that must be capitalised; -1 none
    cases: tuple[str, ...] = ("nom",)
    rank: int = 0  #: 0 current name, 1 former name, 2 variant
    acronym: bool = False
    stop: bool = False  #: ends with a full stop, which belongs to it: "U.S."
    endings: inflection.Endings | None = None  #: Kazakh: what may follow the last word


class Words:
    """The words of a text: runs of letters, folded, with their places in the text."""

    __slots__ = ("ends", "folded", "gaps", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = folding.lower(text)
        parts = _SPLIT.split(self.folded)  # gap, word, gap ... word, gap
        edges = list(itertools.accumulate(map(len, parts)))
        self.words = parts[1::2]
        self.gaps = parts[::2]  #: what stands before each word; the last one after them all
        self.starts, self.ends = edges[0:-1:2], edges[1::2]

    def gap(self, i: int) -> str:
        """What stands before word i, from the end of the word before it (or the start of the text)."""
        return self.gaps[i]

    def capital(self, i: int) -> bool:
        return 0 <= i < len(self.words) and self.text[self.starts[i]].isupper()

    def upper(self, i: int) -> bool:
        start, end = self.starts[i], self.ends[i]
        return self.text[start:end].isupper()

    def shouted(self, i: int) -> bool:
        """Whether word i and a word beside it are in capitals, as in a headline: its capital says nothing."""
        return self.upper(i) and any(0 <= n < len(self.words) and self.upper(n) for n in (i - 1, i + 1))


class Match(NamedTuple):
    """A form found at a place in the text."""

    form: Form
    first: int  #: index of its first word
    last: int  #: index of its last word
    end: int  #: code points
    cases: tuple[str, ...]


class Spelling(NamedTuple):
    """What a form is made of, once a text has its first word."""

    place: Place
    text: str
    name: str  #: the name it is a spelling of
    rank: int
    adjective: bool = False


class Group:
    """The forms that begin with one word: those of more words, the longest first, by the letter the second begins with."""

    __slots__ = ("longer", "single")

    def __init__(self, forms: Iterable[Form]) -> None:
        self.single: list[Form] = []
        self.longer: dict[str, list[Form]] = {}
        for form in sorted(forms, key=lambda form: -len(form.words)):
            alone = len(form.words) == 1
            (self.single if alone else self.longer.setdefault(form.words[1][0], [])).append(form)


class Lexicon:
    """The forms of one language. The index is made at once, the forms of a word when a text first has it."""

    def __init__(self, spellings: Sequence[Spelling], language: Language) -> None:
        self.language = language
        self.inflected = language == "kk"  #: a word with a capital may be one of the stems with an ending
        self.tails = inflection.ADJECTIVE_TAILS.get(language, ())  #: how a small word ends that may be one
        self.listed: dict[str, list[Spelling]] = {}  #: by the first word
        self.small: set[str] = set()  #: first words that may be written small: "область Абай"
        self.stems: dict[str, list[Spelling]] = {}  #: names and adjectives of one word that take endings, by that word
        folded = folding.lower("\n".join(spelling.text for spelling in spellings)).split("\n")
        for spelling, text in zip(spellings, folded, strict=bool(spellings)):
            words = _WORD.findall(text)
            index = self.stems if (self.inflected or spelling.adjective) and len(words) == 1 else self.listed
            index.setdefault(words[0], []).append(spelling)
            if not spelling.text[0].isupper():
                self.small.add(words[0])
        self._groups: dict[str, Group] = {}
        self._stemmed: dict[str, Group] = {}
        self._heads = frozenset(stem[:_HEAD] for stem in self.stems)
        self._shortest = min(map(len, self.stems), default=0)
        self._longest_ending = _LONGEST_ENDING if self.inflected else max(map(len, inflection.RUSSIAN_ADJECTIVE))

    def at(self, text: Words, i: int) -> list[Match]:
        """Every match that begins with word i."""
        word = text.words[i]
        found: list[Match] = []
        if word in self.listed:
            group = self._groups.get(word) or self._made(word, self.listed, self._groups)
            second = text.words[i + 1][0] if i + 1 < len(text.words) else ""
            found += (match for form in group.longer.get(second, ()) if (match := _matched(form, text, i)))
            found += (match for form in group.single if (match := _matched(form, text, i)))
        if self.stems and (word[:_HEAD] in self._heads or word[: self._shortest] in self._heads):
            for size in range(max(self._shortest, len(word) - self._longest_ending), len(word) + 1):
                stem = word[:size]
                if stem in self.stems:
                    group = self._stemmed.get(stem) or self._made(stem, self.stems, self._stemmed)
                    found += (match for form in group.single if (match := _matched(form, text, i)))
        return found

    def _made(self, word: str, index: Mapping[str, Sequence[Spelling]], groups: dict[str, Group]) -> Group:
        """The forms of a word, each once; threads that make them at the same time make the same."""
        forms: dict[tuple[object, ...], Form] = {}
        for form in (_form(spelling, self.language) for spelling in index[word]):
            forms.setdefault((form.place, form.words, form.gaps, form.cases == _ADJECTIVE), form)
        groups[word] = group = Group(forms.values())
        return group


def _matched(form: Form, text: Words, i: int) -> Match | None:
    last = i + len(form.words) - 1
    if last > i and (last >= len(text.words) or not _same_words(form, text, i)):
        return None
    cases = _cases(form, text.words[last])
    if not cases or not _written_right(form, text, i, cases):
        return None
    end = text.ends[last]
    if form.acronym and form.endings and (case := _hyphened(form, text, last)):
        return Match(form, i, last + 1, text.ends[last + 1], (case,))
    return Match(form, i, last, end + (form.stop and text.text[end : end + 1] == "."), cases)


def _same_words(form: Form, text: Words, i: int) -> bool:
    last = len(form.words) - 1
    if text.words[i : i + last] != form.head:
        return False
    gaps = text.gaps[i + 1 : i + last + 1]
    return gaps == form.between or all(
        _GAPS[gap].fullmatch(found) for gap, found in zip(form.between, gaps, strict=True)
    )


def _cases(form: Form, word: str) -> tuple[str, ...]:
    if form.endings is None:
        return form.cases if word == form.words[-1] else ()
    stem = form.words[-1]
    case = form.endings.get(word[len(stem) :]) if word.startswith(stem) else None
    return (case,) if case else ()


def _written_right(form: Form, text: Words, i: int, cases: tuple[str, ...]) -> bool:
    """Capitals where the name has them; an acronym all in capitals, an ending after it may be small."""
    if form.acronym:
        starts = (text.starts[i + n] for n in range(len(form.words)))
        return all(
            text.text[start : start + len(word)].isupper() for start, word in zip(starts, form.words, strict=True)
        )
    return form.capital < 0 or cases == _ADJECTIVE or text.capital(i + form.capital)


def _hyphened(form: Form, text: Words, last: int) -> str | None:
    """The case of an ending after a hyphen: "АҚШ-тың"."""
    if last + 1 >= len(text.words) or text.gap(last + 1) not in ("-", "\u2010", "\u2011") or not form.endings:
        return None
    ending = text.words[last + 1]
    shouted = text.upper(last + 1) and last + 2 < len(text.words) and text.upper(last + 2)
    return form.endings.get(ending) if not text.capital(last + 1) or shouted else None


# --- making it ------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=12)
def lexicon(places: Gazetteer, language: Language) -> Lexicon:
    """The forms of all places in a language; empty for a language without rules."""
    spell = {"en": _english, "kk": _kazakh, "ru": _russian}.get(language, _unknown)
    every = places.all()
    return Lexicon(
        [one for place in every for rank, name in _names(place, language) for one in spell(place, name, rank)], language
    )


def _names(place: Place, language: Language) -> Iterator[tuple[int, str]]:
    """Every name with its rank; the main name with a type word ("Алтай қаласы") is as good as the main name."""
    names = [name.text for name in place.names.get(language, ())]
    for number, name in enumerate(names):
        yield (2 if bare(name) != name else min(number, 1)), bare(name)
    for name in place.variants.get(language, ()):
        typed = any(name.startswith(f"{main} ") or name.endswith(f" {main}") for main in names[:1])
        yield (0 if typed else 2), name


def _unknown(place: Place, name: str, rank: int) -> Iterator[Spelling]:
    yield from ()


def _english(place: Place, name: str, rank: int) -> Iterator[Spelling]:
    plain = name.removeprefix("the ")
    yield from (Spelling(place, spelling, plain, rank) for spelling in inflection.english_spellings(plain))


def _kazakh(place: Place, name: str, rank: int) -> Iterator[Spelling]:
    yield Spelling(place, name, name, rank)
    if "автономиялық" in name:
        yield Spelling(place, name.replace("автономиялық", "автономиялы"), name, rank)


def _russian(place: Place, name: str, rank: int) -> Iterator[Spelling]:
    yield from (Spelling(place, spelling, name, rank) for spelling in inflection.russian_spellings(name))
    if stem := inflection.russian_adjective(name):
        yield Spelling(place, stem, name, rank, adjective=True)


def _form(spelling: Spelling, language: Language) -> Form:
    place, text, name, rank, adjective = spelling
    folded = folding.lower(text)
    spans = [word.span() for word in _WORD.finditer(folded)]
    words = tuple(folded[start:end] for start, end in spans)
    gaps = tuple(_gap(folded[a[1] : b[0]]) for a, b in itertools.pairwise(spans))
    return Form(
        place=place.id,
        kind=place.kind,
        words=words,
        head=list(words[:-1]),
        gaps=gaps,
        between=list(gaps),
        name=folding.lower(name),
        capital=next((n for n, (start, _) in enumerate(spans) if text[start].isupper()), -1),
        cases=_ADJECTIVE if adjective else _grammar(text, name, language),
        rank=rank,
        acronym=len(folded) > 1 and text.isupper(),
        stop=text.endswith("."),
        endings=_endings(name, adjective, language),
    )


def _grammar(text: str, name: str, language: Language) -> tuple[str, ...]:
    """The cases of a spelling that is listed as it stands."""
    return tuple(sorted(inflection.russian_forms(name)[text])) if language == "ru" else ("nom",)


def _endings(name: str, adjective: bool, language: Language) -> inflection.Endings | None:
    if language == "kk":
        return inflection.acronym_endings() if name.isupper() else inflection.kazakh_endings(name.lower())
    return inflection.RUSSIAN_ADJECTIVE if adjective else None


def _gap(text: str) -> str:
    return text if text in _GAPS else " "


__all__ = ["Form", "Lexicon", "Match", "Words", "lexicon"]
