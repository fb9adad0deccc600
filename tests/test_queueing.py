"""Who gets an issue, which amendments each is told, and what is held: on both engines."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import crowd
import pytest
import sqlalchemy as sa
from crowd import DUE, states
from walk import NOW

from feeder.jobs.sending.queueing import Queued, hold_late, order, queue
from feeder.model import Amendment, Issue, Week
from feeder.store import Store, deliveries, issues, lineage, subscribers
from feeder.store.tables import delivery, subscriber

W45, W46, W47 = (Week(2026, number) for number in (45, 46, 47))
HOURS = timedelta(hours=1)


def issue(week: Week = W46, locale: str = "en", stories: tuple[str, ...] = ("s",), *told: Amendment) -> Issue:
    return Issue(
        id=f"{week}-{locale}",
        week=week,
        locale=locale,
        subject="News",
        html="",
        text="",
        stories=stories,
        amendments=told,
        url="https://news.example.org/",
        dated=NOW,
    )


def made(store: Store, *all_: Issue, at: datetime = NOW) -> list[Issue]:
    with store.write() as connection:
        for one in all_:
            assert issues.put(connection, one, at)
    return list(all_)


def reader(store: Store, name: str, locale: str = "en", state: str = "active", confirmed: datetime | None = NOW) -> int:
    with store.write() as connection:
        row = subscribers.put(
            connection,
            name=name,
            email_hash=name,
            email=b"\0" + name.encode() + b"@example.org",
            locale=locale,
            state=state,  # type: ignore[arg-type]  # one of them
            now=NOW - 24 * HOURS,
            confirmed=confirmed,
            evidence={},
        )
    assert row is not None
    return row


def queued(store: Store, all_: list[Issue], now: datetime = NOW) -> Queued:
    return queue(store, all_, due=DUE, hold_after=48 * HOURS, now=now)


def got(store: Store) -> Counter[tuple[str, str]]:
    """(issue, subscriber) of every delivery."""
    rows = sa.select(delivery.c.issue, subscriber.c.name).join(subscriber, subscriber.c.id == delivery.c.subscriber)
    with store.read() as connection:
        return Counter((row.issue, row.name) for row in connection.execute(rows))


def told(store: Store, name: str) -> dict[str, list[int]]:
    """Subscriber -> places of the amendments in an issue."""
    rows = sa.select(subscriber.c.name, delivery.c.amendments).join(
        subscriber, subscriber.c.id == delivery.c.subscriber
    )
    with store.read() as connection:
        found = connection.execute(rows.where(delivery.c.issue == name))
        return {row.name: row.amendments for row in found}


def settle(store: Store, who: str, name: str, state: str, why: str = "") -> None:
    number = sa.select(subscriber.c.id).where(subscriber.c.name == who).scalar_subquery()
    with store.write() as connection:
        row = delivery.update().where(delivery.c.subscriber == number, delivery.c.issue == name)
        assert connection.execute(row.values(state=state, why=why).returning(delivery.c.id)).all()


# --- who ------------------------------------------------------------------------------------------


def test_active_readers_of_the_language_who_confirmed_in_time_get_an_issue(store: Store) -> None:
    """Nobody who has only asked, paused, left or bounced, and nobody who came after it was made."""
    made(store, issue())
    reader(store, "in-time")
    reader(store, "earlier", confirmed=NOW - HOURS)
    reader(store, "later", confirmed=NOW + timedelta(microseconds=1))
    reader(store, "kazakh", locale="kk")
    for state in ("pending", "paused", "left", "bounced", "complained"):
        reader(store, state, state=state, confirmed=None if state == "pending" else NOW)
    assert queued(store, [issue()]) == Queued(new=2, held=None)
    assert got(store) == {("2026-W46-en", "in-time"): 1, ("2026-W46-en", "earlier"): 1}


def test_queued_twice_nobody_is_there_twice(store: Store) -> None:
    made(store, issue())
    reader(store, "one")
    assert queued(store, [issue()]).new == 1
    assert queued(store, [issue()]).new == 0
    assert got(store).total() == 1


def test_who_changes_the_language_gets_one_issue_a_week(store: Store) -> None:
    """Whichever came first; and the next week's in the new language."""
    english, kazakh = made(store, issue(), issue(locale="kk"))
    row = reader(store, "one")
    queued(store, [english])
    with store.write() as connection:
        subscribers.change(connection, row, locale="kk")
    assert queued(store, [english, kazakh]).new == 0
    later = made(store, issue(W47), issue(W47, "kk"))
    assert queued(store, later).new == 1
    assert got(store) == {("2026-W46-en", "one"): 1, ("2026-W47-kk", "one"): 1}


