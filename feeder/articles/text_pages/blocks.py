"""What stands around a story on a page and can be told by its own words: chrome, notices, related links.

Each function gives roles to lines of a sheet; the order in `text_dump.read` matters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import takewhile

from feeder.articles import date_lines, publishers
from feeder.articles.lines import count, ends_full_stop, ends_sentence, fold, is_paragraph, plain
from feeder.articles.publishers import Rules
from feeder.articles.text_pages import links
from feeder.articles.text_pages.sheet import Sheet
from feeder.model import Language, Notice, Related

_SHORTEST_TITLE = 4  #: words
_LONGEST_TITLE = 30  #: words
_LONGEST_CREDIT = 30  #: words
_LONGEST_TAG = 4  #: words
_LONGEST_BOX = 15  #: lines
_NEAR = 12  #: lines of a site between a number of the story and its paragraphs
_COUNTERS = 3  #: numbers directly below each other that a site may have
_LONGEST_CONTACT = 7  #: lines
_REACHED = re.compile(r"\S@\S|\+?\d(?:[\s()-]*\d){5,}")  #: a telephone number or an address


def mark_chrome(sheet: Sheet, rules: Rules) -> None:
    """Navigation, sharing, subscribing, and sentences that were a link."""
    _drop_boxes(sheet, rules)
    paragraphs = [index for index, line in enumerate(sheet.lines) if is_paragraph(line.text)]
    foot = paragraphs[-2] if len(paragraphs) > 1 else 0
    for index in sheet.free():
        text = plain(sheet.lines[index].text)
        if index in sheet.roles or is_heading(text, rules) or _heads_links(sheet, rules, index):
            continue
        if fold(text) in rules.caption_labels and index + 1 < len(sheet.lines):
            sheet.drop(index, "label of the line below")
        elif fold(text) in rules.tag_headings:
            _drop_tags(sheet, index)
        elif rules.audiences.search(text):
            _drop_channel(sheet, index)
        elif fold(text) in rules.contact_headings:
            _drop_contact(sheet, rules, index)
        elif links.is_address(text):
            _drop_address(sheet, index)
        elif is_story_number(sheet, index):
            sheet.report(index, "a number between two paragraphs was kept in the story")
        elif is_chrome(text, rules) or (is_ending(text, rules) and not (_below_story(sheet, index) or index == 0)):
            sheet.drop(index, "navigation of the site")
        elif rules.lost_links.search(text):
            sheet.drop(index, "a link whose address was lost in copying")
        elif is_credit(text, rules) and not (index >= foot and is_ending(sheet.lines[index].text, rules)):
            sheet.drop(index, "credit line")  # a copyright line with no story below it is the page's, not a picture's


def _drop_boxes(sheet: Sheet, rules: Rules) -> None:
    """Boxes whose first and last line say so: "Skip podcast and continue reading", "End of podcast"."""
    for first in sheet.free():
        if first in sheet.roles or not rules.box_starts.search(plain(sheet.lines[first].text)):
            continue
        reach = sheet.free(first + 1)[:_LONGEST_BOX]
        last = next((index for index in reach if rules.box_ends.search(plain(sheet.lines[index].text))), first)
        for index in sheet.free(first):
            if index <= last:
                sheet.drop(index, "a box within the story")


def _drop_contact(sheet: Sheet, rules: Rules, heading: int) -> None:
    """Whom the press may ask, down to the last telephone number or address directly below the heading."""
    last = heading
    for index in range(heading + 1, min(heading + _LONGEST_CONTACT, len(sheet.lines))):
        text = sheet.lines[index].text
        if is_paragraph(text) or index in sheet.roles:
            break
        if _REACHED.search(text):
            last = index
    for index in range(heading, last + 1):
        sheet.drop(index, "whom the press may ask")


def _drop_address(sheet: Sheet, index: int) -> None:
    """An address of the list at the foot; the first takes the heading with it."""
    sheet.drop(index, "address of a link")
    above = index - 1
    if above >= 0 and above not in sheet.roles and count(sheet.lines[above].text) <= _LONGEST_TAG:
        sheet.drop(above, "heading of the addresses of links")


def _drop_channel(sheet: Sheet, index: int) -> None:
    """How many follow a channel, and its name at the top of the page."""
    sheet.drop(index, "navigation of the site")
    if index == 1 and 0 not in sheet.roles:
        sheet.drop(0, "name of the channel")


def is_story_number(sheet: Sheet, index: int) -> bool:
    """Whether a line of one number, or a run of them, stands in the story: paragraphs right above and below, apart."""
    if not _is_number(sheet, index):
        return False
    above, below = index, index
    while above >= 0 and _is_number(sheet, above):
        above -= 1
    while below < len(sheet.lines) and _is_number(sheet, below):
        below += 1
    apart = below < len(sheet.lines) and sheet.lines[above + 1].gap and sheet.lines[below].gap
    many = not sheet.spaced and below - above > _COUNTERS
    near = (sheet.lines[max(0, above - _NEAR) : above + 1], sheet.lines[below : below + _NEAR + 1])
    return above >= 0 and (apart or many) and all(any(is_paragraph(line.text) for line in lines) for lines in near)


def _is_number(sheet: Sheet, index: int) -> bool:
    return sheet.lines[index].text.isdecimal()


def is_credit(text: str, rules: Rules) -> bool:
    found = rules.credits.search(text) or rules.picture_credits.search(text)
    return found is not None and count(text) <= _LONGEST_CREDIT


def is_chrome(text: str, rules: Rules) -> bool:
    known = fold(text).strip("\"'")
    site = known in publishers.names() and (" " in known or "." in known)  # one word may be a heading of the story
    words = [word for word in known.split() if word[0].isalnum()]
    bar = len(words) > 1 and all(word in rules.chrome or word in rules.sections for word in words)
    return site or bar or known in rules.chrome or rules.chrome_patterns.search(plain(text)) is not None


def is_heading(text: str, rules: Rules) -> bool:
    """Whether a line that may be a button ("Read more") is written as a heading: "Read more:"."""
    return text.rstrip().endswith(":") and is_related(text, rules)


def _heads_links(sheet: Sheet, rules: Rules, index: int) -> bool:
    """Whether a button's words ("READ MORE") stand within the story with headlines directly below."""
    if (
        not is_related(sheet.lines[index].text, rules)
        or not _below_story(sheet, index)
        or index + 2 >= len(sheet.lines)
    ):
        return False
    below = sheet.lines[index + 1]
    headline = count(below.text) >= _SHORTEST_TITLE and not ends_sentence(below.text) and not below.gap
    return headline and not is_chrome(below.text, rules) and not is_ending(below.text, rules)


