"""`feeder status` and `feeder release`: what an operator is told, and what the operator's word does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import crowd
import pytest
import sqlalchemy as sa
from crowd import WEEK, states
from doors import run, tree
from walk import NOW

from feeder.jobs.newsroom import Newsroom
from feeder.store import Store, open_store, runs
from feeder.store.tables import delivery


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return crowd.site(tmp_path / "site")


@pytest.fixture
def store(room: Newsroom) -> Iterator[Store]:
    """With an issue for six readers, two in each language, queued."""
    opened = open_store(room.database_url)
    crowd.subscribe(opened, room, 6)
    crowd.put_in_queue(opened, crowd.make(opened, room))
    yield opened
    opened.close()


def become(store: Store, state: str, why: str = "", **more: Any) -> None:
    """What becomes of the first row that is still queued."""
    first = sa.select(sa.func.min(delivery.c.id)).where(delivery.c.state == "queued").scalar_subquery()
    with store.write() as connection:
        connection.execute(delivery.update().where(delivery.c.id == first).values(state=state, why=why, **more))


def status(room: Newsroom, *args: str) -> str:
    done = run("status", *args, site=room.folder)
    assert done.returncode == 0, done.stderr
    assert "example.org>" not in done.stdout.replace("@news.example.org>", ""), "no address"
    return done.stdout


def release(room: Newsroom, *args: str) -> tuple[int, str, str]:
    done = run("release", *args, site=room.folder)
    return done.returncode, done.stdout, done.stderr


def test_status_tells_each_issue_and_names_what_is_held(store: Store, room: Newsroom) -> None:
    """By the opaque name and the Message-ID that the mail server's log has; what to do stands below. Nothing is changed."""
    become(store, "sent", sent=NOW)
    become(store, "held", "uncertain", attempts=1)
    become(store, "failed", "550 5.1.1 no such user", attempts=1)
    become(store, "queued", "450 later", attempts=2, due=datetime(2126, 1, 1, tzinfo=UTC))
    before = _files(room), states(store)
    text = status(room)
    assert (_files(room), states(store)) == before
    facts = json.loads(status(room, "--json"))
    (held,) = facts["held"]
    assert held["why"] == "uncertain"
    assert f"{held['issue']}  {held['subscriber']}  <{held['message_id']}>  uncertain" in text
    assert "550 5.1.1 no such user" in text
    assert "2 times, again at 2126-01-01 00:00 UTC: 450 later" in text
    assert "feeder release --uncertain --as-sent" in text
    total = {name: sum(one["deliveries"][name] for one in facts["issues"]) for name in facts["issues"][0]["deliveries"]}
    assert total == {"queued": 3, "sending": 0, "sent": 1, "failed": 1, "held": 1}
    assert {one["id"] for one in facts["issues"]} == {"2026-W46-en", "2026-W46-kk", "2026-W46-ru"}
    assert (facts["restored"], len(facts["refused"])) == (None, 2)


def _files(room: Newsroom) -> dict[str, tuple[int, str]]:
    """All but the store's own, which SQLite tidies up when it likes."""
    return {name: mark for name, mark in tree(room.data).items() if not name.startswith("feeder.db")}


def test_status_tells_what_the_schedule_did(store: Store, room: Newsroom) -> None:
    """With the reason."""
    with store.write() as connection:
        runs.record(connection, "digest", "2026-W45", "skipped", "nothing ran when it was due", NOW)
    assert "2026-W45  skipped: nothing ran when it was due" in status(room)
    job = next(one for one in json.loads(status(room, "--json"))["jobs"] if one["slot"] == "2026-W45")
    assert (job["job"], job["state"]) == ("digest", "skipped")


def test_status_tells_how_fast_it_goes_and_how_long_still(store: Store, room: Newsroom) -> None:
    """While it goes: by what went out in the last minutes."""
    assert json.loads(status(room, "--json"))["sending"] == {"per_minute": 0.0, "waiting": 6, "minutes_left": None}
    for _ in range(4):
        become(store, "sent", sent=datetime.now(UTC))
    assert "sending  1 a minute; 2 wait, 3 minutes at this pace" in status(room)
    assert json.loads(status(room, "--json"))["sending"] == {"per_minute": 0.8, "waiting": 2, "minutes_left": 3}
    become(store, "held", "late")
    become(store, "sent", sent=datetime(2026, 1, 1, tzinfo=UTC))
    assert "a minute" not in status(room), "what is held does not go by itself"


