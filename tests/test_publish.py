"""The output follows the store: only what changed is written, nothing is left over, and a crash is made good."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.context import ForkServerContext
from pathlib import Path

import examples
import pytest
from doors import environment, line, run, sample
from walk import NOW, UNPACK, article, build, build_apart, bytes_of, copies_of, newsroom, times_of, wanted_copies, write

from feeder.errors import FeederError
from feeder.jobs import build as job
from feeder.jobs.compile import compile_week
from feeder.jobs.ingest import Progress, ingest
from feeder.jobs.newsroom import Newsroom
from feeder.model import Week
from feeder.store import Store, artifacts, open_store


@pytest.fixture
def small(tmp_path: Path) -> Newsroom:
    """Three stories; the places are stated, so that it is known which files show what."""
    return newsroom(
        tmp_path / "desk",
        {
            "picket.en.md": article("Picket", published="2026-11-11", places="Almaty"),
            "picket.kk.md": article("Пикет", published="2026-11-11", places="Almaty"),
            "vigil.en.md": article("Vigil", published="2026-11-12", places="Astana"),
            "march.ru.md": article("Марш", published="2026-11-13", places="Almaty"),
        },
    )


@pytest.fixture
def opened(room: Newsroom) -> Iterator[Store]:
    """The store of the sample site."""
    store = open_store(room.database_url)
    yield store
    store.close()


def changes(room: Newsroom, before: dict[str, int]) -> set[str]:
    """The files written or removed since."""
    now = times_of(room.output)
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}


def recorded(store: Store) -> set[str]:
    with store.read() as connection:
        return set(artifacts.published(connection))


# --- nothing new ---


def test_a_second_build_writes_nothing(store: Store, site: Path) -> None:
    """Bytes, times and the store stay; the counts say so. On both engines."""
    room = newsroom(site)
    first = build(store, room)
    before = times_of(room.output)
    again = build(store, room, later=24)
    assert first.files.written == len(before) > 80
    assert (again.files.written, again.files.unchanged, again.files.removed) == (0, len(before), 0)
    assert again.quiet
    assert not first.quiet
    assert times_of(room.output) == before
    assert recorded(store) == before.keys()


def test_both_engines_publish_the_same_bytes(store: Store, opened: Store, site: Path, room: Newsroom) -> None:
    build(opened, room)
    other = replace(room, data=site / "other")
    build(store, other)
    assert bytes_of(other.output) == bytes_of(room.output)


def test_a_site_that_was_moved_or_restored_is_not_written_again(opened: Store, room: Newsroom) -> None:
    """Every article has a new time and inode, every byte is the same."""
    build(opened, room)
    before = times_of(room.output)
    for path in (room.folder / "articles").rglob("*"):
        if path.is_file():
            shutil.copy(path, path.with_name("_copy"))
            path.with_name("_copy").replace(path)
    built = build(opened, room, later=1)
    assert (built.articles.changed, built.files.written) == (0, 0)
    assert times_of(room.output) == before


def test_another_configuration_writes_only_what_it_changes(opened: Store, room: Newsroom, site: Path) -> None:
    """Everything is made again, and written where the bytes differ."""
    build(opened, room)
    before = times_of(room.output)
    later = newsroom(site, digest_schedule="tue 09:00")
    assert build(opened, later, later=1).files.written == 0
    assert times_of(room.output) == before


# --- the same bytes everywhere ---


@pytest.mark.parametrize(
    "environ",
    [
        {"PYTHONHASHSEED": "1", "TZ": "America/Los_Angeles", "LC_ALL": "C", "LANGUAGE": "ru", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "LANG": "kk_KZ.UTF-8", "PYTHONUTF8": "0"},
    ],
    ids=["los-angeles", "kathmandu"],
)
def test_building_from_scratch_gives_identical_bytes(
    opened: Store, room: Newsroom, tmp_path: Path, environ: dict[str, str]
) -> None:
    """On another machine, in another year, with another hash seed, zone and locale."""
    build(opened, room, later=9_999)
    other = sample(tmp_path / "other")
    done = run("build", site=other, env=environ)
    assert done.returncode == 0, done.stderr
    assert bytes_of(other / "data" / "public") == bytes_of(room.output)


def test_articles_that_arrive_one_by_one_make_the_site_of_all_at_once(
    store: Store, small: Newsroom, tmp_path: Path
) -> None:
    """The same files, the same ids in them; only dates tell that an entry was shown in another language before."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in (small.folder / "articles").iterdir()}
    daily = newsroom(tmp_path / "daily")
    own = open_store(daily.database_url)
    for number, name in enumerate(sorted(texts, reverse=True)):
        write(daily.folder / "articles" / name, texts[name])
        build(own, daily, later=number)
    own.close()
    build(store, small)
    assert bytes_of(daily.output).keys() == bytes_of(small.output).keys()
    for locale in ("en", "kk", "ru"):
        assert ids(daily, locale) == ids(small, locale)


