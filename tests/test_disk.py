"""A reader sees the old file or the new one, never half of either; a disk that fails is one line."""

from __future__ import annotations

import errno
import gzip
import os
import threading
from contextlib import suppress
from pathlib import Path

import brotli
import pytest

from feeder.errors import FeederError
from feeder.outputs.disk import Disk, write

FILES = {"kk/a/index.html": b"a", "kk/b/index.html": b"bb", "index.html": b"root"}


def found(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_files_lie_where_they_were_put_and_everybody_may_read_them(tmp_path: Path) -> None:
    """Whatever the umask of the program: another one serves them."""
    before = os.umask(0o077)
    try:
        Disk(tmp_path / "public").put(FILES)
    finally:
        os.umask(before)
    for path, body in FILES.items():
        target = tmp_path / "public" / path
        assert (target.read_bytes(), target.stat().st_mode & 0o777) == (body, 0o644)
    assert found(tmp_path / "public") == sorted(FILES)


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """It reads over and over while the file is replaced by one of another size."""
    disk, path = Disk(tmp_path), tmp_path / "feed.atom"
    versions = [b"a" * 300_000, b"b" * 100]
    disk.put({"feed.atom": versions[0]})
    stop = threading.Event()
    wrong: list[int] = []

    def look() -> None:
        while not stop.is_set():
            if (body := path.read_bytes()) not in versions:
                wrong.append(len(body))

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(60):
        disk.put({"feed.atom": versions[number % 2]})
    stop.set()
    reader.join()
    assert wrong == []


PAGE = b"<p>" + b"\xd2\x9b\xd0\xb0\xd0\xb7\xd0\xb0\xd2\x9b " * 200  # the same few letters pack well


def unpacked(path: Path) -> dict[str, bytes]:
    """What the copies of a file say."""
    return {
        ".br": brotli.decompress(path.with_name(f"{path.name}.br").read_bytes()),
        ".gz": gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()),
    }


def test_a_text_has_compressed_copies_of_the_same_moment(tmp_path: Path) -> None:
    """nginx and Caddy find them by name, and derive tags and dates from their times; anyone may read them."""
    Disk(tmp_path).put({"kk/index.html": PAGE})
    page = tmp_path / "kk" / "index.html"
    assert unpacked(page) == {".br": PAGE, ".gz": PAGE}
    for copy in page.parent.iterdir():
        assert copy.stat().st_mtime_ns == page.stat().st_mtime_ns
        assert copy.stat().st_mode & 0o777 == 0o644
    first = {copy.name: copy.read_bytes() for copy in page.parent.iterdir()}
    Disk(tmp_path / "again").put({"index.html": PAGE})
    assert {copy.name: copy.read_bytes() for copy in (tmp_path / "again").iterdir()} == first


def test_what_is_small_or_packed_already_has_no_copies(tmp_path: Path) -> None:
    Disk(tmp_path).put({"a.html": PAGE[:999], "media/a.png": PAGE, "b.html": PAGE[:1000]})
    assert found(tmp_path) == ["a.html", "b.html", "b.html.br", "b.html.gz", "media/a.png"]


def test_a_file_that_lost_a_copy_is_not_whole(tmp_path: Path) -> None:
    """Nor is one beside which a copy of another moment lies, or one where no copies are wanted: it is written again."""
    disk, page = Disk(tmp_path), tmp_path / "index.html"
    disk.put({"index.html": PAGE})
    assert disk.has("index.html", len(PAGE))
    assert not Disk(tmp_path, compress=False).has("index.html", len(PAGE))
    os.utime(tmp_path / "index.html.gz", (1, 1))
    assert not disk.has("index.html", len(PAGE))
    disk.put({"index.html": PAGE})
    page.with_name("index.html.br").unlink()
    assert not disk.has("index.html", len(PAGE))
    Disk(tmp_path, compress=False).put({"index.html": PAGE})
    assert found(tmp_path) == ["index.html"]
    assert Disk(tmp_path, compress=False).has("index.html", len(PAGE))


