"""Which stories an issue has: the promises of feeder.digest.select."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from feeder.digest.select import ROOM, Candidate, Selection, choose
from feeder.model import StoryKey, Week

ALMATY = ZoneInfo("Asia/Almaty")
WEEK = Week(2026, 46)  # November 9 to 15
MONDAY = datetime(2026, 11, 9, tzinfo=ALMATY)


def candidate(story: str, day: float = 1, **changes: object) -> Candidate:
    """A story published `day` days after the Monday of the week."""
    values = {"story": story, "published": MONDAY + timedelta(days=day)} | changes
    return Candidate(**values)  # type: ignore[arg-type]  # the values are mixed, as a test likes them


def chosen(candidates: Iterable[Candidate], told: Iterable[StoryKey] = (), **options: int) -> Selection:
    return choose(candidates, frozenset(told), WEEK, ALMATY, **options)


def test_the_newest_story_leads_and_the_others_follow_newest_first() -> None:
    made = chosen([candidate("a", 1), candidate("c", 3), candidate("b", 2)])
    assert made.chosen == ("c", "b", "a")
    assert made.lead == "c"
    assert not made.left_out


def test_a_story_in_more_languages_leads_before_a_newer_one() -> None:
    made = chosen(
        [candidate("new", 5, languages=1), candidate("both", 4, languages=3), candidate("old", 1, languages=3)]
    )
    assert made.chosen == ("both", "new", "old")


def test_the_editor_has_the_last_word_on_the_lead() -> None:
    made = chosen([candidate("a", 5, languages=3), candidate("b", 1, pinned=True)])
    assert made.lead == "b"


def test_a_story_of_an_earlier_issue_does_not_come_again() -> None:
    made = chosen([candidate("a"), candidate("b")], told=["a"])
    assert made.chosen == ("b",)
    assert made.left_out == {"a": "was in an earlier issue"}


def test_the_week_is_the_local_one_and_its_end_is_outside() -> None:
    """Sunday 23:59 in Almaty is in, Monday 00:00 is out; both are Sunday evening in UTC."""
    last = candidate("last", published=datetime(2026, 11, 15, 18, 59, 59, tzinfo=UTC))
    late = candidate("late", published=datetime(2026, 11, 15, 19, 0, tzinfo=UTC))
    made = chosen([last, late])
    assert made.chosen == ("last",)
    assert made.left_out == {"late": "was published after the end of week 2026-W46"}


def test_a_latecomer_of_the_week_before_is_taken_and_an_older_one_is_not() -> None:
    edge = candidate("edge", published=datetime(2026, 11, 2, 0, 0, tzinfo=ALMATY))
    older = candidate("older", published=datetime(2026, 11, 1, 23, 59, 59, tzinfo=ALMATY))
    made = chosen([edge, older])
    assert made.chosen == ("edge",)
    assert made.left_out == {"older": "was published before 2026-11-02, earlier than the window of 2 weeks"}


def test_a_window_of_one_week_is_the_week_itself() -> None:
    assert chosen([candidate("a", 0), candidate("b", -0.001)], window=1).chosen == ("a",)


def test_the_window_keeps_its_local_midnight_when_the_zone_changes_its_clocks() -> None:
    """Almaty went from UTC+6 to UTC+5 on 2024-03-01: the first Monday of the window still begins at +6."""
    first = datetime(2024, 2, 26, 0, 0, tzinfo=ALMATY)
    inside = Candidate(story="in", published=first)
    outside = Candidate(story="out", published=first - timedelta(seconds=1))
    assert choose([inside, outside], (), Week(2024, 10), ALMATY).chosen == ("in",)


def test_what_has_no_room_waits_for_the_next_issue() -> None:
    every = [candidate(f"s{number:02}", number / 10) for number in range(ROOM + 2)]
    made = chosen(every)
    assert len(made.chosen) == ROOM
    assert made.left_out == {
        "s00": "waits for the next issue: this one has its 30 stories",
        "s01": made.left_out["s00"],
    }
    later = choose(every, made.chosen, Week(2026, 47), ALMATY)
    assert later.chosen == ("s01", "s00")


def test_a_pinned_story_has_room_even_when_it_is_the_oldest() -> None:
    every = [candidate("pinned", 0, pinned=True), *(candidate(f"s{number}", 1) for number in range(ROOM))]
    assert chosen(every).lead == "pinned"


def test_a_week_without_stories_has_no_lead() -> None:
    made = chosen([])
    assert made == Selection(week=WEEK, chosen=(), left_out={})
    assert made.lead is None


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    names = draw(st.lists(st.sampled_from("abcdefghij"), unique=True))
    return [
        candidate(
            name,
            draw(st.integers(-20, 10)),
            languages=draw(st.integers(1, 3)),
            pinned=draw(st.booleans()),
        )
        for name in names
    ]


@settings(deadline=None)  # a slow machine is no failure
@given(candidates(), st.sets(st.sampled_from("abcdefghij")), st.randoms())
def test_each_story_is_chosen_or_has_its_reason_whatever_the_order_of_the_input(
    every: list[Candidate],
    told: set[str],
    chance: object,
) -> None:
    made = choose(every, told, WEEK, ALMATY, room=4)
    assert sorted([*made.chosen, *made.left_out]) == sorted(one.story for one in every)
    assert all(made.left_out.values())
    assert len(made.chosen) <= 4
    assert not told & set(made.chosen)
    chance.shuffle(every)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert choose(every, told, WEEK, ALMATY, room=4) == made
