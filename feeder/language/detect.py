"""Which of our languages a text is in, when nobody says: by its letters and its commonest words. Pure.

Better no answer than a wrong one: a neighbour of ours (Kyrgyz, Uzbek, Ukrainian, Kazakh in Latin letters) gets None.
"""

from __future__ import annotations

import re

from feeder.model import Language

_KAZAKH = re.compile("[әғқңөұүһі]+")
_KAZAKH_ALONE = re.compile("[әғқұі]+")  #: without the letters that Kyrgyz has too
_RUSSIAN_ALONE = re.compile("[ыэё]")  #: Bulgarian, Serbian, Macedonian do without
_CYRILLIC = re.compile("[а-яё]+")
_FOREIGN = re.compile("[ўҳҗѓїєґӣӯҷђјљњћџќѕ]+")  #: of Cyrillic alphabets that are not ours
_LATIN = re.compile("[a-z]+")
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    ("the", "of", "and", "to", "in", "a", "is", "that", "for", "on", "was", "with", "as", "at", "by", "from", "has", "have", "it")
)  # fmt: skip

_LETTERS = 20  #: fewer tell nothing
_SAMPLE = 20_000  #: code points that are looked at
_KAZAKH_SHARE = 0.05  #: of Cyrillic letters; running Kazakh has 0.15 to 0.30, Russian with Kazakh names stays below
_FOREIGN_SHARE = 0.005
_ENGLISH_SHARE = 0.08  #: of words; running English has 0.25 and more, a headline may have less


def language_of(text: str) -> Language | None:
    """ "en", "kk", "ru", or None when the text is too short, or in none of them."""
    sample = text[:_SAMPLE].lower()
    kazakh, plain, latin = (_count(letters, sample) for letters in (_KAZAKH, _CYRILLIC, _LATIN))
    cyrillic = kazakh + plain
    if latin + cyrillic < _LETTERS:
        return None
    if latin > cyrillic:
        return "en" if _is_english(sample) else None
    return _cyrillic(sample, kazakh, cyrillic)


def _count(letters: re.Pattern[str], text: str) -> int:
    """How many letters of a kind there are; found in runs, which is several times faster than one by one."""
    return sum(map(len, letters.findall(text)))


def _is_english(text: str) -> bool:
    words = _WORD.findall(text)
    return sum(word in _ENGLISH for word in words) >= len(words) * _ENGLISH_SHARE


def _cyrillic(text: str, kazakh: int, letters: int) -> Language | None:
    if _count(_FOREIGN, text) > letters * _FOREIGN_SHARE:
        return None
    if kazakh > letters * _KAZAKH_SHARE:
        return "kk" if _count(_KAZAKH_ALONE, text) > kazakh // 4 else None
    return "ru" if letters < 200 or _RUSSIAN_ALONE.search(text) else None