def ids(room: Newsroom, locale: str) -> list[str]:
    feed = json.loads((room.output / locale / "feed.json").read_text(encoding="utf-8"))
    return [item["id"] for item in feed["items"]]


# --- only what changed ---


def test_a_changed_article_writes_only_the_files_that_show_it(store: Store, small: Newsroom) -> None:
    """Its page, its language's feeds and front page, its places, the feed of all languages; also where it is the fallback."""
    build(store, small)
    before = times_of(small.output)
    write(small.folder / "articles" / "picket.kk.md", article("Жаңа", published="2026-11-11", places="Almaty"))
    built = build(store, small, later=1)
    assert changes(small, before) == {
        "kk/stories/picket/index.html", "kk/feed.atom", "kk/feed.rss", "kk/feed.json", "kk/index.html", "kk/feed.html",
        "kk/archive/000001.atom", "kk/places/kz-almaty/index.html", "kk/places/kz-almaty/feed.atom", "feed.atom",
    }  # fmt: skip
    assert built.files.written == 10


def test_a_fallback_is_written_with_its_text(store: Store, small: Newsroom) -> None:
    """A Russian story is shown to the readers of all three languages."""
    build(store, small)
    before = times_of(small.output)
    write(small.folder / "articles" / "march.ru.md", article("Шествие", published="2026-11-13", places="Almaty"))
    build(store, small, later=1)
    assert {name.split("/")[0] for name in changes(small, before)} == {"en", "kk", "ru", "feed.atom"}
    assert "en/stories/march/index.html" in changes(small, before)
    assert "en/stories/picket/index.html" not in changes(small, before)


def test_a_translation_that_arrives_changes_what_links_to_it(store: Store, small: Newsroom) -> None:
    """The sisters' pages name it; the labelled entry keeps its address and id and gets the text."""
    build(store, small)
    page = small.output / "kk/stories/march/index.html"
    before = times_of(small.output)
    write(small.folder / "articles" / "march.kk.md", article("Шеру", published="2026-11-13", places="Almaty"))
    build(store, small, later=1)
    assert "Шеру" in page.read_text(encoding="utf-8")
    assert {"kk/stories/march/index.html", "ru/stories/march/index.html"} <= changes(small, before)
    assert "kk/stories/vigil/index.html" not in changes(small, before)


def test_a_place_that_gets_stories_in_another_language_tells_the_pages_it_has(store: Store, small: Newsroom) -> None:
    """Where readers are shown only their own language, a place need not have a page in each."""
    toml = (small.folder / "feeder.toml").read_text(encoding="utf-8")
    write(small.folder / "feeder.toml", f"fallback = {{en = [], kk = [], ru = []}}\n{toml}")
    room = newsroom(small.folder)
    build(store, room)
    page = room.output / "en/places/kz-astana/index.html"
    assert "kk/places/kz-astana" not in page.read_text(encoding="utf-8")
    write(small.folder / "articles" / "other.kk.md", article("Басқа", published="2026-11-13", places="Astana"))
    build(store, room, later=1)
    assert "kk/places/kz-astana" in page.read_text(encoding="utf-8")