# --- amendments -----------------------------------------------------------------------------------


GONE = Amendment(story="s", kind="retraction", key="retraction:s")
PUT_RIGHT = Amendment(story="t", kind="correction", key="correction:t:1")


def test_an_amendment_is_told_to_those_who_got_the_story(store: Store) -> None:
    """Or may have got it; in whatever language. Not to those whose issue was held or refused, nor to newcomers."""
    made(store, issue(W45), issue(W45, "kk"), at=NOW - 168 * HOURS)
    early = NOW - 200 * HOURS
    for name in ("sent", "uncertain", "late", "failed"):
        reader(store, name, confirmed=early)
    moved = reader(store, "moved", "kk", confirmed=early)
    reader(store, "new")
    queue(store, [issue(W45), issue(W45, "kk")], due=DUE, hold_after=48 * HOURS, now=NOW - 168 * HOURS)
    settle(store, "sent", "2026-W45-en", "sent")
    settle(store, "moved", "2026-W45-kk", "sent")
    settle(store, "uncertain", "2026-W45-en", "held", "uncertain")
    settle(store, "late", "2026-W45-en", "held", "late")
    settle(store, "failed", "2026-W45-en", "failed")
    with store.write() as connection:
        subscribers.change(connection, moved, locale="en")
    this = issue(W46, "en", ("u",), PUT_RIGHT, GONE)
    made(store, this)
    assert queued(store, [this]).new == 6
    assert told(store, "2026-W46-en") == {
        "sent": [1],
        "uncertain": [1],
        "moved": [1],
        "late": [],
        "failed": [],
        "new": [],
    }


def test_an_amendment_is_told_once(store: Store) -> None:
    """Who was told last week is not told again; who was not reached last week, is."""
    for name in ("told", "missed"):
        reader(store, name, confirmed=NOW - 400 * HOURS)
    made(store, issue(W45), at=NOW - 336 * HOURS)
    queued(store, [issue(W45)])
    second = issue(W46, "en", ("u",), GONE)
    for name in ("told", "missed"):
        settle(store, name, "2026-W45-en", "sent")
    made(store, second, at=NOW - 168 * HOURS)
    queued(store, [second])
    settle(store, "told", "2026-W46-en", "sent")
    settle(store, "missed", "2026-W46-en", "failed")
    third = issue(W47, "en", ("v",), GONE)
    made(store, third)
    queued(store, [third])
    assert told(store, "2026-W47-en") == {"told": [], "missed": [0]}


def test_who_got_the_story_put_right_is_not_told_of_the_correction(store: Store) -> None:
    """Its issue had the correction already."""
    reader(store, "one", confirmed=NOW - 400 * HOURS)
    earlier = issue(W45, "en", ("t",))
    with store.write() as connection:
        issues.put(connection, earlier, NOW - 168 * HOURS, included=[PUT_RIGHT])
    queued(store, [earlier])
    settle(store, "one", "2026-W45-en", "sent")
    this = issue(W46, "en", ("u",), PUT_RIGHT)
    made(store, this)
    queued(store, [this])
    assert told(store, "2026-W46-en") == {"one": []}


def test_an_issue_of_nothing_but_amendments_goes_to_those_they_concern(store: Store) -> None:
    for name in ("old", "new"):
        reader(store, name, confirmed=NOW - (400 if name == "old" else 1) * HOURS)
    made(store, issue(W45), at=NOW - 168 * HOURS)
    queued(store, [issue(W45)])
    settle(store, "old", "2026-W45-en", "sent")
    this = issue(W46, "en", (), GONE)
    made(store, this)
    assert queued(store, [this]).new == 1
    assert told(store, "2026-W46-en") == {"old": [0]}


# --- what is held ---------------------------------------------------------------------------------


def test_an_issue_later_than_allowed_is_held(store: Store) -> None:
    """Up to the last second it is sent."""
    reader(store, "one")
    made(store, issue())
    assert queued(store, [issue()], DUE + 48 * HOURS + timedelta(seconds=1)) == Queued(new=1, held="late")
    assert states(store) == {"late": 1}


def test_in_the_last_second_it_is_sent(store: Store) -> None:
    reader(store, "one")
    made(store, issue())
    assert queued(store, [issue()], DUE + 48 * HOURS).held is None


