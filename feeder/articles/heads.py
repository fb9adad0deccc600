"""The head of a page: title, deck, byline, date, caption, down to where the story begins."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from feeder.articles import date_lines, datelines
from feeder.articles.date_lines import DateLine
from feeder.articles.lines import Sheet, count, ends_full_stop, ends_sentence, fold, is_paragraph, plain
from feeder.articles.publishers import Rules
from feeder.errors import ArticleError
from feeder.language import mentions
from feeder.language.places import gazetteer
from feeder.model import Language

_REACH = 12  #: lines below the title among which the story begins
_LEADS = 2  #: lines above the dateline that may be deck or caption
_LONGEST_TITLE = 40  #: words
_SUFFIX = re.compile(r"\s*[|\-–—•:]+\s*\S.{0,50}")
_NAME = re.compile(r"[^\W\d_]\S*(?: (?:[^\W\d_]\.|[^\W\d_]\S*)){1,3}")


@dataclass(slots=True, kw_only=True)
class Head:
    """What the head of a page says."""

    story: int = 0  #: index of the line from which on the story may be
    authors: list[str] = field(default_factory=list)
    published: datetime | None = None
    leads: list[int] = field(default_factory=list)  #: lines that are a deck or a lone caption


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    sheet: Sheet
    rules: Rules
    language: Language
    zone: tzinfo

    def text(self, index: int) -> str:
        return self.sheet.lines[index].text

    def date(self, index: int) -> DateLine | None:
        return date_lines.read(self.text(index), order=self.rules.date_order, zone=self.zone)

    def names(self, index: int) -> tuple[str, ...]:
        return byline(self.text(index), self.rules)

    def opens(self, index: int) -> bool:
        return datelines.read(self.text(index), self.language) is not None


def mark(sheet: Sheet, rules: Rules, *, language: Language, zone: tzinfo) -> Head:
    """Give the lines of the head their roles. Raises ArticleError when there is no title."""
    reader = _Reader(sheet=sheet, rules=rules, language=language, zone=zone)
    title = _mark_title(reader)
    head = Head(story=title + 1)
    below = _head_lines(reader, title)
    _mark_captions(reader, below)
    for index in [*(line for line in sheet.free() if line < title), *below]:
        if index not in sheet.roles:
            _mark_line(reader, head, index, above=index < title)
    _settle_leads(reader, head)
    head.story = max([head.story, *(index + 1 for index in below)])
    return head


# --- title ---------------------------------------------------------------------------------------


def _mark_title(reader: _Reader) -> int:
    sheet = reader.sheet
    candidates = _candidates(reader)
    if not candidates:
        line = sheet.lines[0].number if sheet.lines else 0
        raise ArticleError("no title found above the text; write one in the first line", field="title", line=line)
    title = _without_suffix(reader, candidates, _choose(reader, candidates))
    sheet.give(title, "title")
    own = fold(reader.text(title))
    for index in sheet.free():
        other = fold(reader.text(index))
        if other == own or (other.startswith(own) and _SUFFIX.fullmatch(other[len(own) :]) and index < title):
            sheet.drop(index, "repeats the title")
    return title


def _candidates(reader: _Reader) -> list[int]:
    """Lines above the first paragraph that can be a title."""
    found: list[int] = []
    free = reader.sheet.free()
    for index in free:
        text = reader.text(index)
        if reader.opens(index):
            break
        if reader.date(index) or reader.names(index) or is_trail(text, reader.language):
            continue
        if count(text) > _LONGEST_TITLE or (found and ends_full_stop(text) and count(text) >= 8):
            break
        if any(letter.isalnum() for letter in text):
            found.append(index)
    return found if len(free) > 1 else []


def _choose(reader: _Reader, candidates: list[int]) -> int:
    """The first headline of three words or more; else the last line above the first sentence."""
    headlines = [index for index in candidates if not ends_full_stop(reader.text(index))]
    long = [index for index in headlines if count(reader.text(index)) >= 3]
    printed = Counter(fold(reader.text(index)) for index in candidates if not _doubled(reader, index))
    twice = [index for index in long if printed[fold(reader.text(index))] > 1]  # not directly below, as a caption is
    short = [index for index in headlines if count(reader.text(index)) < 3]
    if twice:
        return _nearest(reader, twice)
    if long and not (_doubled(reader, long[0]) and any(index < long[0] for index in short)):
        return long[0]
    before = [index for index in short if not long or index < long[0]]
    return (before or headlines or candidates)[-1 if before else 0]


def _nearest(reader: _Reader, twice: list[int]) -> int:
    """Of what the head prints twice (a menu may be, too) the last; its upper copy where deck or caption follow that."""
    last = twice[-1]
    first = next(index for index in twice if fold(reader.text(index)) == fold(reader.text(last)))
    between = reader.sheet.free(first + 1)
    long = any(index < last and (_doubled(reader, index) or count(reader.text(index)) >= 8) for index in between)
    return first if long else last


def _doubled(reader: _Reader, index: int) -> bool:
    lines = reader.sheet.lines
    return index + 1 < len(lines) and fold(lines[index].text) == fold(lines[index + 1].text)


def _without_suffix(reader: _Reader, candidates: list[int], title: int) -> int:
    """The bare title when the page's first line has the site's name added: "Title | Site"."""
    own = fold(reader.text(title))
    for index in candidates:
        bare = fold(reader.text(index))
        if (
            index > title
            and count(bare) >= 2
            and own != bare
            and own.startswith(bare)
            and _SUFFIX.fullmatch(own[len(bare) :])
        ):
            reader.sheet.drop(title, "repeats the title")
            return index
    return title


def is_trail(text: str, language: Language) -> bool:
    """Whether a line only says where on the site the page is: "Home > News", "KAZAKHSTAN - CHINA"."""
    if re.fullmatch(r"\S[^>›»]{0,30}(?:\s[>›»]\s[^>›»]{1,60})+", text):
        return True
    parts = [part.strip() for part in re.split(r"\s[-–—|/]\s|,\s", text)]
    return text.isupper() and all(part and gazetteer().resolve(part.title(), language) for part in parts)


# --- below the title -----------------------------------------------------------------------------


def _head_lines(reader: _Reader, title: int) -> list[int]:
    """The lines between the title and the story.

    The story begins with its dateline. Without one it begins below the last line that can only belong to a head, and
    a lone headline-like line below the title is a deck.
    """
    lines = reader.sheet.free(title + 1)[:_REACH]
    plainly = [_explained(reader, index) for index in lines]
    unknown = 0
    last = -1
    for position, index in enumerate(lines):
        if reader.opens(index):
            return lines[:position]
        if plainly[position]:
            last = position
        else:
            unknown += 1
        if unknown > _LEADS:
            break
    while last >= 0 and plainly[: last + 1].count(False) > 1:
        last -= 1
    while last >= 0 and not plainly[last]:
        last -= 1
    rest = lines[last + 1 :]
    if len(rest) > 1 and last < 0 and _is_deck(reader.text(rest[0])) and is_paragraph(reader.text(rest[1])):
        return rest[:1]
    return lines[: last + 1]


def _is_deck(text: str) -> bool:
    return count(text) >= 4 and not ends_sentence(text)


def _explained(reader: _Reader, index: int) -> bool:
    """Whether a line can only belong to the head."""
    text = reader.text(index)
    return bool(
        reader.date(index)
        or reader.names(index)
        or _is_caption(reader, index)
        or is_trail(text, reader.language)
        or _is_bare_name(reader, index)
    )


def _is_caption(reader: _Reader, index: int) -> bool:
    lines = reader.sheet.lines
    twice = any(
        0 <= other < len(lines) and reader.sheet.roles.get(other) in (None, "caption")
        and fold(lines[other].text) == fold(lines[index].text)
        for other in (index - 1, index + 1)
    )  # fmt: skip
    return twice or reader.rules.captions.search(plain(lines[index].text)) is not None


def _is_bare_name(reader: _Reader, index: int) -> bool:
    """A bare "Имя Тегі". English capitalises headings too: there it counts only next to the page's date."""
    text = reader.text(index)
    if not _NAME.fullmatch(text) or any(not word[0].isupper() for word in text.split()):
        return False
    if mentions.find(text, reader.language, gazetteer()) or ends_sentence(text.rstrip(".")) or text.isupper():
        return False
    if reader.language in ("kk", "ru"):
        return True
    near = [other for other in (index - 1, index + 1) if 0 <= other < len(reader.sheet.lines)]
    return any(reader.date(other) is not None for other in near)


