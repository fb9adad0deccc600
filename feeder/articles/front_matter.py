"""What stands above the text of a Markdown file, in the forms of the generators that newsrooms come from.

    ---            +++              {                     .. title: A bridge        Title: A bridge
    title: A       title = "A"      "title": "A"          .. slug: bridge           Date: 2021-03-15
    ---            +++              }                     (also between <!-- -->)   (up to a blank line)
    YAML           TOML             JSON (Hugo)           Nikola                    Pelican

The last two have no fence, so they are taken for what they are only when nothing else can be meant.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from feeder.articles import fields
from feeder.errors import ArticleError

LIMIT = 64 * 1024  #: characters
_DEPTH = 20  #: of values in values; the composer of libyaml recurses without a limit, and too deep is a crash
_OPENING = re.compile(r"\n*(---|\+\+\+)[ \t]*(?:\n|\Z)")
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
}
_JSON = re.compile(r'\n*(?=\{\s*"[\w-]+"\s*:)')
_JSON_KEY = re.compile(r'[ \t]*\{?[ \t]*"([\w-]+)"\s*:')
_NIKOLA = re.compile(r"\n*(<!--[ \t]*\n*)?((?:\.\. [A-Za-z][\w-]*:(?:[ \t].*)?(?:\n|\Z))+)")
_NIKOLA_END = re.compile(r"\s*-->")
_NIKOLA_LINE = re.compile(r"\.\. ([A-Za-z][\w-]*):[ \t]*(.*)")
_PELICAN = re.compile(r"\n*((?:[A-Za-z][A-Za-z_-]*:(?:[ \t]+\S.*)?\n(?:[ \t]{4}.*\S.*\n)*)+)(?=[ \t]*(?:\n|\Z))")
_PELICAN_LINE = re.compile(r"([A-Za-z][A-Za-z_-]*):[ \t]*(.*)")

# BaseLoader keeps every value a string: YAML 1.1 would turn `no` into False and 12:30 into 750
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """The front matter of a file, and what is below it."""

    raw: Mapping[str, Any] = field(default_factory=dict)  #: values under the names of their writer
    lines: Mapping[str, int] = field(default_factory=dict)  #: our names with the lines they stand on
    body: str


def split(text: str) -> Matter:
    """A clean text parted. Raises ArticleError with the line at fault."""
    return _fenced(text) or _json(text) or _nikola(text) or _pelican(text) or Matter(body=text)


# --- with fences ----------------------------------------------------------------------------------


def _fenced(text: str) -> Matter | None:
    opening = _OPENING.match(text)
    if not opening:
        return None
    fence, line = opening[1], text.count("\n", 0, opening.end()) + 1
    closing = _CLOSING[fence].search(text, opening.end())
    if not closing:
        raise _error(f"the front matter is not closed; end it with a line of {fence}", line - 1)
    if closing.start() > LIMIT:
        raise _error("the front matter is longer than 64 kB", line - 1)
    matter = text[opening.end() : closing.start()]
    raw = _toml(matter, line) if fence == "+++" else _yaml(matter, line)
    lines = fields.key_lines(matter, "=" if fence == "+++" else ":", line)
    return Matter(raw=raw, lines=lines, body=text[closing.end() :])


def _yaml(matter: str, line: int) -> Mapping[str, Any]:
    """The mapping; `line` is that of its first line in the file."""
    try:
        _check_size(matter, line)
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


def _check_size(matter: str, line: int) -> None:
    """Values in values, and what the aliases ("*name") of a few lines would be when written out: without end, if they may."""
    around, anchors, size = list[tuple[str | None, int]](), dict[str | None, int](), 0
    for event in yaml.parse(matter, Loader=_Loader):
        size += anchors.get(event.anchor, 0) if isinstance(event, yaml.AliasEvent) else 1
        if isinstance(event, yaml.CollectionStartEvent):
            around.append((event.anchor, size))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, start = around.pop()
            anchors[anchor] = size - start
        if len(around) > _DEPTH or size > LIMIT:
            raise _invalid("YAML", "its values are nested too deep", line)


def _toml(matter: str, line: int) -> Mapping[str, Any]:
    try:
        return tomllib.loads(matter)
    except (ValueError, RecursionError) as error:  # ValueError alone: a number of thousands of digits
        at = re.search(r"at line (\d+)", str(error))
        raise _invalid("TOML", str(error).partition(" (at ")[0], line + int(at[1]) - 1 if at else line) from None


def _json(text: str) -> Matter | None:
    """Hugo's third form: a JSON object from the first letter of the file."""
    opening = _JSON.match(text)
    if not opening:
        return None
    first = text.count("\n", 0, opening.end()) + 1
    try:
        raw, end = json.JSONDecoder(strict=False).raw_decode(text, opening.end())
    except json.JSONDecodeError as error:
        raise _invalid("JSON", error.msg, error.lineno) from None
    except (ValueError, RecursionError):
        raise _invalid("JSON", "its values are nested too deep, or a number is too long", first) from None
    if end > LIMIT:
        raise _error("the front matter is longer than 64 kB", first)
    rows = enumerate(text[opening.end() : end].split("\n"), start=first)
    found = ((number, match[1]) for number, row in rows if (match := _JSON_KEY.match(row)))
    return Matter(raw=raw, lines=_first_lines(found), body=text[end:])