def is_related(text: str, rules: Rules) -> bool:
    """Whether a line is a heading of related links."""
    return fold(text) in rules.related_headings or rules.related_patterns.search(fold(text)) is not None


def _drop_tags(sheet: Sheet, heading: int) -> None:
    """The tags of a story, a line each, directly below their heading."""
    sheet.drop(heading, "navigation of the site")
    for index in range(heading + 1, len(sheet.lines)):
        line = sheet.lines[index]
        if index in sheet.roles or line.gap or count(line.text) > _LONGEST_TAG or ends_sentence(line.text):
            break
        sheet.drop(index, "navigation of the site")


# --- notices -------------------------------------------------------------------------------------


def mark_notices(sheet: Sheet, rules: Rules, language: Language) -> tuple[Notice, ...]:
    """Legal and safety notices: one for each block, its paragraphs joined with "\\n"."""
    found: list[Notice] = []
    for index in sheet.free():
        if index in sheet.roles:
            continue
        if rules.disclaimers.search(plain(sheet.lines[index].text)):
            sheet.give(index, "notice")
            found.append(Notice(text=sheet.lines[index].text, language=language, kind="other"))
            continue
        for rule, start, follow in rules.notices:
            if block := _notice(sheet, index, start, follow, rules, again=bool(found)):
                for line in block:
                    sheet.give(line, "notice")
                text = "\n".join(sheet.lines[line].text for line in block)
                found.append(Notice(text=text, language=language, kind=rule.kind))
                break
    return tuple(dict.fromkeys(found))


def _notice(
    sheet: Sheet, index: int, start: re.Pattern[str], follow: re.Pattern[str], rules: Rules, *, again: bool
) -> list[int]:
    """The lines of a notice that begins here. A story may report on such a declaration: the words alone do not make one.

    `again` is whether the page already has a notice.
    """
    text = plain(sheet.lines[index].text)
    if follow.search(text):
        return [index]
    if not start.search(text):
        return []
    if any(follow.search(sentence) for sentence in re.split(r"(?<=[.!?])\s+", text)[1:]):
        return [index]
    later = sheet.free(index + 1)
    if later and follow.search(plain(sheet.lines[later[0]].text)):
        return [index, later[0]]
    own = bool(rules.publisher) and fold(text).startswith(fold(rules.publisher))
    last = not any(is_paragraph(sheet.lines[line].text) for line in later)
    apart = index > 0 and index - 1 in sheet.roles
    return [index] if (own and (again or last)) or (last and apart) else []