def test_status_of_a_site_that_was_never_built_makes_nothing(tmp_path: Path) -> None:
    """One line that says what to do."""
    room = crowd.site(tmp_path / "new")
    done = run("status", site=room.folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "feeder: there is no store of this version yet; run: feeder build\n"
    assert not room.data.exists()


def test_status_of_a_new_site_says_that_nothing_was_made(tmp_path: Path) -> None:
    room = crowd.site(tmp_path / "new")
    open_store(room.database_url).close()
    assert "none was made yet" in status(room)


def test_release_wants_to_be_told_what(room: Newsroom) -> None:
    """Two words too few must not send five hundred messages."""
    code, out, err = release(room)
    assert (code, out) == (2, "")
    assert "Say which: --uncertain, --late, --restored." in err


@pytest.mark.parametrize(("as_sent", "state"), [(True, "sent"), (False, "queued")])
def test_release_decides_about_what_is_uncertain(store: Store, room: Newsroom, as_sent: bool, state: str) -> None:
    """And leaves alone what is held for another reason."""
    become(store, "held", "uncertain")
    become(store, "held", "late")
    code, out, err = release(room, "--uncertain", *(["--as-sent"] if as_sent else []))
    assert (code, out) == (0, f"2026-W46-en: 1 {'taken for sent' if as_sent else 'to be sent'}.\n")
    assert ("feeder digest --send --week 2026-W46" in err) is not as_sent
    assert states(store)["late"] == 1
    assert states(store)[state] == (1 if as_sent else 5)


def test_release_of_nothing_says_so(store: Store, room: Newsroom) -> None:
    assert release(room, "--late") == (0, "", "Nothing was held as late.\n")


def test_release_of_a_week_leaves_other_weeks(store: Store, room: Newsroom) -> None:
    become(store, "held", "late")
    code, out, _ = release(room, "--late", "--week", "2026-W40")
    assert (code, out) == (0, "")
    assert states(store)["late"] == 1


def test_what_is_too_late_is_held_until_the_week_is_named(store: Store, room: Newsroom, tmp_path: Path) -> None:
    """By the real clock this issue is months late: without a word it is held, with its week it goes."""
    held = run("digest", "--send", "--week", "2026-W45", site=room.folder)
    assert held.returncode == 0, "no stories: nothing to send"
    with store.write() as connection:
        connection.execute(delivery.update().values(state="held", why="late"))
    code, _, _ = release(room, "--late", "--week", str(WEEK))
    assert code == 0
    done = run("digest", "--send", "--week", str(WEEK), site=room.folder)
    assert done.returncode == 0, done.stderr
    assert states(store) == {"sent": 6}
    assert len(list((room.outbox / "2026-W46-kk").iterdir())) == 2


def test_a_store_that_was_put_back_is_told_before_anything_is_sent(store: Store, room: Newsroom) -> None:
    """By the mark beside it; the command sends nothing, says why, and ends with 1; the operator's word ends it."""
    room.sending.mkdir()
    (room.sending / "mark").write_text(f"another {7:020}\n", encoding="ascii")
    assert "A backup was put back" in json.loads(status(room, "--json"))["todo"][0]
    done = run("digest", "--send", "--week", str(WEEK), site=room.folder)
    assert done.returncode == 1
    assert "Week 2026-W46: 6 held as restored." in done.stdout
    assert "A backup was put back, so nothing is sent until you have decided" in done.stderr
    assert "feeder: 6 messages are held for you to decide" in done.stderr
    assert not (room.outbox / "2026-W46-kk").exists()
    code, out, err = release(room, "--restored", "--as-sent")
    assert code == 0
    assert out.splitlines() == [f"2026-W46-{locale}: 2 taken for sent." for locale in ("en", "kk", "ru")]
    assert "This store is the one to go by from now on." in err
    again = run("digest", "--send", "--week", str(WEEK), site=room.folder)
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "Week 2026-W46: 6 sent (none of them now).")
    assert not (room.outbox / "2026-W46-kk").exists()
    assert "A backup" not in status(room)
