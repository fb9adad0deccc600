"""What happens in the source folders reaches the store, and what goes wrong there hides nothing else."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import examples
import pytest
from walk import NOW, article, build, bytes_of, newsroom, silent, write

from feeder.jobs import ingest as job
from feeder.jobs.ingest import Ingested
from feeder.jobs.newsroom import Newsroom
from feeder.model import Source
from feeder.sources import folder
from feeder.store import Store, articles

PNG = (Path(__file__).parents[1] / "seeds/articles/images/framed-photographs.png").read_bytes()


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    """Two stories, one of them in two languages."""
    return newsroom(
        tmp_path / "desk",
        {
            "picket.en.md": article("Picket", published="2026-11-11"),
            "picket.kk.md": article("Пикет", published="2026-11-11"),
            "vigil.en.md": article("Vigil", published="2026-11-12"),
        },
    )


def ingest(store: Store, room: Newsroom) -> Ingested:
    return job.ingest(store, room.sources, room.site.zone, now=NOW, progress=silent)


def numbers(found: Ingested) -> tuple[int, int, int, int, int]:
    """Added, changed, same, removed, refused."""
    return found.added, found.changed, found.same, found.removed, found.refused


def file(room: Newsroom, name: str) -> Path:
    return room.folder / "articles" / name


def titles(store: Store) -> dict[str, str]:
    """The title of every published version."""
    with store.read() as connection:
        versions = [one for story in articles.stories(connection, lambda _: ()) for one in story.versions.values()]
        return {one.key: articles.load(connection, one.source, one.key).title for one in versions}


def troubles(found: Ingested) -> list[tuple[str, str]]:
    return [(one.key, one.field) for one in found.quarantined]


# --- counts ---


def test_what_came_changed_stayed_and_went_is_counted(store: Store, room: Newsroom) -> None:
    assert numbers(ingest(store, room)) == (3, 0, 0, 0, 0)
    assert numbers(ingest(store, room)) == (0, 0, 3, 0, 0)
    write(file(room, "picket.en.md"), article("Picket, with more", published="2026-11-11"))
    file(room, "picket.kk.md").unlink()
    write(file(room, "new.ru.md"), article("Новость"))
    assert numbers(ingest(store, room)) == (1, 1, 1, 1, 0)
    assert titles(store) == {"picket.en.md": "Picket, with more", "vigil.en.md": "Vigil", "new.ru.md": "Новость"}


def test_a_file_that_was_only_touched_is_the_same(store: Store, room: Newsroom) -> None:
    """A checkout or a copy gives every file a new time."""
    ingest(store, room)
    os.utime(file(room, "vigil.en.md"), (1, 1))
    assert numbers(ingest(store, room)) == (0, 0, 3, 0, 0)


@contextmanager
def opened_below(root: Path) -> Iterator[list[str]]:
    """The files below a folder that this process opens, as the interpreter itself sees it."""
    found: list[str] = []
    _watched.append((str(root), found))
    try:
        yield found
    finally:
        _watched.pop()


_watched: list[tuple[str, list[str]]] = []


def _hook(event: str, args: tuple[object, ...]) -> None:
    if event == "open" and _watched and str(args[0]).startswith(_watched[-1][0]):
        _watched[-1][1].append(str(args[0]))


sys.addaudithook(_hook)


def test_a_look_at_unchanged_files_opens_none_of_them(store: Store, room: Newsroom) -> None:
    """It costs their stat calls; a good file, a bad one, a draft, a side file and a picture alike."""
    write(file(room, "bad.en.md"), article("Bad", published="yesterday"))
    write(file(room, "draft.en.md"), article("Draft", draft="true"))
    write(file(room, "page.en.txt"), "A title\n\nA paragraph of some length, so that it is the story of the page.\n")
    write(file(room, "page.en.toml"), 'title = "Page"\n')
    file(room, "a.png").write_bytes(PNG)
    with opened_below(room.folder / "articles") as opened:
        ingest(store, room)
        assert len(set(opened)) >= 7
        opened.clear()
        ingest(store, room)
        assert opened == []


# --- what cannot be read ---


def test_a_bad_file_is_told_with_its_line_and_the_rest_is_there(store: Store, room: Newsroom) -> None:
    write(file(room, "bad.en.md"), article("Bad", published="yesterday"))
    found = ingest(store, room)
    assert numbers(found) == (3, 0, 0, 0, 1)
    (error,) = found.quarantined
    assert (error.source, error.key, error.line, error.field) == ("articles", "bad.en.md", 3, "published")
    assert "yesterday" in error.reason
    assert len(titles(store)) == 3


def test_a_bad_file_is_told_at_every_look_until_it_is_mended(store: Store, room: Newsroom) -> None:
    write(file(room, "bad.en.md"), article("Bad", published="yesterday"))
    ingest(store, room)
    again = ingest(store, room)
    assert (numbers(again), troubles(again)) == ((0, 0, 3, 0, 0), [("bad.en.md", "published")])
    write(file(room, "bad.en.md"), article("Bad", published="2026-11-11"))
    mended = ingest(store, room)
    assert (numbers(mended), troubles(mended)) == ((1, 0, 3, 0, 0), [])


def test_a_bad_file_that_is_removed_was_no_article(store: Store, room: Newsroom) -> None:
    write(file(room, "bad.en.md"), article("Bad", published="yesterday"))
    ingest(store, room)
    file(room, "bad.en.md").unlink()
    found = ingest(store, room)
    assert (numbers(found), troubles(found)) == ((0, 0, 3, 0, 0), [])


def test_a_good_file_that_turns_bad_keeps_its_last_good_version_published(store: Store, room: Newsroom) -> None:
    """It is told until it is good again; when the file goes, the story goes."""
    ingest(store, room)
    write(file(room, "picket.en.md"), article("Picket", published="13 of November"))
    for refused in (1, 0):
        found = ingest(store, room)
        assert (numbers(found), troubles(found)) == ((0, 0, 2, 0, refused), [("picket.en.md", "published")])
        assert titles(store)["picket.en.md"] == "Picket"
    write(file(room, "picket.en.md"), article("Picket, mended", published="2026-11-13"))
    assert numbers(ingest(store, room)) == (0, 1, 2, 0, 0)
    assert titles(store)["picket.en.md"] == "Picket, mended"
    write(file(room, "picket.en.md"), "\xff")
    ingest(store, room)
    file(room, "picket.en.md").unlink()
    assert numbers(ingest(store, room)) == (0, 0, 2, 1, 0)
    assert "picket.en.md" not in titles(store)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"---\ntitle: A\n",
        b"---\n- a\n- b\n---\ntext\n",
        b'---\ntitle: "\\uD800 \\0 lone"\nstory: "a\\0b\\uDFFF"\n---\n\nA text in plain English about the city.\n',
        b"---\ntitle: A\npublished: 9999-12-31T23:59:59-12:00\n---\n\nA text in plain English.\n",
        b"---\ntitle: A\npublished: 0001-01-01T00:00:00+14:00\n---\n\nA text in plain English.\n",
        b"---\ntitle: " + b"[" * 2000 + b"\n---\ntext\n",
        b"---\ntitle: {a: [1, 2]}\ntags: {a: b}\nauthors: [[a]]\n---\n\nA text in plain English.\n",
        b"> " * 3000 + b"deep\n",
        b"\xff\xfe\x00\xd8",
        "# Заголовок\n\nТекст на русском языке.\n".encode("windows-1251"),
    ],
    ids=["empty", "open", "list", "controls", "last-day", "first-day", "nested", "types", "quotes", "utf-16", "1251"],
)
def test_no_file_stops_the_others(store: Store, room: Newsroom, data: bytes) -> None:
    """Read or refused, it does not keep the rest from readers, today or at the next look."""
    file(room, "odd.en.md").write_bytes(data)
    found = ingest(store, room)
    assert found.added + found.refused == 4
    built = build(store, room)
    assert numbers(built.articles)[:2] == (0, 0)
    assert "en/stories/vigil/index.html" in bytes_of(room.output)
    assert all("\n" not in error.reason for error in built.articles.quarantined)


def test_a_defect_of_the_reader_costs_one_article_only(
    store: Store, room: Newsroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And is told as what it is, with its traceback in the log."""
    real = folder.read

    def broken(source: Source, key: str, zone: ZoneInfo) -> object:
        if key == "picket.kk.md":
            raise RecursionError("too deep")
        return real(source, key, zone)

    monkeypatch.setattr(folder, "read", broken)
    found = ingest(store, room)
    assert (numbers(found), troubles(found)) == ((2, 0, 0, 0, 1), [("picket.kk.md", "")])
    assert "RecursionError: too deep" in found.quarantined[0].reason
    assert "Traceback" in caplog.text


