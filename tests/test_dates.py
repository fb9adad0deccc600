"""Dates in three languages: what the vectors say, what EDTF allows, what may never happen."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import DateError
from feeder.language import dates
from feeder.language.locales import LOCALES
from feeder.model import Edtf, Locale, Week

VECTORS = Path(__file__).parent / "data" / "l10n" / "date_vectors.tsv"
ALMATY = ZoneInfo("Asia/Almaty")
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def vectors() -> list[tuple[str, str, Locale, str]]:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [(row["case"], row["input"], locale, row[locale]) for row in rows for locale in LOCALES]


def said(case: str, given_text: str, locale: Locale) -> str:
    """What feeder writes for one row of the vectors."""
    kind, _, form = case.partition(".")
    if kind == "edtf":
        value = dates.parse(given_text)
        return dates.prose(value, locale) if form.endswith("prose") else _edtf(value, locale, form)
    if kind == "datetime":
        return dates.date_time(datetime.fromisoformat(given_text).astimezone(ALMATY), locale)
    if kind == "week":
        return dates.week_range(Week.parse(given_text.split()[0]), locale)
    if kind == "range":
        first, last = map(date.fromisoformat, given_text.split("/"))
        return dates.date_range(first, last, locale)
    return _date(form, given_text, locale)


def _edtf(value: Edtf, locale: Locale, form: str) -> str:
    return dates.words(value, locale, note=not form.endswith("short"))


def _date(form: str, text: str, locale: Locale) -> str:
    if form == "md":
        return dates.words(dates.parse("XXXX" + text[-6:]), locale, note=False)
    if form in {"my", "y"}:
        return dates.words(dates.parse(text[: {"my": 7, "y": 4}[form]]), locale)
    writer = {"full": dates.full, "long": dates.long, "byline": dates.byline}[form]
    return writer(date.fromisoformat(text), locale)


@pytest.mark.parametrize(("case", "given_text", "locale", "expected"), vectors())
def test_a_date_is_written_as_newspapers_write_it(case: str, given_text: str, locale: Locale, expected: str) -> None:
    assert said(case, given_text, locale) == expected


def test_all_vectors_are_tested() -> None:
    assert len(vectors()) == 67 * 3


# --- EDTF in -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2019-02-03", "2019-02", "1991", "0001", "9999-12-31", "2020-02-29", "XXXX-02-29", "XXXX-10", "XXXX", "XXXX-XX-XX",
        "201X", "19XX", "2019-XX", "2019-XX-XX", "2019-02-XX", "2019-21", "2019-24~", "2019-02-03?", "2019-02~", "1991%",
        "2019-02-03/2019-02-05", "2019-02-03/..", "../2019-02-03", "2019-02-03/", "/2019", "1930/1933~", "2019-02-03/2019",
        "XXXX-12-30/XXXX-01-02", "201X/2025",
    ],
)  # fmt: skip
def test_edtf_of_levels_0_and_1_is_read_and_said_in_every_language(text: str) -> None:
    value = dates.parse(text)
    assert value == text
    for locale in LOCALES:
        assert dates.words(value, locale).strip()
        assert dates.prose(value, locale).strip()


@pytest.mark.parametrize(
    "text",
    [
        "2019-02-30", "2019-02-29", "XXXX-02-30", "XXXX-04-31", "2019-13-01", "2019-00-01", "2019-01-00", "0000", "0000-01-01",
        "XXXX-XX-03", "2019-XX-03", "2019-25", "XXXX-21", "2019-21-03", "201X-02", "19XX-02-03",
        "", "  ", "/", "../..", "../", "XXXX/", "2019-02-05/2019-02-03", "2020/2019", "2019/2020/2021",
        "--02-03", "2019-2-3", "20190203", "03.02.2019", "02/03/2019", "February 3", "2019-02-03T00:00:00Z", "2019-02-03??",
        "2019?-02-03", "xxxx-02-03", "-1985", "Y170000002", "٢٠١٩-٠٢-٠٣", "2019-02-03\n2019", "{2019,2020}", "2019-02-0X",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_in_one_clear_line(text: str) -> None:
    with pytest.raises(DateError) as caught:
        dates.parse(text)
    message = str(caught.value)
    assert message.startswith("date ")
    assert "\n" not in message
    assert len(message) < 160


def test_a_long_text_is_shortened_in_the_message() -> None:
    with pytest.raises(DateError) as caught:
        dates.parse("2019" * 1000)
    assert len(str(caught.value)) < 160


def test_white_space_around_a_date_is_dropped() -> None:
    assert dates.parse(" 2019-02-03\n") == "2019-02-03"


@given(st.text() | st.text(alphabet="0123456789X-/?~%.", max_size=24))
def test_reading_is_total(text: str) -> None:
    """Any text is a date that can be said in every language, or a DateError; never another exception."""
    try:
        value = dates.parse(text)
    except DateError:
        return
    for locale in LOCALES:
        assert dates.words(value, locale)
        assert dates.words(value, locale, note=False)
        assert dates.prose(value, locale)
    dates.iso(value)


@given(DAYS, st.sampled_from(["", "?", "~", "%"]))
def test_every_real_day_is_read(day: date, mark: str) -> None:
    assert dates.parse(day.isoformat() + mark) == day.isoformat() + mark
    assert dates.parse(f"XXXX-{day:%m-%d}{mark}") == f"XXXX-{day:%m-%d}{mark}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-02-03", "2019-02-03"), ("2019-02", "2019-02"), ("2019-02-XX", "2019-02"), ("1991", "1991"), ("1991-XX", "1991"),
        ("0033", "0033"), ("XXXX-02-03", "02-03"), ("XXXX-02-29", "02-29"), ("XXXX-10", None), ("XXXX", None), ("201X", None),
        ("2019-21", None), ("2019-02-03?", None), ("2019-02~", None), ("2019-02-03/2019-02-05", None), ("2019/..", None),
    ],
)  # fmt: skip
def test_machines_get_a_date_only_in_the_forms_of_html_and_only_when_it_is_certain(
    text: str, expected: str | None
) -> None:
    assert dates.iso(dates.parse(text)) == expected


# --- words out -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "en", "kk", "ru"),
    [
        (
            "XXXX-02-03/XXXX-02-05",
            "February 3–5 (year not stated)",
            "3–5 ақпан (жылы көрсетілмеген)",
            "3–5 февраля (год не указан)",
        ),
        (
            "2019-02-04?/2019-02-10?",
            "February 4–10, 2019 (year inferred)",
            "2019 жылғы 4–10 ақпан (жылы болжам бойынша)",
            "4–10 февраля 2019 года (год определён предположительно)",
        ),
        ("2019-02-04/2019-02-10", "February 4–10, 2019", "2019 жылғы 4–10 ақпан", "4–10 февраля 2019 года"),
        ("2019-10/2019-12", "October – December 2019", "2019 жылғы қазан – желтоқсан", "октябрь – декабрь 2019 года"),
        ("1930/1933", "1930–1933", "1930–1933 жылдар", "1930–1933 годы"),
        ("199X", "1990s", "1990-жылдар", "1990-е годы"),
        ("19XX", "1900–1999", "1900–1999 жылдар", "1900–1999 годы"),
        ("2019-21", "spring 2019", "2019 жылғы көктем", "весна 2019 года"),
        ("2017/..", "2017 and later", "2017 жыл және одан кейін", "2017 год и позднее"),
        ("../2017-02", "February 2017 and earlier", "2017 жылғы ақпан және одан бұрын", "февраль 2017 года и ранее"),
        (
            "2017-02-03/",
            "February 3, 2017 – end unknown",
            "2017 жылғы 3 ақпан – соңы белгісіз",
            "3 февраля 2017 года – окончание неизвестно",
        ),
        (
            "1991%",
            "around 1991 (year inferred)",
            "шамамен 1991 жыл (жылы болжам бойынша)",
            "примерно 1991 год (год определён предположительно)",
        ),
        ("XXXX", "Date unknown", "Күні белгісіз", "Дата неизвестна"),
        ("2019-02-03/2019-02-03", "February 3, 2019", "2019 жылғы 3 ақпан", "3 февраля 2019 года"),
    ],
)
def test_precision_is_kept_in_words(text: str, en: str, kk: str, ru: str) -> None:
    assert [dates.words(dates.parse(text), locale) for locale in ("en", "kk", "ru")] == [en, kk, ru]


@pytest.mark.parametrize(
    ("text", "en", "kk", "ru"),
    [
        ("2019-10", "in October 2019", "2019 жылғы қазан айында", "в октябре 2019 года"),
        ("1991", "in 1991", "1991 жылы", "в 1991 году"),
        ("2019-02-03", "on February 3, 2019", "2019 жылғы 3 ақпан күні", "3 февраля 2019 года"),
        ("XXXX-02-03", "on February 3", "3 ақпан күні", "3 февраля"),
    ],
)
def test_a_date_fits_into_a_sentence(text: str, en: str, kk: str, ru: str) -> None:
    assert [dates.prose(dates.parse(text), locale) for locale in ("en", "kk", "ru")] == [en, kk, ru]


def test_an_inferred_year_is_marked_even_in_a_running_list() -> None:
    assert dates.words(dates.parse("2019-02-03?"), "en", note=False) == "February 3, 2019 (year inferred)"


@given(DAYS, st.sampled_from(LOCALES))
def test_every_day_is_written_with_its_year_and_without_narrow_spaces(day: date, locale: Locale) -> None:
    for text in (dates.long(day, locale), dates.byline(day, locale), dates.full(day, locale)):
        assert str(day.year) in text
        assert str(day.day) in text.replace(str(day.year), "")
        assert "\u202f" not in text


@given(DAYS, st.sampled_from(LOCALES))
def test_two_days_are_never_written_alike(day: date, locale: Locale) -> None:
    assert dates.long(day, locale) != dates.long(day + timedelta(days=1), locale)


@given(DAYS, st.integers(0, 800), st.sampled_from(LOCALES))
def test_a_range_names_both_years_or_the_one_they_share_once(first: date, length: int, locale: Locale) -> None:
    last = first + timedelta(days=length)
    text = dates.date_range(first, last, locale)
    for year in {first.year, last.year}:
        assert text.count(str(year)) == 1
    assert ("–" in text) == (length > 0)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(DateError, match="ends before it begins"):
        dates.date_range(date(2019, 2, 4), date(2019, 2, 3), "en")


@given(st.dates(date(1970, 1, 5), date(2100, 12, 20)))
def test_a_week_is_the_iso_week_of_its_days(day: date) -> None:
    monday, sunday = Week.of(day).monday, Week.of(day).sunday
    assert dates.week_range(Week.of(day), "ru") == dates.date_range(monday, sunday, "ru")


_POINTS = st.builds(
    lambda day, form, mark: day.strftime(form) + mark,
    DAYS,
    st.sampled_from(["%Y-%m-%d", "%Y-%m", "%Y", "XXXX-%m-%d", "XXXX-%m", "%Y-%m-XX", "XXXX"]),
    st.sampled_from(["", "?", "~", "%"]),
)


@given(_POINTS, _POINTS | st.sampled_from(["", ".."]), st.booleans())
def test_every_date_that_is_allowed_can_be_said_in_every_language(start: str, end: str, interval: bool) -> None:
    try:
        value = dates.parse(f"{start}/{end}" if interval else start)
    except DateError:
        return
    for locale in LOCALES:
        for text in (dates.words(value, locale), dates.words(value, locale, note=False), dates.prose(value, locale)):
            assert text.strip()
            assert "X" not in text
    machine = dates.iso(value)
    assert machine is None or re.fullmatch(r"\d{4}(-\d\d){0,2}|\d\d-\d\d", machine)


@given(st.dates(date(1970, 1, 5), date(2100, 12, 20)), st.sampled_from(LOCALES))
def test_a_week_is_said_with_both_its_ends(day: date, locale: Locale) -> None:
    """Also over the end of a month or a year: both days, both months, both years stand in the words."""
    week = Week.of(day)
    text = dates.week_range(week, locale)
    for end in (week.monday, week.sunday):
        assert re.search(rf"(?<!\d){end.day}(?!\d)", text)
        assert dates.words(Edtf(f"XXXX-{end.month:02d}"), locale).casefold()[:2] in text.casefold()
        assert str(end.year) in text


@pytest.mark.parametrize(
    ("zone", "moment", "local"),
    [
        ("Asia/Almaty", "2024-02-29T17:59:59+00:00", "2024-02-29T23:59:59+06:00"),
        ("Asia/Almaty", "2024-02-29T18:00:00+00:00", "2024-02-29T23:00:00+05:00"),
        ("Asia/Qostanay", "2024-02-29T19:00:00+00:00", "2024-03-01T00:00:00+05:00"),
        ("Asia/Qyzylorda", "2018-12-20T17:59:59+00:00", "2018-12-20T23:59:59+06:00"),
        ("Asia/Qyzylorda", "2018-12-20T18:00:00+00:00", "2018-12-20T23:00:00+05:00"),
        ("Asia/Qyzylorda", "2024-03-01T00:00:00+00:00", "2024-03-01T05:00:00+05:00"),
        ("Asia/Oral", "2018-12-21T00:00:00+00:00", "2018-12-21T05:00:00+05:00"),
        ("Asia/Oral", "2024-03-01T00:00:00+00:00", "2024-03-01T05:00:00+05:00"),
        ("Asia/Urumqi", "2024-03-01T00:00:00+00:00", "2024-03-01T06:00:00+06:00"),
        ("Asia/Shanghai", "2024-03-01T00:00:00+00:00", "2024-03-01T08:00:00+08:00"),
    ],
)
def test_the_clocks_of_the_region_are_those_of_the_law(zone: str, moment: str, local: str) -> None:
    """Zone data older than 2024a would be an hour wrong."""
    assert datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).isoformat() == local


def test_kazakh_months_are_lower_case_and_russian_ones_in_the_genitive() -> None:
    assert dates.long(date(2021, 5, 9), "kk") == "2021 жылғы 9 мамыр"
    assert dates.words(dates.parse("2021-05"), "ru") == "май 2021 года"
    assert dates.long(date(2021, 5, 9), "ru") == "9 мая 2021 года"


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (timedelta(0), "(UTC)"),
        (timedelta(hours=5, minutes=30), "(UTC+5:30)"),
        (timedelta(hours=-3, minutes=-30), "(UTC-3:30)"),
        (timedelta(hours=5, minutes=7, seconds=48), "(UTC+5:08)"),
    ],
)
def test_the_zone_is_said_by_its_offset(offset: timedelta, expected: str) -> None:
    moment = datetime(2022, 6, 27, 8, 1, tzinfo=UTC).astimezone(timezone(offset))
    assert dates.date_time(moment, "en").endswith(expected)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(DateError, match="time zone"):
        dates.date_time(datetime(2022, 6, 27, 8, 1), "en")  # noqa: DTZ001  the point of the test
