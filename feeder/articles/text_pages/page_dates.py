"""Which lines of a page are its dates, also where the page breaks a date over two lines or names the author beside it.

15 January 2026      Опубликовано        13:48 11.09.2025 (жаңартылды: 14:02 11.09.2025)
14:30                22.03.2024          Дана Выдумкина, 15 января 2026, 11:07
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import time, tzinfo
from zoneinfo import ZoneInfo

from feeder.articles import date_lines, publishers
from feeder.articles.date_lines import DateLine
from feeder.articles.lines import fold, plain
from feeder.articles.publishers import Rules
from feeder.articles.text_pages import bylines
from feeder.articles.text_pages.sheet import Sheet
from feeder.language.places import gazetteer
from feeder.model import Language

_TOP = 4  #: lines at the top of a page among which its masthead is
_LONGEST_PART = 4  #: words
_LONGEST = 16  #: words of a line that holds a date and little else
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\.?)?", re.IGNORECASE)
_CHANGED = r"(?:last\s)?updated?|last\smodified|обновлено|изменено|обновлён\w*|жаңарт\w+|соңғы\sжаңарту"
_BOTH = re.compile(rf"(?P<first>.+?)[\s,|•·(–—-]+(?P<second>(?:{_CHANGED})\b[^()]+)\)?", re.IGNORECASE)
_PARTS = re.compile(r"\s*[|•·]\s*|\s/\s")
#: names that mean one clock only; CST and IST mean several
_CLOCKS = {
    "EDT": "GMT-4",
    "EST": "GMT-5",
    "PDT": "GMT-7",
    "PST": "GMT-8",
    "BST": "GMT+1",
    "CET": "GMT+1",
    "CEST": "GMT+2",
    "MSK": "GMT+3",
    "МСК": "GMT+3",
}
_MOVED = re.compile(rf"^(.*\d[:.]\d\d) ({'|'.join(_CLOCKS)}),? (\d.*)$", re.IGNORECASE)
_ZONES = {"ET": ZoneInfo("America/New_York"), "PT": ZoneInfo("America/Los_Angeles")}
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс)\.?,?\s", re.IGNORECASE)
_LABEL = re.compile(r"[^\W\d_][^\d:]{1,24}:\s?(?=\S)")
_OWN_ZONE = re.compile(r"(?:GMT|UTC)(?:\s?[+\-−]\d{1,2}(?::?\d{2})?)?")
_MASTHEAD = re.compile(rf"(?:[^\W\d]\S*\s){{1,6}}[|•·–—-]?\s?(?P<day>{date_lines.WEEKDAYS},?\s.+)", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,5}", re.IGNORECASE)
_AGO = re.compile(
    r"(?:(?:published|posted|updated|опубликовано|обновлено|жарияланды)\s?:?\s)?(?:"
    r"(?:\d+|an?|one)\s(?:min(?:ute)?|hr|hour|day|week|month)s?\sago"
    r"|(?:\d+\s)?(?:минут\w*|час\w*|дн\w+|день|недел\w+|месяц\w*)\sназад|\d+\s(?:минут|сағат|күн|апта|ай)\sбұрын"
    r"|(?:today|yesterday|сегодня|вчера|бүгін|кеше),?\s(?:(?:at|в|сағат)\s)?\d{1,2}[:.]\d{2})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What a line of dates says; nothing when its words belong to the line beside it."""

    read: tuple[DateLine, ...] = ()
    names: tuple[str, ...] = ()  #: who is named on the same line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finder:
    sheet: Sheet
    rules: Rules
    language: Language
    zone: tzinfo

    def one(self, text: str) -> DateLine | None:
        """The date of a line that is a date; one in the publisher's own words for its clock counts as in its zone."""
        text = _MOVED.sub(lambda match: f"{match[1]} {match[3]} {_CLOCKS[match[2].upper()]}", text, count=1)
        head, _, last = text.rpartition(" ")
        if head and fold(last) in self.rules.clock_names:
            found = self.one(head)
            return replace(found, own_zone=True) if found else None
        if head and last in _ZONES:
            found = date_lines.read(head, order=self.rules.date_order, zone=_ZONES[last])
            return replace(found, own_zone=True) if found else None
        if head and last in _CLOCKS:
            text = f"{head} {_CLOCKS[last]}"
        text = _WEEKDAY.sub("", text.strip("[]"), count=1)
        return date_lines.read(text, order=self.rules.date_order, zone=self.zone)

    def line(self, text: str) -> Dates | None:
        if not any(letter.isdigit() for letter in text) and not _AGO.fullmatch(text):
            return None
        if len(text.split()) > _LONGEST:
            return None
        if found := self.one(text):
            return Dates(read=(found,))
        if _AGO.fullmatch(text):
            return Dates(read=(DateLine(moment=None, problem="it counts from the day of reading"),))
        parts = self.two(text) or self.parts(_PARTS.split(text))
        return parts or self.named(text) or self.masthead(text) or self.mixed(text)

    def issue(self, text: str) -> Dates | None:
        """The day of an issue among other things of a masthead: "Weekly bulletin | No. 112 | 27 September 2024"."""
        parts = _PARTS.split(text)
        read = [found for part in parts if (found := self.one(part)) and found.moment]
        short = all(len(part.split()) <= _LONGEST_PART for part in parts) and not text.endswith(".")
        return Dates(read=tuple(read)) if len(read) == 1 and len(parts) > 2 and short else None

    def mixed(self, text: str) -> Dates | None:
        """A date with its time of day between other things: "Bishkek, 13:58, 09 March 2023, Some agency, by A B"."""
        parts = [part.strip() for part in text.split(",")]
        if text.endswith(".") or not len(parts) > 2 or any(len(part.split()) > _LONGEST_PART for part in parts):
            return None
        for first in range(len(parts) - 1):
            found = self.one(", ".join(parts[first : first + 2]))
            if found and found.moment and found.moment.time() != time():
                rest = parts[:first] + parts[first + 2 :]
                return Dates(
                    read=(found,), names=tuple(name for part in rest for name in bylines.names(part, self.rules))
                )
        return None

    def masthead(self, text: str) -> Dates | None:
        """The name of a paper, and its day with the day of the week: "The Gazette Friday, April 12, 2019"."""
        match = _MASTHEAD.fullmatch(text)
        found = self.one(match["day"]) if match else None
        return Dates(read=(found,)) if found and found.moment else None

    def two(self, text: str) -> Dates | None:
        """A date and, on the same line, that of the last change."""
        match = _BOTH.fullmatch(text)
        first, second = (self.one(match["first"]), self.one(match["second"])) if match else (None, None)
        return Dates(read=(first, second)) if first and second else None

    def parts(self, parts: list[str]) -> Dates | None:
        """A date among other things of a head, each of them understood: "ANI | Updated: …", "Имя Фамилия | … | 348"."""
        dates, names = list[DateLine](), list[str]()
        labelled = [_LABEL.sub("", part, count=1) for part in parts]
        row = len(parts) > 1 and all(part != bare for part, bare in zip(parts, labelled, strict=True))
        for part in labelled if row else _with_zones(parts):
            if found := self.one(part):
                dates.append(found)
            elif named := self.person(part):
                names += named
            elif part and not (row or self.is_chrome(part) or _AGO.fullmatch(part)):
                return None
        return Dates(read=tuple(dates), names=tuple(names)) if dates and len(parts) > 1 else None

    def named(self, text: str) -> Dates | None:
        """A name and a date with nothing but a comma or a dash between them."""
        words = text.split()
        for cut in range(1, len(words)):
            before, after = (" ".join(part).strip(" ,–—-") for part in (words[:cut], words[cut:]))
            for name, day in ((before, after), (after, before)):
                found = self.one(day) if any(letter.isdigit() for letter in day) else None
                person = self.person(name) if found else ()
                beside = person or self.is_place(name, text) or (day == before and self.is_desk(name, words[0]))
                if found and beside:
                    return Dates(read=(found,), names=person)
        return None

    def is_desk(self, name: str, label: str) -> bool:
        """Whether some words stand behind a date that says it is one: "Published 27 October 2023 - Press office"."""
        known = fold(label) in self.rules.date_labels and name[:1].isupper()
        return known and len(name.split()) <= _LONGEST_PART and not any(letter.isdigit() for letter in name)

    def is_place(self, name: str, text: str) -> bool:
        """Whether a line says beside its date where it stands: a site, a section, a place; a caption ends with a full stop."""
        if text.endswith("."):
            return False
        known = self.is_chrome(name) or _DOMAIN.fullmatch(name) is not None
        return known or gazetteer().resolve(name, self.language) is not None

    def person(self, text: str) -> tuple[str, ...]:
        bare = bylines.bare(text, self.language)
        return bylines.names(text, self.rules) or ((bare,) if bare else ())

    def is_chrome(self, text: str) -> bool:
        known = fold(text) in self.rules.chrome | self.rules.sections | publishers.names()
        return known or self.rules.chrome_patterns.search(plain(text)) is not None