def test_a_name_that_is_no_utf_8_is_told(store: Store, room: Newsroom) -> None:
    raw = os.fsencode(room.folder / "articles") + b"/\xee\xe1\xfb\xf7\xed\xfb\xe9.md"
    with open(raw, "wb") as target:  # noqa: PTH123  pathlib has no names of bytes
        target.write(b"# A\n\nA text in plain English.\n")
    for _ in range(2):
        found = ingest(store, room)
        assert [one.field for one in found.quarantined] == ["file name"]
        assert "\\xee" in found.quarantined[0].key


# --- side files, pictures, links, drafts, twins ---


def test_a_change_of_a_side_file_is_a_change(store: Store, room: Newsroom) -> None:
    text = "The first paragraph of a saved page, long enough to be a story.\n"
    write(file(room, "page.en.txt"), f"A title\n\n{text}")
    ingest(store, room)
    write(file(room, "page.en.toml"), 'title = "Stated"\n')
    assert numbers(ingest(store, room)) == (0, 1, 3, 0, 0)
    assert titles(store)["page.en.txt"] == "Stated"
    write(file(room, "page.en.toml"), 'title = "Stated again"\n')
    assert numbers(ingest(store, room)) == (0, 1, 3, 0, 0)
    file(room, "page.en.toml").unlink()
    assert numbers(ingest(store, room)) == (0, 1, 3, 0, 0)
    assert titles(store)["page.en.txt"] == "A title"


