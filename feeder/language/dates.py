"""Dates: EDTF in, words out.

A date keeps the precision it was given with. `parse` checks the text form, ISO 8601-2 (EDTF) levels 0 and 1 as
listed below; the other functions write a date as newspapers in the language do. Patterns and ranges are messages
of the catalog (CLDR patterns with the context "date pattern"), month and weekday names come from CLDR.

    2019-02-03  2019-02  1991         day, month, year (0001 to 9999)
    XXXX-02-03  XXXX-10  XXXX         the year is not stated; nothing is known
    201X  19XX  2019-XX  2019-02-XX   decade, century, and a part that is not stated
    2019-21 ... 2019-24               spring, summer, autumn, winter
    2019-02-03?  2019-02~  1991%      the year is inferred; approximate; both
    2019-02-03/2019-02-05             interval; an end may be ".." (open) or empty (unknown)

Years before 1 and after 9999, and qualifiers on a part of a date (level 2), are refused.
"""

from __future__ import annotations

import calendar
import functools
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from gettext import NullTranslations

from babel.dates import format_date, format_datetime

from feeder.errors import DateError
from feeder.language.locales import catalog
from feeder.model import Edtf, Locale, Week

_POINT = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX|XXXX)"
    r"(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?"
    r"(?P<mark>[?~%]?)"
)
_FORMS = "write 2019-02-03, 2019-02, 2019, or XXXX-02-03 when the year is not stated"
_LEAP = 2000  #: stands in for a year that is not stated, so that February 29 exists
_SEASONS = range(21, 25)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """One date, as precise as it was stated."""

    year: int | None = None  #: the first one of a decade or century
    years: int = 1  #: 10 for a decade, 100 for a century
    month: int | None = None  #: 1 to 12, 21 to 24 for a season
    day: int | None = None
    inferred: bool = False
    approximate: bool = False

    @property
    def plain(self) -> bool:
        return not self.inferred and not self.approximate

    @property
    def unknown(self) -> bool:
        return self.year is None and self.month is None

    @property
    def season(self) -> bool:
        return self.month in _SEASONS

    @property
    def sample(self) -> date:
        """A real day to hand to a pattern that shows only what is known."""
        month = self.month if self.month and not self.season else 1
        return date(self.year or _LEAP, month, self.day or 1)

    @property
    def first(self) -> tuple[int, int, int]:
        return self.sample.year, self.sample.month, self.sample.day

    @property
    def last(self) -> tuple[int, int, int]:
        month = self.month if self.month and not self.season else 12
        return self.sample.year + self.years - 1, month, self.day or 31

    @property
    def shape(self) -> str:
        """What is stated: "ymd", "md", "ym", "m", "y"; "s" for a season, "Y" for a decade or century."""
        if self.season:
            return "s"
        parts = (("y" if self.years == 1 else "Y", self.year), ("m", self.month), ("d", self.day))
        return "".join(letter for letter, value in parts if value is not None)


_UNKNOWN = _Point()


# --- EDTF in -------------------------------------------------------------------------------------


def parse(text: str) -> Edtf:
    """Check a date in EDTF. Raises DateError with one line that says what to write instead."""
    stripped = text.strip()
    _read(stripped)
    return Edtf(stripped)


def iso(value: Edtf) -> str | None:
    """The same date for `<time datetime>` of HTML ("2019-02-03", "2019-02", "1991", without a year "02-03").

    None when HTML has no form for it: intervals, months without a year, seasons, decades, and dates that are inferred
    or approximate, because a machine would take them for certain.
    """
    read = _read(value)
    if not isinstance(read, _Point) or not read.plain:
        return None
    year, month, day = f"{read.year or 0:04d}", f"{read.month or 0:02d}", f"{read.day or 0:02d}"
    forms = {"ymd": f"{year}-{month}-{day}", "ym": f"{year}-{month}", "y": year, "md": f"{month}-{day}"}
    return forms.get(read.shape)


