"""What a line of a page says by its marks: where its sentence ends, how many words it has, what it is without quotation marks."""

from __future__ import annotations

import functools
import re
import unicodedata

# Controls, bidirectional marks and overrides, zero-width marks, soft hyphens, and what XML 1.0 (section 2.2) forbids.
_ILLEGAL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’ʼʻ`´", "'")})
_CLOSING = "\"'”’»)]›"
_SIGNED = re.compile(r"(?<=[.!?…])\s?\([^()]{2,30}\)\.?$")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_KEPT = 4096  #: answers remembered: each rule asks the lines of a page again, some for each other line


def clean(text: str) -> str:
    """NFC, without invisible and illegal characters, white space collapsed to single spaces."""
    return " ".join(unicodedata.normalize("NFC", _ILLEGAL.sub("", text)).split())


def plain(text: str) -> str:
    """With straight quotation marks, as the patterns of the profiles are written."""
    return text.translate(_QUOTES)


@functools.lru_cache(maxsize=_KEPT)
def fold(text: str) -> str:
    """What two lines have in common that a reader would call the same: no case, no quotation style, no end mark."""
    return plain(text).casefold().strip(" .:!*•|-–—>")


@functools.lru_cache(maxsize=_KEPT)
def count(text: str) -> int:
    """Number of words."""
    return len(_WORD.findall(text))


@functools.lru_cache(maxsize=_KEPT)
def ends_sentence(text: str) -> bool:
    return _end(text).endswith((".", "!", "?", "…", ":", ";")) or text.endswith((".", "!", "?"))


def ends_full_stop(text: str) -> bool:
    return _end(text).endswith((".", "…"))


def _end(text: str) -> str:
    """Without quotation marks and brackets that close, and without an agency's name behind the last sentence."""
    match = _SIGNED.search(text)
    return (text[: match.start()] if match else text).rstrip(_CLOSING + " ")


@functools.lru_cache(maxsize=_KEPT)
def is_paragraph(text: str) -> bool:
    """A sentence or more; not a headline, a label or a crosshead."""
    return ends_sentence(text) and count(text) >= 8


def shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