def test_what_is_queued_and_becomes_too_late_is_held(store: Store) -> None:
    """A mail server that was away for days does not make news of old news. What somebody has in hand goes."""
    for name in ("one", "two"):
        reader(store, name)
    made(store, issue())
    queued(store, [issue()])
    with store.write() as connection:
        first = sa.select(sa.func.min(delivery.c.id)).scalar_subquery()
        connection.execute(delivery.update().where(delivery.c.id == first).values(owner="x", lease=DUE + 99 * HOURS))

    def late(now: datetime) -> int:
        return hold_late(store, lambda week: DUE if week == W46 else NOW, 48 * HOURS, now)

    assert late(DUE + 48 * HOURS) == 0
    assert late(DUE + 49 * HOURS) == 1
    assert states(store) == {"late": 1, "queued": 1}


def test_the_operators_word_goes_over_the_clock_and_counts_anew(store: Store) -> None:
    """Named by its week an issue is sent, those too that were held as late; if it then takes days, it is held again."""
    reader(store, "one")
    made(store, issue())
    wednesday = DUE + 60 * HOURS
    queued(store, [issue()], wednesday)
    order(store, W46, wednesday)
    assert queued(store, [issue()], wednesday).held is None
    assert states(store) == {"queued": 1}
    assert hold_late(store, lambda week: DUE, 48 * HOURS, wednesday + 48 * HOURS) == 0
    assert hold_late(store, lambda week: DUE, 48 * HOURS, wednesday + 49 * HOURS) == 1


def test_a_restored_store_holds_even_what_is_ordered(store: Store) -> None:
    reader(store, "one")
    made(store, issue())
    with store.write() as connection:
        lineage.set_restored(connection, NOW)
    order(store, W46, NOW)
    assert queued(store, [issue()]) == Queued(new=1, held="restored")


# --- looking --------------------------------------------------------------------------------------


def test_standings_tell_every_issue_the_newest_first(store: Store) -> None:
    """Those without readers too."""
    for number in range(3):
        reader(store, f"r{number}", confirmed=NOW - 400 * HOURS)
    made(store, issue(W45), issue(W46), issue(W46, "kk"))
    queued(store, [issue(W46), issue(W46, "kk")])
    settle(store, "r0", "2026-W46-en", "sent")
    settle(store, "r1", "2026-W46-en", "held", "uncertain")
    with store.read() as connection:
        all_ = deliveries.standings(connection)
        assert deliveries.standings(connection, W45) == all_[2:]
        held = deliveries.listed(connection, ("held",), ["2026-W46-en"], 10)
    assert [(one.issue, dict(one.states), dict(one.held), one.open) for one in all_] == [
        ("2026-W46-en", {"queued": 1, "sent": 1, "held": 1}, {"uncertain": 1}, 1),
        ("2026-W46-kk", {}, {}, 0),
        ("2026-W45-en", {}, {}, 0),
    ]
    assert [(one.subscriber, one.why) for one in held] == [("r1", "uncertain")]


def test_a_reader_who_was_erased_leaves_the_count(store: Store) -> None:
    """Without a name."""
    row = reader(store, "one")
    made(store, issue())
    queued(store, [issue()])
    settle(store, "one", "2026-W46-en", "held", "uncertain")
    with store.write() as connection:
        subscribers.remove(connection, row)
    with store.read() as connection:
        (found,) = deliveries.listed(connection, ("held",), ["2026-W46-en"], 10)
    assert found.subscriber == ""


@pytest.mark.parametrize("as_sent", [True, False])
def test_release_decides_about_one_reason_and_one_issue(store: Store, as_sent: bool) -> None:
    for name in ("a", "b"):
        reader(store, name, confirmed=NOW - 400 * HOURS)
    made(store, issue(W45), issue(W46))
    for one in (issue(W45), issue(W46)):
        queued(store, [one])
        settle(store, "a", one.id, "held", "uncertain")
        settle(store, "b", one.id, "held", "late")
    with store.write() as connection:
        assert deliveries.release(connection, ["uncertain"], ["2026-W46-en"], NOW, as_sent=as_sent) == 1
    assert states(store) == {"late": 2, "uncertain": 1, "sent" if as_sent else "queued": 1}


def test_a_crowd_for_tests_is_one(store: Store, tmp_path: object) -> None:
    """Copies of an issue have a week of their own."""
    reader(store, "one")
    (first,) = made(store, issue())
    (second,) = crowd.copies(store, [first], Week(2027, 1))
    assert replace(second, id=first.id, week=first.week) == first
