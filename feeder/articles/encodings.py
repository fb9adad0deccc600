"""Bytes -> text. UTF-8 is expected; what else editors here still have is read when it can be nothing else.

    a mark (BOM) -> UTF-8 -> UTF-16 without its mark -> what the page declares -> the one reading that is a text

The old Cyrillic encodings share their bytes, so a reading counts only when its letters, its capitals and its commonest words
are those of Russian or Kazakh, and no other reading comes near. Otherwise the file is refused: nothing garbled is published.
Sources: Unicode 16.0, 23.8 (byte order mark); the code charts of the encodings as Python's codecs have them; WHATWG
Encoding Standard, 4.2 (what a page calls ISO-8859-1 is windows-1252).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from feeder.articles import garbled
from feeder.errors import ArticleError
from feeder.language import detect

#: Python's codec -> the name people know. In this order one names the text that several read alike.
_READ = {"cp1251": "windows-1251", "koi8-r": "KOI8-R", "kz1048": "KZ-1048", "ptcp154": "PT154"}
_RIVALS = ("cp866", "iso8859-5", "mac-cyrillic")  #: not read unless declared, but a text that may be in one is in doubt
_DECLARABLE = frozenset((*_READ, *_RIVALS, "koi8-u"))
_WESTERN = frozenset(("ascii", "cp1252", "iso8859-1"))  #: any bytes are text in these, so a page in Cyrillic may say so

_LETTERS = 40  #: Cyrillic letters that a guess needs
_WORDS = 3  #: different common words that a guess needs
_SHARE = 0.08  #: of common words among all; running Russian has 0.15 to 0.30, Kazakh about 0.10
_NEAR = 0.5  #: of the best score; another reading that has so much is in its way
_CONTROLS_SHARE = 50  #: one control character in so many is no text

_OURS = "а-яёА-ЯЁәғқңөұүһіӘҒҚҢӨҰҮҺІ"
_CYRILLIC = re.compile("[\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN = re.compile(rf"[^{_OURS}\t\n\r\f\x20-\x7e\xa0\xad«»„“”‘’–—…•·№§©®™°±µ¤¦¶¬€†‡‰‹›‚]")
_UKRAINIAN = re.compile("[ґєїўҐЄЇЎ]")  #: names in a Russian page may have them
_MIXED = re.compile(r"(?<!\\)[A-Za-z][\u0400-\u052f]|[\u0400-\u052f][A-Za-z]")  #: but "\\nДа" in a script
#: What is a letter in one encoding and a sign in another stands inside words.
_INSIDE = re.compile(rf"[{_OURS}][±µ¤¦¶¬€†‡‰‹„“‘•·]+[{_OURS}]|[±µ¤¦¶¬€†‡‰•][{_OURS}]|[{_OURS}][±µ¤¦¶¬€†‡]")
_TURN = re.compile("[а-яёәғқңөұүһі][А-ЯЁӘҒҚҢӨҰҮҺІ]")
_KAZAKH = re.compile("[әғқңөұүһӘҒҚҢӨҰҮҺ]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_QUOTES = re.compile(
    r"(?:(?<![^\s(\[\u2013\u2014-])[“‘](?=\w)|(?<=[\w.,!?;:…])[”’](?!\w)|(?<=\w)’(?=(?:s|t|re|ve|ll|d|m)\b)|(?<!\S)[–—](?!\S)|(?<=\w)…(?!\w))"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RUSSIAN_WORDS = _words(
    "на не что по из за от для это как при его или они был была было были она так уже только также после между более лет года "
    "году том во со до об чтобы который которые которая которых когда если где их ее её он мы вы все всё под без через ещё еще "
    "свой свои нет может должны чем этого этой этом том тех них ему ей им мне нам вам там здесь тогда потом перед около два "
    "сообщил сообщила сказал сказала заявил рассказал время день дня человек люди города городе области"
)  # fmt: skip
_KAZAKH_WORDS = _words(
    "және бұл үшін өз өзі күні көп қала қаласы қаласында тұр қарай соң ең әлі әр қазір дәл арқылы айтқан болған болғанын жоқ "
    "жүр қатысты мүмкін бүгін халық өткен құқық тағы оның жаңа бұрын бірақ қалған көпір әрі өтті қайта көрсетті олардың "
    "сондықтан өйткені кезінде үш төрт жөнінде өзінің қарсы қатар кәсіпорын қазақ қазақстан ұлттық ғана "
    "сәуір мамыр қыркүйек қазан қараша желтоқсан қаңтар ақпан наурыз"
)  # fmt: skip
_KAZAKH_PLAIN = _words(
    "мен деп бір бар да де еді екен кейін туралы осы сол бойынша деді ол жылы жыл ішінде дейін болды болып айтты адам "
    "олар екі ал бері емес оны оған ешкім енді әкімдік мәлімдеді сейсенбі келді кеңес"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text and how it was found. It is not cleaned yet."""

    text: str
    encoding: str  #: "UTF-8", "windows-1251"
    problems: tuple[str, ...] = ()


