"""A saved page as plain text -> its fields.

    text -> lines -> each line given one role -> Page

General rules come first, so that a page of an unknown publisher is read too; what is peculiar to a publisher is data
(`feeder.articles.publishers`). Nothing is guessed: what is not understood is a problem, and each line that is not
shown is kept with its number and the reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from feeder.articles import date_lines, datelines, limits, publishers
from feeder.articles.lines import clean, count, ends_sentence, is_paragraph
from feeder.articles.publishers import Profile, Rules
from feeder.articles.text_pages import blocks, endings, heads, site_talk, tails
from feeder.articles.text_pages.reading import bare_caption
from feeder.articles.text_pages.sheet import Sheet, split
from feeder.errors import ArticleError
from feeder.model import Dateline, Dropped, Language, Notice, Related

_SHORTEST_LEAD = 8  #: words that begin a story without ending a sentence
_DAY = re.compile(date_lines.WORDS, re.IGNORECASE)
_GALLERY = re.compile(r"^[\[(]?\d{1,2}\s?/\s?\d{1,2}[\])]?\s?")  #: which picture of how many


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
    updated: datetime | None  #: likewise
    notices: tuple[Notice, ...]
    related: tuple[Related, ...]
    dropped: tuple[Dropped, ...]
    problems: tuple[str, ...]  #: what was not understood


def read(text: str, *, language: Language, publisher: str = "", zone: tzinfo | None = None) -> Page:
    """Read a page. `publisher` is a name the editor gave; `zone` that of the site, for a page whose own is not known.

    Raises ArticleError(field="title" or "body") when there is none.
    """
    sheet = Sheet(split(text))
    limits.check_lines(len(sheet.lines))
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
    endings.mark_promos(sheet, rules)
    head = heads.mark(sheet, rules, language=language, zone=clock)
    endings.mark_pictures(sheet, rules, head.story)
    endings.mark_endings(sheet, rules, head.story, end)
    site_talk.mark(sheet, rules, head.story)
    below = endings.mark_authors(sheet, rules, language, head.story, head.authors)
    tails.mark(sheet, rules, head.story)
    endings.mark_repeats(sheet, head.story)
    dateline, paragraphs, reporter = _body(sheet, language)
    return Page(
        title=head.title,
        deck=" ".join(sheet.texts("deck")),
        paragraphs=paragraphs,
        dateline=dateline,
        authors=tuple(head.authors) or below or reporter,
        caption=" ".join(bare_caption(_GALLERY.sub("", text), rules) for text in sheet.texts("caption")),
        publisher=rules.publisher,
        published=head.published or _filed(sheet, dateline, rules, clock),
        updated=head.updated,
        notices=notices,
        related=related,
        dropped=_dropped(sheet),
        problems=tuple(sorted(sheet.problems, key=_line)),
    )


def _line(problem: str) -> float:
    """The number of the line that a problem names; what is said of the whole page comes last."""
    match = re.match(r"line (\d+):", problem)
    return int(match[1]) if match else math.inf


def _body(sheet: Sheet, language: Language) -> tuple[Dateline | None, tuple[str, ...], tuple[str, ...]]:
    """(dateline, paragraphs, the reporter named in the dateline)."""
    own_line = _dateline_alone(sheet, language)
    free = sheet.free()
    if not free:
        raise ArticleError("no text found below the title", field="body")
    for index in free:
        sheet.give(index, "body")
    first, *rest = sheet.texts("body")
    if own_line:
        return own_line, (first, *rest), ()
    opening = datelines.read(first, language)
    if opening is None:
        if place := datelines.resembles(first, language):
            sheet.report(free[0], f"looks like a dateline, but the place {place!r} is not known")
        elif _hardly_begins(first) and any(map(is_paragraph, rest)):
            sheet.report(free[0], "the story may begin below this line")
        return None, (first, *rest), ()
    return opening.dateline, (opening.rest, *rest), (opening.author,) if opening.author else ()


def _filed(sheet: Sheet, dateline: Dateline | None, rules: Rules, zone: tzinfo) -> datetime | None:
    """The day that a dateline names with its year: of a page without another date it is the day of publication."""
    for match in _DAY.finditer(dateline.text if dateline else ""):
        found = date_lines.read(match.group(), order=rules.date_order, zone=zone)
        if found and found.moment:
            sheet.problems.append(f"the page has no date; the day of its dateline is taken: {match.group()!r}")
            return found.moment
    return None


def _hardly_begins(text: str) -> bool:
    """Whether a first line is rather something left over from the head; a time of day begins a live blog."""
    return not ends_sentence(text) and count(text) < _SHORTEST_LEAD and any(letter.isalpha() for letter in text)


def _dateline_alone(sheet: Sheet, language: Language) -> Dateline | None:
    """The dateline that stands on a line of its own above the story."""
    free = sheet.free()
    found = datelines.alone(sheet.lines[free[0]].text, language) if len(free) > 1 else None
    if found:
        sheet.give(free[0], "dateline")
    return found


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