# --- without fences -------------------------------------------------------------------------------


def _nikola(text: str) -> Matter | None:
    """Lines such as ".. title: A bridge", bare or in one comment."""
    found = _NIKOLA.match(text)
    if not found:
        return None
    end = found.end()
    if found[1]:
        closing = _NIKOLA_END.match(text, end)
        if not closing:
            return None
        end = closing.end()
    rows = list(_rows(found[2], _NIKOLA_LINE, text.count("\n", 0, found.start(2)) + 1))
    known = [fields.named(key) for _, key, _ in rows]
    return _matter(rows, text[end:]) if "title" in known else None


def _pelican(text: str) -> Matter | None:
    """Lines such as "Title: A bridge" up to the first blank one; a value may go on in lines set in by four spaces.

    An article may begin with "Note: ...". So there must be a title, or a date and other keys, all of them known.
    """
    found = _PELICAN.match(text if text.endswith("\n") else text + "\n")
    if not found or len(found[0]) > LIMIT:
        return None
    rows = list(_rows(found[1], _PELICAN_LINE, text.count("\n", 0, found.start(1)) + 1))
    names = [fields.named(key) for _, key, _ in rows]
    if "title" not in names and not ("published" in names and len(names) > 1 and all(map(fields.is_known, names))):
        return None
    matter = _matter(rows, text[found.end() :])
    slug = next((value for key, value in matter.raw.items() if fields.named(key) == "slug"), "")
    return Matter(raw={"id": slug, **matter.raw}, lines=matter.lines, body=matter.body)  # translations share their slug


def _rows(head: str, pattern: re.Pattern[str], first: int) -> Iterator[tuple[int, str, str]]:
    """(line, key, value); lines that are set in belong to the value above."""
    key, value, at = "", "", first
    for number, row in enumerate(head.rstrip("\n").split("\n"), start=first):
        match = pattern.fullmatch(row)
        if match is None:
            value = f"{value} {row.strip()}".strip()
            continue
        if key:
            yield at, key, value
        key, value, at = match[1], match[2].strip(), number
    yield at, key, value


def _matter(rows: list[tuple[int, str, str]], body: str) -> Matter:
    """Of a key that stands there twice the first counts."""
    raw = {key: value for _, key, value in reversed(rows)}
    return Matter(raw=raw, lines=_first_lines((line, key) for line, key, _ in rows), body=body)


def _first_lines(found: Iterator[tuple[int, str]]) -> dict[str, int]:
    lines: dict[str, int] = {}
    for number, key in found:
        lines.setdefault(fields.named(key), number)
    return lines


def _invalid(kind: str, what: str, line: int) -> ArticleError:
    return _error(f"the front matter is not valid {kind}: {what}", line)


def _error(reason: str, line: int) -> ArticleError:
    return ArticleError(reason, field="front matter", line=line)
