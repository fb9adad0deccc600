"""What editors ask of the whole store: the same on SQLite and PostgreSQL, and the same as what is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from walk import NOW, article, build, newsroom, write

from feeder.editors import facts as plain
from feeder.editors.facts import Pulse
from feeder.jobs import compile as digests
from feeder.jobs import retract
from feeder.jobs.edition import open_edition
from feeder.jobs.ingest import ingest
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.overview import digests as looking
from feeder.jobs.overview import lists, state, why
from feeder.model import Week
from feeder.store import Store, figures, surveys
from feeder.store.surveys import Wanted
from feeder.store.tables import bounce, delivery, subscriber

WEEK = Week(2026, 46)
PAGE, WINDOW = 10, 5  #: smaller than they are, so that little is much
PULSE = Pulse(well=True, last_success=NOW, failures={})
SAME = "The same report about a picket in Almaty, word for word, long enough to be compared with another one. " * 8


def _articles() -> dict[str, str]:
    found = {}
    for number in range(PAGE + 7):
        day = (NOW - timedelta(hours=11 * number + 30)).isoformat()
        for code in (("en", "kk", "ru"), ("ru",), ("kk", "en"))[number % 3]:
            found[f"s{number:03}.{code}.md"] = article(
                f"Story {number} {code}", published=day, pinned="true" if number == 4 else "false"
            )
    found["late.en.md"] = article("Later", published=(NOW - timedelta(days=3)).isoformat())
    found["late.kk.md"] = article("Кейін", published=(NOW - timedelta(days=1)).isoformat())
    found["undated.ru.md"] = article("Без даты")
    found["draft.en.md"] = article("Draft", draft="true")
    found["one.en.md"] = article("Doubled", published="2026-11-11", story="doubled")
    found["two.en.md"] = article("Doubled again", published="2026-11-11", story="doubled")
    found["gone.en.md"] = article("Gone", published="2026-11-11")
    return found


@pytest.fixture
def room(tmp_path_factory: pytest.TempPathFactory, store: Store, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    monkeypatch.setattr(plain, "PAGE", PAGE)
    monkeypatch.setattr(lists, "PAGE", PAGE)
    made = newsroom(tmp_path_factory.mktemp("site"), _articles(), feeds_window=str(WINDOW))
    build(store, made)
    retract.retract(store, made, "gone", "Wrong", with_titles=False, now=NOW)
    return made


def test_lists_go_by_pages_and_miss_nothing(room: Newsroom, store: Store) -> None:
    """Every article once, newest first; an empty page beyond the end."""
    with store.read() as connection:
        pages = [lists.of_articles(connection, room, Wanted(), number) for number in range(1, 7)]
    rows = [row for page in pages for row in page.rows]
    assert len({(row.source, row.key) for row in rows}) == len(rows) == pages[0].total == len(_articles())
    assert [row.published for row in rows] == sorted((row.published for row in rows), reverse=True)
    assert len(pages[0].rows) == PAGE
    assert pages[0].pages == 5
    assert pages[-1].rows == []


def test_the_state_of_an_article_is_that_of_the_edition(room: Newsroom, store: Store) -> None:
    """An edition of a few stories decides as that of all does."""
    with store.read() as connection:
        whole = open_edition(connection, room)
        pages = [lists.of_articles(connection, room, Wanted(), number) for number in range(1, 6)]
    for row in (row for page in pages for row in page.rows):
        shown = {
            head.locale
            for head in whole.heads.values()
            if head.story == row.story and head.language == row.language and row.state == "published"
        }
        assert set(row.locales) == shown
    states = {row.key: (row.state, row.other) for page in pages for row in page.rows}
    assert states["draft.en.md"] == ("draft", "")
    assert states["gone.en.md"] == ("retracted", "")
    assert states["one.en.md"] == ("published", "")
    assert states["two.en.md"] == ("doubled", "one.en.md")


def test_what_waits_for_the_next_build_is_told(room: Newsroom, store: Store) -> None:
    """Read, and not published yet."""
    write(room.folder / "articles" / "new.en.md", article("New", published="2026-11-15"))
    ingest(store, room.sources, room.site.zone, now=NOW, progress=lambda *_: None)
    with store.read() as connection:
        rows = lists.of_articles(connection, room, Wanted(words="new.en"), 1).rows
    assert [row.state for row in rows] == ["waiting"]


def test_twins_are_told_from_what_is_shown(tmp_path_factory: pytest.TempPathFactory, store: Store) -> None:
    """The same report from two sources: one is shown, the other named beside it."""
    folder = tmp_path_factory.mktemp("twins")
    write(
        folder / "feeder.toml",
        'base_url = "https://news.example.org"\n[[sources]]\npath = "articles"\n[[sources]]\npath = "wire"\n',
    )
    write(folder / "wire" / "copy.en.md", article("Picket dispersed", SAME, published="2026-11-10"))
    site = newsroom(folder, {"picket.en.md": article("Picket dispersed", SAME, published="2026-11-10")})
    build(store, site)
    with store.read() as connection:
        rows = lists.of_articles(connection, site, Wanted(kind="doubled"), 1).rows
        found = why.of_story(connection, site, "copy", "en")
    assert {(row.key, row.state, row.other) for row in rows} == {
        ("picket.en.md", "published", ""),
        ("copy.en.md", "credited", "picket.en.md"),
    }
    assert len({row.story for row in rows}) == 1
    assert {one.account["path"] for one in found} == {"picket.en.md", "copy.en.md"}


def test_the_ledger_of_languages(room: Newsroom, store: Store) -> None:
    """Delays, gaps, drafts; retracted stories lack nothing."""
    with store.read() as connection:
        every = lists.of_languages(connection, room, "", 1)
        missing = [lists.of_languages(connection, room, "kk", number) for number in (1, 2)]
        sums = {one.locale: one for one in lists.sums(connection, room, NOW)}
    assert every.total == PAGE + 7 + 3  # late, undated, doubled
    late = next(row for row in every.rows if row.story == "late")
    assert late.delays == {"en": timedelta(0), "kk": timedelta(days=2)}
    assert all("kk" not in row.delays for page in missing for row in page.rows)
    assert sum(len(page.rows) for page in missing) == missing[0].total == len(range(1, PAGE + 7, 3)) + 2
    assert sums["kk"].typical == timedelta(days=2)
    assert sums["ru"].typical is None
    assert sums["kk"].written < sums["kk"].stories == every.total


def test_an_issue_is_drafted_as_it_will_be_made(room: Newsroom, store: Store) -> None:
    """The choice from a few columns is that from the whole edition: the pinned lead, the order, the reasons, the bytes."""
    with store.read() as connection:
        drafted = looking.of_week(connection, room, WEEK, None, "en")
    compiled = digests.compile_week(store, room, WEEK, NOW)
    assert compiled.selection.lead == "s004"
    assert [one.story for one in drafted.chosen] == list(compiled.selection.chosen)
    named = {one.story: one.reason for one in drafted.left_out}
    whole = compiled.selection.left_out
    assert named.items() <= whole.items()
    assert len(named) + sum(drafted.others.values()) == len(whole)
    with store.read() as connection:
        made = looking.of_week(connection, room, WEEK, None, "en")
    assert made.made
    assert not drafted.made
    assert [replace(one, score=None) for one in made.sheets] == list(drafted.sheets)


def test_a_draft_tells_of_what_earlier_issues_told(room: Newsroom, store: Store) -> None:
    """A story that was told and then retracted is in the next issue's amendments, in the draft as in the issue."""
    first = digests.compile_week(store, room, WEEK.previous(), NOW)
    told = first.selection.chosen[0]
    retract.retract(store, room, told, "All of it was wrong", with_titles=True, now=NOW)
    with store.read() as connection:
        drafted = looking.of_week(connection, room, WEEK, None, "en")
    compiled = digests.compile_week(store, room, WEEK, NOW)
    files = {code: digests.to_files(room, issue)["html"].decode() for code, issue in compiled.issues.items()}
    assert {one.issue.locale: one.html for one in drafted.sheets} == files
    assert "All of it was wrong" in drafted.sheets[0].html


