"""When the clock rings: by day name, in the site's zone, once a week whatever the clocks on the wall do."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import scheduler
from feeder.config import DAYS
from feeder.model import Week
from feeder.store.runs import Run

ALMATY = ZoneInfo("Asia/Almaty")
ZONES = [ZoneInfo(name) for name in ("Asia/Almaty", "Europe/Berlin", "America/Havana", "Pacific/Chatham", "UTC")]
MOMENTS = st.integers(0, 20 * 366 * 86400).map(
    lambda seconds: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
TIMES = st.builds(
    lambda day, hour, minute: f"{day} {hour:02}:{minute:02}",
    st.sampled_from(DAYS),
    st.integers(0, 23),
    st.integers(0, 59),
)


def rings(when: str, zone: str, start: str, number: int = 3) -> list[str]:
    """The next rings after a moment, in UTC, as the library would ask for them."""
    trigger, found = scheduler.Weekly(when, ZoneInfo(zone)), []
    last: datetime | None = None
    now = datetime.fromisoformat(start)
    for _ in range(number):
        last = trigger.get_next_fire_time(last, now)
        found.append(last.strftime("%a %Y-%m-%d %H:%MZ"))
    return found


@pytest.mark.parametrize("number", range(7))
def test_day_names_mean_the_days_they_name(number: int) -> None:
    """ "mon" is Monday: no number of crontab's, which mean other days to the library, can get in between."""
    day = scheduler.next_due(f"{DAYS[number]} 08:00", ALMATY, datetime(2026, 11, 14, tzinfo=UTC)).astimezone(ALMATY)
    assert (day.weekday(), day.hour, day.minute) == (number, 8, 0)


def test_a_ring_follows_the_clock_on_the_wall_through_kazakhstans_change() -> None:
    """Almaty was at UTC+6 until the first of March 2024: 08:00 was 02:00 in UTC, and is 03:00 since."""
    assert rings("fri 08:00", "Asia/Almaty", "2024-02-22T00:00+00:00") == [
        "Fri 2024-02-23 02:00Z",
        "Fri 2024-03-01 03:00Z",
        "Fri 2024-03-08 03:00Z",
    ]


def test_an_hour_that_happens_twice_rings_once() -> None:
    """In Almaty 23:30 came twice on 29 February 2024, in Berlin 02:30 does each autumn: the first time counts."""
    assert rings("thu 23:30", "Asia/Almaty", "2024-02-28T00:00+00:00") == [
        "Thu 2024-02-29 17:30Z",
        "Thu 2024-03-07 18:30Z",
        "Thu 2024-03-14 18:30Z",
    ]
    assert rings("sun 02:30", "Europe/Berlin", "2026-10-24T00:00+00:00", 2) == [
        "Sun 2026-10-25 00:30Z",
        "Sun 2026-11-01 01:30Z",
    ]


def test_between_the_two_hours_the_ring_is_over() -> None:
    """Started again in the second 23:30, the scheduler does not ring for it."""
    assert rings("thu 23:30", "Asia/Almaty", "2024-02-29T17:45+00:00", 1) == ["Thu 2024-03-07 18:30Z"]


def test_an_hour_that_never_happens_rings_after_the_jump() -> None:
    """In spring 02:30 does not exist in Berlin: the digest comes at 03:30, and not a week later."""
    assert rings("sun 02:30", "Europe/Berlin", "2027-03-22T00:00+00:00", 2) == [
        "Sun 2027-03-28 01:30Z",
        "Sun 2027-04-04 00:30Z",
    ]
    assert rings("sun 00:30", "America/Havana", "2027-03-13T00:00+00:00", 1) == ["Sun 2027-03-14 05:30Z"]


@given(when=TIMES, zone=st.sampled_from(ZONES), now=MOMENTS)
def test_now_is_always_between_two_rings(when: str, zone: ZoneInfo, now: datetime) -> None:
    """The last ring is not after now, the next is, and between them lies about a week and no other ring."""
    last, following = scheduler.last_due(when, zone, now), scheduler.next_due(when, zone, now)
    assert last <= now < following
    assert scheduler.next_due(when, zone, last) == following
    assert timedelta(days=6, hours=22) <= following - last <= timedelta(days=7, hours=2)


