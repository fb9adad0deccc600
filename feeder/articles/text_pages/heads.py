"""The head of a page: title, deck, byline, date, caption, down to where the story begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from feeder.articles.date_lines import DateLine
from feeder.articles.lines import count, ends_sentence, fold, is_paragraph
from feeder.articles.publishers import Rules
from feeder.articles.text_pages import bylines, page_dates, site_talk, titles
from feeder.articles.text_pages.reading import Reader
from feeder.articles.text_pages.sheet import Sheet
from feeder.model import Language

_REACH = 12  #: lines below the title among which the story begins
_SHORTEST_DECK = 4  #: words, where it is no sentence
_OF_SITE = ("navigation", "credit", "label")
_LEADS = 2  #: lines above the dateline that may be deck or caption


@dataclass(slots=True, kw_only=True)
class Head:
    """What the head of a page says."""

    title: str
    story: int = 0  #: index of the line from which on the story may be
    authors: list[str] = field(default_factory=list)
    published: datetime | None = None
    updated: datetime | None = None
    stated: tuple[str, ...] = ()  #: the names of lines that say "by"
    leads: list[int] = field(default_factory=list)  #: lines that are a deck or a lone caption

    def name(self, names: Sequence[str]) -> None:
        self.authors += [name for name in names if name not in self.authors]


def mark(sheet: Sheet, rules: Rules, *, language: Language, zone: tzinfo) -> Head:
    """Give the lines of the head their roles. Raises ArticleError when there is no title."""
    labelled = bylines.mark_labelled(sheet, rules, language)
    dates = page_dates.find(sheet, rules, language, zone)
    reader = Reader(sheet=sheet, rules=rules, language=language, dates=dates)
    title = titles.mark(reader)
    head = Head(title=title.text, story=title.index + 1)
    below = _head_lines(reader, title.index)
    head.stated = tuple(name for index in below for name in reader.names(index))
    _mark_captions(reader, below)
    for index in [*below, *(line for line in reversed(sheet.free()) if line < title.index)]:
        if index not in sheet.roles:
            _mark_line(reader, head, index, zone, above=index < title.index)
    _settle_leads(reader, head)
    head.story = max([head.story, *(index + 1 for index in below)])
    head.name([name for index, name in labelled if index < head.story or not head.authors])
    return head


# --- which lines ---------------------------------------------------------------------------------


def _head_lines(reader: Reader, title: int) -> list[int]:
    """The lines between the title and the story.

    The story begins with its dateline. Without one it begins below the last line that can only belong to a head, and
    a lone headline-like line below that is a deck.
    """
    lines = reader.sheet.free(title + 1)[:_REACH]
    plainly = [_known(reader, index) or _above_chrome(reader, index, title) for index in lines]
    unknown = 0
    last = -1
    for position, index in enumerate(lines):
        if reader.opens(index):
            return lines[:position]
        if plainly[position] and not _within_story(reader, lines[last + 1 : position + 1], plainly[last + 1 :]):
            last = position
        elif not plainly[position]:
            unknown += 1
        if unknown > _LEADS:
            break
    while last >= 0 and _unknown(reader, lines[: last + 1], plainly) > 1:
        last -= 1
    while last >= 0 and not plainly[last]:
        last -= 1
    return lines[: last + 1] + _deck_below(reader, lines[last + 1 :], any(not one for one in plainly[: last + 1]))


def _unknown(reader: Reader, lines: list[int], plainly: list[bool]) -> int:
    """How many lines are not understood; above a date a headline does not count, which no story has there."""
    dated = reader.is_date(lines[-1])
    unknown = (index for index, known in zip(lines, plainly, strict=False) if not known)
    return sum(not dated or is_paragraph(reader.text(index)) for index in unknown)


def _within_story(reader: Reader, lines: list[int], plainly: list[bool]) -> bool:
    """Whether the last of some lines is the caption of a picture below the first paragraph, not one above the story."""
    unknown = [reader.text(index) for index, known in zip(lines, plainly, strict=False) if not known]
    return any(is_paragraph(text) or count(text) < 4 for text in unknown) and reader.is_only_caption(lines[-1])


def _deck_below(reader: Reader, rest: list[int], has_deck: bool) -> list[int]:
    """A deck that has no line of the head below it: like a headline, and right above the first paragraph."""
    if has_deck or len(rest) < 2 or not is_paragraph(reader.text(rest[1])):
        return []
    text = reader.text(rest[0])
    if (
        count(text) < _SHORTEST_DECK
        and reader.dates
        and any(letter.isalpha() for letter in text)
        and not text[0].islower()
        and not (text.isupper() or ends_sentence(text))
    ):
        return rest[:1]
    return rest[:1] if count(text) >= _SHORTEST_DECK and not ends_sentence(text) and not text[0].islower() else []


def _known(reader: Reader, index: int) -> bool:
    """Whether a line can only belong to the head."""
    return bool(
        reader.is_date(index)
        or reader.names(index)
        or reader.is_caption(index)
        or reader.is_repeated_deck(index)
        or reader.is_trail(index, above=True)
        or reader.bare_name(index)
        or _is_of_site(reader, reader.text(index))
        or (reader.is_job(index) and (reader.bare_name(index - 1) or reader.names(index - 1)))
    )


def _above_chrome(reader: Reader, index: int, title: int) -> bool:
    """Whether a headline has something of the site or a credit directly below it, before the story: it is no crosshead.

    A sentence above it may be the story's.
    """
    text, reasons = reader.text(index), reader.sheet.reasons
    letters = any(letter.isalpha() for letter in text)
    said = any(
        ends_sentence(reader.text(line)) and not _known(reader, line)
        for line in reader.sheet.free(title + 1)
        if line < index
    )
    return letters and not said and not ends_sentence(text) and reasons.get(index + 1, "").startswith(_OF_SITE)


# --- their roles ---------------------------------------------------------------------------------


def _mark_captions(reader: Reader, below: list[int]) -> None:
    """The first line that can only be a caption is the page's; others belong to other pictures."""
    sheet, taken = reader.sheet, False
    for index in below:
        if index in sheet.roles or reader.is_date(index) or reader.names(index) or not reader.is_caption(index):
            continue
        if taken:
            sheet.drop(index, "caption of another picture")
        else:
            sheet.give(index, "caption")
        taken = True
        for other in below:
            if other not in sheet.roles and fold(reader.text(other)) == fold(reader.text(index)):
                sheet.drop(other, "repeats the caption")


