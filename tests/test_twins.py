"""The same story from two sources, through the whole walk: one entry, one page, both credited. On both engines."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from doors import run
from test_sketches import text
from walk import NOW, article, build, bytes_of, newsroom, silent, write

from feeder.articles.stories.traces import trace
from feeder.jobs import compile as digests
from feeder.jobs import explain
from feeder.jobs.edition import open_edition
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.publish import publish
from feeder.model import Article, Week
from feeder.outputs.disk import Disk
from feeder.store import Store, articles, open_store, traces
from feeder.store.articles import Read

TOML = 'base_url = "https://news.example.org"\n[[sources]]\npath = "desk"\n[[sources]]\npath = "wire"\n'
PAGE = "https://times.example.net/bridge"
TITLE = "The bridge stays closed"


def source(name: str, page: str) -> str:
    return f'{{name: "{name}", url: "{page}"}}'


def report(body: str = text(1), title: str = TITLE, day: str = "2026-11-12", **fields: object) -> str:
    return article(title, body, published=day, **fields)


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    """A site of two folders: the desk's own reports and those of a wire."""
    write(tmp_path / "site" / "feeder.toml", TOML)
    (tmp_path / "site" / "desk").mkdir()
    (tmp_path / "site" / "wire").mkdir()
    return newsroom(tmp_path / "site")


def fill(room: Newsroom, **files: str) -> None:
    """`desk__bridge__en="…"` is the text of desk/bridge.en.md."""
    for name, content in files.items():
        folder, story, language = name.split("__")
        write(room.folder / folder / f"{story}.{language}.md", content)


def pair(room: Newsroom) -> None:
    """The desk's report and the same one as the wire has it, with a paragraph more."""
    fill(
        room,
        desk__bridge__en=report(source=source("Example Times", PAGE)),
        wire__n1__en=report(f"{text(1)}\n\n{text(2, 40)}", source=source("Example Wire", "https://wire.example.net/1")),
    )


def items(room: Newsroom, locale: str = "en") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((room.output / locale / "feed.json").read_text(encoding="utf-8"))["items"]
    return found


def read(room: Newsroom, path: str) -> str:
    return (room.output / path).read_text(encoding="utf-8")


def test_two_sources_of_one_story_are_one_entry_and_both_are_credited(store: Store, room: Newsroom) -> None:
    pair(room)
    built = build(store, room)
    assert (built.articles.added, built.articles.quarantined) == (2, ())
    (item,) = items(room)
    assert item["external_url"] == PAGE
    assert item["_feeder"]["sources"] == [
        {"name": "Example Times", "url": PAGE},
        {"name": "Example Wire", "url": "https://wire.example.net/1"},
    ]
    atom = read(room, "en/feed.atom")
    assert re.findall(r'<link href="([^"]+)" rel="via"', atom) == [PAGE, "https://wire.example.net/1"]
    assert "Sources: " in atom
    assert read(room, "en/feed.rss").count("<item>") == 1


def test_readers_see_both_sources_in_their_language(store: Store, room: Newsroom) -> None:
    pair(room)
    build(store, room)
    for locale, heading, link in (
        ("en", "Sources", "Read at Example Wire"),
        ("kk", "Дереккөздер", "Example Wire сайтында оқу"),
        ("ru", "Источники", "Читать на сайте Example Wire"),
    ):
        page = read(room, f"{locale}/stories/bridge/index.html")
        assert f"<dt>{heading}</dt>" in page
        assert f'<a href="https://wire.example.net/1" rel="external">{link}</a>' in page
        assert f'<a href="{PAGE}" rel="external">' in page
    assert not (room.output / "en/stories/n1").exists()


def test_the_digest_names_both(store: Store, room: Newsroom) -> None:
    pair(room)
    build(store, room)
    made = digests.compile_week(store, room, Week(2026, 46), NOW)
    assert made.selection.chosen == ("bridge",)
    assert all("Example Times · Example Wire" in part for part in (made.issues["en"].html, made.issues["en"].text))


def test_a_page_without_a_publisher_is_credited_by_its_host(store: Store, room: Newsroom) -> None:
    fill(room, desk__bridge__en=report(url=PAGE), wire__n1__en=report(url="https://wire.example.net/1"))
    build(store, room)
    assert [one["name"] for one in items(room)[0]["_feeder"]["sources"]] == ["times.example.net", "wire.example.net"]
    assert "Read at wire.example.net" in read(room, "en/stories/bridge/index.html")


def test_one_source_is_credited_once(store: Store, room: Newsroom) -> None:
    """The same page in two folders, once with its publisher's name and once with its address only."""
    fill(
        room,
        desk__bridge__en=report(url=f"{PAGE}/?utm_source=x"),
        wire__n1__en=report(text(5), "Another headline", source=source("Example Times", PAGE)),
    )
    build(store, room)
    (item,) = items(room)
    assert "_feeder" not in item
    assert "Read at Example Times" in read(room, "en/stories/bridge/index.html")


