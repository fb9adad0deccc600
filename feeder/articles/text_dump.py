"""A saved page as plain text -> its fields.

    text -> lines -> each line given one role -> Page

General rules come first, so that a page of an unknown publisher is read too; what is peculiar to a publisher is data
(`feeder.articles.publishers`). Nothing is guessed: what is not understood is a problem, and each line that is not
shown is kept with its number and the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from feeder.articles import blocks, datelines, heads, publishers
from feeder.articles.lines import Sheet, clean, split
from feeder.articles.publishers import Profile
from feeder.errors import ArticleError
from feeder.model import Dateline, Dropped, Language, Notice, Related


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the text dump of one page says, before anything is known from a side file. All text is clean and in NFC."""

    title: str
    deck: str
    paragraphs: tuple[str, ...]  #: the body only, the first without its dateline
    dateline: Dateline | None
    authors: tuple[str, ...]  #: names, without "by"
    caption: str
    publisher: str  #: short name; "" when nothing tells it
    published: datetime | None  #: aware, at the page's own wall clock
    notices: tuple[Notice, ...]
    related: tuple[Related, ...]
    dropped: tuple[Dropped, ...]
    problems: tuple[str, ...]  #: what was not understood


def read(text: str, *, language: Language, publisher: str = "", zone: tzinfo | None = None) -> Page:
    """Read a page. `publisher` is a name the editor gave; `zone` that of the site, for a page whose own is not known.

    Raises ArticleError(field="title" or "body") when there is none.
    """
    sheet = Sheet(split(text))
    profile = publishers.find(publisher) or _identify(sheet, language, named=bool(publisher))
    page = _read(sheet, language, profile, zone)
    stated = clean(publisher) if publishers.find(publisher) is None else ""
    return replace(page, publisher=stated or page.publisher)


def _identify(sheet: Sheet, language: Language, *, named: bool) -> Profile | None:
    """The profile whose rules to use. When the editor names a publisher we have none for, only clear signs count."""
    openings = (datelines.read(line.text, language) for line in sheet.lines)
    agency = next((opening.dateline.agency for opening in openings if opening), "")
    lines = [line.text for line in sheet.lines]
    return publishers.identify(lines, language=language, agency=agency, mentions=not named)


def _read(sheet: Sheet, language: Language, profile: Profile | None, zone: tzinfo | None) -> Page:
    rules = publishers.rules(profile)
    clock = rules.zone or zone or UTC
    blocks.mark_chrome(sheet, rules)
    notices = blocks.mark_notices(sheet, rules, language)
    related, end = blocks.mark_related(sheet, rules, clock)
    blocks.mark_promos(sheet, rules)
    head = heads.mark(sheet, rules, language=language, zone=clock)
    blocks.mark_endings(sheet, rules, head.story, end)
    authors = (*head.authors, *_authors_below(sheet, rules, head))
    blocks.mark_tail(sheet, head.story)
    blocks.mark_repeats(sheet, head.story)
    dateline, paragraphs, reporter = _body(sheet, language)
    return Page(
        title=next(sheet.of("title")).text,
        deck=" ".join(sheet.texts("deck")),
        paragraphs=paragraphs,
        dateline=dateline,
        authors=authors or reporter,
        caption=" ".join(sheet.texts("caption")),
        publisher=rules.publisher,
        published=head.published,
        notices=notices,
        related=related,
        dropped=_dropped(sheet),
        problems=tuple(sheet.problems),
    )


def _authors_below(sheet: Sheet, rules: publishers.Rules, head: heads.Head) -> tuple[str, ...]:
    """Authors named at the end of the page; a box about one counts only where no byline stands above."""
    box = blocks.mark_author_box(sheet, rules, head.story, head.authors)
    free = sheet.free(head.story)
    names = heads.byline(sheet.lines[free[-1]].text, rules) if len(free) > 1 else ()
    if names:
        sheet.give(free[-1], "byline")
    below = names or box
    return () if head.authors else below


def _body(sheet: Sheet, language: Language) -> tuple[Dateline | None, tuple[str, ...], tuple[str, ...]]:
    """(dateline, paragraphs, the reporter named in the dateline)."""
    free = sheet.free()
    if not free:
        raise ArticleError("no text found below the title", field="body")
    for index in free:
        sheet.give(index, "body")
    first, *rest = sheet.texts("body")
    opening = datelines.read(first, language)
    if opening is None:
        if place := datelines.resembles(first, language):
            sheet.report(free[0], f"looks like a dateline, but the place {place!r} is not known")
        return None, (first, *rest), ()
    return opening.dateline, (opening.rest, *rest), (opening.author,) if opening.author else ()


def _dropped(sheet: Sheet) -> tuple[Dropped, ...]:
    return tuple(
        Dropped(line=sheet.lines[index].number, text=sheet.lines[index].text, reason=sheet.reasons[index])
        for index in sorted(sheet.reasons)
    )


def roles(text: str, *, language: Language, publisher: str = "") -> Sequence[tuple[int, str]]:
    """(line number, role) of every line with something on it, in order. Raises as `read` does."""
    sheet = Sheet(split(text))
    profile = publishers.find(publisher) or _identify(sheet, language, named=bool(publisher))
    _read(sheet, language, profile, None)
    return [(sheet.lines[index].number, sheet.roles[index]) for index in range(len(sheet.lines))]
