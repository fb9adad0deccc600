"""Health as the store's records tell it, so that it is right after a restart: the promises of feeder.jobs.vitals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import crowd
from doors import Server, sample, until
from walk import NOW, article, newsroom

from feeder.cli.health import Health, health_of, look
from feeder.jobs.newsroom import Newsroom
from feeder.store import Store, deliveries, runs

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)  #: 08:00 in Almaty: the digest of 2026-W46 is due


def put(store: Store, job: str, slot: str, state: str, at: datetime) -> None:
    with store.write() as connection:
        runs.record(connection, job, slot, state, "", at)


def reasons(store: Store, room: Newsroom, at: datetime) -> dict[str, str]:
    return dict(look(room, store, at).reasons)


def test_a_build_is_late_after_three_intervals_and_a_minute(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    assert reasons(store, room, MONDAY) == {"build": "never"}
    put(store, "build", "2026-11-14", "done", MONDAY - 48 * HOUR)
    at = MONDAY - 48 * HOUR
    assert reasons(store, room, at + timedelta(seconds=240)) == {}
    assert reasons(store, room, at + timedelta(seconds=241)) == {"build": "late"}
    put(store, "build", "2026-11-14", "failed", at)
    assert reasons(store, room, at) == {"build": "failed"}


def test_a_digest_is_late_an_hour_after_it_was_due(store: Store, tmp_path: Path) -> None:
    """Unless nothing ran here when it was due."""
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, schedule_build_every="999999")
    put(store, "build", "2026-11-16", "done", MONDAY + HOUR)
    assert reasons(store, room, MONDAY + 5 * HOUR) == {}, "the site is younger"
    put(store, "build", "2026-11-15", "done", MONDAY - HOUR)
    assert reasons(store, room, MONDAY + HOUR) == {}
    assert reasons(store, room, MONDAY + HOUR + timedelta(seconds=1)) == {"digest": "late"}
    for state, told in (("failed", "failed"), ("held", "held"), ("done", None), ("empty", None), ("skipped", None)):
        put(store, "digest", "2026-W46", state, MONDAY)
        assert reasons(store, room, MONDAY + 5 * HOUR).get("digest") == told
    put(store, "digest", "2026-W46", "taken", MONDAY)
    assert reasons(store, room, MONDAY + HOUR) == {}


def test_mail_that_does_not_move_is_late_and_mail_that_waits_for_a_person_is_held(store: Store, tmp_path: Path) -> None:
    room = crowd.site(tmp_path / "desk", schedule_build_every="999999")
    crowd.subscribe(store, room, 3)
    crowd.put_in_queue(store, crowd.make(store, room))
    put(store, "build", "2026-11-16", "done", NOW)
    put(store, "digest", "2026-W46", "done", NOW)
    assert reasons(store, room, NOW + HOUR) == {}
    assert reasons(store, room, NOW + 2 * HOUR) == {"mail": "late"}
    with store.write() as connection:
        deliveries.hold(connection, "late", NOW)
    assert reasons(store, room, NOW) == {"mail": "held"}


def test_a_new_process_is_as_red_as_the_old_one(store: Store, tmp_path: Path) -> None:
    """A container that is restarted because it is red must not be green for that alone."""
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    put(store, "build", "2026-11-16", "done", MONDAY - HOUR)
    well, facts = health_of(room, store, lambda: MONDAY).report()
    assert not well
    assert facts == {
        "last_success": (MONDAY - HOUR).isoformat(), "failing": ["build"], "reasons": {"build": "late"}
    }  # fmt: skip


def test_a_store_that_does_not_answer_is_one_word(store: Store, tmp_path: Path) -> None:
    from feeder.errors import StoreError

    def gone(now: datetime) -> None:
        raise StoreError("the store /srv/hush cannot be used")

    health = Health(lambda: MONDAY, gone)  # type: ignore[arg-type]  # it never returns
    assert health.report() == (False, {"last_success": "", "failing": ["store"], "reasons": {"store": "unreachable"}})
    assert not health.ready()


def test_the_server_says_when_it_is_ready_and_what_it_counts(tmp_path: Path) -> None:
    """/readyz and /metrics of the real process: for this machine itself, not through a proxy on it, or with the token."""
    site = sample(tmp_path)
    with Server(site, FEEDER_METRICS_TOKEN="0123456789abcdef") as server:
        assert server.get("/readyz").status == 200
        answer = server.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        text = answer.body.decode()
        for line in (
            "feeder_healthy 1.0",
            'feeder_deliveries{state="sent"} 0.0',
            'feeder_subscribers{language="kk",state="active"} 0.0',
            'feeder_source_silent{source="articles"} 0.0',
            'feeder_job_last_success_timestamp_seconds{job="build"} ',
            'feeder_job_next_run_timestamp_seconds{job="digest"} ',
            "process_resident_memory_bytes ",
        ):
            assert f"\n{line}" in text
        assert server.get("/metrics", x_forwarded_for="203.0.113.5").status == 401
        for token, status in (("0123456789abcdef", 200), ("0123456789abcdeF", 401), ("", 401)):
            answer = server.get("/metrics", authorization=f"Bearer {token}", x_forwarded_for="203.0.113.5")
            assert answer.status == status


def test_without_sources_the_server_is_not_ready(tmp_path: Path) -> None:
    site = sample(tmp_path)
    (site / "articles").rename(site / "away")
    with Server(site, FEEDER_SCHEDULE_BUILD_EVERY="1") as server:
        assert server.get("/readyz").status == 503
        assert b'"build": "failed"' in server.get("/healthz").body
        (site / "away").rename(site / "articles")
        until(lambda: server.get("/readyz").status == 200, "the first build")
