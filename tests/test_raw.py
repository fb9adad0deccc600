"""What was fetched is kept byte for byte, once, until nobody has used it for long."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeder.sources.raw import Raw


def at(day: int) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC)


def age(root: Path, day: int) -> None:
    for path in root.rglob("*"):
        os.utime(path, (at(day).timestamp(),) * 2)


def test_a_body_comes_back_byte_for_byte_and_is_kept_once(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw")
    body = bytes(range(256)) * 100
    name = raw.put(body)
    assert raw.put(body) == name
    assert raw.put(b"") != name
    assert raw.get(name) == body
    assert len([path for path in (tmp_path / "raw").rglob("*") if path.is_file()]) == 2


def test_what_was_not_put_again_goes_by_age(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    old, used = raw.put(b"old"), raw.put(b"used")
    age(tmp_path, 1)
    raw.put(b"used")
    assert raw.prune(at(2)) == 1
    assert (raw.get(old), raw.get(used)) == (None, b"used")


def test_a_damaged_body_is_none(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    name = raw.put(b"body")
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes()[:-3])
    assert raw.get(name) is None


def test_only_the_owner_may_read_and_nothing_is_left_of_a_killed_run(tmp_path: Path) -> None:
    raw = Raw(tmp_path / "raw")
    raw.put(b"body")
    (path,) = (path for path in (tmp_path / "raw").rglob("*") if path.is_file())
    assert path.stat().st_mode & 0o077 == 0
    (path.parent / ".tmp-x").write_bytes(b"half")
    age(tmp_path / "raw", 1)
    assert raw.prune(at(2)) == 1
    assert not [path for path in (tmp_path / "raw").rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_a_name_is_a_hash_and_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Raw(tmp_path).get(name)
