"""What is noted beside the store: a mark that never goes back, and the logs of processes that were killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from feeder.errors import StoreError
from feeder.store.logbook import Log, Logbook, Mark


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sending"


def mark(count: int, store: str = "abc") -> Mark:
    return Mark(store=store, count=count)


def test_a_mark_never_goes_back(folder: Path) -> None:
    """Two processes may write in whatever order; and another store's mark is not written over unless that is said."""
    book = Logbook(folder, "a")
    assert book.mark() is None
    for written, kept in ((mark(3), mark(3)), (mark(2), mark(3)), (mark(5), mark(5)), (mark(9, "other"), mark(5))):
        book.advance(written)
        assert book.mark() == kept
    book.advance(mark(1, "other"), anew=True)
    assert book.mark() == mark(1, "other")


@pytest.mark.parametrize("text", ["", "abc", "abc 12", "abc 0000000000000000000x\n", "\xff\xfe"])
def test_a_mark_that_cannot_be_read_is_none(folder: Path, text: str) -> None:
    """Half a line after a power cut, say: the store is then held, not trusted."""
    folder.mkdir(parents=True)
    (folder / "mark").write_text(text, encoding="latin-1")
    assert Logbook(folder, "a").mark() is None


def test_the_folder_is_the_owners_alone(folder: Path) -> None:
    book = Logbook(folder, "a")
    book.open()
    book.advance(mark(1))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {"a.log": 0o600, "mark": 0o600}


KILLED = """
import os, sys, pathlib
from feeder.store.logbook import Logbook
book = Logbook(pathlib.Path(sys.argv[1]), "dead")
book.open()
book.note(7, "dead-1")
book.note(8, "dead-2")
os.kill(os.getpid(), 9)
"""


def test_the_log_of_a_killed_process_is_found_once(folder: Path) -> None:
    """By whoever comes first; those of the living are left alone."""
    alive, other = Logbook(folder, "alive"), Logbook(folder, "other")
    alive.open()
    other.open()
    subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    with alive.dead() as found:
        assert found == [Log(token="dead", noted=frozenset({(7, "dead-1"), (8, "dead-2")}))]
        with other.dead() as at_the_same_time:
            assert at_the_same_time == []
    with alive.dead() as found:
        assert found == []
    assert sorted(path.name for path in folder.iterdir()) == ["alive.log", "other.log"]


def test_a_log_stays_when_its_finder_fails(folder: Path) -> None:
    """The next one finds it again."""
    subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    book = Logbook(folder, "a")
    with pytest.raises(StoreError), book.dead():
        raise StoreError("gone")
    with book.dead() as found:
        assert [one.token for one in found] == ["dead"]


def test_a_log_ends_with_its_process_when_all_is_settled(folder: Path) -> None:
    book = Logbook(folder, "a")
    book.open()
    book.note(1, "a-1")
    book.close()
    book.close()
    assert list(folder.iterdir()) == []


def test_a_log_that_is_let_go_is_found_like_that_of_a_killed_process(folder: Path) -> None:
    """A run that failed in a program that goes on: its next run puts things in order."""
    failed, after = Logbook(folder, "failed"), Logbook(folder, "after")
    failed.open()
    failed.note(1, "failed-1")
    failed.let_go()
    with after.dead() as found:
        assert found == [Log(token="failed", noted=frozenset({(1, "failed-1")}))]


def test_a_folder_that_cannot_be_used_is_told_in_one_line(folder: Path) -> None:
    """Without it nothing is sent: nobody could tell a restored store."""
    folder.parent.mkdir()
    folder.write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match=r"nothing can be sent: .*sending cannot be used: "):
        Logbook(folder, "a").open()
    with pytest.raises(StoreError, match="nothing can be sent"):
        Logbook(folder, "a").advance(mark(1))
