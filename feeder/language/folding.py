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
    letters |= {ord("Ł"): "L", ord("Ø"): "O", ord("Đ"): "D"}
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


#: marks that compose with the letter before them, and what is in a word without being seen: soft hyphen, zero width
_UNSEEN = re.compile("[\u00ad\u0300-\u036f\u200b-\u200d\u2060\ufeff]")
_CLUSTER = re.compile("[^\u0300-\u036f][\u0300-\u036f]+|[\u00ad\u0301\u200b-\u200d\u2060\ufeff]")


def composed(text: str) -> tuple[str, Sequence[int]]:
    """A text in which each letter is one code point and nothing unseen stands between letters, and the place in the given
    text of each of its code points and of its end."""
    if text.isascii() or not _UNSEEN.search(text):
        return text, range(len(text) + 1)
    parts: list[str] = []
    places: list[int] = []
    done = 0
    for cluster in _CLUSTER.finditer(text):
        start, end = cluster.span()
        letter = unicodedata.normalize("NFC", cluster[0])[: end - start > 1]  # stress marks compose with no letter
        parts += (text[done:start], letter)
        places += (*range(done, start), *[start] * len(letter))
        done = end
    return "".join((*parts, text[done:])), [*places, *range(done, len(text) + 1)]


def key(name: str) -> str:
    """What the spellings of one name share: no case, accents, apostrophes; hyphens, dots and runs of space are one space."""
    return keys((name.replace("\n", " "),))[0]


def keys(names: Sequence[str]) -> list[str]:
    """The keys of names without line ends, made at one go: thousands of names take a few milliseconds."""
    plain = lower(unicodedata.normalize("NFC", "\n".join(names))).replace("'", "").replace("й", "и")
    return [line.strip() for line in _BETWEEN.sub(" ", plain).split("\n")]
