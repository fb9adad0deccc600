"""Which paragraphs of a story are in another language than the story: a Russian quotation in a Kazakh report. Pure.

Who listens to a page hears a foreign paragraph in the right voice when the page says `lang`. What an author has marked
stays; beyond that only what is certain is marked, a sentence at least.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from html import unescape

from feeder.language import detect
from feeder.model import Language

_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>[^<>]*)>")
_MARKED = ("p", "blockquote")
_VOID = ("br", "hr", "img")
_INLINE = (
    "a",
    "abbr",
    "b",
    "bdi",
    "cite",
    "code",
    "del",
    "em",
    "i",
    "ins",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
)
#: What a text in another language has for certain; whatever has none of it need not be looked at.
_STRANGE = {
    "en": re.compile("[А-яЁё]"),
    "ru": re.compile("[ӘәҒғҚқҢңӨөҰұҮүҺһІі]|\\b[Tt]he\\b"),
    "kk": re.compile("[А-яЁё]|\\b[Tt]he\\b"),
}
_KAZAKH = re.compile("[ӘәҒғҚқҢңӨөҰұҮүҺһІі]")
_RUNNING_KAZAKH = 0.04  #: of the letters of a text; a Russian one with Kazakh names has fewer
_SHORTEST = 5  #: words
_ENDS = re.compile(r"[.!?…][\s»”\"’')\]]*$")


@dataclass(slots=True)
class _Open:
    """An element that is open, and the text seen in it that nobody has marked."""

    tag: re.Match[str]
    marked: bool  #: it or one around it says its language
    text: list[str]


@functools.lru_cache(maxsize=64)  # an entry is made for each locale
def mark(html: str, language: Language) -> str:
    """Safe HTML in which paragraphs and quotations plainly in another of our languages say so with `lang`."""
    if not _STRANGE[language].search(html):
        return html
    found = {start: other for start, other in _foreign(html, language).items() if other != language}

    def with_language(match: re.Match[str]) -> str:
        code = found.get(match.start())
        return f'<{match["name"]} lang="{code}"{match["attributes"]}>' if code else match.group()

    return _TAG.sub(with_language, html) if found else html


def _foreign(html: str, own: Language) -> dict[int, Language]:
    """The language, where it is certain, of each unmarked paragraph and quotation, by the offset of its tag."""
    found: dict[int, Language] = {}
    around: list[_Open] = []
    last = 0
    for tag in _TAG.finditer(html):
        _hear(around, html[last : tag.start()] + ("" if tag["name"] in _INLINE else " "))
        last = tag.end()
        if tag["close"]:
            closed = around.pop() if around else None
            if closed and (code := _language(closed, own)):
                start = closed.tag.start()
                found = {inner: other for inner, other in found.items() if inner < start} | {start: code}
        elif tag["name"] not in _VOID:
            inside = bool(around) and around[-1].marked
            around.append(_Open(tag=tag, marked=inside or " lang=" in tag["attributes"], text=[]))
    return found


def _hear(around: list[_Open], text: str) -> None:
    if around and not around[-1].marked:
        for one in around:
            one.text.append(text)


def _language(closed: _Open, own: Language) -> Language | None:
    if closed.marked or closed.tag["name"] not in _MARKED:
        return None
    text = unescape("".join(closed.text)).strip()
    if not _STRANGE[own].search(text) or (own == "kk" and len(_KAZAKH.findall(text)) > len(text) * _RUNNING_KAZAKH):
        return None
    return detect.plainly(text) if len(text.split()) >= _SHORTEST and _ENDS.search(text) else None