def decode(data: bytes, *, declared: str = "") -> Decoded:
    """The text of a file; `declared` is the encoding that a page names for itself.

    Raises ArticleError(field="encoding") when it is no text, was garbled before, or may be more than one text.
    """
    found = _unicode(data) or _declared(data, declared)
    if len(_CONTROLS.findall(found.text)) > max(1, len(found.text) // _CONTROLS_SHARE):
        raise ArticleError("is no text; save the file again as UTF-8", field="encoding")
    return Decoded(text=found.text, encoding=found.encoding, problems=found.problems + garbled.check(found.text))


def _unicode(data: bytes) -> Decoded | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return Decoded(text=data.decode("utf-16"), encoding="UTF-16")
        except UnicodeDecodeError:
            raise ArticleError("is damaged UTF-16; save the file again as UTF-8", field="encoding") from None
    if found := _unmarked(data):
        return found
    try:
        return Decoded(text=data.decode("utf-8-sig"), encoding="UTF-8")
    except UnicodeDecodeError:
        return None


def _unmarked(data: bytes) -> Decoded | None:
    """UTF-16 whose mark is missing. Each ASCII character has a zero byte then, and the other byte order gives no words."""
    if len(data) % 2 or data.count(0) * 20 < len(data):
        return None
    for codec in ("utf-16-le", "utf-16-be"):
        text = data.decode(codec, "replace")
        letters = len(re.findall(rf"[{_OURS}A-Za-z]", text))
        if letters >= _LETTERS // 2 and letters * 2 > len(text) and not _FOREIGN.search(text):
            return Decoded(text=text, encoding="UTF-16", problems=(_told("UTF-16 without its mark"),))
    return None


def _told(name: str) -> str:
    return f"was read as {name}; save it as UTF-8 to be sure"


# --- what a page declares -------------------------------------------------------------------------


def _declared(data: bytes, declared: str) -> Decoded:
    name = _codec(declared)
    text = _decoded(data, "cp1252" if name in _WESTERN else name)
    if text is not None and (_is_western(text) if name in _WESTERN else _is_cyrillic(text)):
        return Decoded(text=text, encoding=_READ.get(name, declared))
    if found := _guess(data):
        return found
    raise ArticleError(_refusal(declared, name), field="encoding", line=_line(data))


def is_ours(declared: str) -> bool:
    """Whether an encoding is one of those in which pages of the region are written, or any bytes are text."""
    return bool(_codec(declared))


def _codec(declared: str) -> str:
    """Python's name of an encoding in which pages are written, or ""; it knows others, which are no texts."""
    try:
        name = codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):
        return ""
    return name if name in _DECLARABLE | _WESTERN else ""


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec) if codec else None
    except UnicodeDecodeError:
        return None


def _is_western(text: str) -> bool:
    return len(re.findall("[À-ÿ]", text)) <= len(text) // 20 and not garbled.is_latin(text)