def test_what_a_credited_source_must_tell_its_readers_is_told(store: Store, room: Newsroom) -> None:
    """The story links to its page, and following the link may be what is punished."""
    fill(room, desk__bridge__en=report(), wire__n1__en=report(notice="Sharing this may be punished.", url=PAGE))
    build(store, room)
    assert "Sharing this may be punished." in read(room, "en/stories/bridge/index.html")


def test_nothing_changed_is_nothing_written(store: Store, room: Newsroom) -> None:
    pair(room)
    build(store, room)
    assert build(store, room, later=1).quiet


def test_a_change_of_the_credited_source_alone_is_no_news(store: Store, room: Newsroom) -> None:
    """The page names it anew; the date of the entry stays."""
    pair(room)
    build(store, room)
    before = items(room)[0]["date_modified"]
    fill(room, wire__n1__en=report(source=source("Example Radio", "https://radio.example.net/1")))
    assert build(store, room, later=1).files.written
    assert items(room)[0]["date_modified"] == before
    assert "Example Radio" in read(room, "kk/stories/bridge/index.html")


def test_a_story_with_a_page_of_its_own_that_is_joined_later_leads_to_the_other(store: Store, room: Newsroom) -> None:
    """And its id is not used for anything else; readers of the feed have one entry."""
    fill(room, desk__bridge__en=report(), wire__n1__en=report(title="No money for the bridge"))
    build(store, room)
    assert {item["title"] for item in items(room)} == {TITLE, "No money for the bridge"}
    first = next(item["id"] for item in items(room) if item["title"] == TITLE)
    pair(room)
    build(store, room, later=1)
    (item,) = items(room)
    assert item["id"] == first
    for locale in ("en", "kk", "ru"):
        moved = read(room, f"{locale}/stories/n1/index.html")
        assert f'href="https://news.example.org/{locale}/stories/bridge/"' in moved
    assert build(store, room, later=2).quiet


def test_when_they_part_again_each_has_its_own_page_and_id(store: Store, room: Newsroom) -> None:
    fill(room, desk__bridge__en=report(), wire__n1__en=report(text(9), "No money for the bridge"))
    build(store, room)
    ids = {item["title"]: item["id"] for item in items(room)}
    pair(room)
    build(store, room, later=1)
    fill(room, desk__bridge__en=report(), wire__n1__en=report(text(9), "No money for the bridge"))
    build(store, room, later=2)
    assert {item["title"]: item["id"] for item in items(room)} == ids
    assert "No money for the bridge" in read(room, "en/stories/n1/index.html")


def test_when_the_article_shown_goes_the_other_is_shown_with_the_same_id_and_address(
    store: Store, room: Newsroom
) -> None:
    pair(room)
    build(store, room)
    (before,) = items(room)
    (room.folder / "desk" / "bridge.en.md").unlink()
    build(store, room, later=1)
    (after,) = items(room)
    assert (after["id"], after["url"]) == (before["id"], before["url"])
    assert after["external_url"] == "https://wire.example.net/1"
    assert "Example Times" not in read(room, "en/stories/bridge/index.html")
    pair(room)
    build(store, room, later=2)
    (again,) = items(room)
    assert (again["id"], again["external_url"]) == (before["id"], PAGE)
    assert build(store, room, later=3).quiet


def test_when_a_whole_source_goes_its_stories_stay_with_the_other(store: Store, room: Newsroom) -> None:
    pair(room)
    build(store, room)
    (before,) = items(room)
    write(room.folder / "feeder.toml", TOML.replace('[[sources]]\npath = "desk"\n', ""))
    build(store, newsroom(room.folder), later=1)
    assert [item["id"] for item in items(room)] == [before["id"]]


def test_pages_that_link_to_each_other_are_translations(store: Store, room: Newsroom) -> None:
    """Whatever their files are called."""
    english = entry("desk", "bridge.en.html", f"{PAGE}/en", ("kk", f"{PAGE}/kk?utm_source=site"))
    kazakh = entry("wire", "n7.kk.html", f"{PAGE}/kk", ("en", f"{PAGE}/elsewhere"))
    with store.write() as connection:
        articles.put(connection, [english, kazakh], NOW)
    publish(store, room, Disk(room.output), now=NOW, progress=silent)
    (item,) = items(room, "kk")
    assert (item["language"], item["url"]) == ("kk", "https://news.example.org/kk/stories/bridge/")
    assert item["_feeder"]["translations"].keys() == {"en"}
    assert not (room.output / "kk/stories/n7").exists()


