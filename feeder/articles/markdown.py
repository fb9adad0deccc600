"""Markdown with front matter in YAML (---) or TOML (+++), the way Hugo, Jekyll and Nikola users write it."""

from __future__ import annotations

import re
import tomllib
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
_DEPTH = 20  #: of values in values; the composer of libyaml recurses without a limit, and too deep is a crash
_OPENING = re.compile(r"\n*(---|\+\+\+)[ \t]*(?:\n|\Z)")
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}

# BaseLoader keeps every value a string: YAML 1.1 would turn `no` into False and 12:30 into 750
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A Markdown file taken apart."""

    fields: Fields
    title: str  #: of the first heading, plain; "" when there is none
    body: str  #: Markdown, without that heading when it is the title


def read(text: str, zone: ZoneInfo, *, title: str = "") -> Page:
    """Front matter and body of a clean text. `title` is one stated elsewhere. Raises ArticleError with the line at fault."""
    fence, matter, body, line = _split(text)
    raw = _toml(matter, line) if fence == "+++" else _yaml(matter, line)
    stated = fields.read(raw, zone, fields.key_lines(matter, "=" if fence == "+++" else ":", line))
    heading, rest = markup.first_heading(body)
    known = title or stated.title
    is_title = bool(heading) and known.casefold() in ("", heading.casefold())
    return Page(fields=stated, title=heading, body=rest if is_title else body)


def _split(text: str) -> tuple[str, str, str, int]:
    """(fence, front matter, body, line at which the front matter begins); the fence is "" when there is none."""
    opening = _OPENING.match(text)
    if not opening:
        return "", "", text, 1
    fence, line = opening[1], text.count("\n", 0, opening.end()) + 1
    closing = _CLOSING[fence].search(text, opening.end())
    if not closing:
        raise ArticleError(
            f"the front matter is not closed; end it with a line of {fence}", field="front matter", line=line - 1
        )
    if closing.start() > FRONT_MATTER_LIMIT:
        raise ArticleError("the front matter is longer than 64 kB", field="front matter", line=line - 1)
    return fence, text[opening.end() : closing.start()], text[closing.end() :], line


def _yaml(matter: str, line: int) -> Mapping[str, Any]:
    """The mapping; `line` is that of its first line in the file."""
    try:
        _check_depth(matter, line)
        raw = yaml.load(matter, Loader=_Loader)  # noqa: S506  a BaseLoader builds strings only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "it cannot be read"
        at = line + mark.line if mark else line
        hint = "; put a value with a colon and a space in quotes" if "mapping values" in what else ""
        raise _invalid("YAML", what + hint, at) from None
    if raw is None or raw == "":
        return {}
    if not isinstance(raw, Mapping):
        raise _invalid("YAML", "it is not a list of 'key: value' lines", line)
    return raw


def _check_depth(matter: str, line: int) -> None:
    depth = 0
    for event in yaml.parse(matter, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEPTH:
            raise _invalid("YAML", "its values are nested too deep", line)


def _toml(matter: str, line: int) -> Mapping[str, Any]:
    try:
        return tomllib.loads(matter)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"at line (\d+)", str(error))
        raise _invalid("TOML", str(error).partition(" (at ")[0], line + int(at[1]) - 1 if at else line) from None


def _invalid(kind: str, what: str, line: int) -> ArticleError:
    return ArticleError(f"the front matter is not valid {kind}: {what}", field="front matter", line=line)
