"""`feeder doctor` tells what stops the next run, what does not, and what to do; it changes nothing and tells no secret."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import crowd
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from doors import free_port, run, sample, tree
from feed_server import FeedServer, served
from sink import Sink
from test_feed_sources import item, rss, site, source
from walk import NOW, article, build, newsroom

from feeder.cli.health import look
from feeder.config.origins import Origin
from feeder.jobs import doctor
from feeder.jobs.doctor import Patient
from feeder.jobs.newsroom import Newsroom
from feeder.language import locales
from feeder.model import Finding
from feeder.resources import folder
from feeder.scheduler import next_dues
from feeder.sources import feed
from feeder.sources.remote import Limits
from feeder.store import Store, deliveries, lineage, runs, source_states
from feeder.store.upgrade import HEAD


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    monkeypatch.setattr(feed, "PAUSE", 0.0)
    monkeypatch.setattr(feed, "_LIMITS", Limits(seconds=2, step=1))
    with served() as running:
        yield running


def patient(room: Newsroom, store: Store | None = None, **more: Any) -> Patient:
    known = {"store_version": HEAD} if store else {}
    return Patient(room=room, store=store, **{"now": NOW, **known, **more})


def found(room: Newsroom, store: Store | None = None, **more: Any) -> dict[str, list[Finding]]:
    """The findings by the first word of their subject."""
    made: dict[str, list[Finding]] = {}
    for one in doctor.examine(patient(room, store, **more)):
        made.setdefault(one.subject.split()[0], []).append(one)
    return made


def bad(findings: dict[str, list[Finding]]) -> list[Finding]:
    return [one for several in findings.values() for one in several if one.level in ("warning", "blocker")]


# --- the command ---


def _garbage(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all " * 200)


def _newer(folder: Path) -> None:
    import sqlite3
    from contextlib import closing

    (folder / "data").mkdir()
    with closing(sqlite3.connect(folder / "data" / "feeder.db")) as store, store:
        store.execute("CREATE TABLE alembic_version (version_num TEXT)")
        store.execute("INSERT INTO alembic_version VALUES ('9999')")


def test_the_sample_site_is_well_before_and_after_its_first_build(tmp_path: Path) -> None:
    """Missing mail is a note; nothing is made, not even the store."""
    folder = sample(tmp_path)
    before = tree(folder)
    first = run("doctor", site=folder)
    assert (first.returncode, first.stderr, tree(folder)) == (0, "", before)
    assert "no mail server" in first.stdout
    assert "no store yet" in first.stdout
    assert run("build", site=folder).returncode == 0
    before = tree(folder)
    again = run("doctor", "--json", site=folder)
    told = json.loads(again.stdout)
    assert (again.returncode, told["ok"]) == (0, True)
    assert {one["level"] for one in told["findings"]} == {"fine", "note"}
    for one in told["findings"]:
        assert one.keys() == {"level", "subject", "what", "why", "todo"}
        assert (one["level"] == "fine") == (not one["todo"])
        assert bool(one["why"]) == bool(one["todo"])
        assert not any("\n" in text for text in one.values())
    assert tree(folder) == before


def test_a_wrong_configuration_is_a_finding_and_stops_everything(tmp_path: Path) -> None:
    folder = sample(tmp_path)
    (folder / "feeder.toml").write_text('base_url = "news"\n', encoding="utf-8")
    done = run("doctor", "--json", site=folder)
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"], done.stderr) == (1, False, "")
    (one,) = told["findings"]
    assert (one["level"], one["subject"]) == ("blocker", "configuration")
    shown = run("doctor", site=folder)
    assert shown.stdout.startswith("BLOCKER  configuration: feeder.toml")
    assert "1 thing stops the next run." in shown.stdout


@pytest.mark.parametrize(
    ("spoil", "subject", "says"),
    [
        (lambda site: shutil.rmtree(site / "articles"), "source articles", "no folder"),
        (lambda site: (site / "data").write_text("x", encoding="utf-8"), "data folder", "is no folder"),
        (lambda site: _garbage(site / "data/feeder.db"), "store", "not a database"),
        (_newer, "store", "this feeder knows"),
    ],
)
def test_what_stops_the_next_run_is_a_blocker(
    tmp_path: Path, spoil: Callable[[Path], object], subject: str, says: str
) -> None:
    folder = sample(tmp_path)
    spoil(folder)
    done = run("doctor", "--json", site=folder)
    blockers = [one for one in json.loads(done.stdout)["findings"] if one["level"] == "blocker"]
    assert (done.returncode, subject in [one["subject"] for one in blockers]) == (1, True), done.stdout
    assert any(says in one["what"] for one in blockers)


def test_an_older_store_is_looked_at_and_left_alone(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    folder = sample(tmp_path)
    run("build", site=folder)
    with closing(sqlite3.connect(folder / "data/feeder.db")) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '0001'")
    before = tree(folder)
    done = run("doctor", site=folder)
    assert done.returncode == 0
    assert "at version 0001, of an older feeder" in done.stdout
    assert tree(folder) == before


def test_it_tells_no_password_and_no_address(tmp_path: Path) -> None:
    folder = sample(tmp_path)
    toml = (folder / "feeder.toml").read_text(encoding="utf-8")
    feeds = '[[sources]]\nkind = "feed"\nurl = "https://wire.example.org/feed?key=hush&x=1"\n'
    (folder / "feeder.toml").write_text(toml + feeds, encoding="utf-8")
    settings = {
        "FEEDER_MAIL_SMTP_URL": "smtps://desk:hush@mail.example.org",
        "FEEDER_MAIL_SENDER": "Desk <desk@news.example.org>",
        "FEEDER_STORAGE_DATABASE_URL": "postgresql://desk:hush@127.0.0.1:9/feeder",
    }
    for words in (("doctor",), ("doctor", "--json")):
        done = run(*words, site=folder, env=settings)
        assert done.returncode == 1
        for secret in ("hush", "desk@"):
            assert secret not in done.stdout + done.stderr
        assert "wire.example.org/feed?" in done.stdout


# --- configuration, languages, schedule ---


def test_what_is_right_and_not_what_was_meant_is_said(tmp_path: Path) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, base_url="http://news.example.org")
    told = found(room)["configuration"]
    assert [one.level for one in told] == ["fine", "note", "warning"]
    named = newsroom(tmp_path / "desk", base_url="http://127.0.0.1:8000", title="Steppe")
    assert [one.level for one in found(named)["configuration"]] == ["fine", "note"]


def test_a_catalog_that_lacks_a_message_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    assert [one.level for one in found(room)["catalogs"]] == ["fine"]
    monkeypatch.delitem(locales.catalog("kk")._catalog, "In English")  # type: ignore[attr-defined]
    (one,) = found(room)["catalogs"]
    assert (one.level, "'kk'" in one.what, "'In English'" in one.what) == ("warning", True, True)


def test_old_time_zones_are_a_blocker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from feeder.jobs.doctor import languages

    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    monkeypatch.setattr(languages, "ZoneInfo", lambda _: ZoneInfo("Etc/GMT-6"))
    (one,) = found(room)["time"]
    assert (one.level, "older than 2024a" in one.what) == ("blocker", True)


def test_the_next_three_digests_are_told_on_both_clocks(tmp_path: Path) -> None:
    """Across Kazakhstan's change of 2024, too."""
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, digest_schedule="fri 18:00")
    after = datetime(2024, 2, 20, tzinfo=UTC)
    runs = next_dues("fri 18:00", room.site.zone, after, 3)
    (one,) = found(room, digests=runs)["schedule"]
    assert "Fri 2024-02-23 18:00 +06 (12:00 UTC), Fri 2024-03-01 18:00 +05 (13:00 UTC)" in one.what
    assert one.what.count("UTC") == 3