def test_a_change_of_a_picture_is_a_change(store: Store, room: Newsroom) -> None:
    """The article's file did not change; what readers see did."""
    write(file(room, "poster.en.md"), article("Poster", image="a.png", image_alt="A poster"))
    assert "not in the source" in str(media(store, room)[1])
    file(room, "a.png").write_bytes(PNG)
    (first,), _ = media(store, room)
    file(room, "a.png").write_bytes(examples.picture())
    (second,), problems = media(store, room)
    assert first != second
    assert problems == ()


def media(store: Store, room: Newsroom) -> tuple[list[str], tuple[str, ...]]:
    """Published paths of the poster's pictures, and its problems."""
    ingest(store, room)
    with store.read() as connection:
        loaded = articles.load(connection, "articles", "poster.en.md")
    return [one.path for one in loaded.enclosures], loaded.problems


def test_two_files_for_one_story_and_language_are_told(store: Store, room: Newsroom) -> None:
    """The first by path is published, the other named, until one goes."""
    write(file(room, "other.en.md"), article("Another picket", story="picket"))
    found = ingest(store, room)
    assert troubles(found) == [("picket.en.md", "story")]
    assert "other.en.md" in found.quarantined[0].reason
    assert titles(store).keys() == {"other.en.md", "picket.kk.md", "vigil.en.md"}
    file(room, "other.en.md").unlink()
    assert troubles(ingest(store, room)) == []
    assert titles(store)["picket.en.md"] == "Picket"


def test_a_draft_is_known_and_not_published(store: Store, room: Newsroom) -> None:
    write(file(room, "vigil.en.md"), article("Vigil", published="2026-11-12", draft="true"))
    assert numbers(ingest(store, room)) == (3, 0, 0, 0, 0)
    assert "vigil.en.md" not in titles(store)
    write(file(room, "vigil.en.md"), article("Vigil", published="2026-11-12"))
    assert numbers(ingest(store, room)) == (0, 1, 2, 0, 0)
    assert titles(store)["vigil.en.md"] == "Vigil"


def test_a_link_that_leads_out_of_the_folder_is_not_followed(store: Store, room: Newsroom, tmp_path: Path) -> None:
    """Nor for a file, nor for a folder, nor for a picture or a side file; within the folder it is."""
    write(tmp_path / "secret" / "secret.en.md", article("Secret"))
    (tmp_path / "secret" / "a.png").write_bytes(PNG)
    write(tmp_path / "secret" / "side.toml", 'title = "Secret"\n')
    file(room, "stolen.en.md").symlink_to(tmp_path / "secret" / "secret.en.md")
    file(room, "folder").symlink_to(tmp_path / "secret")
    file(room, "a.png").symlink_to(tmp_path / "secret" / "a.png")
    file(room, "vigil.en.toml").symlink_to(tmp_path / "secret" / "side.toml")
    file(room, "again.ru.md").symlink_to(file(room, "vigil.en.md"))
    write(file(room, "poster.en.md"), article("Poster", image="a.png", image_alt="A poster"))
    assert ingest(store, room).quarantined == ()
    assert titles(store).keys() == {"picket.en.md", "picket.kk.md", "vigil.en.md", "again.ru.md", "poster.en.md"}
    assert "Secret" not in titles(store).values()
    assert media(store, room)[0] == []


# --- sources ---


