"""One process makes a digest, however many are started: the promises of feeder.store.runs.claim and feeder.cli.claims."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from doors import ROOT, environment, until
from walk import NOW

from feeder.cli.claims import Claims
from feeder.store import Store, runs

HOUR = timedelta(hours=1)
#: A process that claims the digest of a week, tells so, works for a while, and puts it down as done.
WORKER = """
import json, sys, time
from datetime import UTC, datetime, timedelta
from feeder.cli.claims import Claims
from feeder.store import open_store, runs

url, start, seconds, lease = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
store = open_store(url)
clock = lambda: datetime.now(UTC)
claims = Claims(store=store, clock=clock, lease=timedelta(seconds=lease), beat=lease / 4)
time.sleep(max(0.0, start - time.time()))
with claims.claimed("digest", "2026-W46", clock()) as ours:
    print(json.dumps(ours), flush=True)
    if ours:
        time.sleep(seconds)
        with store.write() as connection:
            runs.record(connection, "digest", "2026-W46", "done", "", clock())
"""


def start(url: str, *, at: float = 0.0, seconds: float = 0.0, lease: float = 60.0) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", WORKER, url, str(at), str(seconds), str(lease)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, env=environment(PYTHONPATH=str(ROOT)), encoding="utf-8")


def answer(process: subprocess.Popen[str]) -> bool:
    assert process.stdout is not None
    return bool(json.loads(process.stdout.readline()))


def end(process: subprocess.Popen[str]) -> None:
    process.wait(30)
    assert process.stdout is not None
    process.stdout.close()


def record(store: Store) -> runs.Run:
    with store.read() as connection:
        (one,) = runs.of(connection, "digest")
    return one


def url_of(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


def test_of_processes_that_start_at_once_one_does_it(store: Store) -> None:
    """On SQLite and on PostgreSQL alike, all at the same moment."""
    at = time.time() + 3
    workers = [start(url_of(store), at=at, seconds=0.5) for _ in range(4)]
    assert sorted(answer(one) for one in workers) == [False, False, False, True]
    for one in workers:
        end(one)
    assert (record(store).state, record(store).owner) == ("done", None)
    late = start(url_of(store))
    assert answer(late) is False, "it is done"
    end(late)


def test_what_a_killed_process_had_is_taken_over_when_its_lease_is_over(store: Store) -> None:
    first = start(url_of(store), seconds=60, lease=4)
    assert answer(first)
    first.send_signal(signal.SIGKILL)
    end(first)
    second = start(url_of(store))
    assert answer(second) is False, "it may still be alive"
    end(second)
    until(lambda: (record(store).lease or NOW) < datetime.now(UTC), "the end of the lease")
    third = start(url_of(store))
    assert answer(third)
    end(third)
    assert record(store).state == "done"


def test_a_process_that_works_for_longer_than_its_lease_keeps_it(store: Store) -> None:
    """It says that it is alive."""
    first = start(url_of(store), seconds=6, lease=2)
    assert answer(first)
    time.sleep(3.5)
    second = start(url_of(store))
    assert answer(second) is False
    end(second)
    end(first)
    assert record(store).state == "done"


def test_a_claim_ends_with_its_record(store: Store) -> None:
    claims = Claims(store=store, clock=lambda: NOW)
    with claims.claimed("digest", "2026-W46", NOW) as ours:
        assert ours
        assert (record(store).state, record(store).owner) == ("taken", claims.owner)
        with store.write() as connection:
            runs.record(connection, "digest", "2026-W46", "done", "", NOW + HOUR, seconds=2.5)
    done = record(store)
    assert (done.state, done.owner, done.started, done.ended) == ("done", None, NOW, NOW + HOUR)
    assert (done.succeeded, done.seconds) == (NOW + HOUR, 2.5)


def test_work_that_is_stopped_is_handed_back_at_once(store: Store) -> None:
    """The next process need not wait for the lease."""
    with pytest.raises(KeyboardInterrupt), Claims(store=store, clock=lambda: NOW).claimed("digest", "2026-W46", NOW):
        raise KeyboardInterrupt
    assert record(store).owner is None
    with Claims(store=store, clock=lambda: NOW).claimed("digest", "2026-W46", NOW) as ours:
        assert ours


@pytest.mark.parametrize(("state", "free"), [("done", False), ("held", False), ("skipped", False), ("failed", True)])
def test_only_what_is_not_over_can_be_claimed(store: Store, state: str, free: bool) -> None:
    with store.write() as connection:
        runs.record(connection, "digest", "2026-W46", state, "why", NOW)
        got = runs.claim(connection, "digest", "2026-W46", owner="b", now=NOW, until=NOW + HOUR, due=NOW)
    assert got is free


def test_a_week_found_empty_before_it_was_due_can_be_claimed_when_it_is(store: Store) -> None:
    with store.write() as connection:
        runs.record(connection, "digest", "2026-W46", "empty", "no stories", NOW)
        claim: Callable[[datetime], bool] = lambda due: runs.claim(  # noqa: E731  twice the same
            connection, "digest", "2026-W46", owner="b", now=NOW + HOUR, until=NOW + 2 * HOUR, due=due
        )
        assert not claim(NOW)
        assert claim(NOW + HOUR)


def test_the_last_success_outlives_later_failures(store: Store) -> None:
    """Else a restart after a failure would make a job look as if it had never worked."""
    with store.write() as connection:
        runs.record(connection, "build", "2026-11-16", "done", "", NOW, seconds=1.5)
        runs.record(connection, "build", "2026-11-16", "failed", "no such folder", NOW + HOUR)
        runs.record(connection, "build", "2026-11-17", "failed", "no such folder", NOW + 24 * HOUR)
        assert runs.last_success(connection) == {"build": (NOW, 1.5)}
        assert runs.since(connection) == NOW
        assert runs.newest(connection) == NOW + 24 * HOUR
        runs.forget(connection, "build", "2026-11-17")
        assert [one.slot for one in runs.of(connection, "build")] == ["2026-11-17"]