# --- related links -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """Where a list of related links is looked for, and how its dates are read."""

    sheet: Sheet
    rules: Rules
    zone: tzinfo

    def date(self, index: int) -> date_lines.DateLine | None:
        if index >= len(self.sheet.lines) or index in self.sheet.roles:
            return None
        return date_lines.read(self.sheet.lines[index].text, order=self.rules.related_date_order, zone=self.zone)


def mark_related(sheet: Sheet, rules: Rules, zone: tzinfo) -> tuple[tuple[Related, ...], int]:
    """Related links after a heading ("See also"), and the index where a dated list of them ends the story.

    In a list at the end of a page titles and date lines alternate, or titles follow each other. In the middle of
    a story only the lines directly below the heading are links, so that no crosshead of the story is taken for one.
    """
    found: list[Related] = []
    end = len(sheet.lines)
    for index in sheet.free():
        if index in sheet.roles:
            continue
        text = sheet.lines[index].text
        if is_related(text, rules) and not _below_story(sheet, index):
            sheet.drop(index, "navigation of the site")
        elif inline := _titled_heading(text, rules):
            sheet.give(index, "related")
            found.append(Related(title=inline))
        elif is_related(text, rules):
            sheet.drop(index, "heading of related links")
            links = _links(_List(sheet=sheet, rules=rules, zone=zone), index + 1)
            found += links
            if sum(link.published is not None for link in links) >= 2:
                end = min(end, index)
    return tuple(found), end


def _below_story(sheet: Sheet, index: int) -> bool:
    """Whether a paragraph stands above; a sentence printed twice in a row is a caption."""
    lines = sheet.lines[:index]
    texts = ["", *(fold(line.text) for line in lines), ""]
    alone = (own not in (above, below) for above, own, below in zip(texts, texts[1:], texts[2:], strict=False))
    return any(is_paragraph(line.text) and single for line, single in zip(lines, alone, strict=False))


def is_ending(text: str, rules: Rules) -> bool:
    """Whether a heading ends the story: the comments, a copyright line, a list of other news."""
    known = fold(text) in rules.endings | rules.lists
    return known or rules.ending_patterns.search(plain(text)) is not None


def _titled_heading(text: str, rules: Rules) -> str:
    """The title in "SEE ALSO: Title"."""
    heading, colon, title = text.partition(":")
    return title.strip() if colon and title.strip() and is_related(heading, rules) else ""


def _links(place: _List, index: int) -> list[Related]:
    sheet, found, dated = place.sheet, list[Related](), False
    below_list = takewhile(lambda line: not is_ending(sheet.lines[line].text, place.rules), sheet.free(index))
    at_end = not any(is_paragraph(sheet.lines[line].text) and place.date(line + 1) is None for line in below_list)
    while index < len(sheet.lines) and index not in sheet.roles:
        line = sheet.lines[index]
        if is_ending(line.text, place.rules):
            break
        if fold(line.text) in place.rules.date_labels:
            sheet.give(index, "related")
            index += 1
            continue
        below = place.date(index + 1)
        if place.date(index) is not None:  # a date before its title, or one that belongs to none
            index = _date_first(place, index, found)
            dated = True
            continue
        if count(line.text) > _LONGEST_TITLE or (below is None and ends_full_stop(line.text)):
            break
        if (
            below is None
            and found
            and ((line.gap and (dated or not at_end)) or (not at_end and is_paragraph(line.text)))
        ):
            break
        sheet.give(index, "related")
        found.append(Related(title=line.text))
        index += 1
        if below is not None:
            found[-1] = replace(found[-1], published=_moment(place, index, below))
            index, dated = index + 1, True
    return found


def _date_first(place: _List, index: int, found: list[Related]) -> int:
    """Take a date line and the title below it; gives the index after them."""
    read = place.date(index)
    assert read is not None
    moment = _moment(place, index, read)
    below = index + 1
    sheet = place.sheet
    titled = below < len(sheet.lines) and below not in sheet.roles and count(sheet.lines[below].text) <= _LONGEST_TITLE
    if titled and not is_paragraph(sheet.lines[below].text):
        sheet.give(below, "related")
        found.append(Related(title=sheet.lines[below].text, published=moment))
        return below + 1
    return below


def _moment(place: _List, index: int, read: date_lines.DateLine) -> datetime | None:
    place.sheet.give(index, "related")
    if read.moment is None:
        place.sheet.report(index, f"date of a related link not read ({read.problem})")
    return read.moment
