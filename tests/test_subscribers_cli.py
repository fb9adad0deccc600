"""feeder subscribers and feeder bounce, as commands of their own."""

from __future__ import annotations

import csv
import email
import io
import json
import os
import re
import stat
from email import policy
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from doors import LOCALES, run
from test_bounces import returned

EMAIL = "reader@example.org"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site" / "articles").mkdir(parents=True)
    text = 'base_url = "https://news.example.org"\n[[sources]]\npath = "articles"\n'
    (tmp_path / "site" / "feeder.toml").write_text(text, encoding="utf-8")
    return tmp_path / "site"


def feeder(*args: str | Path, site: Path, **env: str) -> CompletedProcess[str]:
    return run("subscribers", *args, site=site, env=env)


def listed(site: Path) -> list[dict[str, str]]:
    return json.loads(feeder("list", "--json", site=site).stdout)  # type: ignore[no-any-return]


def test_adding_with_consent(site: Path) -> None:
    """Any code for the language; twice is once; the list shows nobody's address."""
    for code in ("kz", "kaz", "kk-KZ"):
        done = feeder("add", EMAIL.upper().replace("EXAMPLE", "example"), "--lang", code, "--confirmed", site=site)
        assert (done.returncode, done.stderr) == (0, "")
    (one,) = listed(site)
    assert (one["email"], one["language"], one["state"]) == ("R…@e….ORG".replace("ORG", "org"), "kk", "active")
    for options in ([], ["--json"], ["--csv"]):
        assert "READER@" not in feeder("list", *options, site=site).stdout


