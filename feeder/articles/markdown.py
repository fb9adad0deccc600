"""Markdown with front matter, the way Hugo, Jekyll, Nikola and Pelican users write it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from feeder import markup
from feeder.articles import fields, front_matter, shortcodes
from feeder.articles.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A Markdown file taken apart."""

    fields: Fields
    title: str  #: of the first heading, plain; "" when there is none
    body: str  #: Markdown, without that heading when it is the title
    problems: tuple[str, ...] = ()  #: what in the body was not understood


def read(text: str, zone: ZoneInfo, *, title: str = "") -> Page:
    """Front matter and body of a clean text. `title` is one stated elsewhere. Raises ArticleError with the line at fault."""
    matter = front_matter.split(text)
    stated = fields.read(matter.raw, zone, matter.lines)
    body, problems = shortcodes.carried_out(matter.body)
    heading, rest = markup.first_heading(body)
    known = title or stated.title
    is_title = bool(heading) and known.casefold() in ("", heading.casefold())
    return Page(fields=stated, title=heading, body=rest if is_title else body, problems=problems)