def _with_zones(parts: list[str]) -> list[str]:
    """A zone that is parted from its time belongs to it: "13:05, 11 Қыркүйек 2022 | GMT +6"."""
    joined = parts[:1]
    for part in parts[1:]:
        if _OWN_ZONE.fullmatch(part):
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined


def find(sheet: Sheet, rules: Rules, language: Language, zone: tzinfo) -> dict[int, Dates]:
    """The lines without a role that are dates, by index; the labels above them are dropped."""
    finder = _Finder(sheet=sheet, rules=rules, language=language, zone=zone)
    found = {index: dates for index in sheet.free() if (dates := finder.line(sheet.lines[index].text))}
    for index in sheet.free()[:_TOP]:
        if index not in found and (dates := finder.issue(sheet.lines[index].text)):
            found[index] = dates
    for index in sheet.free():
        text = sheet.lines[index].text
        if _CLOCK.fullmatch(text):
            _join_clock(finder, found, index, text)
        elif fold(text) in rules.date_labels and index + 1 in found:
            _join_label(finder, found, index, text)
    return found


def _join_clock(finder: _Finder, found: dict[int, Dates], index: int, clock: str) -> None:
    """Give a time of day to the date directly above or below it."""
    lines = finder.sheet.lines
    above = None if lines[index].gap else _joined(finder, found, index - 1, lambda day: f"{day}, {clock}")
    below = _joined(finder, found, index + 1, lambda day: f"{clock}, {day}") if not above else None
    if above:
        found[index - 1], found[index] = above, Dates()
    elif below and not lines[index + 1].gap:
        found[index + 1], found[index] = below, Dates()


def _joined(finder: _Finder, found: dict[int, Dates], index: int, make: Callable[[str], str]) -> Dates | None:
    if index not in found or len(found[index].read) != 1:
        return None
    joined = finder.one(make(finder.sheet.lines[index].text))
    return replace(found[index], read=(joined,)) if joined else None


def _join_label(finder: _Finder, found: dict[int, Dates], index: int, label: str) -> None:
    """ "Updated" above a date says which date it is."""
    changed = re.fullmatch(_CHANGED, label.strip(" :"), re.IGNORECASE) is not None
    if changed:
        dates = found[index + 1]
        found[index + 1] = replace(dates, read=tuple(replace(one, kind="updated") for one in dates.read))
    finder.sheet.drop(index, "label of the line below")
