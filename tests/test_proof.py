"""An article that was read well and fails when it is shown is told and left out; one bad article hides nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from walk import NOW, article, build, bytes_of, newsroom

from feeder.articles import normalise
from feeder.cli.build import counts
from feeder.digest import render as issues
from feeder.digest.render import Material
from feeder.errors import TemplateError
from feeder.feeds import atom
from feeder.jobs import compile as digests
from feeder.jobs import explain
from feeder.jobs.newsroom import Newsroom
from feeder.language import dates
from feeder.model import Feed, Week
from feeder.pages import render
from feeder.store import Store

WEEK = Week(2026, 46)
Make = Callable[..., Any]


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    names = ("Bridge", "Market", "Poison", "School")
    files = {f"{name.lower()}.en.md": article(name, published="2026-11-12", event_date="2026-11-11") for name in names}
    return newsroom(tmp_path / "desk", files)


def failing(make: Make, at: Callable[..., bool]) -> Make:
    """The same, but for what it cannot bear."""

    def made(*args: Any, **named: Any) -> Any:
        if at(*args, **named):
            raise KeyError("poison")
        return make(*args, **named)

    return made


def is_poison(*args: Any, **_: Any) -> bool:
    return any("Poison" in str(getattr(one, "title", "")) for one in args)


def has_poison(feed: Feed) -> bool:
    return any(is_poison(entry) for entry in feed.entries)


def titles(room: Newsroom) -> list[str]:
    return [item["title"] for item in json.loads((room.output / "en/feed.json").read_bytes())["items"]]


PLACES: dict[str, tuple[object, str, Callable[..., bool]]] = {
    "entry": (normalise, "to_entry", is_poison),
    "page": (render, "story", is_poison),
    "preview": (render, "feed_preview", lambda layout, entries: any(map(is_poison, entries))),
    "feed": (atom, "to_bytes", has_poison),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_rest_is_published_and_the_bad_one_is_told(
    store: Store, room: Newsroom, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Wherever it fails: while its entry is made, its page, a list, a feed."""
    module, name, at = PLACES[place]
    monkeypatch.setattr(module, name, failing(getattr(module, name), at))
    told = counts(build(store, room))
    assert [(one["path"], "KeyError" in one["reason"]) for one in told["quarantine"]] == [("poison.en.md", True)]
    assert "\n" not in told["quarantine"][0]["reason"]
    assert titles(room) == ["Bridge", "Market", "School"]
    public = bytes_of(room.output)
    assert [path for path in public if "poison" in path] == []
    assert all(f"{locale}/stories/school/index.html" in public for locale in ("en", "kk", "ru"))
    assert not any(b"Poison" in body for body in public.values())


def test_it_is_tried_again_when_it_changes_and_not_before(
    store: Store, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second build has nothing to do; one with a better text, or a better program, has."""
    with monkeypatch.context() as broken:
        broken.setattr(normalise, "to_entry", failing(normalise.to_entry, is_poison))
        build(store, room)
        again = build(store, room, later=1)
        assert (again.quiet, len(again.articles.quarantined)) == (True, 1)
        (room.folder / "articles/poison.en.md").write_text(article("Honey", published="2026-11-12"), encoding="utf-8")
        mended = build(store, room, later=2)
        assert (mended.articles.quarantined, sorted(titles(room))) == ((), ["Bridge", "Honey", "Market", "School"])
        (room.folder / "articles/poison.en.md").write_text(article("Poison", published="2026-11-12"), encoding="utf-8")
        assert len(build(store, room, later=3).articles.quarantined) == 1
    monkeypatch.setattr(Newsroom, "fingerprint", lambda self: "another")
    assert build(store, room, later=4).articles.quarantined == ()
    assert "Poison" in titles(room)


def test_what_fails_for_all_is_no_article_s_fault(
    store: Store, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect of feeder's own must not empty a site: what was published stays."""
    build(store, room)
    before = bytes_of(room.output)
    (room.folder / "articles/new.en.md").write_text(article("New", published="2026-11-13"), encoding="utf-8")
    monkeypatch.setattr(normalise, "to_entry", failing(normalise.to_entry, lambda *_, **__: True))
    with pytest.raises(KeyError):
        build(store, room, later=1)
    assert bytes_of(room.output) == before
    monkeypatch.undo()
    assert build(store, room, later=2).articles.quarantined == ()


def test_a_wrong_template_is_told_and_blames_no_article(store: Store, room: Newsroom) -> None:
    """Though it fails on one article only."""
    own = room.folder / "own" / "pages"
    own.mkdir(parents=True)
    (own / "story.html.j2").write_text("{% if 'Poison' in entry.title %}{{ entry.nothing }}{% endif %}")
    broken = newsroom(room.folder, pages_templates="own")
    with pytest.raises(TemplateError, match=r"story\.html\.j2:1"):
        build(store, broken)
    assert build(store, room, later=1).articles.quarantined == ()


def test_a_value_that_a_template_cannot_take_is_the_article_s(
    store: Store, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template is the same for all of them."""
    (room.folder / "articles/poison.en.md").write_text(article("Poison", event_date="2026-11-10"), encoding="utf-8")
    monkeypatch.setattr(dates, "words", failing(dates.words, lambda day, *_, **__: day == "2026-11-10"))
    assert [one.key for one in build(store, room).articles.quarantined] == ["poison.en.md"]
    assert len(titles(room)) == 3


def test_an_issue_is_made_without_what_it_cannot_show(
    store: Store, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(store, room)

    def at(material: Material) -> bool:
        return any(is_poison(entry) for entry in material.entries)

    monkeypatch.setattr(issues, "render", failing(issues.render, at))
    compiled = digests.compile_week(store, room, WEEK, NOW)
    assert sorted(compiled.issues["en"].stories) == ["bridge", "market", "school"]
    assert [one.key for one in build(store, room, later=1).articles.quarantined] == ["poison.en.md"]


def test_explain_says_why(store: Store, room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "story", failing(render.story, is_poison))
    build(store, room)
    told = explain.of_file(room.folder / "articles/poison.en.md", room, store)
    assert "failed when it was to be shown" in told["feeds"][0]["why"]


def test_another_version_of_the_story_is_shown(store: Store, room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers of the language whose text fails get the story in the next best one."""
    (room.folder / "articles/poison.ru.md").write_text(article("Мёд", published="2026-11-12"), encoding="utf-8")
    monkeypatch.setattr(normalise, "to_entry", failing(normalise.to_entry, is_poison))
    build(store, room)
    assert sorted(titles(room)) == ["Bridge", "Market", "School", "Мёд"]
