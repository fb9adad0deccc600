"""What programs that save a page as text put into its lines, taken out again: the marks of links, headings, columns.

lynx -dump          "[12]Donate", and at the foot "References" with "12. https://…"
html2text, pandoc   "[Donate](/give)", "# Title", "**bold**", "1\\. first"
columns             "News    Letters    Weather" -> "News | Letters | Weather"
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_FEWEST = 5  #: numbers in brackets that make a page one of lynx's, where it has no list of them
_COLUMNS = 3
_LONGEST_COLUMN = 3  #: words
_NUMBER = re.compile(r"(?<![\w\])])\[\d{1,4}\](?=[^\s\[(.,;:])")  # a footnote stands behind its word
_ADDRESS = re.compile(r"\d{1,4}\. (?:https?|file|mailto|ftp|javascript):\S*")
_INLINE = re.compile(r"(?<!!)\[(?P<words>[^\[\]]+)\]\((?:(?=[^\s()]*[/#.:])[^\s()]*|)\)")
_HEADING = re.compile(r"#{1,6} (?=\S)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(?P<words>.{1,500}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?![\s*_])(?P<words>[^*_]+)(?<!\s)\1(?![\w*_])")
_ALL = re.compile(r"^([*_])(?![\s*_])(?P<words>[^*_]+)(?<!\s)\1$")
_ESCAPED = re.compile(r"\\(?=[\\`*_{}\[\]()#+\-.!>])")
_GAP = re.compile(r"\t+|[ \u00a0]{3,}")

Row = tuple[int, str]  #: 1-based number of the line, clean text


def unmark(rows: Sequence[Row]) -> list[Row]:
    """The rows without marks; their numbers stay, and no row is left out."""
    numbered = _is_numbered(rows)
    markdown = any(_INLINE.search(text) for _, text in rows)
    return [(number, _bare(text, numbered=numbered, markdown=markdown) or text) for number, text in rows]


def is_address(text: str) -> bool:
    """Whether a line is one of the addresses that lynx lists at the foot."""
    return _ADDRESS.fullmatch(text) is not None


def columns(raw: str) -> str:
    """A line of short columns, as menus and tables are printed, with bars between them; other lines as they are."""
    parts = _GAP.split(raw.strip())
    short = all(len(part) > 1 and len(part.split()) <= _LONGEST_COLUMN and part[-1] not in ".!?," for part in parts)
    return " | ".join(parts) if len(parts) >= _COLUMNS and short else raw


def _bar(parts: Sequence[str]) -> str:
    """A line of nothing but links, with bars between them; "" for another line."""
    before, *links = [part.strip(" |*") for part in parts]
    short = all(0 < len(link.split()) <= _LONGEST_COLUMN and link[-1] not in ".!?,;:" for link in links)
    return " | ".join(links) if len(links) > 1 and not before and short else ""


def _is_numbered(rows: Sequence[Row]) -> bool:
    if any(is_address(text) for _, text in rows):
        return True
    return sum(len(_NUMBER.findall(text)) for _, text in rows) >= _FEWEST


def _bare(text: str, *, numbered: bool, markdown: bool) -> str:
    if numbered:
        text = _bar(_NUMBER.split(text)) or _NUMBER.sub("", text)
    if markdown:
        text = _ESCAPED.sub("", _INLINE.sub(r"\g<words>", text))
        text = _EMPHASIS.sub(r"\g<words>", text)
    text = _ALL.sub(r"\g<words>", text)
    return _STRONG.sub(r"\g<words>", _HEADING.sub("", text)).strip()
