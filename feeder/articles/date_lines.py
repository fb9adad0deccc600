"""Lines of a page that are a date and nothing else: "06/27/2022, 10.01", "30 қаңтар, 2026 сағат 13:48"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

from feeder.errors import DateError
from feeder.language import numeric_dates
from feeder.language.month_names import MONTHS
from feeder.language.numeric_dates import Order

_MONTH = "(?:" + "|".join(sorted(MONTHS, key=lambda name: (-len(name), name))) + r")\b\.?"
_YEAR_WORD = r"(?:\s?(?:г\.|года?|ж\.|жыл\w*))?"
_ORDINAL = r"(?:st|nd|rd|th)?"

#: A day with its month in words, with or without the year; for datelines too.
WORDS = (
    rf"(?:\d{{1,2}}{_ORDINAL}\s{_MONTH},?(?:\s\d{{4}}{_YEAR_WORD})?"
    rf"|{_MONTH}\s\d{{1,2}}\b{_ORDINAL}(?:,?\s\d{{4}})?"
    rf"|\d{{4}}{_YEAR_WORD},?\s\d{{1,2}}\s{_MONTH})"
)
_UPDATED = r"(?:last\s)?updated?|last\s(?:modified|change)|обновлено|изменено|жаңарт\w+|соңғы\sжаңарту"
_PUBLISHED = r"published|posted|date|опубликовано|дата(?:\sпубликации)?|жарияла\w+(?:\sкүні)?|күні"
#: Names of the days of the week.
WEEKDAYS = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues?|wed|thurs?|fri|sat|sun)\b\.?|(?:пн|вт|ср|чт|пт|сб|вс)\b\.?"
    r"|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье"
    r"|дүйсенбі|сейсенбі|сәрсенбі|бейсенбі|жұма|сенбі|жексенбі)"
)
_TIME = r"(?P<{0}>\d{{1,2}}[:.]\d{{2}}(?::\d{{2}})?\s?(?:[ap]\.?m\b\.?)?)"
_ZONE = r"(?P<zone>Z|(?:GMT|UTC)(?:\s?[+\-−]\d{1,2}(?::?\d{2})?)?|[+\-−]\d{2}:?\d{2})"
_LAST = _ZONE.replace("?P<zone>", "?P<last>")
_LINE = re.compile(
    rf"[|»>•\s]*(?:(?P<updated>{_UPDATED})|(?:{_PUBLISHED}))?(?:\s(?:on|at))?[\s:]*"
    rf"(?:{_TIME.format('before')}[\s,|/]+)?(?:{WEEKDAYS},?\s)?"
    rf"(?:(?P<numbers>{numeric_dates.PATTERN})(?:\s?(?:г|ж)\.)?|(?P<words>{WORDS}))(?:,\s{WEEKDAYS})?"
    rf"(?:(?:[\s,|•·–—/-]+|T)(?:(?:at|в|сағат|сағ\.)\s)?{_TIME.format('after')}(?:\s?\(?{_ZONE}\)?)?)?(?:(?<=\d)\s\(?{_LAST}\)?)?[\s|.]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """What a line of only a date says."""

    moment: datetime | None  #: aware; None when it could not be read
    kind: Literal["published", "updated"] = "published"
    own_zone: bool = False  #: the line names its zone
    problem: str = ""


def read(text: str, *, order: Order, zone: tzinfo) -> DateLine | None:
    """The date of a line that is a date, at `zone`'s wall clock unless the line names another; None for other lines."""
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    kind: Literal["published", "updated"] = "updated" if match["updated"] else "published"
    try:
        day = _numbers(match["numbers"], order) if match["numbers"] else _words(match["words"])
        clock = _clock(match["before"] or match["after"] or "")
        offset = _offset(match["zone"] or match["last"])
    except DateError as error:
        return DateLine(moment=None, kind=kind, problem=str(error))
    moment = datetime.combine(day, clock, offset or zone)
    return DateLine(moment=moment, kind=kind, own_zone=offset is not None)


def _numbers(text: str, order: Order) -> date:
    return numeric_dates.read(text, order)


def _words(text: str) -> date:
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if len(numbers) != 2:
        raise DateError(f"a date without a year: {text!r}")
    year, day = max(numbers), min(numbers)
    month = next((MONTHS[word] for word in re.findall(r"[^\W\d_]+", text.casefold()) if word in MONTHS), 0)
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(f"no such day: {text!r}") from None


def _clock(text: str) -> time:
    if not text:
        return time()
    hour, minute, *seconds = (int(number) for number in re.findall(r"\d+", text))
    letter = re.search(r"[ap]", text.casefold())
    if letter and 1 <= hour <= 12:
        hour = hour % 12 + (12 if letter.group() == "p" else 0)
    try:
        return time(hour, minute, seconds[0] if seconds else 0)
    except ValueError:
        raise DateError(f"no such time of day: {text!r}") from None


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    match = re.search(r"([+\-−])(\d{1,2}):?(\d{2})?", text)
    if match is None:
        return UTC
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    if minutes >= 24 * 60:
        raise DateError(f"no such time zone: {text!r}")
    return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