def test_every_text_worth_it_has_its_compressed_copies(store: Store, small: Newsroom) -> None:
    """After each build those of the files as they are now, also of files changed, removed, and of a deleted copy."""
    built = build(store, small)
    assert built.files.written == len(bytes_of(small.output)), "copies are not counted"
    assert copies_of(small.output) == wanted_copies(bytes_of(small.output)) != {}
    write(small.folder / "articles" / "picket.kk.md", article("Жаңа", published="2026-11-11", places="Almaty"))
    (small.folder / "articles" / "vigil.en.md").unlink()
    (small.output / "style.css.gz").unlink()
    build(store, small, later=1)
    assert copies_of(small.output) == wanted_copies(bytes_of(small.output))
    assert build(store, small, later=2).quiet


def test_a_site_without_compressed_copies_has_none(store: Store, small: Newsroom) -> None:
    """Also those of before are gone, lest one grows old beside its file; and they come back with the setting."""
    build(store, small)
    plain = newsroom(small.folder, storage_compress="false")
    build(store, plain, later=1)
    assert copies_of(small.output) == {}
    assert build(store, plain, later=2).quiet
    build(store, small, later=3)
    assert copies_of(small.output) == wanted_copies(bytes_of(small.output))


def test_a_file_that_was_deleted_or_cut_comes_back(store: Store, small: Newsroom) -> None:
    build(store, small)
    before = bytes_of(small.output)
    (small.output / "kk/feed.atom").unlink()
    (small.output / "kk/index.html").write_bytes(b"")
    shutil.rmtree(small.output / "en/stories")
    built = build(store, small, later=1)
    assert built.files.written == 2 + 3
    assert bytes_of(small.output) == before


def test_a_removed_story_takes_its_files_and_folders_along(store: Store, small: Newsroom) -> None:
    """Its pages, its place when no other story is there, its lines in lists; nothing is left of it."""
    build(store, small)
    (small.folder / "articles" / "vigil.en.md").unlink()
    built = build(store, small, later=1)
    assert built.files.removed == 3 + 3 * 2  # a page in each language; a page and a feed of Astana in each
    assert not (small.output / "en/stories/vigil").exists()
    assert not (small.output / "ru/places/kz-astana").exists()
    assert not [name for name, body in bytes_of(small.output).items() if b"igil" in body]
    assert recorded(store) == bytes_of(small.output).keys()


def test_files_of_the_operator_are_left_alone(store: Store, small: Newsroom) -> None:
    """A robots.txt, an icon, another program's folder."""
    build(store, small)
    own = {"robots.txt": "User-agent: *\n", "en/stories/vigil/photo.txt": "mine"}
    for name, text in own.items():
        write(small.output / name, text)
    (small.folder / "articles" / "vigil.en.md").unlink()
    build(store, small, later=1)
    assert {name: (small.output / name).read_text(encoding="utf-8") for name in own} == own


def test_a_changed_slug_leaves_a_page_that_leads_on(store: Store, small: Newsroom) -> None:
    """And the page of a later change leads to the newest address, from both old ones."""
    build(store, small)
    vigil = small.folder / "articles" / "vigil.en.md"
    for slug in ("night", "long-night"):
        write(vigil, article("Vigil", published="2026-11-12", places="Astana", slug=slug))
        build(store, small, later=1)
    for old in ("vigil", "night"):
        page = (small.output / f"en/stories/{old}/index.html").read_text(encoding="utf-8")
        assert "https://news.example.org/en/stories/long-night/" in page
        assert "in one sentence" not in page
    assert "in one sentence" in (small.output / "en/stories/long-night/index.html").read_text(encoding="utf-8")
    assert build(store, small, later=2).quiet
    vigil.unlink()
    build(store, small, later=3)
    assert not [name for name in bytes_of(small.output) if "night" in name or "vigil" in name]


def test_ids_and_addresses_in_feeds_survive_a_new_domain(store: Store, small: Newsroom) -> None:
    """The entries are the same to a feed reader; their links lead to the new place."""
    build(store, small)
    before = (small.output / "kk/feed.json").read_text(encoding="utf-8")
    moved = newsroom(small.folder, base_url="http://moved.example.net/news")
    build(store, moved, later=1)
    after = (small.output / "kk/feed.json").read_text(encoding="utf-8")
    assert "tag:news.example.org,2026:stories/picket/kk" in before
    assert "tag:news.example.org,2026:stories/picket/kk" in after
    assert "https://news.example.org/kk/" not in after
    assert "http://moved.example.net/news/kk/stories/picket/" in after


