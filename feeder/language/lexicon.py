"""All forms under which the places of a gazetteer appear in texts of one language, found by their first word.

English and Russian forms are listed; a Kazakh name stands once and its endings are compared when a word begins like it,
so that the index grows with the names and not with their forty to a hundred forms each.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feeder.language import folding, inflection
from feeder.language.places import Gazetteer, bare
from feeder.model import Language, Place, PlaceId

_WORD = re.compile(r"[^\W\d_]+")
_GAPS = {
    " ": re.compile(r"[ \t\u00a0\u202f]{1,2}|[ \t]?\n[ \t]?|[-\u2010\u2011]"),
    "-": re.compile(r"[-\u2010-\u2013]|[ \u00a0]|[-\u2010]\n"),
    "'": re.compile("'"),
    ".": re.compile(r"\.[ \u00a0]?"),
    ". ": re.compile(r"\.?[ \u00a0]{1,2}"),
    ", ": re.compile(r",?[ \u00a0]"),
    "., ": re.compile(r"\.?,[ \u00a0]"),
}
_ADJECTIVE = ("adj",)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write one place: its words, what stands between them, and what is known of the form."""

    place: PlaceId
    kind: str  #: of the place: "city"
    words: tuple[str, ...]  #: folded
    gaps: tuple[str, ...]  #: keys of _GAPS, one fewer than words
    name: str  #: the name it is a form of, folded
    capital: int  #: the word that must be capitalised; -1 none
    cases: tuple[str, ...] = ("nom",)
    rank: int = 0  #: 0 current name, 1 former name, 2 variant
    acronym: bool = False
    stop: bool = False  #: ends with a full stop, which belongs to it: "U.S."
    endings: inflection.Endings | None = None  #: Kazakh: what may follow the last word