# --- storage ---


def test_a_folder_that_cannot_be_written_to_is_a_blocker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, storage_output="/nowhere/else")
    monkeypatch.setattr(os, "access", lambda path, mode: "desk" in str(path))
    told = found(room)
    assert [one.level for one in told["data"]] == ["fine"]
    assert [one.level for one in told["output"]] == ["blocker"]


@pytest.mark.parametrize(("free", "level"), [(10**10, "fine"), (300 * 2**20, "warning"), (2**20, "blocker")])
def test_space_that_runs_out_is_told_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))
    assert [one.level for one in found(room)["disk"]] == [level]


def test_an_old_postgresql_store_wants_a_migration(tmp_path: Path) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, storage_database_url="postgresql://db/feeder")
    (one,) = found(room, store_version="0001")["store"]
    assert (one.level, "feeder migrate" in one.todo) == ("blocker", True)


# --- sources ---


def states(room: Newsroom, store: Store, hours: float = 0) -> list[Finding]:
    told = found(room, store, now=NOW + timedelta(hours=hours))["source"]
    return [one for one in told if "://" in one.subject]


def test_a_feed_says_how_it_is(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """Never asked, well, failing once, failing often, gone: each with the last success, the error and the next try."""
    room = site(tmp_path, source(web, "/feed"))
    assert [(one.level, "never asked" in one.what) for one in states(room, store)] == [("note", True)]
    web.put("/feed", rss(item("a")))
    build(store, room)
    (one,) = states(room, store)
    assert (one.level, one.subject) == ("fine", f"source {web.url}/feed")
    assert "last worked Mon 2026-11-16 08:00 +05 (03:00 UTC); next try Mon 2026-11-16 08:1" in one.what
    web.put("/feed", status=500)
    build(store, room, 1)
    (one,) = states(room, store, 1)
    assert one.level == "note"
    assert "failed 1 time in a row: answers 500" in one.what
    assert "min from now" in one.what
    for hours in (3, 6, 12):
        build(store, room, hours)
    (one,) = states(room, store, 12)
    assert (one.level, "failed 4 times" in one.what) == ("warning", True)
    web.put("/feed", status=410)
    build(store, room, 48)
    (one,) = states(room, store, 48)
    assert (one.level, "gone for good" in one.what, "next try" in one.what) == ("warning", True, False)
    assert not [one for one in bad(found(room, store)) if one.level == "blocker"]


def test_a_feed_that_was_left_behind_is_told_each_time(store: Store, tmp_path: Path, web: FeedServer) -> None:
    """A build says it once; whoever asks the doctor wants to know."""
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(*(item(str(day), day=day) for day in range(1, 15))))
    build(store, room)
    assert [one.level for one in states(room, store)] == ["fine"]
    for _ in range(2):
        told = states(room, store, 24 * 20)
        assert [one.level for one in told] == ["fine", "warning"]
        assert "nothing new for" in told[1].what
        assert "usually has within 24 h" in told[1].what


