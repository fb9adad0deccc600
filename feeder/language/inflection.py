"""Surface forms of place names: Kazakh endings by rule, Russian forms from a table, English by spelling.

Kazakh endings follow the last vowel (back or front) and the last sound (six classes); Russian forms are made by
`tools/russian_forms.py` and shipped, because a wrong one is seen in the table and not only in readers' texts.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from feeder.model import Language

CASES = ("gen", "dat", "acc", "loc", "abl", "ins")
Endings = Mapping[str, str]  #: ending -> its case: "да" -> "loc"; also "rel" (-дағы), "poss", "like", "adj" (-лық)

_VOWEL, _NASAL, _SONANT, _VOICED, _VOICELESS, _POSSESSIVE = (
    "vowel",
    "nasal",
    "sonant",
    "voiced",
    "voiceless",
    "possessive",
)
_CASE_ENDINGS = {
    _VOWEL: ("ның", "ға", "ны", "да", "дан", "мен"),
    _NASAL: ("ның", "ға", "ды", "да", "нан", "мен"),
    _SONANT: ("дың", "ға", "ды", "да", "дан", "мен"),
    _VOICED: ("дың", "ға", "ды", "да", "дан", "бен"),
    _VOICELESS: ("тың", "қа", "ты", "та", "тан", "пен"),
    _POSSESSIVE: ("ның", "на", "н", "нда", "нан", "мен"),
}
_RESIDENT = {_VOWEL: "лық", _NASAL: "дық", _SONANT: "лық", _VOICED: "дық", _VOICELESS: "тық"}
_LIKE = {_VOICELESS: ("тай", "тікі")}  #: "like Almaty", "Almaty's"
_FRONT = str.maketrans("аығқ", "еігк")
_VOWELS = "аәеиоөуұүыіэюяё"


@functools.cache
def kazakh_endings(name: str) -> Endings:
    """The endings the last word of a name in lower case can take; "" (the nominative) among them."""
    word = name.rpartition(" ")[2]
    if " " in name and word[-1] in "ыі":
        return _endings((_POSSESSIVE,), _harmonies(word))
    found = dict(_endings(_classes(word), _harmonies(word)))
    if word.endswith(("ск", "рк", "нк", "кт", "цк")):  # Минскіде beside Минскте
        linked = _endings((_VOWEL,), ("front",))
        found |= {"і" + ending: case for ending, case in linked.items() if ending and case != "adj"}
    return found


@functools.cache
def acronym_endings() -> Endings:
    """All case endings: an acronym is read aloud in more than one way (АҚШ-тың, АҚШ-ның)."""
    classes = tuple(set(_CASE_ENDINGS) - {_POSSESSIVE})
    return {
        ending: case for ending, case in _endings(tuple(sorted(classes)), ("back", "front")).items() if case != "adj"
    }


def _classes(word: str) -> tuple[str, ...]:
    """The classes of the last sound; two where usage wavers."""
    last = word.rstrip("ьъ'")[-1:]
    if last in "иуюя":  # и and у are read as й and w after a vowel, and Russian я, ю as vowels
        return (_VOWEL, _SONANT)
    if last in _VOWELS:
        return (_VOWEL,)
    for sounds, name in (("мнң", _NASAL), ("рлй", _SONANT), ("зж", _VOICED)):
        if last in sounds:
            return (name,)
    return (_VOICELESS,)


def _harmonies(word: str) -> tuple[str, ...]:
    vowels = [letter for letter in word if letter in _VOWELS]
    unsure = not vowels or vowels[-1] in "иуюяэё" or word.endswith(("ь", "ев", "ов")) or "ь" in word[-3:]
    if unsure:
        return ("back", "front")
    if vowels[-1] in "әеөүі":
        return ("front",)
    # Loans end in foreign clusters and take either: Петербургте, Нью-Йоркте
    return ("back", "front") if word.endswith(("рг", "рк", "нг", "льс", "ск", "цк")) else ("back",)


@functools.cache
def _endings(classes: tuple[str, ...], harmonies: tuple[str, ...]) -> Endings:
    found = {"": "nom"}
    for sound in classes:
        for ending, case in _back_endings(sound):
            for harmony in harmonies:
                found.setdefault(ending.translate(_FRONT) if harmony == "front" else ending, case)
    return found


def _back_endings(sound: str) -> Iterator[tuple[str, str]]:
    cases = dict(zip(CASES, _CASE_ENDINGS[sound], strict=True))
    yield from ((ending, case) for case, ending in cases.items())
    yield from _declined(cases["loc"] + "ғы", _VOWEL, "rel")
    yield from _declined(cases["loc"] + "ғылар", _SONANT, "rel")
    if sound == _POSSESSIVE:
        return
    link = "" if sound == _VOWEL else "ы"
    yield from _declined(link + "мыз", _VOICED, "poss")
    yield from _declined(link + "м", _NASAL, "poss")
    yield link + "ма", "poss"
    yield from ((ending, "like") for ending in _LIKE.get(sound, ("дай", "дікі")))
    if sound == _VOWEL:
        yield "нікі", "like"
    yield _RESIDENT[sound], "adj"


def _declined(stem: str, sound: str, case: str) -> Iterator[tuple[str, str]]:
    yield stem, case
    yield from ((stem + ending, case) for ending in _CASE_ENDINGS[sound])


# --- Russian --------------------------------------------------------------------------------------

RUSSIAN_CASES = ("gen", "dat", "acc", "ins", "loc")
RUSSIAN_ADJECTIVE: Endings = dict.fromkeys(
    ("ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ое", "ие", "их", "ими"), "adj"
)
#: how a word in small letters ends that may be an adjective made of a place's name
ADJECTIVE_TAILS: dict[Language, tuple[str, ...]] = {
    "kk": ("лық", "лік", "дық", "дік", "тық", "тік"),
    "ru": tuple(f"к{ending}" for ending in RUSSIAN_ADJECTIVE),
}
_TABLE = Path(__file__).with_name("russian_forms.tsv")


@functools.cache
def _russian_table() -> dict[str, list[str]]:
    """Name -> its forms in each case, as written in the file ("a|b" or ""), and its adjective."""
    rows = (line.split("\t") for line in _TABLE.read_text(encoding="utf-8").splitlines()[1:])
    return {name: cells for name, *cells in rows}


def russian_spellings(name: str) -> Iterable[str]:
    """The forms of a name, each once, the name itself first."""
    row = _russian_table().get(name, ())
    return dict.fromkeys((name, *(form for cell in row[:-1] if cell for form in cell.split("|"))))


def russian_forms(name: str) -> dict[str, frozenset[str]]:
    """Each form of a name with its cases, the name itself among them. A name the table lacks is taken as it is."""
    row = _russian_table().get(name)
    if row is None:
        return {name: frozenset(("nom", *RUSSIAN_CASES))}
    found: dict[str, set[str]] = {name: {"nom"}}
    for case, cell in zip(RUSSIAN_CASES, row[:-1], strict=True):
        for form in (cell or name).split("|"):
            found.setdefault(form, set()).add(case)
    return {form: frozenset(cases) for form, cases in found.items()}


def russian_adjective(name: str) -> str:
    """The stem of the adjective made of a name, "казахстанск", or ""; `RUSSIAN_ADJECTIVE` has its endings."""
    row = _russian_table().get(name)
    return row[-1][:-2] if row else ""


# --- English --------------------------------------------------------------------------------------

_REGION_WORDS = {"Region": ("Oblast", "Province"), "Prefecture": ("Region",)}


def english_spellings(name: str) -> list[str]:
    """A name as English texts write it: regions under their other type words too."""
    stem, _, last = name.rpartition(" ")
    return [name, *(f"{stem} {word}" for word in _REGION_WORDS.get(last, ()) if stem)]