@functools.lru_cache(maxsize=4096)
def _read(text: str) -> _Point | tuple[_Point | None, _Point | None]:
    """A point, or the two ends of an interval; None is an open end."""
    if "/" not in text:
        return _point(text, text)
    start, _, end = text.partition("/")
    ends = _end(start, text), _end(end, text)
    if all(end is None or end.unknown for end in ends):
        raise _error(text, "is an interval without a date")
    first, last = ends
    if first and last and first.year and last.year and first.first > last.last:
        raise _error(text, "ends before it begins")
    return ends


def _end(text: str, whole: str) -> _Point | None:
    if text == "..":
        return None
    return _point(text, whole) if text else _UNKNOWN


def _point(text: str, whole: str) -> _Point:
    match = _POINT.fullmatch(text)
    if match is None:
        raise _error(whole, f"is not a date; {_FORMS}")
    year, month, day = match["year"], _number(match["month"]), _number(match["day"])
    years = 10 ** year.count("X")
    made = _Point(
        year=None if year == "XXXX" else int(year.replace("X", "0")),
        years=years if year != "XXXX" else 1,
        month=month,
        day=day,
        inferred=match["mark"] in {"?", "%"},
        approximate=match["mark"] in {"~", "%"},
    )
    _check(made, whole)
    return made


def _number(digits: str | None) -> int | None:
    return None if digits is None or digits == "XX" else int(digits)


def _check(point: _Point, text: str) -> None:
    """Raise DateError for a date that no calendar has."""
    if point.year == 0 and point.years == 1:
        raise _error(text, "has the year 0; years are counted from 0001")
    if point.month is None:
        if point.day is not None:
            raise _error(text, "has a day without its month")
        return
    if point.years > 1:
        raise _error(text, "has a month, but no definite year")
    if point.season:
        _check_season(point, text)
    elif not 1 <= point.month <= 12:
        raise _error(text, f"has no such month: {point.month:02d}")
    elif point.day is not None and not 1 <= point.day <= calendar.monthrange(point.year or _LEAP, point.month)[1]:
        raise _error(text, f"is a day that does not exist: the month has no day {point.day}")


def _check_season(point: _Point, text: str) -> None:
    if point.day is not None:
        raise _error(text, "has a day in a season; give its month")
    if point.year is None:
        raise _error(text, "is a season without a year")


def _error(text: str, reason: str) -> DateError:
    shown = text if len(text) <= 40 else text[:39] + "…"
    return DateError(f"date {shown!r} {reason}")


# --- words out -----------------------------------------------------------------------------------


def long(day: date, locale: Locale) -> str:
    """For titles and prose: "February 3, 2019", "2019 жылғы 3 ақпан", "3 февраля 2019 года"."""
    return _format(day, catalog(locale).pgettext("date pattern", "MMMM d, y"), locale)


def byline(day: date, locale: Locale) -> str:
    """For lists and bylines: "Feb 3, 2019", "3 ақпан 2019", "3 февраля 2019"."""
    return _format(day, catalog(locale).pgettext("date pattern", "MMM d, y"), locale)


def full(day: date, locale: Locale) -> str:
    """With the weekday: "Sunday, February 3, 2019"."""
    return _format(day, catalog(locale).pgettext("date pattern", "EEEE, MMMM d, y"), locale)


def month(day: date, locale: Locale) -> str:
    """The month of a day, short, as it stands alone: "Nov 2026", "қар. 2026", "нояб. 2026"."""
    return _format(day, catalog(locale).pgettext("date pattern", "LLL y"), locale)


def date_time(moment: datetime, locale: Locale) -> str:
    """The moment on the clock of its own zone: "June 27, 2022, 14:01 (UTC+6)". Raises DateError without a zone.

    The offset is written, not the zone's name: Babel's Russian names say "summer time" where there is none.
    """
    offset = moment.utcoffset()
    if offset is None:
        raise DateError(f"{moment.isoformat()} has no time zone")
    pattern = catalog(locale).pgettext("date pattern", "MMMM d, y, HH:mm")
    return f"{format_datetime(moment.replace(tzinfo=None), pattern, locale=locale)} ({_zone(offset)})"


