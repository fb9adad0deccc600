"""A record for each time the clock asked for something: the promises of feeder.store.runs."""

from __future__ import annotations

from datetime import timedelta

from walk import NOW

from feeder.store import Store, runs


def test_a_job_has_one_record_for_its_slot_and_keeps_its_start(store: Store) -> None:
    with store.write() as connection:
        runs.record(connection, "digest", "2026-W46", "taken", "", NOW)
        runs.record(connection, "digest", "2026-W46", "done", "", NOW + timedelta(hours=1))
        runs.record(connection, "digest", "2026-W47", "empty", "There are no stories yet.", NOW)
        runs.record(connection, "backup", "2026-11-16", "done", "", NOW)
        last, first = runs.of(connection, "digest")
    assert (last.slot, last.state, last.why) == ("2026-W47", "empty", "There are no stories yet.")
    assert (first.state, first.started, first.ended) == ("done", NOW, NOW + timedelta(hours=1))


def test_what_is_taken_is_not_over(store: Store) -> None:
    with store.write() as connection:
        runs.record(connection, "digest", "2026-W46", "failed", "The disk is full.", NOW)
        runs.record(connection, "digest", "2026-W46", "taken", "", NOW + timedelta(hours=1))
        (one,) = runs.of(connection, "digest")
    assert (one.state, one.why, one.ended) == ("taken", "", None)
