"""Markdown with YAML front matter, the way Hugo, Jekyll and Nikola users write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from feeder import markup
from feeder.articles import fields
from feeder.articles.fields import Fields
from feeder.errors import ArticleError

FRONT_MATTER_LIMIT = 64 * 1024  #: characters
_FENCE = re.compile(r"---[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|$)")

# BaseLoader keeps every value a string: YAML 1.1 would turn `no` into False and 12:30 into 750
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A Markdown file taken apart."""

    fields: Fields
    title: str  #: of the first heading, plain; "" when there is none
    body: str  #: Markdown, without that heading when it is the title


def read(text: str, zone: ZoneInfo) -> Page:
    """Front matter and body. Raises ArticleError with the line at fault."""
    matter, body = _split(text)
    raw, lines = _front_matter(matter)
    stated = fields.read(raw, zone, lines)
    heading, rest = _first_heading(body)
    if heading and stated.title not in ("", heading):
        return Page(fields=stated, title=heading, body=body)
    return Page(fields=stated, title=heading, body=rest)


def _split(text: str) -> tuple[str, str]:
    opening = _FENCE.match(text)
    if not opening:
        return "", text
    closing = _FENCE.search(text, opening.end())
    if not closing:
        raise ArticleError(
            "the front matter is not closed; end it with a line of three hyphens", field="front matter", line=1
        )
    if closing.start() > FRONT_MATTER_LIMIT:
        raise ArticleError("the front matter is longer than 64 kB", field="front matter", line=1)
    return text[opening.end() : closing.start()].removeprefix("\n"), text[closing.end() :]


def _front_matter(matter: str) -> tuple[Mapping[str, Any], dict[str, int]]:
    """The mapping and the line of each key in the file."""
    try:
        raw = yaml.load(matter, Loader=_Loader) if matter.strip() else {}  # noqa: S506  a BaseLoader builds strings only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "is not valid"
        raise ArticleError(
            f"the front matter is not valid YAML: {what}", field="front matter", line=_at(mark)
        ) from None
    if not isinstance(raw, Mapping):
        raise ArticleError("the front matter is not a list of 'key: value' lines", field="front matter", line=2)
    return raw, _lines(matter)


def _at(mark: Any) -> int:
    return mark.line + 2 if mark else 2  # the mark counts from 0, and the fence is a line


def _lines(matter: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, text in enumerate(matter.split("\n"), start=2):
        key, colon, _ = text.partition(":")
        if colon and key.strip() == key:
            found.setdefault(fields.ALIASES.get(key, key), number)
    return found


def _first_heading(body: str) -> tuple[str, str]:
    match = _HEADING.match(body)
    if not match:
        return "", body
    words = markup.plain(markup.sanitise(markup.from_markdown(match[1])))
    return words, body[match.end() :]