def test_a_ring_at_this_very_moment_is_due() -> None:
    """The minute itself belongs to the ring: neither the library nor the look back may lose it."""
    now = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
    assert scheduler.last_due("mon 08:00", ALMATY, now) == now
    assert scheduler.Weekly("mon 08:00", ALMATY).get_next_fire_time(None, now) == now


def run(slot: str, state: str = "done", why: str = "", ended: str = "2026-11-16T03:05+00:00") -> Run:
    at = datetime.fromisoformat(ended)
    return Run(job="digest", slot=slot, state=state, started=at, ended=at, why=why)


def outstanding(now: str, *known: Run, when: str = "mon 08:00", hold_after: int = 48) -> list[tuple[str, str]]:
    found = scheduler.outstanding(
        when, ALMATY, datetime.fromisoformat(now), timedelta(hours=hold_after), {one.slot: one for one in known}
    )
    assert all(bool(one.why) == (one.verdict != "make") for one in found)
    return [(str(one.week), one.verdict) for one in found]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-16T07:59+05:00", []),  # not due yet
        ("2026-11-16T08:00+05:00", [("2026-W46", "make")]),  # the minute it is due
        ("2026-11-18T08:00+05:00", [("2026-W46", "make")]),  # two days later: caught up
        ("2026-11-18T08:01+05:00", [("2026-W46", "held")]),  # a reader would wonder
        ("2026-11-22T23:00+05:00", [("2026-W46", "held")]),
        ("2026-11-23T09:00+05:00", [("2026-W46", "skipped"), ("2026-W47", "make")]),
        ("2026-12-03T09:00+05:00", [("2026-W46", "skipped"), ("2026-W47", "skipped"), ("2026-W48", "held")]),
    ],
)
def test_a_digest_missed_while_nothing_ran_is_caught_up_or_put_down(now: str, expected: list[tuple[str, str]]) -> None:
    """Until [digest] hold_after; each that was missed has a record and a reason, in the order in which they were due."""
    assert outstanding(now, run("2026-W45")) == expected


def test_what_was_never_begun_is_not_missed() -> None:
    """A site that is started for the first time makes the digest that is due, and no record of those it never had."""
    assert outstanding("2026-11-17T08:00+05:00") == [("2026-W46", "make")]
    assert outstanding("2026-11-20T08:00+05:00") == []


@pytest.mark.parametrize("state", ["done", "empty", "held", "skipped"])
def test_what_is_over_is_not_done_again(state: str) -> None:
    assert outstanding("2026-11-16T09:00+05:00", run("2026-W46", state)) == []


@pytest.mark.parametrize("state", ["failed", "taken"])
def test_what_is_not_over_is_tried_until_its_time_is_over(state: str) -> None:
    """And then put down with the reason for which it failed."""
    record = run("2026-W46", state, "the disk is full")
    assert outstanding("2026-11-16T09:00+05:00", record) == [("2026-W46", "make")]
    late = datetime.fromisoformat("2026-11-19T09:00+05:00")
    (one,) = scheduler.outstanding("mon 08:00", ALMATY, late, timedelta(hours=48), {"2026-W46": record})
    assert (one.verdict, "the disk is full" in one.why, "--week 2026-W46 --send" in one.why) == ("held", True, True)


def test_a_week_found_empty_before_its_time_is_looked_at_again_at_its_time() -> None:
    """The operator tried on Sunday evening; on Monday there is news."""
    early = run("2026-W46", "empty", "no stories", "2026-11-15T20:00+05:00")
    assert outstanding("2026-11-16T08:00+05:00", early) == [("2026-W46", "make")]


def test_a_schedule_that_is_changed_makes_no_week_twice() -> None:
    """Neither when the new time of the running week is over already, nor when it is still to come."""
    for now in ("2026-11-18T12:00+05:00", "2026-11-20T18:00+05:00"):
        assert outstanding(now, run("2026-W45"), run("2026-W46"), when="fri 18:00") == []