def _zone(offset: timedelta) -> str:
    """ "UTC+6", "UTC+5:30", "UTC"; seconds of local mean time are rounded away."""
    minutes = round(offset.total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def week_range(week: Week, locale: Locale) -> str:
    """The days of an ISO week: "February 4–10, 2019", "2019 жылғы 4–10 ақпан"."""
    return date_range(week.monday, week.sunday, locale)


def date_range(first: date, last: date, locale: Locale) -> str:
    """Two days, both inclusive, naming once what they share. Raises DateError when the last is the earlier one."""
    if last < first:
        raise DateError(f"the range {first}/{last} ends before it begins")
    if first == last:
        return long(first, locale)
    words = catalog(locale)
    if (first.year, first.month) == (last.year, last.month):
        message = words.pgettext("date range", "{m} {d1}–{d2}, {y}")
    elif first.year == last.year:
        message = words.pgettext("date range", "{m1} {d1} – {m2} {d2}, {y}")
    else:
        message = words.pgettext("date range", "{m1} {d1}, {y1} – {m2} {d2}, {y2}")
    return _fill_range(message, first, last, "MMMM", locale)


def years(since: date | None, until: date, locale: Locale) -> str:
    """A time of years: "2019–2022"; "1991 and earlier" when its beginning is not known."""
    first = f"{since.year:04d}" if since else ".."
    return words(Edtf(f"{first}/{until.year:04d}"), locale)


def words(value: Edtf, locale: Locale, *, note: bool = True) -> str:
    """An EDTF date in words: "February 3 (year not stated)", "around February 2019", "1991".

    `note=False` leaves out "(year not stated)", for running lists. That a year is inferred is always said.
    """
    read = _read(value)
    if isinstance(read, _Point):
        return _marked(_base(read, locale), read, catalog(locale), note=note)
    start, end = read
    if start and end and not start.unknown and not end.unknown:
        return _between(start, end, locale, note=note)
    return _half_open(start, end, locale, note=note)


def prose(value: Edtf, locale: Locale) -> str:
    """The date as part of a sentence: "in October", "қазан айында", "в октябре"; where no form is known, as `words`."""
    read = _read(value)
    if not isinstance(read, _Point) or not read.plain:
        return words(value, locale)
    said = catalog(locale)
    if read.shape == "m":
        return _in_month(read.sample.month, said)
    if read.shape == "ym":
        message = said.pgettext("date prose", "{in_month} {year}")
        return message.format(in_month=_in_month(read.sample.month, said), year=read.year)
    if read.shape == "y":
        return said.pgettext("date prose", "in {year}").format(year=read.year)
    if read.shape in {"ymd", "md"}:
        return said.pgettext("date prose", "on {date}").format(date=words(value, locale, note=False))
    return words(value, locale)


# --- the parts of words --------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)  # a list shows few days many times, and Babel takes them apart each time
def _format(day: date, pattern: str, locale: Locale) -> str:
    return format_date(day, pattern, locale=locale)


def _fill_range(message: str, first: date, last: date, month: str, locale: Locale) -> str:
    m1, m2 = _format(first, month, locale), _format(last, month, locale)
    values = {"m": m1, "m1": m1, "m2": m2, "d1": first.day, "d2": last.day}
    return message.format(**values, y=first.year, y1=first.year, y2=last.year)


def _base(point: _Point, locale: Locale) -> str:
    """A date without its marks."""
    said = catalog(locale)
    patterns = {
        "ymd": said.pgettext("date pattern", "MMMM d, y"),
        "md": said.pgettext("date pattern", "MMMM d"),
        "ym": said.pgettext("date pattern", "MMMM y"),
        "m": said.pgettext("date pattern", "LLLL"),
        "y": said.pgettext("date pattern", "y"),
    }
    if point.shape in patterns:
        return _format(point.sample, patterns[point.shape], locale)
    if point.season:
        return _season(point, said)
    return _years(point, said) if point.year is not None else said.gettext("Date unknown")


def _season(point: _Point, said: NullTranslations) -> str:
    messages = {
        21: said.pgettext("date season", "spring {year}"),
        22: said.pgettext("date season", "summer {year}"),
        23: said.pgettext("date season", "autumn {year}"),
        24: said.pgettext("date season", "winter {year}"),
    }
    return messages[point.month or 0].format(year=point.year)


def _years(point: _Point, said: NullTranslations) -> str:
    """A decade or a century. "The 20th century" would be another hundred years than 19XX."""
    if point.years == 10:
        return said.pgettext("date range", "{year}s").format(year=f"{point.year:04d}")
    return said.pgettext("date range", "{y1}–{y2}").format(y1=f"{point.year:04d}", y2=f"{point.last[0]:04d}")


def _marked(text: str, point: _Point, said: NullTranslations, *, note: bool) -> str:
    """The date with what is to be said about its certainty."""
    if point.unknown:
        return text
    if point.approximate:
        text = said.gettext("around {date}").format(date=text)
    if note and point.shape == "md":
        text = said.gettext("{date} (year not stated)").format(date=text)
    if point.inferred and point.year is not None:
        return said.gettext("{date} (year inferred)").format(date=text)
    return said.gettext("{date} (uncertain)").format(date=text) if point.inferred else text


def _between(start: _Point, end: _Point, locale: Locale, *, note: bool) -> str:
    said = catalog(locale)
    if start == end:
        return _marked(_base(start, locale), start, said, note=note)
    if (start.inferred, start.approximate, start.shape) == (end.inferred, end.approximate, end.shape):
        short = _short_range(start, end, locale)
        if short:
            return _marked(short, start, said, note=note)
    a, b = (_marked(_base(point, locale), point, said, note=note) for point in (start, end))
    return said.pgettext("date range", "{a} – {b}").format(a=a, b=b)


def _short_range(start: _Point, end: _Point, locale: Locale) -> str:
    """A range that names what both ends share once; "" where the language has no shorter form."""
    said = catalog(locale)
    if start.shape == "ymd":
        return date_range(start.sample, end.sample, locale)
    if start.shape == "y":
        return said.pgettext("date range", "{y1}–{y2}").format(y1=start.year, y2=end.year)
    if start.shape == "ym" and start.year == end.year:
        message = said.pgettext("date range", "{m1} – {m2} {y}")
        return _fill_range(message, start.sample, end.sample, said.pgettext("date pattern", "LLLL"), locale)
    if start.shape == "md":
        return _yearless_range(start.sample, end.sample, locale)
    return ""


def _yearless_range(first: date, last: date, locale: Locale) -> str:
    said = catalog(locale)
    if first.month == last.month and first.day < last.day:
        message = said.pgettext("date range", "{m} {d1}–{d2}")
    else:
        message = said.pgettext("date range", "{m1} {d1} – {m2} {d2}")
    return _fill_range(message, first, last, "MMMM", locale)


def _half_open(start: _Point | None, end: _Point | None, locale: Locale, *, note: bool) -> str:
    """An interval with one date; the messages keep it in the nominative, which needs no inflection."""
    said = catalog(locale)
    known = next(point for point in (start, end) if point and not point.unknown)
    date_text = _marked(_base(known, locale), known, said, note=note)
    if end is None:
        message = said.pgettext("date range", "{date} and later")
    elif start is None:
        message = said.pgettext("date range", "{date} and earlier")
    elif end.unknown:
        message = said.pgettext("date range", "{date} – end unknown")
    else:
        message = said.pgettext("date range", "beginning unknown – {date}")
    return message.format(date=date_text)


def _in_month(month: int, said: NullTranslations) -> str:
    """ "in October": Russian needs the prepositional case, which CLDR does not have."""
    messages = (
        said.pgettext("date prose", "in January"),
        said.pgettext("date prose", "in February"),
        said.pgettext("date prose", "in March"),
        said.pgettext("date prose", "in April"),
        said.pgettext("date prose", "in May"),
        said.pgettext("date prose", "in June"),
        said.pgettext("date prose", "in July"),
        said.pgettext("date prose", "in August"),
        said.pgettext("date prose", "in September"),
        said.pgettext("date prose", "in October"),
        said.pgettext("date prose", "in November"),
        said.pgettext("date prose", "in December"),
    )
    return messages[month - 1]
