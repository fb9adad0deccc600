"""Spelling without its accidents: for comparing names, never for display.

`lower` keeps every position: `len(lower(text)) == len(text)`, so an offset in one is an offset in the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: Latin letters that look like Cyrillic ones; saved pages write "Түркiстан" with a Latin i, "Hұр" with a Latin H.
_LOOK_ALIKE = str.maketrans("aceiopxyhABCEHIKMOPTXY", "асеіорхуһАВСЕНІКМОРТХУ")
_CYRILLIC = "\u0400-\u052f"
_MIXED = re.compile(rf"[A-Za-z](?:(?=[{_CYRILLIC}])|(?<=[{_CYRILLIC}].))")
_BETWEEN = re.compile(r"(?:[^\w\n]|_)+")
_MIXED_WORD = re.compile(rf"[A-Za-z]+[{_CYRILLIC}][A-Za-z{_CYRILLIC}]*|[{_CYRILLIC}]+[A-Za-z][A-Za-z{_CYRILLIC}]*")


def _plain_letters() -> dict[int, str]:
    """Letters to what they are compared as, one to one: "Ü" -> "U", "ı" -> "i", "ё" -> "е", "’" -> "'"."""
    letters = {ord("ı"): "i", ord("İ"): "I", ord("ł"): "l", ord("ø"): "o", ord("đ"): "d", ord("ё"): "е", ord("Ё"): "Е"}
    letters |= dict.fromkeys(map(ord, "’‘ʼʻ`´′"), "'")
    for point in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(point))[0]
        if base != chr(point) and base.isascii():
            letters.setdefault(point, base)
    return letters


_ONE_TO_ONE = _plain_letters()
_FOLDED = re.compile(f"[{''.join(map(chr, sorted(_ONE_TO_ONE)))}]")


def lower(text: str) -> str:
    """Lower case without Latin accents and ё, apostrophes alike, look-alikes in Cyrillic words put right. Same length."""
    if text.isascii():
        return text.lower()
    if _MIXED.search(text):
        text = _MIXED_WORD.sub(lambda word: word[0].translate(_LOOK_ALIKE), text)
    return _FOLDED.sub(lambda letter: _ONE_TO_ONE[ord(letter[0])], text).lower()


def key(name: str) -> str:
    """What the spellings of one name share: no case, accents, apostrophes; hyphens, dots and runs of space are one space."""
    return keys((name.replace("\n", " "),))[0]


def keys(names: Sequence[str]) -> list[str]:
    """The keys of names without line ends, made at one go: thousands of names take a few milliseconds."""
    plain = lower(unicodedata.normalize("NFC", "\n".join(names))).replace("'", "").replace("й", "и")
    return [line.strip() for line in _BETWEEN.sub(" ", plain).split("\n")]
