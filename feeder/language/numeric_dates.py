"""Dates written in numbers: "06/27/2022", "15.01.2026", "2022-06-27"."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from feeder.errors import DateError

Order = Literal["mdy", "dmy", ""]  #: "" when the publisher's order is not known

PATTERN = r"\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})"

_PARTS = re.compile(r"(\d+)([./-])(\d+)\2(\d+)")


def read(text: str, order: Order = "") -> date:
    """The day a numeric date means: by what is possible, then by the publisher's order.

    Dots are written day first everywhere we know of, so they need no order. Raises DateError for
    what is no day, and for what could be two days.
    """
    match = _PARTS.fullmatch(text)
    if match is None:
        raise DateError(f"not a numeric date: {text!r}")
    first, mark, second, third = match.groups()
    if len(first) == 4:
        return _day(int(first), int(second), int(third), text)
    if len(third) != 4:
        raise DateError(f"the year has two digits: {text!r}")
    return _choose(int(first), int(second), int(third), order or ("dmy" if mark == "." else ""), text)


def _choose(first: int, second: int, year: int, order: Order, text: str) -> date:
    if first == second or second > 12:
        return _day(year, first, second, text)
    if first > 12 or order == "dmy":
        return _day(year, second, first, text)
    if order == "mdy":
        return _day(year, first, second, text)
    raise DateError(f"ambiguous date, day or month may come first: {text!r}")


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise DateError(f"no such day: {text!r}") from None
