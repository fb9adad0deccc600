"""To try without a server, messages go into a folder."""

from __future__ import annotations

import mailbox
import os
import stat
from pathlib import Path

import pytest

from feeder.errors import Unreachable
from feeder.transports import Transport, open_transport

MESSAGE = b"Subject: x\r\n\r\nbody\r\n"


def send(transport: Transport, name: str = "2026-W46-kk.k3v2", message: bytes = MESSAGE) -> None:
    transport.send("a@example.org", "b@example.net", message, name=name, before_end=lambda: None)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("form", ["file:letters", "file:{}/letters", "file://{}/letters"])
def test_a_file_for_each_message_that_nobody_else_can_read(form: str, tmp_path: Path) -> None:
    """Relative to the data folder, or absolute, or as a URL."""
    transport = open_transport(form.format(tmp_path), tmp_path)
    send(transport)
    send(transport, name="2026-W46-kk.other")
    transport.close()
    folder = tmp_path / "letters"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "2026-W46-kk.k3v2.eml": MESSAGE,
        "2026-W46-kk.other.eml": MESSAGE,
    }
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("kind", ["file", "maildir"])
def test_a_repeat_is_the_same_file(kind: str, tmp_path: Path) -> None:
    transport = open_transport(f"{kind}:letters", tmp_path)
    send(transport, message=b"old")
    send(transport)
    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [MESSAGE]


def test_a_mail_program_reads_the_maildir(tmp_path: Path) -> None:
    send(open_transport("maildir:letters", tmp_path))
    box = mailbox.Maildir(tmp_path / "letters", create=False)
    assert [one["Subject"] for one in box] == ["x"]
    assert {mode(path) for path in (tmp_path / "letters").iterdir()} == {0o700}
    assert [mode(path) for path in (tmp_path / "letters" / "new").iterdir()] == [0o600]


@pytest.mark.parametrize("kind", ["file", "maildir"])
def test_nothing_is_there_when_the_mark_could_not_be_set(kind: str, tmp_path: Path) -> None:
    """What the ledger raised is what is raised, even when it is an error of the disk."""

    def full() -> None:
        raise OSError(28, "the ledger's own disk is full")

    with pytest.raises(OSError, match="own disk"):
        open_transport(f"{kind}:letters", tmp_path).send("a@b", "c@d", MESSAGE, name="n", before_end=full)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("kind", ["file", "maildir"])
def test_a_folder_that_cannot_be_written_is_told_in_one_line(kind: str, tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("a file is in the way", encoding="utf-8")
    with pytest.raises(Unreachable, match=r"cannot write into .*letters") as caught:
        send(open_transport(f"{kind}:letters", tmp_path))
    assert "\n" not in str(caught.value)


def test_an_issue_has_a_folder_of_its_own_in_a_folder_and_none_in_a_maildir(tmp_path: Path) -> None:
    """Mail programs look for messages directly in a maildir's folders."""
    send(open_transport("file:letters", tmp_path), name="2026-W46-kk/k3v2")
    send(open_transport("maildir:box", tmp_path), name="2026-W46-kk/k3v2")
    assert (tmp_path / "letters" / "2026-W46-kk" / "k3v2.eml").read_bytes() == MESSAGE
    assert len(mailbox.Maildir(tmp_path / "box", create=False)) == 1
    assert {mode(path) for path in tmp_path.rglob("*") if path.is_dir()} == {0o700}


@pytest.mark.parametrize("name", ["../x", "a/../x", "/x", "a/.x", "a/", "", ".hidden", "a" * 401, "x\0"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not the name of a delivery"):
        send(open_transport("file:letters", tmp_path), name=name)


def test_what_a_killed_process_left_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / f".n.eml.{os.getpid()}").write_bytes(b"half")
    send(open_transport("file:letters", tmp_path), name="n")
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["n.eml"]