def _is_cyrillic(text: str) -> bool:
    """Whether a declared encoding fits. A few Ukrainian letters do no harm where the rest is Russian."""
    reading = _Reading("", _UKRAINIAN.sub("и", text))
    if not reading.is_clean(tolerance=max(1, len(reading.words) // 50)):
        return False
    return not _UKRAINIAN.search(text) or len(reading.common & _RUSSIAN_WORDS) >= _WORDS


def _refusal(declared: str, name: str) -> str:
    if declared and name:
        return f"is hardly the {declared} that it says; save the file again as UTF-8"
    if declared and not _is_utf8(declared):
        return f"is not UTF-8, and the encoding {declared!r} is unknown; save the file again as UTF-8"
    return "is not UTF-8, and in which other encoding it is, is not certain; save the file again as UTF-8"


def _is_utf8(declared: str) -> bool:
    return declared.casefold().replace("-", "") == "utf8"


def _line(data: bytes) -> int:
    """The first line that is not UTF-8, 1-based."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return data[: error.start].count(b"\n") + 1
    return 0


# --- a guess --------------------------------------------------------------------------------------


class _Reading:
    """The text that the bytes are in one encoding."""

    def __init__(self, codec: str, text: str) -> None:
        self.codec, self.text = codec, text
        self.words = [word for word in _WORD.findall(text) if _CYRILLIC.match(word)]
        self.common = frozenset(self.words) & (_RUSSIAN_WORDS | _KAZAKH_WORDS | _KAZAKH_PLAIN)
        letters = "".join(self.words)
        self.letters = len(letters)
        self._capitals = sum(letter.isupper() for letter in letters)
        self._turns = sum(_TURN.search(word) is not None for word in self.words)

    def is_clean(self, *, tolerance: int = 0) -> bool:
        """Whether it has our letters only, none of them beside Latin ones or signs, and capitals where words begin."""
        odd = len(_MIXED.findall(self.text)) + len(_INSIDE.findall(self.text))
        if _FOREIGN.search(self.text) or odd > tolerance:
            return False
        return self._turns <= max(1, len(self.words) // 50) and self._capitals * 2 <= max(self.letters, _LETTERS)

    @property
    def score(self) -> float:
        """Share of common words."""
        return sum(word in self.common for word in self.words) / len(self.words) if self.words else 0.0

    @property
    def is_sure(self) -> bool:
        """Whether it is a text beyond doubt. Kazakh letters are Ukrainian or Serbian ones elsewhere and need their own words."""
        if self.letters < _LETTERS or len(self.common) < _WORDS or self.score < _SHARE:
            return False
        own = set(_KAZAKH.findall(self.text.lower()))
        return not own or (len(own) >= _WORDS and len(self.common & _KAZAKH_WORDS) >= 2)


def _guess(data: bytes) -> Decoded | None:
    """The one reading that is a text; None when there is none, or a second."""
    if garbled.is_partly_utf8(data):
        return None
    if (english := _english(data)) is not None:
        return english
    clean = [reading for reading in _readings(data) if reading.is_clean()]
    best = max(clean, key=lambda reading: reading.score, default=None)
    if best is None or not best.is_sure or best.codec not in _READ:
        return None
    near = [other for other in clean if other.text != best.text and other.score >= best.score * _NEAR]
    if near or _has_other_lines(data, best):
        return None
    name = _READ[best.codec]
    return Decoded(text=best.text, encoding=name, problems=(_told(name),))


def _readings(data: bytes) -> Iterator[_Reading]:
    for codec in (*_READ, *_RIVALS):
        text = _decoded(data, codec)
        if text is not None:
            yield _Reading(codec, text)


def _has_other_lines(data: bytes, best: _Reading) -> bool:
    """Whether a line says more in another encoding than in this: a file put together from two."""
    for line in data.split(b"\n"):
        if line.isascii():
            continue
        own = _Reading(best.codec, line.decode(best.codec))
        if any(len(other.common) > max(1, len(own.common)) for other in _readings(line)):
            return True
    return False


def _english(data: bytes) -> Decoded | None:
    """English whose only signs beyond ASCII are quotation marks and dashes, each where it belongs."""
    text = _decoded(data, "cp1252")
    if text is None or text != _decoded(data, "cp1251") or _CONTROLS.search(text):
        return None
    if not _QUOTES.sub("", text).isascii() or detect.language_of(text) != "en":
        return None
    return Decoded(text=text, encoding="windows-1252", problems=(_told("windows-1252"),))