def _mark_captions(reader: _Reader, below: list[int]) -> None:
    """The first line printed twice in a row is the caption; else the first that can only be one."""
    sheet, taken = reader.sheet, False
    for index in below:
        if index in sheet.roles or reader.date(index) or reader.names(index) or not _is_caption(reader, index):
            continue
        if taken:
            sheet.drop(index, "caption of another picture")
        else:
            sheet.give(index, "caption")
        taken = True
        for other in below:
            if other not in sheet.roles and fold(reader.text(other)) == fold(reader.text(index)):
                sheet.drop(other, "repeats the caption")


def _mark_line(reader: _Reader, head: Head, index: int, *, above: bool) -> None:
    sheet, text = reader.sheet, reader.text(index)
    if found := reader.date(index):
        _mark_date(reader, head, index, found)
    elif names := reader.names(index):
        sheet.give(index, "byline")
        head.authors += [name for name in names if name not in head.authors]
    elif is_trail(text, reader.language):
        sheet.drop(index, "where the page is on the site")
    elif _is_bare_name(reader, index) and not above:
        sheet.give(index, "byline")
        head.authors += [text] if text not in head.authors else []
    elif above:
        sheet.drop(index, "above the title")
        if count(text) >= 5:
            sheet.report(index, "a line above the title was left out")
    elif count(text) < 4 and not ends_sentence(text):
        sheet.drop(index, "short line above the story")
        sheet.report(index, "a short line above the story was not understood")
    else:
        head.leads.append(index)


