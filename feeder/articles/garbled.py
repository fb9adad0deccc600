"""Text that was read in a wrong encoding once and saved so: "РџСЂРёРІРµС‚", "Ïðèâåò", "оПХБЕР". Known by what it cannot be."""

from __future__ import annotations

import itertools
import re

from feeder.errors import ArticleError

_OURS = re.compile("[а-яёА-ЯЁәғқңөұүһіӘҒҚҢӨҰҮҺІ]+")


def _signs(codec: str) -> str:
    """What the bytes 80 to BF, the second ones of UTF-8, are in an encoding."""
    found = bytes(range(0x80, 0xC0)).decode(codec, "ignore") + ("\x98" if codec == "cp1251" else "\x81\x8d\x8f\x90\x9d")
    return re.escape(found)


#: UTF-8 that was read as windows-1251, and as windows-1252: two letters and more.
_AS_CYRILLIC = re.compile(f"(?:[РСТУ][{_signs('cp1251')}]){{2,}}")
_AS_LATIN = re.compile(f"(?:[ÐÑÒÓ][{_signs('cp1252')}\x80-\x9f]){{2,}}")
_PAIRS = re.compile(rb"(?:[\xd0-\xd3][\x80-\xbf]){2,}")
_ACCENTED = re.compile(r"(?<!\w)[À-ÿ¸¨]{4,}(?!\w)")  #: windows-1251 read as windows-1252
_HIGH = re.compile("[À-ÿ¸¨]")
#: KOI8-R and windows-1251 taken for each other: small is capital. Such words stand in lines of capitals.
_SWAPPED = re.compile(r"\b[а-яё][А-ЯЁ]{2,}\b")
_CAPITAL, _LETTER = re.compile("[А-ЯЁ]"), re.compile("[А-яЁё]")
_AROUND = 200  #: characters of a line that are looked at
_SEEN = 1000  #: words that look swapped; a text has none, or very many
_SIGNS = re.compile("(?:вЂ|â€)[\x80-\x9f\u2018-\u203a\u0153\u0161\u017e\u2122\u02dc]")
_LOST = "\ufffd"


def check(text: str) -> tuple[str, ...]:
    """What a text has lost. Raises ArticleError(field="encoding") when whole words were read wrongly before it was saved."""
    if (at := _found(text)) >= 0:
        shown = " ".join(text[at : at + 24].split())
        reason = (
            f"is garbled: {shown!r} was read in a wrong encoding and saved so; take the text from the original again"
        )
        raise ArticleError(reason, field="encoding", line=text.count("\n", 0, at) + 1)
    problems = []
    if lost := text.count(_LOST):
        problems.append(f"a character (\ufffd) was lost before the file was saved; lost in all: {lost}")
    if sign := _SIGNS.search(text):
        problems.append(f"a dash or quotation mark is garbled ({sign[0]!r}); correct it in the file")
    return tuple(problems)


def _found(text: str) -> int:
    """Where the first garbled words are; -1 when there are none."""
    if text.isascii():
        return -1
    accented = _HIGH.search(text) is not None  # what is looked for with accents costs as much as all the rest
    for pattern, codec in ((_AS_CYRILLIC, "cp1251"), *([(_AS_LATIN, "cp1252")] if accented else [])):
        for match in pattern.finditer(text):
            if _is_ours(_bytes(match[0], codec)):
                return match.start()
    if accented and is_latin(text):
        return next(_ACCENTED.finditer(text)).start()
    words = itertools.islice(_SWAPPED.finditer(text), _SEEN)
    swapped = [match.start() for match in words if _is_capitals(text, match.start())]
    return swapped[0] if len(swapped) > 1 else -1


def _is_capitals(text: str, at: int) -> bool:
    """Whether the line around is in capitals."""
    line = text[max(0, at - _AROUND) : at].rpartition("\n")[2] + text[at : at + _AROUND].partition("\n")[0]
    return len(_CAPITAL.findall(line)) > len(_LETTER.findall(line)) * 0.7


def is_latin(text: str) -> bool:
    """Whether it has words of accented letters only, as Cyrillic becomes when it is read as Latin-1."""
    return len(_ACCENTED.findall(text)) > 1


def is_partly_utf8(data: bytes) -> bool:
    """Whether there are words in UTF-8 in what is not UTF-8 as a whole."""
    return any(_is_ours(match[0]) for match in _PAIRS.finditer(data))


def _bytes(text: str, codec: str) -> bytes:
    """The bytes that were read so; what the encoding leaves undefined stood for itself."""
    return b"".join(_byte(letter, codec) for letter in text)


def _byte(letter: str, codec: str) -> bytes:
    try:
        return letter.encode(codec)
    except UnicodeEncodeError:
        return bytes((ord(letter) & 0xFF,))


def _is_ours(data: bytes) -> bool:
    try:
        return _OURS.fullmatch(data.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False
