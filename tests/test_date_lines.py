"""Dates of a page are read by what is possible, and never guessed."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feeder.articles import date_lines
from feeder.errors import DateError
from feeder.language import numeric_dates

ALMATY = ZoneInfo("Asia/Almaty")


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("06/27/2022", "", "2022-06-27"),
        ("27/06/2022", "mdy", "2022-06-27"),
        ("06/27/2022", "dmy", "2022-06-27"),
        ("01/06/2022", "dmy", "2022-06-01"),
        ("01/06/2022", "mdy", "2022-01-06"),
        ("05/05/2022", "", "2022-05-05"),
        ("04.05.2022", "", "2022-05-04"),
        ("2022-06-01", "", "2022-06-01"),
    ],
)
def test_numeric_dates_are_read_by_possibility_then_by_order(text: str, order: Any, day: str) -> None:
    assert numeric_dates.read(text, order).isoformat() == day


@pytest.mark.parametrize("text", ["01/06/2022", "31/02/2022", "27.06.22", "2022-13-01", "00/00/2022", "June"])
def test_a_numeric_date_that_is_unclear_is_an_error_never_a_guess(text: str) -> None:
    with pytest.raises(DateError):
        numeric_dates.read(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("06/27/2022, 10.01", "2022-06-27T10:01:00+06:00"),
        ("15.01.2026, 11:07", "2026-01-15T11:07:00+05:00"),
        ("04.05.2022ж. 20:00", "2022-05-04T20:00:00+06:00"),
        ("24.02.2023 | 23:51", "2023-02-24T23:51:00+06:00"),
        ("26 Желтоқсан, 2012", "2012-12-26T00:00:00+06:00"),
        ("30 қаңтар, 2026 сағат 13:48", "2026-01-30T13:48:00+05:00"),
        ("2022 жылғы 27 маусым", "2022-06-27T00:00:00+06:00"),
        ("14:30, 15 марта 2021", "2021-03-15T14:30:00+06:00"),
        ("Опубликовано: 27 июня 2022 г., 10:01", "2022-06-27T10:01:00+06:00"),
        ("Mon, Jun 27, 2022, 10:01", "2022-06-27T10:01:00+06:00"),
        ("Mon, 27 Jun 2022 10:01:00 +0200", "2022-06-27T10:01:00+02:00"),
        ("пн, 27 июня 2022, 10:01", "2022-06-27T10:01:00+06:00"),
        ("понедельник, 27 июня 2022", "2022-06-27T00:00:00+06:00"),
        ("November 29, 2021 12:45 GMT", "2021-11-29T12:45:00+00:00"),
        ("Published June 27, 2022 at 10:01 pm", "2022-06-27T22:01:00+06:00"),
        ("2022-06-27T10:01:00+02:00", "2022-06-27T10:01:00+02:00"),
    ],
)
def test_a_line_that_is_a_date_is_read_in_three_languages(text: str, moment: str) -> None:
    found = date_lines.read(text, order="", zone=ALMATY)
    assert found is not None
    assert found.moment is not None
    assert found.moment.isoformat() == moment


@pytest.mark.parametrize("text", ["In 2022, on 27 June, it rained.", "27 маусымда", "500", "June 2022"])
def test_a_line_with_more_than_a_whole_date_is_none(text: str) -> None:
    assert date_lines.read(text, order="", zone=ALMATY) is None


@pytest.mark.parametrize("text", ["27 июня", "June 27", "01/06/2022, 10:05", "27.06.2022, 25:61"])
def test_a_date_that_is_unclear_is_a_problem_never_a_guess(text: str) -> None:
    found = date_lines.read(text, order="", zone=ALMATY)
    assert found is not None
    assert found.moment is None
    assert found.problem