def test_a_folder_that_vanishes_keeps_what_it_gave(store: Store, room: Newsroom) -> None:
    """A disk that is not mounted must not empty the site: one line, and everything stays."""
    build(store, room)
    before = bytes_of(room.output)
    (room.folder / "articles").rename(room.folder / "away")
    built = build(store, room, later=1)
    assert numbers(built.articles) == (0, 0, 0, 0, 0)
    (line,) = built.articles.failed
    assert str(room.folder / "articles") in line
    assert bytes_of(room.output) == before
    (room.folder / "away").rename(room.folder / "articles")
    assert build(store, room, later=2).quiet


def test_an_empty_folder_in_place_of_the_one_that_was_is_not_believed(store: Store, room: Newsroom) -> None:
    """The point where a disk was mounted is there all the same, and empty."""
    ingest(store, room)
    (room.folder / "articles").rename(room.folder / "away")
    (room.folder / "articles").mkdir()
    for _ in range(2):
        found = ingest(store, room)
        assert numbers(found) == (0, 0, 0, 0, 0)
        assert "not the one it was" in found.failed[0]
    assert len(titles(store)) == 3
    write(file(room, "first.en.md"), article("First"))  # a file in it says that it is meant
    assert numbers(ingest(store, room)) == (1, 0, 0, 3, 0)


def test_the_last_article_may_go(store: Store, room: Newsroom) -> None:
    """An editor who empties the folder means it."""
    build(store, room)
    for path in (room.folder / "articles").iterdir():
        path.unlink()
    built = build(store, room, later=1)
    assert (numbers(built.articles), built.articles.failed) == ((0, 0, 0, 3, 0), ())
    assert not [path for path in bytes_of(room.output) if "/stories/" in path]


def test_a_source_that_fails_does_not_stop_the_others(store: Store, room: Newsroom) -> None:
    toml = (room.folder / "feeder.toml").read_text(encoding="utf-8")
    write(room.folder / "feeder.toml", toml + '[[sources]]\npath = "more"\n')
    write(room.folder / "more" / "extra.en.md", article("Extra"))
    both = newsroom(room.folder)
    assert numbers(ingest(store, both)) == (4, 0, 0, 0, 0)
    shutil.rmtree(room.folder / "articles")
    write(room.folder / "more" / "extra.en.md", article("Extra, changed"))
    found = ingest(store, both)
    assert (numbers(found), len(found.failed)) == ((0, 1, 0, 0, 0), 1)
    assert len(titles(store)) == 4


def test_a_source_taken_out_of_the_configuration_takes_its_articles_along(store: Store, room: Newsroom) -> None:
    ingest(store, room)
    write(room.folder / "feeder.toml", 'base_url = "https://news.example.org"\n[[sources]]\npath = "other"\n')
    (room.folder / "other").mkdir()
    assert numbers(ingest(store, newsroom(room.folder))) == (0, 0, 0, 3, 0)


def test_a_run_that_is_stopped_keeps_what_it_has_read(store: Store, tmp_path: Path) -> None:
    """The next one goes on from there."""
    many = {f"s{number:03}.en.md": article(f"Story {number}") for number in range(250)}
    room = newsroom(tmp_path / "many", many)

    def stop(what: str, done: int, total: int) -> None:
        if done == 230:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.ingest(store, room.sources, room.site.zone, now=NOW, progress=stop)
    assert numbers(ingest(store, room)) == (50, 0, 200, 0, 0)


def test_renormalising_reads_every_file_again_and_changes_nothing_that_is_the_same(
    store: Store, room: Newsroom
) -> None:
    """As after an upgrade whose readers are better, at the editor's word."""
    build(store, room)
    read = list[int]()

    def count(what: str, done: int, total: int) -> None:
        read.append(total if what == "reading" else 0)

    found = job.ingest(store, room.sources, room.site.zone, now=NOW, progress=count, renormalise=True)
    assert (numbers(found), max(read)) == ((0, 0, 3, 0, 0), 3)
    assert build(store, room, later=1).files.written == 0


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_look(store: Store, room: Newsroom) -> None:
    """Half an article is never published; the others are."""
    path = file(room, "vigil.en.md")

    def write_on(what: str, done: int, total: int) -> None:
        with path.open("a", encoding="utf-8") as still_open:
            still_open.write("More.\n")

    assert numbers(job.ingest(store, room.sources, room.site.zone, now=NOW, progress=write_on))[0] == 2
    assert "Vigil" not in titles(store).values()
    assert numbers(ingest(store, room))[0] == 1
    assert "Vigil" in titles(store).values()