def test_a_template_of_the_site_that_changed_is_used_at_once(store: Store, small: Newsroom) -> None:
    """Also by a program that has been running for a while."""
    own = small.folder / "own" / "pages"
    write(own / "style.css", "body { color: black }")
    room = newsroom(small.folder, pages_templates="own")
    build(store, room)
    write(own / "style.css", "body { color: green }")
    assert build(store, room, later=1).files.written == 1
    assert (room.output / "style.css").read_text(encoding="utf-8") == "body { color: green }"


def test_a_broken_template_of_the_site_is_one_line(tmp_path: Path) -> None:
    """With file, line and what to do; what is published stays."""
    site = sample(tmp_path)
    assert run("build", site=site).returncode == 0
    before = bytes_of(site / "data" / "public")
    write(site / "own" / "pages" / "index.html.j2", "<title>\n{{ nothing.at.all }}")
    done = run("build", site=site, env={"FEEDER_PAGES_TEMPLATES": "own"})
    where = site / "own" / "pages" / "index.html.j2"
    said = f"feeder: {where}:2: 'nothing' is undefined; correct the template or the translation\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)
    assert bytes_of(site / "data" / "public").keys() == before.keys()


def test_a_picture_that_went_after_its_article_was_read_stops_nothing(
    store: Store, small: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is another one published under the hash of the first: the next build reads the article again."""
    picture = small.folder / "articles" / "a.png"
    shutil.copy(Path(__file__).parents[1] / "seeds/articles/images/framed-photographs.png", picture)
    write(small.folder / "articles" / "vigil.en.md", article("Vigil", image="a.png", image_alt="A candle"))
    real = ingest

    def late(*args: object, **named: object) -> object:
        found = real(*args, **named)  # type: ignore[arg-type]  # passed on as they came
        picture.write_bytes(examples.picture())
        return found

    monkeypatch.setattr(job, "ingest", late)
    build(store, small)
    assert not (small.output / "media").exists()
    monkeypatch.setattr(job, "ingest", real)
    build(store, small, later=1)
    (published,) = (small.output / "media").iterdir()
    assert published.read_bytes() == picture.read_bytes()
    assert build(store, small, later=2).quiet


# --- crashes ---


def test_a_build_stopped_at_any_file_is_finished_by_the_next(tmp_path: Path, small: Newsroom) -> None:
    """As an exception at every step, in turn; the ids of the first try are kept."""
    store = open_store(f"sqlite:///{tmp_path / 'whole.db'}")
    whole = replace(small, data=tmp_path / "whole")
    steps = build(store, whole).files.written
    store.close()
    for step in range(0, steps, 7):
        store = open_store(f"sqlite:///{tmp_path / f'{step}.db'}")
        room = replace(small, data=tmp_path / str(step))
        with pytest.raises(KeyboardInterrupt):
            job.build(store, room, now=NOW, progress=_stop_at(step))
        build(store, room, later=1)
        assert bytes_of(room.output) == bytes_of(whole.output)
        assert recorded(store) == bytes_of(room.output).keys()
        store.close()


def test_a_site_that_goes_back_after_a_crash_is_what_it_was(
    store: Store, small: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new files were in place, the store did not know yet, and the editor took the change back; sizes are equal."""
    build(store, small)
    before = bytes_of(small.output)
    vigil = small.folder / "articles" / "vigil.en.md"
    old = vigil.read_text(encoding="utf-8")
    write(vigil, old.replace("title: Vigil", "title: Vigli"))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(artifacts, "put", crash)
    with pytest.raises(KeyboardInterrupt):
        build(store, small)
    assert bytes_of(small.output) != before
    monkeypatch.undo()
    write(vigil, old)
    build(store, small)
    assert {name for name, body in bytes_of(small.output).items() if b"Vigli" in body} == set()


def _stop_at(step: int) -> Progress:
    def stop(what: str, done: int, total: int) -> None:
        if what == "publishing" and done == step:
            raise KeyboardInterrupt

    return stop


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Where a build in a process of its own starts within milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["feeder.jobs.build", "feeder.store"])
    return context