def test_a_feed_that_moved_is_told(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/old"))
    web.put("/old", status=301, Location="/new?key=hush")
    web.put("/new?key=hush", rss(item("a")))
    build(store, room)
    told = states(room, store)
    assert [one.level for one in told] == ["fine", "note"]
    assert "moved for good" in told[1].what
    assert "hush" not in told[1].what


def test_an_error_with_a_key_in_it_is_told_without_the_key(store: Store, tmp_path: Path, web: FeedServer) -> None:
    room = site(tmp_path, source(web, "/feed"))
    web.put("/feed", rss(item("a")))
    build(store, room)
    with store.write() as connection:
        (state,) = source_states.states(connection).values()
        error = "leads to https://desk:hush@x.example.org/a?token=hush, as editor@example.org says"
        source_states.put(connection, replace(state, last_error=error, failures=1))
    (one,) = states(room, store)
    assert "hush" not in one.what
    assert "editor@" not in one.what


def test_saved_feeds_and_empty_folders_are_looked_at(tmp_path: Path) -> None:
    room = site(tmp_path, '[[sources]]\nkind = "feed"\npath = "saved.rss"\n')
    told = {one.subject: one.level for one in found(room)["source"]}
    assert told == {"source articles": "warning", "source saved.rss": "warning"}
    (room.folder / "saved.rss").write_bytes(rss(item("a")))
    (room.folder / "articles/a.en.md").write_text(article("A"), encoding="utf-8")
    assert {one.level for one in found(room)["source"]} == {"fine"}


def test_what_was_refused_is_counted(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A"), "b.en.md": "---\ntitle: B\n---\n"})
    build(store, room)
    (one,) = found(room, store)["quarantine"]
    assert (one.level, one.what) == ("warning", "1 article could not be published: b.en.md")


def test_a_check_that_fails_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from feeder.jobs.doctor import storage

    def disk_space(one: Patient) -> Iterator[Finding]:
        if one.room:
            raise OSError("the disk has gone")
        yield from ()

    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    monkeypatch.setattr(doctor, "CHECKS", (disk_space, storage.store_version))
    told = doctor.examine(patient(room))
    assert [(one.level, one.subject) for one in told] == [("warning", "disk space"), ("note", "store")]


# --- where the configuration is from -------------------------------------------------------------


def test_each_key_says_where_it_is_from_and_no_secret_is_shown(tmp_path: Path) -> None:
    """From the file, a variable, a secret's file, or by default; in the JSON all of them."""
    folder = sample(tmp_path)
    secret = tmp_path / "smtp"
    secret.write_text("smtps://desk:hush@127.0.0.1:9", encoding="utf-8")
    secret.chmod(0o600)
    env = {"FEEDER_MAIL_SMTP_URL_FILE": str(secret), "FEEDER_FEEDS_WINDOW": "30", "FEEDER_METRICS_TOKEN": "hush" * 5}
    done = run("doctor", "--json", site=folder, env=env)
    keys = {one["key"]: (one["value"], one["from"]) for one in json.loads(done.stdout)["configuration"]}
    assert keys["mail.smtp_url"] == ("…", "FEEDER_MAIL_SMTP_URL_FILE")
    assert keys["metrics.token"] == ("…", "FEEDER_METRICS_TOKEN")
    assert keys["feeds.window"] == ("30", "FEEDER_FEEDS_WINDOW")
    assert keys["base_url"] == ('"https://news.example.org"', "feeder.toml")
    assert keys["schedule.build_every"] == ("60", "defaults")
    shown = run("doctor", site=folder, env=env)
    assert "mail.smtp_url is from FEEDER_MAIL_SMTP_URL_FILE" in shown.stdout
    assert "hush" not in done.stdout + shown.stdout


# --- mail ------------------------------------------------------------------------------------------


def mail(room: Newsroom, *subjects: str) -> list[Finding]:
    told = found(room)
    return [one for subject in subjects for one in told.get(subject, [])]


def test_the_mail_server_is_greeted_and_sent_nothing(tmp_path: Path) -> None:
    with Sink(tmp_path / "sink") as sink:
        room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, mail_smtp_url=sink.url)
        (one,) = mail(room, "mail")
        assert (one.level, "answers" in one.what) == ("fine", True)
        assert sink.taken() == []


@pytest.mark.parametrize(("fault", "level"), [("554", "blocker"), ("421", "warning"), ("drop", "blocker")])
def test_a_mail_server_that_refuses_us_is_told_before_monday(tmp_path: Path, fault: str, level: str) -> None:
    with Sink(tmp_path / "sink", faults={"connect": {fault: 1.0}}) as sink:
        room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, mail_smtp_url=sink.url)
        (one,) = mail(room, "mail")
    assert (one.level, "127.0.0.1" in one.what) == (level, True)


