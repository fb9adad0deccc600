"""The front page's map and chart: which weeks, which months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from examples import entries, entry, place

from feeder.model import Entry
from feeder.pages import front

ALMATY = ZoneInfo("Asia/Almaty")
PLACES = [place(key, "en") for key in ("kz", "kz-almaty", "kz-astana", "cn-ghulja", "cn-xinjiang")]
AREAS = {"kz", "cn-xinjiang"}


def weeks_ago(story: Entry, weeks: int) -> Entry:
    return replace(story, id=f"{story.id}-{weeks}", published=story.published - timedelta(weeks=weeks))


def shown(stories: list[Entry]) -> tuple[set[str], date, date]:
    made = front.week_map(stories, PLACES, AREAS, ALMATY)
    assert made is not None
    return {mark.spot.place.id for mark in made.drawing.marks}, made.first, made.last


def test_the_map_shows_the_places_of_the_newest_week_alone() -> None:
    stories = [*entries("en"), weeks_ago(entry("en", "hearing"), 1)]
    assert shown(stories) == (
        {"kz-almaty", "kz-astana", "cn-ghulja", "cn-xinjiang"},
        date(2026, 11, 9),
        date(2026, 11, 15),
    )


def test_a_week_with_hardly_a_place_is_shown_with_those_before_it() -> None:
    stories = [entry("en", "poster"), weeks_ago(entry("en", "vigil"), 1), weeks_ago(entry("en", "hearing"), 2)]
    assert shown(stories) == ({"kz-almaty", "cn-ghulja", "cn-xinjiang"}, date(2026, 11, 2), date(2026, 11, 15))


def test_a_week_without_places_is_passed_over() -> None:
    stories = [replace(entry("en"), places=()), weeks_ago(entry("en", "vigil"), 1)]
    assert shown(stories)[1:] == (date(2026, 11, 2), date(2026, 11, 8))


def test_without_places_there_is_no_map() -> None:
    assert front.week_map([], PLACES, AREAS, ALMATY) is None
    assert front.week_map([replace(entry("en"), places=())], PLACES, AREAS, ALMATY) is None


def test_months_without_stories_are_told_too() -> None:
    """Newest first, from the first story on: a chart that left months out would lie."""
    days = [date(2026, 11, 30), date(2026, 11, 1), date(2026, 9, 3)]
    assert front.months(days) == [(date(2026, 11, 1), 2), (date(2026, 10, 1), 0), (date(2026, 9, 1), 1)]


def test_twelve_months_are_enough() -> None:
    made = front.months(date(2020 + n // 12, n % 12 + 1, 5) for n in range(40))
    assert len(made) == front.MONTHS == 12
    assert (made[0], made[-1]) == ((date(2023, 4, 1), 1), (date(2022, 5, 1), 1))
    assert front.months([]) == []