class Words:
    """The words of a text: runs of letters, folded, with their places in the text."""

    __slots__ = ("folded", "spans", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = folding.lower(text)
        self.spans = [word.span() for word in _WORD.finditer(self.folded)]
        self.words = [self.folded[start:end] for start, end in self.spans]

    def gap(self, i: int) -> str:
        """What stands before word i, from the end of the word before it (or the start of the text)."""
        start = self.spans[i - 1][1] if i else 0
        end = self.spans[i][0] if i < len(self.spans) else len(self.text)
        return self.folded[start:end]

    def capital(self, i: int) -> bool:
        return 0 <= i < len(self.spans) and self.text[self.spans[i][0]].isupper()

    def upper(self, i: int) -> bool:
        start, end = self.spans[i]
        return self.text[start:end].isupper()


@dataclass(frozen=True, slots=True)
class Match:
    """A form found at a place in the text."""

    form: Form
    first: int  #: index of its first word
    last: int  #: index of its last word
    end: int  #: code points
    cases: tuple[str, ...]


class Lexicon:
    """The forms of one language."""

    def __init__(self, forms: Sequence[Form], *, inflected: bool, tails: tuple[str, ...]) -> None:
        self.inflected = inflected  #: a word with a capital may be one of the stems with an ending
        self.tails = tails  #: how a small word ends that may be one
        self.listed: dict[str, list[Form]] = {}  #: by the first word
        self.stems: dict[str, list[Form]] = {}  #: names and adjectives of one word that take endings, by that word
        for form in forms:
            index = self.stems if form.endings is not None and len(form.words) == 1 else self.listed
            index.setdefault(form.words[0], []).append(form)
        for group in self.listed.values():
            group.sort(key=lambda form: -len(form.words))
        self._shortest = min(map(len, self.stems), default=0)
        self._heads = frozenset(stem[: self._shortest] for stem in self.stems)

    def at(self, text: Words, i: int) -> list[Match]:
        """Every match that begins with word i."""
        word = text.words[i]
        found = [match for form in self.listed.get(word, ()) if (match := _matched(form, text, i))]
        if self.stems and word[: self._shortest] in self._heads:
            for size in range(self._shortest, len(word) + 1):
                found += (match for form in self.stems.get(word[:size], ()) if (match := _matched(form, text, i)))
        return found


def _matched(form: Form, text: Words, i: int) -> Match | None:
    last = i + len(form.words) - 1
    if last >= len(text.words) or not _same_words(form, text, i):
        return None
    cases = _cases(form, text.words[last])
    if not cases or not _written_right(form, text, i, cases):
        return None
    end = text.spans[last][1]
    if form.acronym and form.endings and (case := _hyphened(form, text, last)):
        return Match(form, i, last + 1, text.spans[last + 1][1], (case,))
    return Match(form, i, last, end + (form.stop and text.text[end : end + 1] == "."), cases)


def _same_words(form: Form, text: Words, i: int) -> bool:
    return all(text.words[i + n] == word for n, word in enumerate(form.words[:-1])) and all(
        _GAPS[gap].fullmatch(text.gap(i + n)) for n, gap in enumerate(form.gaps, start=1)
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
        starts = (text.spans[i + n][0] for n in range(len(form.words)))
        return all(
            text.text[start : start + len(word)].isupper() for start, word in zip(starts, form.words, strict=True)
        )
    return form.capital < 0 or cases == _ADJECTIVE or text.capital(i + form.capital)


def _hyphened(form: Form, text: Words, last: int) -> str | None:
    """The case of an ending after a hyphen: "АҚШ-тың"."""
    if last + 1 >= len(text.words) or text.gap(last + 1) not in ("-", "\u2010", "\u2011") or not form.endings:
        return None
    ending = text.words[last + 1]
    return form.endings.get(ending) if ending and not text.capital(last + 1) else None


# --- making it ------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=12)
def lexicon(places: Gazetteer, language: Language) -> Lexicon:
    """The forms of all places in a language; empty for a language without rules."""
    make = {"en": _english, "kk": _kazakh, "ru": _russian}.get(language, _unknown)
    found: dict[tuple[object, ...], Form] = {}
    for place in places.all():
        for rank, name in _names(place, language):
            for form in make(place, name, rank):
                found.setdefault((form.place, form.words, form.gaps, form.cases == _ADJECTIVE), form)
    return Lexicon(
        tuple(found.values()), inflected=language == "kk", tails=inflection.ADJECTIVE_TAILS.get(language, ())
    )


def _names(place: Place, language: Language) -> Iterator[tuple[int, str]]:
    """Every name with its rank; the main name with a type word ("Алтай қаласы") is as good as the main name."""
    names = [name.text for name in place.names.get(language, ())]
    for number, name in enumerate(names):
        yield (2 if bare(name) != name else min(number, 1)), bare(name)
    for name in place.variants.get(language, ()):
        typed = any(name.startswith(f"{main} ") or name.endswith(f" {main}") for main in names[:1])
        yield (0 if typed else 2), name


def _unknown(place: Place, name: str, rank: int) -> Iterator[Form]:
    yield from ()


def _english(place: Place, name: str, rank: int) -> Iterator[Form]:
    plain = name.removeprefix("the ")
    yield from (_form(place, spelling, plain, rank) for spelling in inflection.english_spellings(plain))


def _kazakh(place: Place, name: str, rank: int) -> Iterator[Form]:
    endings = inflection.acronym_endings() if name.isupper() else inflection.kazakh_endings(folding.lower(name))
    yield _form(place, name, name, rank, endings=endings)


def _russian(place: Place, name: str, rank: int) -> Iterator[Form]:
    for spelling, cases in inflection.russian_forms(name).items():
        yield _form(place, spelling, name, rank, cases=tuple(sorted(cases)))
    if stem := inflection.russian_adjective(name):
        yield _form(place, stem, name, rank, cases=_ADJECTIVE, endings=inflection.RUSSIAN_ADJECTIVE)


def _form(
    place: Place,
    spelling: str,
    name: str,
    rank: int,
    *,
    cases: tuple[str, ...] = ("nom",),
    endings: inflection.Endings | None = None,
) -> Form:
    folded = folding.lower(spelling)
    spans = [(0, len(folded))] if folded.isalpha() else [word.span() for word in _WORD.finditer(folded)]
    capital = next((n for n, (start, _) in enumerate(spans) if spelling[start].isupper()), -1)
    return Form(
        place=place.id,
        kind=place.kind,
        words=tuple(folded[start:end] for start, end in spans),
        gaps=tuple(_gap(folded[a[1] : b[0]]) for a, b in itertools.pairwise(spans)),
        name=folding.lower(name) if name != spelling else folded,
        capital=capital,
        cases=cases,
        rank=rank,
        acronym=len(folded) > 1 and spelling.isupper(),
        stop=spelling.endswith("."),
        endings=endings,
    )


def _gap(text: str) -> str:
    return text if text in _GAPS else " "


__all__ = ["Form", "Lexicon", "Match", "Words", "lexicon"]
