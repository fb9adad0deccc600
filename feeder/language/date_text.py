"""Dates in running text: "on Tuesday, February 9", "2019 жылғы 3 ақпанда", "в августе прошлого года".

`find` says what is stated and nothing more: a day without its year keeps XXXX, "last August" is a month and a
direction. `resolve` adds the day of publication, when somebody knows it. Neither looks at the clock.

A mention begins at the first word of the date itself; prepositions stand outside, endings and year words inside:
"с 4 по 10 февраля 2019 года" gives "4 по 10 февраля 2019 года". What reads like a date and is none (a street, "May's
speech", "12 people", "№ 5", a numeric date that could be two days) is left out.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from feeder.errors import DateError
from feeder.language import dates, numeric_dates
from feeder.language.date_grammar import GRAMMAR, names
from feeder.language.date_words import Token, may_have_dates, tokens
from feeder.model import Edtf, Language

Unit = Literal["day", "weekday", "week", "month", "year"]

_UNITS: dict[str, Unit] = {"d": "day", "k": "week", "u": "month", "y": "year", "X": "year"}
_LEAP = 2000  #: stands in for a year that is not stated
_CAULDRON, _SEASON, _YURT = 10, 6, 11  #: Kazakh months that are also common words: қазан, маусым, қараша


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A distance from the day of publication."""

    unit: Unit
    offset: int  #: in units; a weekday or a named month: -1 the last one, 0 the one spoken of, 1 the next one
    approximate: bool = False  #: "two years ago", "late last year"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date found in running text."""

    start: int  #: code points from the start of the text
    end: int  #: exclusive
    surface: str  #: text[start:end]
    edtf: Edtf | None  #: what is stated: "XXXX-02-09", "2019-02", "XXXX-08"; None for "yesterday", "on Tuesday"
    weekday: int | None = None  #: 1 Monday to 7 Sunday, when it is written
    relative: Relative | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the tokens of one match say."""

    language: Language
    tokens: Sequence[Token]
    groups: dict[str, tuple[int, int]]  #: name -> its tokens

    def value(self, name: str) -> int | None:
        return self.tokens[self.groups[name][0]].value if name in self.groups else None

    @property
    def between(self) -> Sequence[Token]:
        """The tokens between the two points of an interval."""
        spans = list(self.groups.values())
        return self.tokens[min(start for start, _ in spans) : max(end for _, end in spans)]

    def kind(self, name: str) -> str:
        first, last = self.groups.get(name, (0, 0))
        return "".join(token.kind for token in self.tokens[first:last])


def find(text: str, language: Language) -> tuple[DateMention, ...]:
    """The dates of a text in reading order, never overlapping. Other languages than en, kk, ru: numeric dates only."""
    if not may_have_dates(text, language):
        return ()
    row = tokens(text, language)
    found: list[DateMention] = []
    for mention in sorted(_candidates(text, language, row), key=lambda one: (one.start, -one.end)):
        if not found or mention.start >= found[-1].end:
            found.append(mention)
    return tuple(mention for mention in found if not _void(mention))


def resolve(mention: DateMention, published: date) -> Edtf | None:
    """The date with the year that the text and the day of publication give together; None when they do not.

    "on Tuesday" is the last one up to the publication, as news has it; "last August" the last one whose month is over.
    A day or month without a year and without such a word ("February 3") stays unresolved: it takes an inference.
    """
    relative = mention.relative
    try:
        if relative is None:
            return mention.edtf if mention.edtf and "XXXX" not in mention.edtf else None
        if relative.unit in ("day", "weekday"):
            return _on_day(mention, relative, published)
        return _in_period(mention, relative, published)
    except (DateError, ValueError, OverflowError):
        return None


# --- finding -------------------------------------------------------------------------------------


def _candidates(text: str, language: Language, row: Sequence[Token]) -> Iterator[DateMention]:
    kinds = "".join(token.kind for token in row)
    for pattern in GRAMMAR[language if language in GRAMMAR else ""]:
        for match in pattern.finditer(kinds):
            parts = _Parts(language, row, names(match))
            mention = _mention(text, match, parts)
            if mention is not None and not _common_word(text, match.end(), parts):
                yield mention


def _mention(text: str, match: re.Match[str], parts: _Parts) -> DateMention | None:
    first = min(start for start, _ in parts.groups.values())
    start, end = parts.tokens[first].start, parts.tokens[match.end() - 1].end
    try:
        edtf, relative = _stated(text, parts), _relative(parts)
    except (DateError, KeyError):
        none = DateMention(start=start, end=end, surface=text[start:end], edtf=None)
        return none if _no_such_day(parts) else None
    weekday = parts.value("weekday")
    if edtf and _other_day(parts, edtf):
        weekday, end = None, _end_of_day(parts)
    if edtf is None and weekday is None and relative is None:
        return None
    if relative is None and edtf is None:
        relative = Relative(unit="weekday", offset=0)
    return DateMention(start=start, end=end, surface=text[start:end], edtf=edtf, weekday=weekday, relative=relative)


def _other_day(parts: _Parts, edtf: Edtf) -> bool:
    """Whether a weekday behind a full date is another one: "under the decree of 3 April 2015, on Wednesday he ..."."""
    points = [group for name, group in parts.groups.items() if name != "weekday"]
    if "weekday" not in parts.groups or len(edtf) != 10 or edtf.startswith("XXXX"):
        return False
    behind = parts.groups["weekday"][0] >= max(end for _, end in points)
    return behind and date.fromisoformat(edtf).isoweekday() != parts.value("weekday")


def _end_of_day(parts: _Parts) -> int:
    """Where a date ends without the weekday behind it, its "года" inside."""
    last = max(end for name, (_, end) in parts.groups.items() if name != "weekday")
    return parts.tokens[last if parts.tokens[last].kind == "y" else last - 1].end


def _no_such_day(parts: _Parts) -> bool:
    """Whether it is written as a day that no calendar has: then "February 30, 2021" is not the year 2021 either."""
    month, day = parts.value("month"), parts.value("day")
    if not (month and day) or parts.groups.keys() & {"day2", "month2", "year2", "tens"}:
        return False
    return day > calendar.monthrange(parts.value("year") or _LEAP, month)[1]


def _void(mention: DateMention) -> bool:
    return mention.edtf is None and mention.weekday is None and mention.relative is None


def _common_word(text: str, after: int, parts: _Parts) -> bool:
    """Whether the month is a cauldron, a yurt or a season, or the day the name of a street."""
    month = parts.value("month") or parts.value("month2") or parts.value("bare")
    following = parts.tokens[after].kind if after < len(parts.tokens) else ""
    if parts.language == "kk":
        return _kazakh_thing(parts, month, following)
    if parts.language == "ru" and "day" in parts.groups and "month" in parts.groups:
        return _russian_street(text, parts, following)
    return False


def _kazakh_thing(parts: _Parts, month: int | None, following: str) -> bool:
    """ "қазан асып", "бес маусым бойы", "екінші маусымда" without a year."""
    if month in (_CAULDRON, _YURT) and following == "j":
        return True
    ranked = parts.kind("day") == "T" and not parts.groups.keys() & {"year", "rel", "weekday"}
    if month in (_CAULDRON, _SEASON) and ("bare" in parts.groups or ranked):
        return True
    return month == _SEASON and following == "c"


def _russian_street(text: str, parts: _Parts, following: str) -> bool:
    """ "улица 1 Мая", "1 Мая улица", "ул. 8 марта", but not "вышли на площадь 3 мая"."""
    first = parts.groups["day"][0]
    before = parts.tokens[first - 1] if first else None
    capital = text[parts.tokens[parts.groups["month"][0]].start].isupper()
    if before is not None and before.kind == "S":
        return capital or text[before.start : before.end].endswith(".") or text[before.start] in "иИ"
    return capital and following == "S"


def _stated(text: str, parts: _Parts) -> Edtf | None:
    """The EDTF of what is written; None when that is no date of its own. Raises DateError for days that do not exist."""
    if "numeric" in parts.groups:
        token = parts.tokens[parts.groups["numeric"][0]]
        day = numeric_dates.read(text[token.start : token.end]).isoformat()
        return dates.parse(day + ("~" if "approx" in parts.groups else ""))
    if "decade" in parts.groups:
        return _decade(parts.value("decade") or 0, approximate="approx" in parts.groups)
    if "season" in parts.groups and "year" not in parts.groups:
        raise DateError("a season without a year")
    if parts.groups.keys() & {"day2", "month2", "year2"} and not _one_point(parts):
        return _interval(parts)
    year = parts.value("year") or parts.value("year2")
    month = parts.value("month") or parts.value("bare") or parts.value("season")
    point = _point(year, month, _day(parts, ""))
    return dates.parse(point + ("~" if "approx" in parts.groups else "")) if point else None


def _one_point(parts: _Parts) -> bool:
    return not parts.groups.keys() & {"day2", "month2"} and "year" not in parts.groups


def _day(parts: _Parts, which: Literal["", "2"]) -> int | None:
    """The day of the month; in words its tens stand apart. Raises DateError for "ten twentieth"."""
    day, tens = parts.value("day" + which), parts.value("tens" + which)
    if day is None or tens is None:
        return day
    if tens not in (10, 20, 30) or day > 9:
        raise DateError("not a number")
    return tens + day


def _decade(year: int, *, approximate: bool) -> Edtf:
    if year % 10:
        raise DateError(f"{year} begins no decade")
    return dates.parse(f"{year // 10}X{'~' if approximate else ''}")


def _point(year: int | None, month: int | None, day: int | None) -> str:
    """ "2019-02-03", "XXXX-02", "1997"; "" when nothing is given."""
    if year is None and month is None:
        return ""
    parts = ("XXXX" if year is None else f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part is not None))
    return "-".join(parts)


def _interval(parts: _Parts) -> Edtf:
    """Two points; what only one of them names counts for both, and a turn of the year between them is seen."""
    month, month2 = parts.value("month"), parts.value("month2")
    month, month2 = month or month2, month2 or month
    day, day2 = _day(parts, ""), _day(parts, "2")
    year, year2 = parts.value("year"), parts.value("year2")
    turns = (month or 0, day or 0) > (month2 or 0, day2 or 0)
    if year is None and year2 is not None:
        year = year2 - 1 if turns else year2
    elif year2 is None and year is not None:
        year2 = year + 1 if turns else year
    if turns and year is None and (month == month2 or "pair" in parts.groups):
        raise DateError("the days go backwards")
    first, last = dates.parse(_point(year, month, day)), dates.parse(_point(year2, month2, day2))
    if parts.language == "ru" and any(token.kind == "t" and token.value for token in parts.between):
        parts.groups.setdefault("pair", (0, 0))  # "с 4 на 5 января" is a night, "с 11 на 20 июня" a change of plan
    if first == last or ("pair" in parts.groups and not _adjoin(first, last, parts)):
        raise DateError("not an interval")
    return dates.parse(f"{first}/{last}")


def _adjoin(first: Edtf, last: Edtf, parts: _Parts) -> bool:
    """Whether the days or months of a list follow one another: "5, 6 and 7 January"."""
    if len(first) == 7:
        return (int(first[5:]) % 12) + 1 == int(last[5:])
    start, end = (date.fromisoformat(point.replace("XXXX", "2000")) for point in (first, last))
    between = [token.value for token in parts.tokens[slice(*parts.groups["pair"])] if token.kind == "D"]
    days = [(start + timedelta(days=step)).day for step in range(1, len(between) + 1)]
    return between == days and end - start == timedelta(days=len(between) + 1)


def _relative(parts: _Parts) -> Relative | None:
    """What the words "yesterday", "last year", "two days ago" say. Raises KeyError for a row that says nothing."""
    kinds, value = parts.kind("rel"), parts.value("rel") or 0
    approximate = "approx" in parts.groups
    if not kinds:
        return None
    if kinds == "diZ":
        return _neighbour([token.value for token in parts.tokens[slice(*parts.groups["rel"])]])
    if kinds in ("Z", "J"):
        return Relative(unit="day" if kinds == "Z" else "year", offset=value, approximate=approximate)
    if kinds == "l":
        return Relative(unit="weekday" if "weekday" in parts.groups else "month", offset=value)
    if kinds.endswith("g"):
        unit = _UNITS[kinds[-2]]
        return Relative(unit=unit, offset=-_count(parts), approximate=unit != "day")
    if parts.language == "en" and parts.tokens[parts.groups["rel"][0] + 1].value == 2:
        raise KeyError("last years")
    return Relative(unit=_UNITS[kinds[-1]], offset=value, approximate=approximate)


def _count(parts: _Parts) -> int:
    """How many days ago: "three", "twenty-five", one in "a week" and "неделю"."""
    row = parts.tokens[slice(*parts.groups["rel"])]
    numbers = [token.value for token in row if token.kind in "Dq"]
    if not numbers and row[0].value == 2:
        raise KeyError("days ago, without their number")
    if len(numbers) == 2 and (numbers[0] % 10 or numbers[1] > 9):
        raise KeyError("not a number")
    return sum(numbers) or 1


def _neighbour(values: Sequence[int]) -> Relative:
    """ "the day before yesterday", "the day after tomorrow"."""
    if not values[2] or values[1] != values[2]:
        raise KeyError("the day after yesterday")
    return Relative(unit="day", offset=2 * values[2])


# --- resolving -----------------------------------------------------------------------------------


def _on_day(mention: DateMention, relative: Relative, published: date) -> Edtf | None:
    if relative.unit == "day":
        day = published + timedelta(days=relative.offset)
    else:
        day = _weekday(mention.weekday or 0, relative.offset, published)
    if mention.edtf is not None and not _says(mention.edtf, day):
        return None
    if mention.weekday is not None and day.isoweekday() != mention.weekday:
        return None
    return Edtf(day.isoformat())


def _says(edtf: Edtf, day: date) -> bool:
    """Whether a date without a year, or with one, is that day."""
    return edtf.replace("XXXX", f"{day.year:04d}") == day.isoformat()


def _weekday(weekday: int, offset: int, published: date) -> date:
    back = (published.isoweekday() - weekday) % 7
    if offset > 0:
        return published + timedelta(days=7 - back)
    if offset < 0 and 0 < back < published.isoweekday():
        raise ValueError("the last Tuesday may be this week's or the one before")
    return published - timedelta(days=back or (7 if offset < 0 else 0))


def _in_period(mention: DateMention, relative: Relative, published: date) -> Edtf | None:
    mark = "~" if relative.approximate and not (mention.edtf or "").endswith("~") else ""
    if relative.unit == "week":
        return _week(relative, published)
    if relative.unit == "month":
        return _month(mention.edtf, relative.offset, published, mark)
    year = published.year + relative.offset
    if mention.edtf is None:
        return dates.parse(f"{year:04d}{mark}")
    return dates.parse(mention.edtf.replace("XXXX", f"{year:04d}")) if "XXXX" in mention.edtf else None


def _week(relative: Relative, published: date) -> Edtf:
    day = published + timedelta(weeks=relative.offset)
    if relative.approximate:
        return dates.parse(f"{day.isoformat()}~")
    monday = day - timedelta(days=day.weekday())
    return dates.parse(f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}")


def _month(edtf: Edtf | None, offset: int, published: date, mark: str) -> Edtf | None:
    """ "last month" counts months; "last August" is one that was over before the month of publication began."""
    if edtf is None:
        years, month = divmod(published.year * 12 + published.month - 1 + offset, 12)
        return dates.parse(f"{years:04d}-{month + 1:02d}{mark}")
    month = int(edtf[5:7])
    year = published.year
    if offset < 0 and month >= published.month:
        year -= 1
    if offset > 0 and month <= published.month:
        year += 1
    return dates.parse(f"{year:04d}-{month:02d}")