def _mark_line(reader: Reader, head: Head, index: int, zone: tzinfo, *, above: bool) -> None:
    sheet, text = reader.sheet, reader.text(index)
    if reader.is_date(index):
        _mark_dates(reader, head, index, zone)
    elif names := reader.names(index):
        sheet.give(index, "byline")
        head.name(names)
    elif reader.is_trail(index, above=True):
        sheet.drop(index, "where the page is on the site")
    elif not above and (name := reader.bare_name(index)):
        if head.stated and name not in head.stated:
            sheet.drop(index, "another name above the story")
            return
        sheet.give(index, "byline")
        head.name((name,))
    elif not above and _is_of_site(reader, text):
        sheet.drop(index, "navigation of the site")
    elif not above and reader.is_job(index):
        sheet.drop(index, "what the author does")
    elif above and (name := reader.dated_name(index)):
        sheet.give(index, "byline")
        head.name((name,))
    elif above:
        sheet.drop(index, "above the title")
        if count(text) >= 5:
            sheet.report(index, "a line above the title was left out")
    elif count(text) < _SHORTEST_DECK and not ends_sentence(text):
        sheet.drop(index, "short line above the story")
        sheet.report(index, "a short line above the story was not understood")
    else:
        head.leads.append(index)


def _is_of_site(reader: Reader, text: str) -> bool:
    call = site_talk.addresses(text, reader.rules) and not ends_sentence(text)
    return call or site_talk.is_row(text) or site_talk.is_counter(text)


def _mark_dates(reader: Reader, head: Head, index: int, zone: tzinfo) -> None:
    sheet, found = reader.sheet, reader.dates[index]
    head.name(found.names)
    known = [_is_known(head, date) for date in found.read]
    if known and all(known):
        sheet.drop(index, "another date of the page")
        return
    sheet.give(index, "date")
    for date in found.read:
        if not _is_known(head, date):
            _take(reader, head, index, date, zone)


def _is_known(head: Head, date: DateLine) -> bool:
    return (head.updated if date.kind == "updated" else head.published) is not None


def _take(reader: Reader, head: Head, index: int, date: DateLine, zone: tzinfo) -> None:
    sheet = reader.sheet
    if date.moment is None:
        sheet.report(index, f"the date of the page was not read ({date.problem})")
        return
    if date.kind == "updated":
        head.updated = date.moment
    else:
        head.published = date.moment
    if reader.rules.zone is None and not date.own_zone:
        sheet.report(index, f"the page names no time zone; its date is taken as {zone}")


def _settle_leads(reader: Reader, head: Head) -> None:
    """Lines without a sign of what they are: the publisher's page tells which is the caption, the others are the deck."""
    sheet = reader.sheet
    has_caption = "caption" in sheet.roles.values()
    if head.leads and not has_caption and reader.rules.above_story == "caption":
        sheet.give(head.leads.pop(), "caption")
    marked = [index for index, role in sheet.roles.items() if role in ("byline", "date")]
    for index in head.leads:
        credited = sheet.reasons.get(index + 1) == "credit line" and not has_caption
        second = not has_caption and index > head.leads[0] and any(head.leads[0] < other < index for other in marked)
        credited = credited or second  # the deck stands above the byline, what is below that belongs to the picture
        sheet.give(index, "caption" if credited else "deck")
        has_caption = has_caption or credited