def entry(source: str, key: str, url: str, *links: tuple[str, str]) -> Read:
    """An article as a saved page gives it, with the translations the page links to."""
    story, language, _ = key.split(".")
    made = Article(
        source=source, key=key, story=story, language=language, title=story, body=story, markup="text", url=url,
        alternates=links,
    )  # fmt: skip
    return Read(article=made, stamp="1", places=(), trace=trace(made))


@pytest.mark.parametrize(
    "twin",
    [
        {"wire__n1__en": report(text(3))},
        {"wire__n1__en": report(day="2026-11-17")},
        {"wire__n1__ru": report(url=PAGE)},
        {"desk__n1__en": report()},
    ],
    ids=["same title, other text", "the same text five days later", "the address in another language", "one source"],
)
def test_false_friends_are_two(store: Store, room: Newsroom, twin: dict[str, str]) -> None:
    fill(room, desk__bridge__en=report(url=PAGE), **twin)
    assert build(store, room).articles.quarantined == ()
    assert (room.output / "ru/stories/bridge/index.html").exists()
    assert (room.output / "ru/stories/n1/index.html").exists()


def test_drafts_are_joined_with_nothing(store: Store, room: Newsroom) -> None:
    fill(room, desk__bridge__en=report(draft="true"), wire__n1__en=report())
    build(store, room)
    (item,) = items(room)
    assert item["url"].endswith("/n1/")


def test_a_real_duplicate_is_reported_and_a_twin_is_not(store: Store, room: Newsroom) -> None:
    fill(room, desk__bridge__en=report(), wire__bridge__en=report(), wire__n1__en=report())
    assert build(store, room).articles.quarantined == ()
    fill(room, wire__bridge__en=report(text(7), "Another bridge"))
    (error,) = build(store, room, later=1).articles.quarantined
    assert (error.source, error.key, error.field) == ("wire", "bridge.en.md", "story")
    assert "so is desk/bridge.en.md; remove one" in error.reason


def test_what_an_issue_told_is_not_told_again_under_another_name(store: Store, room: Newsroom) -> None:
    fill(room, wire__n1__en=report())
    build(store, room)
    assert digests.compile_week(store, room, Week(2026, 46), NOW).selection.chosen == ("n1",)
    with store.write() as connection:  # a desk whose report came first and was a draft till now
        traces.keep_memory(connection, {"n1": "bridge"})
    fill(room, desk__bridge__en=report())
    build(store, room, later=1)
    later = digests.compile_week(store, room, Week(2026, 47), NOW + timedelta(days=7)).selection
    assert (later.chosen, dict(later.left_out)) == ((), {"bridge": "was in an earlier issue"})
    found = explain.of_file(room.folder / "desk" / "bridge.en.md", room, store)
    assert {one["issue"] for one in found["issues"]} == {"2026-W46-en", "2026-W46-kk", "2026-W46-ru"}


def test_two_stores_built_at_once_agree(store: Store, room: Newsroom, tmp_path: Path) -> None:
    """Byte for byte, on both engines."""
    pair(room)
    build(store, room)
    other = replace(room, data=tmp_path / "again")
    again = open_store(other.database_url)
    build(again, other)
    again.close()
    assert bytes_of(other.output) == bytes_of(room.output)


def test_explain_says_whose_story_it_is(store: Store, room: Newsroom) -> None:
    pair(room)
    build(store, room)
    same = {
        "story": "bridge",
        "shown": {"source": "desk", "path": "bridge.en.md"},
        "credited": [{"source": "wire", "path": "n1.en.md"}],
    }
    shown, twin = (explain.of_file(room.folder / path, room, store) for path in ("desk/bridge.en.md", "wire/n1.en.md"))
    assert shown["same_story"] == twin["same_story"] == same
    assert all(one["in"] for one in shown["feeds"])
    (why,) = twin["feeds"]
    assert why["why"] == "it is the same story as bridge from source desk; shown is bridge.en.md"
    assert twin["entries"]["kk"]["url"] == "https://news.example.org/kk/stories/bridge/"
    assert explain.of_story("n1", room, store)["story"] == "bridge"


def test_the_terminal_says_so_too(room: Newsroom) -> None:
    pair(room)
    assert run("build", "--site", str(room.folder)).returncode == 0
    said = run("explain", str(room.folder / "wire" / "n1.en.md")).stdout
    assert "desk/bridge.en.md (shown)" in said
    assert "wire/n1.en.md (credited)" in said
    assert "it is the same story as bridge from source desk" in said


def test_a_store_without_twins_asks_for_no_article(store: Store, room: Newsroom) -> None:
    """However large it is: only indexes are asked."""
    for number in range(20):
        fill(room, **{f"desk__s{number}__en": report(text(number), f"Title {number}", url=f"{PAGE}/{number}")})
        fill(room, **{f"desk__s{number}__kk": report(text(100 + number), f"Title {number}")})
    build(store, room)
    with store.read() as connection:
        assert traces.suspects(connection) == []
        assert open_edition(connection, room).joined.stories == {}