def test_a_mail_server_that_is_not_there_is_a_blocker(tmp_path: Path) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, mail_smtp_url=f"smtp://127.0.0.1:{free_port()}")
    assert [one.level for one in mail(room, "mail")] == ["blocker"]


def test_what_the_dns_should_say_can_be_copied(tmp_path: Path) -> None:
    """SPF for whoever sends, DKIM with the public half of the key, DMARC; the key itself is in none of it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "dkim.pem").write_bytes(key.private_bytes(*form))
    settings = {
        "mail_smtp_url": "smtps://127.0.0.1:9", "mail_sender": "Desk <digest@news.example.org>",
        "mail_dkim_key_file": "dkim.pem",
    }  # fmt: skip
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, **settings)
    spf, dkim, dmarc = (one.what for one in mail(room, "DNS"))
    assert spf == 'news.example.org. IN TXT "v=spf1 a mx ~all"'
    assert dkim.startswith('feeder._domainkey.news.example.org. IN TXT ( "v=DKIM1; k=rsa; p=MIIB')
    assert dmarc == '_dmarc.news.example.org. IN TXT "v=DMARC1; p=none"'
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert base64.b64encode(public).decode() in dkim.replace('" "', "")


def test_a_key_that_cannot_be_used_is_a_blocker(tmp_path: Path) -> None:
    room = newsroom(
        tmp_path / "desk",
        {"a.en.md": article("A")},
        mail_smtp_url="smtps://127.0.0.1:9",
        mail_dkim_key_file="/nowhere.pem",
    )
    assert [one.level for one in mail(room, "DNS")] == ["note", "blocker", "note"]


@pytest.mark.parametrize(
    ("settings", "subject", "level", "says"),
    [
        ({"mail_sender": "Desk <digest@news.example.org>"}, "sender", "fine", "digest-en.news.example.org"),
        ({"mail_sender": "Desk <digest@example.org>"}, "sender", "fine", "example.org"),
        ({"mail_sender": "Desk <digest@other.example.net>"}, "sender", "note", "links lead to"),
        ({"mail_sender": "Desk <digest@desk.localhost>"}, "sender", "warning", "no name of the net"),
        ({"mail_return_path": "back@example.com", "mail_bounces": "b"}, "sender", "warning", "bounces go to"),
        ({"mail_return_path": "back@news.example.org"}, "bounces", "warning", "mail.bounces is not"),
        ({"mail_bounces": "no-such-box"}, "bounces", "warning", "there is no mailbox"),
    ],
)
def test_who_mail_is_from_fits_together(
    tmp_path: Path, settings: dict[str, str], subject: str, level: str, says: str
) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, mail_smtp_url="smtps://127.0.0.1:9", **settings)
    assert any(one.level == level and says in one.what for one in mail(room, subject)), mail(room, subject)


def test_bounces_that_nobody_read_are_counted(tmp_path: Path) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, mail_bounces="back")
    new = room.data / "back" / "new"
    new.mkdir(parents=True)
    assert [one.level for one in mail(room, "bounces")] == ["fine"]
    for number in range(3):
        (new / str(number)).write_bytes(b"x")
    (one,) = mail(room, "bounces")
    assert (one.level, "3 that was not read yet" in one.what) == ("note", True)


# --- what waits for a person -----------------------------------------------------------------------


def test_held_deliveries_and_a_store_that_was_put_back_are_told(store: Store, tmp_path: Path) -> None:
    room = crowd.site(tmp_path / "desk")
    assert [one.level for one in found(room, store)["ledger"]] == ["fine"]
    crowd.subscribe(store, room, 2)
    crowd.put_in_queue(store, crowd.make(store, room))
    with store.write() as connection:
        deliveries.hold(connection, "late", NOW)
    (one,) = found(room, store)["ledger"]
    assert (one.level, one.what.startswith("2 deliveries are held")) == ("warning", True)
    with store.write() as connection:
        lineage.set_restored(connection, NOW)
    assert [one.level for one in found(room, store)["ledger"]] == ["blocker", "warning"]


def test_a_digest_that_was_not_made_is_told_with_the_reason(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    with store.write() as connection:
        runs.record(connection, "digest", "2026-W46", "failed", "the disk is full", NOW)
    vitals = look(room, store, NOW + timedelta(hours=1))
    (one,) = [one for one in found(room, store, vitals=vitals)["schedule"] if one.level != "fine"]
    assert (one.level, "the disk is full" in one.what) == ("warning", True)


# --- the machine -----------------------------------------------------------------------------------


def test_a_clock_that_was_put_back_is_seen(store: Store, tmp_path: Path) -> None:
    """By records and files of a time that has not come yet."""
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    assert [one.level for one in found(room, store)["clock"]] == ["fine"]
    with store.write() as connection:
        runs.record(connection, "build", "2026-11-17", "done", "", NOW + timedelta(days=1))
    (one,) = found(room, store)["clock"]
    assert (one.level, "the last record in the store" in one.what) == ("warning", True)
    room.output.mkdir(parents=True)
    os.utime(room.output, (NOW.timestamp() + 9e5,) * 2)
    (one,) = found(room)["clock"]
    assert str(room.output) in one.what


def test_secrets_that_everybody_can_read_are_told(tmp_path: Path) -> None:
    """Not those that a container mounts, which are readable for all inside it."""
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    secret = tmp_path / "key"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(0o600)
    assert [one.level for one in found(room, secret_files=[secret])["permissions"]] == ["fine"]
    secret.chmod(0o604)
    (one,) = found(room, secret_files=[secret, Path("/run/secrets/key")])["permissions"]
    assert (one.level, one.what.endswith(str(secret))) == ("warning", True)
    origin = Origin("mail.smtp_url", "…", "feeder.toml", True)
    (room.folder / "feeder.toml").touch()
    (room.folder / "feeder.toml").chmod(0o644)
    (one,) = found(room, origins=[origin])["permissions"]
    assert one.what.endswith("feeder.toml")


# --- the site's own templates ----------------------------------------------------------------------


def own(tmp_path: Path, name: str, change: Callable[[str], str]) -> list[tuple[str, str]]:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")}, pages_templates="own")
    path = room.folder / "own" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    packaged = folder("templates") / name
    path.write_text(change(packaged.read_text(encoding="utf-8") if packaged.is_file() else ""), encoding="utf-8")
    return [(one.level, one.what) for one in found(room)["templates"]]


def test_a_template_like_feeder_s_own_is_well(tmp_path: Path) -> None:
    assert own(tmp_path, "pages/story.html.j2", lambda text: f"{text}<!-- ours -->")[0][0] == "fine"


def test_a_digest_that_nobody_can_leave_is_a_blocker(tmp_path: Path) -> None:
    for name in ("digest/digest.html.j2", "digest/digest.txt.j2"):
        ((level, what),) = own(tmp_path / name, name, lambda text: text.replace("unsubscribe", "archive"))
        assert (level, what) == ("blocker", f"{name} does not show 'unsubscribe'")


def test_a_template_of_an_older_feeder_says_what_it_lacks(tmp_path: Path) -> None:
    ((level, what),) = own(tmp_path, "pages/base.html.j2", lambda text: "{% block main %}{% endblock %}")
    assert level == "note"
    assert "pages/base.html.j2 does without " in what


def test_a_template_that_cannot_be_read_is_a_blocker_with_its_line(tmp_path: Path) -> None:
    ((level, what),) = own(tmp_path, "pages/story.html.j2", lambda text: "\n{% if %}")
    assert (level, what.startswith("pages/story.html.j2:2: ")) == ("blocker", True)