def test_a_killed_build_leaves_whole_files_and_the_next_one_completes(
    small: Newsroom, tmp_path: Path, processes: ForkServerContext, long: bool
) -> None:
    """kill -9 at any moment, over and over, between two states of a site that differ in every file.

    A reader that asks for every file all the time is always given a whole one, of one state or the other, and so are
    those who are given its compressed copies; in the end nothing is left over.
    """
    site = small.folder
    wanted = [_state(site, tmp_path, 0), _state(site, tmp_path, 1)]
    duration = _timed(processes, site)
    chance = random.Random(46)
    killed = 0
    with _polled(small.output, wanted) as wrong:
        for number in range(1000 if long else 24):
            _arrange(site, number % 2)
            process = processes.Process(target=build_apart, args=(site, _title(number % 2)))
            process.start()
            process.join(chance.uniform(0.1, 1) * duration)
            killed += process.is_alive()
            process.kill()
            process.join()
            assert not wrong
    assert killed >= number // 3
    _check_database(site)
    for state in (0, 1):
        _arrange(site, state)
        build_apart(site, _title(state))
        assert bytes_of(small.output) == wanted[state]
        assert copies_of(small.output) == wanted_copies(wanted[state])


@contextmanager
def _polled(folder: Path, states: Sequence[Mapping[str, bytes]]) -> Iterator[list[str]]:
    """A reader at work; what it is wrongly given is in the list, in the end at the latest."""
    stop = threading.Event()
    wrong: list[str] = []
    reader = threading.Thread(target=_poll, args=(folder, states, stop, wrong))
    reader.start()
    try:
        yield wrong
    finally:
        stop.set()
        reader.join()
    assert wrong == []


def _poll(folder: Path, states: Sequence[Mapping[str, bytes]], stop: threading.Event, wrong: list[str]) -> None:
    """Read every file of both states, over and over; which of a state alone may be missing, and each copy too."""
    while not stop.is_set():
        for name in states[0].keys() | states[1].keys():
            bodies = [state.get(name) for state in states]
            for kind, unpack in {"": bytes, **UNPACK}.items():
                try:
                    known = unpack((folder / (name + kind)).read_bytes()) in bodies
                except FileNotFoundError:
                    known = kind != "" or None in bodies
                if not known:
                    wrong.append(name + kind)


def _title(state: int) -> str:
    return f"Newsroom {state}"


def _arrange(site: Path, state: int) -> None:
    """One state has a story more, and another address for one."""
    extra, moved = site / "articles" / "extra.en.md", site / "articles" / "vigil.en.md"
    write(moved, article("Vigil", published="2026-11-10", slug=f"slug-{state}"))
    if state:
        write(extra, article("Extra", published="2026-11-10", places="Shymkent"))
    else:
        extra.unlink(missing_ok=True)


def _state(site: Path, folder: Path, state: int) -> dict[str, bytes]:
    """The files of a state, as they are once both have been published."""
    for number in (0, 1, state):
        _arrange(site, number)
        build_apart(site, _title(number), folder / f"wanted-{state}")
    return bytes_of(folder / f"wanted-{state}" / "public")


def _timed(processes: ForkServerContext, site: Path) -> float:
    """Seconds that a build with every file takes in a process of its own."""
    took = 0.0
    for state in (0, 1):
        _arrange(site, state)
        start = time.monotonic()
        process = processes.Process(target=build_apart, args=(site, _title(state)))
        process.start()
        process.join()
        took = time.monotonic() - start
        assert process.exitcode == 0
    return took