def test_why_a_story_is_where_it_is(room: Newsroom, store: Store) -> None:
    """Feeds as they are published; the window of fifty is full."""
    with store.read() as connection:
        (old, *_) = why.of_story(connection, room, "s016", "en")
        (new, *_) = why.of_story(connection, room, "s001", "en")
        late = why.in_next_issue(connection, room, "s016", Week(2026, 50))
        fits = why.in_next_issue(connection, room, "s001", WEEK)
    seats = {one["feed"]: (one["in"], one["why"]) for one in old.account["feeds"]}
    assert seats["en/feed.atom"] == (False, why.NO_ROOM.format(n=WINDOW))
    assert {one["feed"]: one["in"] for one in new.account["feeds"]}["ru/feed.atom"]
    assert late.startswith("was published before")
    assert fits == ""


def test_figures_count_and_name_nobody(room: Newsroom, store: Store) -> None:
    """Deliveries by state, readers by language, moves by week, what is held."""
    digests.compile_week(store, room, WEEK, NOW)
    states = ("active", "active", "paused", "left", "bounced")
    people: list[dict[str, object]] = [
        {
            "id": n + 1, "name": f"n{n:015}", "email_hash": f"{n:032}", "email": None, "locale": "kk" if n else "en",
            "state": one, "asked": NOW - timedelta(days=9), "confirmed": NOW - timedelta(days=9), "changed": NOW,
            "epoch": 0, "evidence": {}, "soft_bounces": 0,
        }
        for n, one in enumerate(states)
    ]  # fmt: skip
    sent: list[dict[str, object]] = [
        {"issue": "2026-W46-kk", "subscriber": n, "state": one, "why": "uncertain" if one == "held" else "",
         "amendments": [], "attempts": 1, "due": NOW}
        for n, one in ((2, "sent"), (3, "sent"), (4, "held"))
    ]  # fmt: skip
    with store.write() as connection:
        connection.execute(subscriber.insert(), people)
        connection.execute(delivery.insert(), sent)
        connection.execute(bounce.insert(), [{"id": "1" * 64, "at": NOW, "kind": "hard"}])
    with store.read() as connection:
        weeks = figures.weeks(connection, 12)
        facts = state.look(connection, room, PULSE, now=NOW, next_digest=NOW + timedelta(days=1), digest_week=WEEK)
    assert weeks["2026-W46"]["kk"] == {"sent": 2, "held": 1}
    assert weeks["2026-W46"]["en"] == {}
    assert facts.held == {"uncertain": 1}
    assert facts.readers["kk"] == {"active": 1, "paused": 1, "left": 1, "bounced": 1}
    assert [(one.came, one.left) for one in facts.moves[:3]] == [(0, 2), (0, 0), (5, 0)]
    assert len(facts.moves) == state.WEEKS
    assert sum(one.came for one in facts.moves) == 5
    assert facts.counts["drafts"] == 1
    assert facts.sources[0].articles == len(_articles())


def test_nothing_of_it_is_slow_because_there_is_much(room: Newsroom, store: Store) -> None:
    """A page opens the bodies of its own articles and of no others."""
    statements: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with store.read() as connection:
        lists.of_articles(connection, room, Wanted(), 1)
        lists.of_languages(connection, room, "kk", 1)
        surveys.counts(connection)
    opened = [text for text in statements if "article.body" in text]
    assert opened
    assert all(" IN (" in text or "key = " in text for text in opened)
    assert len(statements) < 40
