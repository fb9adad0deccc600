"""SpamAssassin is asked on this machine, and its silence is no answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from doors import need
from letters import reader
from walk import NOW, build

from feeder import spam
from feeder.digest.amendments import for_reader
from feeder.jobs import compile as digests
from feeder.jobs.newsroom import Newsroom
from feeder.mail import message
from feeder.model import Week
from feeder.store import Store

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
MESSAGE = "From: a@example.org\r\nTo: b@example.org\r\nSubject: Test\r\nDate: Mon, 16 Nov 2026 08:00:00 +0500\r\n"
MESSAGE += "Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A `spamassassin` of our own in an otherwise empty PATH."""
    path = folder / "spamassassin"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin")


def test_spam_is_told_from_mail() -> None:
    """The string that every filter knows (GTUBE) has a thousand points; a plain letter has hardly any."""
    need("spamassassin")
    good, bad = spam.score((MESSAGE + "A plain letter.\r\n").encode()), spam.score((MESSAGE + GTUBE).encode())
    assert good
    assert bad
    assert good.points < good.limit < bad.points
    assert "GTUBE" in {name for _, name, _ in bad.rules}
    assert list(bad.rules) == sorted(bad.rules, key=lambda rule: (-rule[0], rule[1]))


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_digest_is_mail_to_everybody_in_each_language(store: Store, room: Newsroom) -> None:
    """Half a point of the five from which mail is called spam, as a reader gets it; Cyrillic alone costs one elsewhere."""
    need("spamassassin")
    build(store, room)
    compiled = digests.compile_week(store, room, Week(2026, 46), NOW)
    assert set(compiled.issues) == {"en", "kk", "ru"}
    for locale, issue in compiled.issues.items():
        prepared = message.prepare(for_reader(issue, ()), digests.sender(room, locale))
        verdict = spam.score(prepared.compose(reader(7)))
        assert verdict is not None
        assert verdict.points <= 0.5, (locale, verdict.rules)


def test_without_the_program_there_is_no_score(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not spam.is_there()
    assert spam.score(b"") is None


def test_a_program_that_hangs_or_fails_gives_no_score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, monkeypatch, "exec sleep 60")
    assert spam.score(b"", seconds=0.2) is None
    program(tmp_path, monkeypatch, "echo nonsense; exit 3")
    assert spam.score(b"") is None


def test_it_runs_without_the_net_and_without_anybodys_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Local tests only, an empty home that is gone afterwards, and nothing of our environment."""
    monkeypatch.setenv("FEEDER_MAIL_SMTP_URL", "smtp://name:secret@mail.example.org")
    program(tmp_path, monkeypatch, 'echo "$@"; env; ls -A "$HOME"')
    monkeypatch.setattr(spam, "_verdict", lambda report: report)
    report = str(spam.score(b""))
    assert report.split("\n")[0].startswith("-L -t -x")
    assert "secret" not in report
    home = next(line.removeprefix("HOME=") for line in report.splitlines() if line.startswith("HOME="))
    assert not Path(home).exists()