def _mark_date(reader: _Reader, head: Head, index: int, found: DateLine) -> None:
    sheet = reader.sheet
    if found.kind == "updated" or (head.published and found.moment):
        sheet.drop(index, "date of the last change" if found.kind == "updated" else "another date of the page")
        return
    sheet.give(index, "date")
    if found.moment is None:
        sheet.report(index, f"the date of the page was not read ({found.problem})")
        return
    head.published = found.moment
    if reader.rules.zone is None and not found.own_zone:
        sheet.report(index, f"the page names no time zone; its date is taken as {reader.zone}")


def _settle_leads(reader: _Reader, head: Head) -> None:
    """Lines without a sign of what they are: the publisher's page tells which is the caption, the others are the deck."""
    sheet = reader.sheet
    has_caption = "caption" in sheet.roles.values()
    if head.leads and not has_caption and reader.rules.above_story == "caption":
        sheet.give(head.leads.pop(), "caption")
    for index in head.leads:
        sheet.give(index, "deck")


# --- bylines -------------------------------------------------------------------------------------


def byline(text: str, rules: Rules) -> tuple[str, ...]:
    """The names in "by A B and C D" or "Автор: Имя Фамилия"; nothing for other lines."""
    for pattern in rules.bylines:
        match = pattern.search(plain(text))
        if match is None:
            continue
        named = re.split(r"\s[|–—-]\s|,?\s(?:for|in|from|для|из)\s", match["name"])[0]
        names = [
            name.strip(" .") for name in re.split(r",\s(?:and\s)?|\sand\s|\s&\s|\sи\s|\sжәне\s|\sмен\s|\sпен\s", named)
        ]
        if names and all(_is_name(name) for name in names):
            return tuple(names)
    return ()


def _is_name(text: str) -> bool:
    words = text.split()
    small = {"de", "der", "van", "von", "bin", "al", "el", "the", "of"}
    return 1 <= len(words) <= 6 and all(word[0].isupper() or word in small for word in words) and words[0][0].isupper()