def test_adding_without_consent_sends_a_letter(site: Path) -> None:
    """Without a mail server it is a file that only its owner can read; twice within the hour is refused."""
    done = feeder("add", EMAIL, "--lang", "ru", site=site)
    assert done.returncode == 0
    assert EMAIL not in done.stdout + done.stderr
    (path,) = (site / "data" / "outbox").glob("*.eml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    letter = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (letter["To"], letter["Content-Language"]) == (EMAIL, "ru")
    assert listed(site)[0]["state"] == "pending"
    again = feeder("add", EMAIL, "--lang", "ru", site=site)
    assert (again.returncode, "try again later" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("args", "code", "word"),
    [
        (["add", "nonsense", "--lang", "kk"], 1, "name@example.org"),
        (["add", "x@mailinator.com", "--lang", "kk"], 1, "thrown away"),
        (["add", EMAIL, "--lang", "de"], 2, "one of en, kk, ru"),
        (["add", EMAIL, "--lang", "kk-Latn"], 2, "another alphabet"),
        (["add", EMAIL], 2, "--lang"),
        (["import", "no-such-file.csv"], 1, "No such file"),
        (["erase", "nonsense"], 1, "name@example.org"),
        (["export", "--json", "--csv"], 2, "Choose"),
        (["bounces"], 1, "mail.bounces is not set"),
    ],
)
def test_what_cannot_be_done_is_one_line(args: list[str], code: int, word: str, site: Path) -> None:
    """And no traceback."""
    done = feeder(*args, site=site)
    assert done.returncode == code
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert code == 2 or len(done.stderr.splitlines()) == 1


def test_the_list_goes_out_and_comes_in(site: Path, tmp_path: Path) -> None:
    """To a file only its owner can read; into another site the same."""
    for number, locale in enumerate(LOCALES):
        feeder("add", f"reader-{number}@example.org", "--lang", locale, "--confirmed", site=site)
    target = tmp_path / "list.csv"
    target.write_text("old", encoding="utf-8")
    done = feeder("export", "--to", target, site=site)
    assert (done.returncode, done.stdout, "keep it" in done.stderr) == (0, "", True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert [row["email"] for row in rows] == [f"reader-{number}@example.org" for number in range(3)]
    assert list(rows[0]) == ["email", "language", "confirmed_at", "evidence"]
    assert json.loads(rows[0]["evidence"]) == {"how": "command"}
    other = tmp_path / "other"
    (other / "articles").mkdir(parents=True)
    (other / "feeder.toml").write_bytes((site / "feeder.toml").read_bytes())
    assert feeder("import", target, site=other).stdout.startswith("3 people added, 0 there already")
    assert feeder("export", site=other).stdout == target.read_text(encoding="utf-8")
    assert not (other / "data" / "outbox").exists()


def test_an_import_takes_the_good_lines_and_names_the_others(site: Path, tmp_path: Path) -> None:
    """With file and line; it exits with 1, for something was left out."""
    path = tmp_path / "in.csv"
    path.write_text(
        f"email,language,confirmed_at,evidence\n{EMAIL},kk,2026-01-01,paper\nbad,kk,2026-01-01,\n", encoding="utf-8"
    )
    done = feeder("import", path, site=site)
    assert done.returncode == 1
    assert f"{path}:3: no mail address" in done.stderr
    assert "1 person added" in done.stdout
    path.write_bytes("email,language,confirmed_at,evidence\n\xe9,kk,2026-01-01,".encode("latin-1"))
    assert "UTF-8" in feeder("import", path, site=site).stderr


def test_erasing_leaves_nothing_but_a_code(site: Path) -> None:
    """Nor in the outbox; a second time there is nothing to do; the operator cannot put the address back."""
    feeder("add", EMAIL, "--lang", "kk", site=site)
    done = feeder("erase", EMAIL, site=site)
    assert (done.returncode, "1 of the outbox" in done.stdout) == (0, True)
    assert listed(site) == []
    files = [path for path in (site / "data").rglob("*") if path.is_file()]
    assert not [path for path in files if EMAIL.encode() in path.read_bytes()]
    assert "nothing to erase" in feeder("erase", EMAIL, site=site).stdout
    for options in ([], ["--confirmed"]):
        done = feeder("add", EMAIL, "--lang", "kk", *options, site=site)
        assert (done.returncode, "only its owner" in done.stderr) == (1, True)


def test_reports_come_by_pipe_and_by_mailbox(site: Path) -> None:
    """From a mail server's pipe, or a folder."""
    env = {"FEEDER_MAIL_RETURN_PATH": "bounces@news.example.org", "FEEDER_MAIL_BOUNCES": "returned"}
    for address in (EMAIL, "other@example.net"):
        feeder("add", address, "--lang", "kk", "--confirmed", site=site)
    first, second = (one["id"] for one in listed(site))
    done = run("bounce", site=site, env=env, stdin=returned(first).decode())
    assert (done.returncode, done.stdout) == (0, "hard\n")
    (site / "data" / "returned" / "new").mkdir(parents=True)
    (site / "data" / "returned" / "new" / "1").write_bytes(returned(second))
    assert feeder("bounces", site=site, **env).stdout == "1 read: 1 hard.\n"
    assert feeder("bounces", site=site, **env).stdout == "Nothing new came back.\n"
    assert {one["state"] for one in listed(site)} == {"bounced"}


def test_a_pipe_that_cannot_be_served_asks_to_try_again(tmp_path: Path) -> None:
    """75 is what mail servers understand (sysexits.h): the report is not lost."""
    done = run("bounce", site=tmp_path / "nowhere", stdin="x")
    assert done.returncode == os.EX_TEMPFAIL
    assert re.match(r"feeder: there is no feeder\.toml", done.stderr)


def test_encryption_is_switched_on_by_the_next_command(site: Path, tmp_path: Path) -> None:
    """Then no file under data holds the address; without the key, one line says so."""
    feeder("add", EMAIL, "--lang", "kk", "--confirmed", site=site)
    (tmp_path / "key").write_text("k" * 44 + "\n", encoding="utf-8")
    env = {"FEEDER_SUBSCRIBERS_KEY_FILE": str(tmp_path / "key"), "FEEDER_SUBSCRIBERS_ENCRYPT": "true"}
    done = feeder("export", site=site, **env)
    assert EMAIL in done.stdout
    assert not [path for path in (site / "data").rglob("*") if path.is_file() and EMAIL.encode() in path.read_bytes()]
    lost = feeder("list", site=site)
    assert (lost.returncode, "FEEDER_SUBSCRIBERS_KEY_FILE" in lost.stderr) == (1, True)
