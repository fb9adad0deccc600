"""Retractions and corrections that an issue carries: the rules of feeder.jobs.amended, and whom the store knows to be told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from walk import NOW, article, build, newsroom, write

from feeder.digest.amendments import correction, retraction
from feeder.jobs import compile as digests
from feeder.jobs import retract
from feeder.jobs.newsroom import Newsroom
from feeder.model import Issue, Week
from feeder.store import Store, issues

WEEKS = 40


@pytest.fixture
def room(store: Store, tmp_path: Path) -> Newsroom:
    """A site with a story of week 46 in two languages and a story in each week after it; week 46 is told."""
    news = {
        f"week-{n}.en.md": article(f"Week {n}", published=f"{NOW + timedelta(days=7 * n - 5):%Y-%m-%d}")
        for n in range(1, WEEKS)
    }
    made = newsroom(tmp_path, {**news, **picket()})
    build(store, made)
    compiled(store, made)
    return made


def picket(en: str = "", kk: str = "") -> dict[str, str]:
    """The story of week 46, with a correction in a version or without."""
    texts = {"en": ("Nine stood there.", en), "kk": ("Тоғыз адам тұрды.", kk)}
    return {
        f"picket.{code}.md": article(
            f"Picket {code}", body, published="2026-11-12", **({"corrections": f'"{text}"'} if text else {})
        )
        for code, (body, text) in texts.items()
    }


def compiled(store: Store, room: Newsroom, later: int = 0) -> dict[str, Issue]:
    """The issues of the week that many weeks after week 46."""
    week = Week.of(Week(2026, 46).monday + timedelta(weeks=later))
    return dict(digests.compile_week(store, room, week, NOW + timedelta(weeks=later)).issues)


def change(store: Store, room: Newsroom, texts: dict[str, str], later: float) -> None:
    for name, text in texts.items():
        write(room.folder / "articles" / name, text)
    build(store, room, later=later)


def keys(issue: Issue) -> list[str]:
    return [one.key for one in issue.amendments]


EIGHT, SEGIZ = "Eight stood there, not nine.", "Тоғыз емес, сегіз адам тұрды."


def test_each_language_is_told_the_correction_of_the_version_it_shows(store: Store, room: Newsroom) -> None:
    """Russian readers see the English version: kk is not their first choice."""
    change(store, room, picket(EIGHT, SEGIZ), later=24)
    made = compiled(store, room, 1)
    assert keys(made["en"]) == [correction("picket", EIGHT).key]
    assert keys(made["kk"]) == [correction("picket", SEGIZ).key]
    assert keys(made["ru"]) == [correction("picket", EIGHT).key]
    assert f"Picket en\n\n{EIGHT}\nhttps://news.example.org/en/stories/picket/" in made["en"].text
    assert SEGIZ in made["kk"].page


def test_a_correction_that_the_story_had_when_it_was_told_is_known(store: Store, tmp_path: Path) -> None:
    room = newsroom(
        tmp_path, picket(EIGHT, SEGIZ) | {"next.en.md": article("Next", published="2026-11-18")}, languages="en"
    )
    build(store, room)
    compiled(store, room)
    change(store, room, {"picket.en.md": picket(EIGHT)["picket.en.md"].replace("Nine", "Eight")}, later=24)
    assert compiled(store, room, 1)["en"].amendments == ()
    with store.read() as connection:
        assert issues.telling_amendment(connection, correction("picket", EIGHT).key) == ["2026-W46-en"]


def test_a_retracted_story_tells_its_retraction_only(store: Store, room: Newsroom) -> None:
    change(store, room, picket(EIGHT), later=24)
    retract.retract(store, room, "picket", "It did not happen.", with_titles=True, now=NOW + timedelta(days=2))
    assert keys(compiled(store, room, 1)["en"]) == [retraction("picket").key]


def test_an_amendment_is_carried_by_the_issues_of_eight_weeks(store: Store, room: Newsroom) -> None:
    """For those who were paused; then nobody waits for it any more."""
    change(store, room, picket(EIGHT), later=24)
    carried = [len(compiled(store, room, later)["en"].amendments) for later in range(1, 11)]
    assert carried == [1] * 8 + [0] * 2


def test_an_amendment_waits_for_an_issue_with_a_story_and_half_a_year_at_most(store: Store, room: Newsroom) -> None:
    """Weeks without a story make no issue for it."""
    change(store, room, picket(EIGHT), later=24)
    assert keys(compiled(store, room, 25)["en"])
    other = compiled(store, room, 27)["en"]
    assert keys(other), "it was told first in an issue of two weeks ago"


def test_what_is_older_than_half_a_year_and_was_never_told_is_history(store: Store, room: Newsroom) -> None:
    change(store, room, picket(EIGHT), later=24)
    assert compiled(store, room, 27)["en"].amendments == ()


def test_what_no_earlier_issue_told_is_not_amended(store: Store, room: Newsroom) -> None:
    change(store, room, {"week-1.en.md": article("Week 1", published="2026-11-18", corrections='"New."')}, later=24)
    retract.retract(store, room, "week-2", "Too early.", with_titles=True, now=NOW + timedelta(days=2))
    made = compiled(store, room, 1)["en"]
    assert "week-1" in made.stories
    assert made.amendments == ()


def test_retractions_come_first_and_each_kind_begins_with_the_last(store: Store, room: Newsroom) -> None:
    """The places by which a delivery names them are those of `Issue.amendments`."""
    compiled(store, room, 1)
    compiled(store, room, 2)
    change(store, room, picket(EIGHT), later=24 * 15)
    change(
        store,
        room,
        {"week-1.en.md": article("Week 1", published="2026-11-18", corrections='["One.", "Two."]')},
        later=24 * 16,
    )
    retract.retract(store, room, "week-2", "Wrong.", with_titles=True, now=NOW + timedelta(days=17))
    made = compiled(store, room, 3)["en"]
    assert keys(made) == [
        retraction("week-2").key,
        correction("week-1", "Two.").key,
        correction("week-1", "One.").key,
        correction("picket", EIGHT).key,
    ]
    assert "<!--amendments 1,2,3-->" in made.html


def test_a_flood_of_amendments_is_told_in_parts(store: Store, room: Newsroom) -> None:
    """The message stays small; what was not told yet goes before what others had been told."""
    flood = "[" + ", ".join(f'"Correction {n}."' for n in range(30)) + "]"
    compiled(store, room, 1)
    change(store, room, {"week-1.en.md": article("Week 1", published="2026-11-18", corrections=flood)}, later=24 * 8)
    first, second = (keys(compiled(store, room, later)["en"]) for later in (2, 3))
    assert len(first) == len(second) == 20
    assert len({*first, *second}) == 30


def test_the_store_knows_which_issues_told_a_story_and_which_its_amendment(store: Store, room: Newsroom) -> None:
    change(store, room, picket(EIGHT, SEGIZ), later=24)
    compiled(store, room, 1)
    with store.read() as connection:
        assert issues.telling(connection, ["picket"]) == ["2026-W46-en", "2026-W46-kk", "2026-W46-ru"]
        told = issues.telling_amendment(connection, correction("picket", EIGHT).key)
        assert told == ["2026-W47-en", "2026-W47-ru"]
        assert issues.telling_amendment(connection, correction("picket", SEGIZ).key) == ["2026-W47-kk"]
        assert issues.telling_amendment(connection, retraction("picket").key) == []