def test_a_file_that_becomes_small_loses_its_copies_and_a_removed_one_too(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.put({"kk/index.html": PAGE, "kk/feed.atom": PAGE})
    disk.put({"kk/index.html": b"short"})
    assert found(tmp_path / "kk") == ["feed.atom", "feed.atom.br", "feed.atom.gz", "index.html"]
    disk.delete(["kk/feed.atom", "kk/index.html"])
    assert list(tmp_path.iterdir()) == []


def test_no_old_copy_ever_lies_beside_a_new_file(tmp_path: Path) -> None:
    """A reader that was given a version is never given an older one: it compares the file with the copies it finds after."""
    disk, page = Disk(tmp_path), tmp_path / "index.html"
    disk.put({"index.html": PAGE + b"000"})
    stop = threading.Event()
    wrong: list[str] = []

    def look() -> None:
        while not stop.is_set():
            known = page.read_bytes()
            for kind, unpack in ((".br", brotli.decompress), (".gz", gzip.decompress)):
                with suppress(FileNotFoundError):
                    if unpack(page.with_name(page.name + kind).read_bytes()) < known:
                        wrong.append(kind)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(1, 100):
        disk.put({"index.html": PAGE + b"%03d" % number})
    stop.set()
    reader.join()
    assert wrong == []


def test_nothing_is_put_in_place_before_all_of_it_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full at the last file: the published ones stay as they were, nothing half-written stays."""
    disk = Disk(tmp_path)
    disk.put(FILES)
    real, calls = os.fsync, iter(range(100))

    def full(handle: int) -> None:
        if next(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FeederError, match="No space left on device") as caught:
        disk.put(dict.fromkeys(FILES, b"new"))
    assert "\n" not in str(caught.value)
    assert {path: (tmp_path / path).read_bytes() for path in found(tmp_path)} == FILES


def test_a_file_is_there_when_it_has_its_size(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.put({"a.txt": b"12345"})
    assert disk.has("a.txt", 5)
    assert not disk.has("a.txt", 4)
    assert not disk.has("b.txt", 5)
    assert not disk.has("a.txt/b", 5)


def test_what_is_deleted_takes_its_empty_folders_along_and_no_others(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "public")
    disk.put({**FILES, "kk/b/feed.atom": b""})
    disk.delete(["kk/a/index.html", "kk/b/index.html", "kk/gone/index.html", "index.html/below"])
    assert found(tmp_path / "public") == ["index.html", "kk/b/feed.atom"]
    assert not (tmp_path / "public" / "kk" / "a").exists()
    disk.delete(["kk/b/feed.atom", "index.html"])
    assert list((tmp_path / "public").iterdir()) == []


@pytest.mark.parametrize("path", ["../outside", "kk/../../outside", "/tmp/outside"])
def test_no_path_leads_out_of_the_output(tmp_path: Path, path: str) -> None:
    disk = Disk(tmp_path / "public")
    with pytest.raises(ValueError, match="not inside"):
        disk.put({path: b""})
    with pytest.raises(ValueError, match="not inside"):
        disk.delete([path])
    assert found(tmp_path) == []


def test_what_a_killed_run_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.put({**FILES, ".well-known/security.txt": b"mine"})
    (tmp_path / ".tmp-x1y2").mkdir()
    (tmp_path / ".tmp-x1y2" / "0").write_bytes(b"half")
    disk.sweep()
    assert found(tmp_path) == sorted([*FILES, ".well-known/security.txt"])


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """That says what to do."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in (tmp_path / "file" / "public", Path("/proc/public")):
        with pytest.raises(FeederError, match="choose another place with --data") as caught:
            Disk(place)
        assert "\n" not in str(caught.value)
        with pytest.raises(FeederError, match="cannot write"):
            write(place / "a.eml", b"")


def test_something_else_in_a_file_s_place_is_one_line(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    (tmp_path / "index.html" / "below").mkdir(parents=True)
    with pytest.raises(FeederError, match="cannot write to"):
        disk.put({"index.html": b""})
    with pytest.raises(FeederError, match="cannot remove"):
        disk.delete(["index.html"])
    assert found(tmp_path) == []


def test_a_single_file_can_be_for_its_owner_alone(tmp_path: Path) -> None:
    target = tmp_path / "outbox" / "a.eml"
    write(target, b"old", mode=0o600)
    write(target, b"new", mode=0o600)
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"new", 0o600)
    assert found(tmp_path) == ["outbox/a.eml"]