def test_half_a_year_is_looked_back_on_at_most() -> None:
    found = outstanding("2027-11-15T09:00+05:00", run("2026-W45"))
    assert len(found) == 27
    assert [verdict for _, verdict in found] == ["skipped"] * 26 + ["make"]


@given(when=TIMES, zone=st.sampled_from(ZONES), now=MOMENTS, weeks=st.integers(1, 5))
def test_after_any_pause_every_week_has_one_verdict(when: str, zone: ZoneInfo, now: datetime, weeks: int) -> None:
    """Whatever the clocks do meanwhile: none is left out, none comes twice, and only the last is made or held."""
    last = scheduler.week_for(scheduler.last_due(when, zone, now), zone)
    first = last
    for _ in range(weeks):
        first = first.previous()
    found = scheduler.outstanding(when, zone, now, timedelta(hours=48), {str(first): run(str(first))})
    told: list[str] = []
    week = last
    for _ in range(weeks):
        told.insert(0, str(week))
        week = week.previous()
    assert [str(one.week) for one in found] == told
    assert [one.verdict for one in found[:-1]] == ["skipped"] * (weeks - 1)
    assert found[-1].verdict in ("make", "held")


def test_a_start_on_the_day_of_the_change_finds_the_last_ring() -> None:
    """The repeated hour once kept a search for the last ring from ever ending."""
    berlin = ZoneInfo("Europe/Berlin")
    assert scheduler.last_due("sun 02:30", berlin, datetime(2026, 10, 25, 12, tzinfo=UTC)) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        ("2026-11-16T00:00+05:00", "2026-W46"),  # Monday has begun here, and in UTC it is Sunday
        ("2026-11-15T23:59+05:00", "2026-W45"),  # the week is not over yet
        ("2026-01-01T08:00+05:00", "2025-W52"),
        ("2027-01-03T23:00+05:00", "2026-W52"),  # the last day of 2026-W53
    ],
)
def test_a_digest_tells_of_the_last_week_that_is_over_here(moment: str, week: str) -> None:
    """What is over is decided by the site's own calendar."""
    assert scheduler.week_for(datetime.fromisoformat(moment), ALMATY) == Week.parse(week)


def test_the_digest_of_a_week_falls_into_the_week_after() -> None:
    """Whatever the day in the schedule, each ring tells of the week before its own."""
    for day in DAYS:
        due = scheduler.next_due(f"{day} 08:00", ALMATY, datetime(2026, 11, 15, 20, tzinfo=UTC))
        assert scheduler.week_for(due, ALMATY) == Week.of(date(2026, 11, 10))


def test_a_job_that_is_late_is_late_and_not_dropped() -> None:
    """A ring that could not be heard in time, as on a machine that slept, is made up for: once, however many were missed."""
    rung: list[str] = []
    heard = threading.Event()

    def digest() -> None:
        rung.append("digest")
        heard.set()

    clock = scheduler.start(lambda: None, digest, every=3600, when="mon 08:00", zone=ALMATY)
    try:
        clock.modify_job("digest", next_run_time=datetime.now(UTC) - timedelta(days=15))
        assert heard.wait(10), "the late digest was dropped"
        time.sleep(0.2)
        assert rung == ["digest"]
        assert clock.get_job("digest").next_run_time > datetime.now(UTC)
    finally:
        clock.shutdown(wait=True)


def test_builds_ring_on_their_interval() -> None:
    """And a build that takes longer than the interval is never run twice at a time."""
    running, most, rung = [], [], threading.Semaphore(0)

    def build() -> None:
        running.append(1)
        most.append(len(running))
        time.sleep(1.2)
        running.pop()
        rung.release()

    clock = scheduler.start(build, lambda: None, every=1, when="mon 08:00", zone=ALMATY)
    try:
        assert all(rung.acquire(timeout=10) for _ in range(2))
        assert max(most) == 1
    finally:
        clock.shutdown(wait=True)