def _check_database(site: Path) -> None:
    connection = sqlite3.connect(site / "data" / "feeder.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_what_a_killed_run_left_is_swept_by_the_next(store: Store, small: Newsroom) -> None:
    write(small.output / ".tmp-abc" / "0", "half")
    build(store, small)
    assert not (small.output / ".tmp-abc").exists()


def test_two_builds_at_once_do_no_harm(url: str, tmp_path: Path) -> None:
    """Two processes, both engines: both succeed, and the site is as one alone would make it."""
    site, alone = sample(tmp_path), sample(tmp_path / "alone")
    assert run("build", site=alone).returncode == 0
    command = line("build", "--strict", site=site)
    environ = environment(FEEDER_STORAGE_DATABASE_URL=url)
    both = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in "ab"
    ]
    outcomes = [(*process.communicate(timeout=60), process.returncode) for process in both]
    assert [code for _, _, code in outcomes] == [0, 0], outcomes
    assert bytes_of(site / "data" / "public") == bytes_of(alone / "data" / "public")
    assert sorted("Nothing changed" in out for out, _, _ in outcomes) == [False, True]


# --- pictures inside stories ---


def test_a_picture_inside_a_story_is_published_on_its_page_and_in_its_feeds_and_not_mailed(tmp_path: Path) -> None:
    body = 'It stands.\n\n![A bridge](bridge.png "In May.")\n\nStill.'
    room = newsroom(tmp_path, {"a.en.md": article("A", body, published="2026-11-11")})
    file = room.folder / "articles" / "bridge.png"
    file.write_bytes(examples.picture())
    store = open_store(room.database_url)
    build(store, room)
    (media,) = (name for name in bytes_of(room.output) if name.startswith("media/"))
    page = (room.output / "en/stories/a/index.html").read_text(encoding="utf-8")
    assert f'<img src="../../../{media}" alt="A bridge" width="640" height="360" loading="lazy">' in page
    for name in ("feed.atom", "feed.rss", "feed.json"):
        text = (room.output / "en" / name).read_text(encoding="utf-8")
        assert f"https://news.example.org/{media}" in text
        assert "<figcaption>In May.</figcaption>" in text.replace("&lt;", "<").replace("&gt;", ">")
    issue = compile_week(store, room, Week(2026, 46), NOW).issues["en"]
    assert media not in issue.html + issue.text

    file.write_bytes(examples.picture(shade=9))
    build(store, room, later=1)
    store.close()
    (other,) = (name for name in bytes_of(room.output) if name.startswith("media/"))
    assert other != media
    assert other in (room.output / "en/stories/a/index.html").read_text(encoding="utf-8")


# --- disks ---


def test_a_full_disk_is_one_line_and_made_good_later(
    store: Store, small: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published stays as it was."""
    build(store, small)
    before = bytes_of(small.output)
    write(small.folder / "articles" / "picket.kk.md", article("Жаңа", published="2026-11-11", places="Almaty"))
    real = os.fsync

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FeederError, match="No space left on device") as caught:
        build(store, small, later=1)
    assert "\n" not in str(caught.value)
    assert bytes_of(small.output) == before
    monkeypatch.setattr(os, "fsync", real)
    assert build(store, small, later=2).files.written == 10


def test_a_store_that_cannot_grow_is_one_line(tmp_path: Path) -> None:
    """The system refuses to let its file grow, as a quota would; nothing is published that the store does not know."""
    site = sample(tmp_path)
    assert run("build", site=site).returncode == 0
    before = bytes_of(site / "data" / "public")
    for path in (site / "articles").glob("*.en.md"):
        write(path, path.read_text(encoding="utf-8") + "\nOne more sentence.\n")
    limit = "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)); "
    limited = limit + "runpy.run_module('feeder', run_name='__main__')"
    command = [sys.executable, "-c", limited, "--site", str(site), "build"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("feeder: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert bytes_of(site / "data" / "public") == before
    assert run("build", site=site).returncode == 0
    assert bytes_of(site / "data" / "public") != before


def test_an_output_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    site = sample(tmp_path)
    (site / "file").write_text("", encoding="utf-8")
    done = run("build", site=site, env={"FEEDER_STORAGE_OUTPUT": str(site / "file" / "public")})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("feeder: cannot write to ")
    assert done.stderr.count("\n") == 1
