"""What Prometheus reads: well-formed, complete, of numbers and of nobody: the promises of feeder.web.metrics."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import crowd
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient
from walk import NOW, article, build, newsroom

from feeder.jobs import measures
from feeder.jobs.newsroom import Newsroom
from feeder.store import Store, runs
from feeder.web import metrics
from feeder.web.metrics import Watch


def client(
    store: Store, room: Newsroom, failing: dict[str, str] | None = None, *, here: str = "127.0.0.1"
) -> TestClient:
    watch = Watch(
        figures=lambda: measures.look(store, room, NOW),
        failing=lambda: failing or {},
        due=lambda: {"digest": NOW + timedelta(days=7)},
        locales=room.site.locales,
        tokens=("a-token-of-chance",),
    )
    return TestClient(Starlette(routes=[metrics.route(watch)]), client=(here, 1))


def values(text: str) -> dict[tuple[str, ...], float]:
    """Every sample: name and the values of its labels."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation, family.name
        for sample in family.samples:
            found[sample.name, *sample.labels.values()] = sample.value
    return found


def test_everything_that_is_counted_is_right(store: Store, tmp_path: Path) -> None:
    room = crowd.site(tmp_path / "desk")
    (room.folder / "articles" / "bad.en.md").write_text("---\npublished: someday\n---\n", encoding="utf-8")
    crowd.subscribe(store, room, 7)
    crowd.put_in_queue(store, crowd.make(store, room))
    with store.write() as connection:
        runs.record(connection, "build", "2026-11-16", "done", "", NOW, seconds=1.25)
    text = client(store, room, {"mail": "late"}).get("/metrics").text
    told = values(text)
    assert told["feeder_articles", "kk", "published"] == 1
    assert told[("feeder_stories",)] == 1
    assert told["feeder_quarantined_articles", "articles"] == 1
    assert told["feeder_issues", "ru"] == 1
    assert told["feeder_deliveries", "queued"] == 7
    assert told["feeder_deliveries", "sent"] == 0
    assert (told["feeder_subscribers", "en", "active"], told["feeder_subscribers", "ru", "active"]) == (3, 2)
    assert told["feeder_failing", "mail", "late"] == 1
    assert told[("feeder_healthy",)] == 0
    assert told["feeder_job_last_success_timestamp_seconds", "build"] == NOW.timestamp()
    assert told["feeder_job_last_duration_seconds", "build"] == 1.25
    assert told["feeder_job_next_run_timestamp_seconds", "digest"] == (NOW + timedelta(days=7)).timestamp()
    assert told[("feeder_published_files",)] > 20
    assert told[("feeder_store_size_bytes",)] > 10_000
    assert told["feeder_source_newest_article_timestamp_seconds", "articles"] > 0


def test_names_follow_prometheus_and_nobody_is_named(store: Store, tmp_path: Path) -> None:
    """Base units in names, words in small letters; no address, no key of a feed's address."""
    toml = '[[sources]]\nkind = "feed"\nurl = "https://wire.example.org/feed?key=hush"\n'
    from test_feed_sources import site

    room = site(tmp_path, toml)
    crowd.subscribe(store, room, 3)
    text = client(store, room).get("/metrics").text
    names = {family.name for family in text_string_to_metric_families(text)}
    own = {name for name in names if name.startswith("feeder_")}
    assert len(own) > 20
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in own)
    assert not any(name.endswith(("_ms", "_minutes", "_mb", "_total")) for name in own)
    assert "hush" not in text
    assert "@" not in text
    assert 'source="https://wire.example.org/feed?…"' in text


def test_an_answer_is_made_once_for_all_who_ask_within_some_seconds(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    web = client(store, room)
    before = values(web.get("/metrics").text)
    build(store, room)
    assert values(web.get("/metrics").text)[("feeder_stories",)] == before[("feeder_stories",)] == 0
    assert values(client(store, room).get("/metrics").text)[("feeder_stories",)] == 1


def test_from_elsewhere_only_the_token_opens_it(store: Store, tmp_path: Path) -> None:
    room = newsroom(tmp_path / "desk", {"a.en.md": article("A")})
    away, here = client(store, room, here="203.0.113.5"), client(store, room, here="::1")
    right = {"Authorization": "Bearer a-token-of-chance"}
    assert here.get("/metrics").status_code == 200
    assert away.get("/metrics").status_code == 401
    assert away.get("/metrics", headers=right).status_code == 200
    assert away.get("/metrics", headers={"Authorization": "Basic a-token-of-chance"}).status_code == 401
    assert here.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"):
        assert here.get("/metrics", headers={name: "for=203.0.113.5"}).status_code == 401
    assert "WWW-Authenticate" in away.get("/metrics").headers
