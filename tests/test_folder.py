"""A folder of articles: what is found in it, in which order, and what is wrong with a file."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from examples import picture

from feeder.errors import ArticleError
from feeder.model import Article, Source, SourceError
from feeder.sources import folder

ALMATY = ZoneInfo("Asia/Almaty")
PNG = picture()
TEXT = "---\ntitle: A bridge\n{}\n---\nThe council met on Tuesday to speak about the bridge.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    found = tmp_path / "site" / "articles"
    found.mkdir(parents=True)
    return found


def source(root: Path) -> Source:
    return Source(key="articles", kind="folder", path=root)


def put(root: Path, name: str, data: str | bytes = TEXT.format("lang: en")) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def keys(root: Path) -> list[str]:
    return [found.key for found in folder.scan(source(root), "1")]


def stamps(root: Path, salt: str = "1") -> dict[str, str]:
    return {found.key: found.stamp for found in folder.scan(source(root), salt)}


def read(root: Path, key: str) -> Article:
    made = folder.read(source(root), key, ALMATY)
    assert isinstance(made, Article), made
    return made


def failure(root: Path, key: str) -> SourceError:
    made = folder.read(source(root), key, ALMATY)
    assert isinstance(made, SourceError)
    return made


# --- scanning ---


def test_articles_are_found_in_the_order_of_their_paths(root: Path) -> None:
    for name in ("b.md", "a.txt", "kk/c.html", "A.MD", "b.markdown", "z/y/x.htm"):
        put(root, name)
    assert keys(root) == ["A.MD", "a.txt", "b.markdown", "b.md", "kk/c.html", "z/y/x.htm"]


def test_side_files_pictures_and_hidden_files_are_no_articles(root: Path) -> None:
    for name in ("a.md", "a.toml", "a.png", ".b.md", "_c.md", ".git/d.md", "_drafts/e.md", "f.md~", "g.docx", "h"):
        put(root, name)
    assert keys(root) == ["a.md"]


def test_a_stamp_moves_with_the_file_its_side_file_the_pictures_and_the_program(root: Path) -> None:
    path, other = put(root, "a.md"), put(root, "b.md")
    first = stamps(root)
    assert stamps(root) == first
    assert stamps(root, "2")["a.md"] != first["a.md"]

    path.write_text(TEXT.format("lang: en\ntags: x"), encoding="utf-8")
    second = stamps(root)
    assert second["a.md"] != first["a.md"]
    assert second["b.md"] == first["b.md"]

    put(root, "a.toml", 'title = "Other"')
    third = stamps(root)
    assert third["a.md"] != second["a.md"]
    assert third["b.md"] == second["b.md"]

    put(root, "images/a.png", PNG)
    assert stamps(root)["b.md"] != third["b.md"]
    os.utime(other, ns=(1, 1))
    assert stamps(root)["b.md"] != third["b.md"]


def test_links_inside_the_folder_count_and_links_out_of_it_do_not(root: Path) -> None:
    put(root, "a.md")
    outside = put(root.parent, "secret.md")
    (root / "inside.md").symlink_to(root / "a.md")
    (root / "outside.md").symlink_to(outside)
    (root / "nowhere.md").symlink_to(root / "missing.md")
    (root / "circle.md").symlink_to(root / "circle.md")
    (root / "elsewhere").symlink_to(root.parent)
    assert keys(root) == ["a.md", "inside.md"]


def test_what_is_no_file_is_left_alone(root: Path) -> None:
    put(root, "a.md")
    (root / "folder.md").mkdir()
    os.mkfifo(root / "pipe.md")
    assert keys(root) == ["a.md"]


@pytest.mark.parametrize("path", [None, "missing"])
def test_a_source_without_its_folder_is_named(tmp_path: Path, path: str | None) -> None:
    lost = Source(key="articles", kind="folder", path=tmp_path / path if path else None)
    with pytest.raises(folder.FolderError, match="'articles' has no folder"):
        list(folder.scan(lost, "1"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_read_does_not_look_empty(root: Path) -> None:
    put(root, "kk/a.md").parent.chmod(0)
    with pytest.raises(folder.FolderError, match="cannot be read"):
        list(folder.scan(source(root), "1"))
    (root / "kk").chmod(0o700)


def test_a_name_that_is_no_utf_8_is_found_and_refused(root: Path) -> None:
    (root / os.fsdecode(b"b\xff.md")).write_text(TEXT.format("lang: en"), encoding="utf-8")
    assert keys(root) == ["b\\xff.md"]
    assert failure(root, "b\\xff.md").field == "file name"


def test_a_path_without_end_is_found_and_refused(root: Path) -> None:
    """A store keeps the path in an index, which has its limits; what is told stays one line."""
    name = "/".join(["қ" * 100] * 6)
    put(root, f"{name}/a.md")
    (key,) = keys(root)
    assert len(key.encode()) < folder.PATH_LIMIT
    assert failure(root, key).reason == "its path is longer than 1,000 bytes; move the file"


def test_what_editors_and_copying_leave_behind_is_no_article(root: Path) -> None:
    for name in (
        "a.md~",
        ".a.md.swp",
        "#a.md#",
        ".#a.md",
        "a.md.tmp",
        "a.md.part",
        ".~lock.a.md#",
        "a.md.crdownload",
        "4913",
    ):
        put(root, name)
    assert keys(root) == []


def test_names_that_differ_in_case_alone_are_two_articles(root: Path) -> None:
    put(root, "a.md")
    put(root, "A.md")
    if len(list(root.iterdir())) == 2:
        assert keys(root) == ["A.md", "a.md"]


def test_unchanged_files_cost_a_look_each_and_are_not_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening is what costs, on a disk that is far away most of all."""
    for number in range(300):
        put(root, f"{number % 7}/{number}.en.md", "x")
    monkeypatch.setattr(Path, "open", lambda *_, **__: pytest.fail("a file was opened"))
    monkeypatch.setattr(Path, "read_bytes", lambda *_: pytest.fail("a file was read"))
    assert len(keys(root)) == 300


def test_a_file_that_is_being_written_is_not_as_it_was_found(root: Path) -> None:
    path = put(root, "a.md")
    (found,) = folder.scan(source(root), "1")
    assert folder.is_as_found(source(root), found)
    path.write_text(TEXT.format("lang: en") + "More.", encoding="utf-8")
    assert not folder.is_as_found(source(root), found)
    (found,) = folder.scan(source(root), "1")
    put(root, "a.toml", 'title = "T"')
    assert not folder.is_as_found(source(root), found)


def test_a_file_that_became_a_folder_a_pipe_or_a_way_out_is_not_read(root: Path) -> None:
    """Between the look and the reading anything may happen; a pipe would keep feeder waiting for ever."""
    secret = put(root.parent, "secret.md")
    (root / "a.md").mkdir()
    os.mkfifo(root / "b.md")
    (root / "c.md").symlink_to(secret)
    assert {failure(root, name).reason for name in ("a.md", "b.md", "c.md")} == {"is no file of this folder any more"}


# --- reading ---


def test_an_article_knows_its_source_and_its_path(root: Path) -> None:
    put(root, "kk/a.md", TEXT.format("lang: en"))
    article = read(root, "kk/a.md")
    assert (article.source, article.key, article.title) == ("articles", "kk/a.md", "A bridge")


def test_a_side_file_is_brought_in(root: Path) -> None:
    put(root, "a.en.txt", "The bridge is closed again\n\nThe council met on Tuesday.\n\nNothing was decided.\n")
    put(root, "a.en.toml", 'title = "Bridge"\ntags = ["x"]')
    assert (read(root, "a.en.txt").title, read(root, "a.en.txt").tags) == ("Bridge", ("x",))


def test_a_side_file_that_leads_out_of_the_folder_is_not_read(root: Path) -> None:
    put(root, "a.md")
    put(root.parent, "secret.toml", 'title = "Secret"')
    (root / "a.toml").symlink_to(root.parent / "secret.toml")
    assert read(root, "a.md").title == "A bridge"


@pytest.mark.parametrize(
    ("name", "data", "field", "line"),
    [
        ("a.md", "---\ntitle: A\ndate: tomorrow\n---\nText", "published", 3),
        ("a.md", b"# A\n\nText \xff\n", "encoding", 3),
        ("a.md", b"x" * (folder.SIZE_LIMIT + 1), "size", 0),
        ("a.en.html", b"<html></html>", "body", 0),
        ("a.md", "", "lang", 0),
    ],
)
def test_what_is_wrong_is_a_value_with_file_line_and_field(
    root: Path, name: str, data: str | bytes, field: str, line: int
) -> None:
    put(root, name, data)
    error = failure(root, name)
    assert (error.source, error.key, error.field, error.line) == ("articles", name, field, line)
    assert error.reason
    assert "\n" not in error.reason


def test_a_file_that_went_away_is_told(root: Path) -> None:
    error = failure(root, "gone.md")
    assert (error.field, error.reason) == ("file", "cannot be read: No such file or directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_told(root: Path) -> None:
    put(root, "a.md").chmod(0)
    assert failure(root, "a.md").reason == "cannot be read: Permission denied"


# --- pictures ---


def pictured(root: Path, value: str) -> Article:
    put(root, "kk/a.md", TEXT.format(f"lang: en\nimage: {value}\nimage_alt: A bridge"))
    return read(root, "kk/a.md")


@pytest.mark.parametrize("value", ["a.png", "./a.png", "../kk/a.png", "kk/a.png", "/kk/a.png"])
def test_a_picture_is_found_beside_the_article_or_from_the_folder_s_top(root: Path, value: str) -> None:
    put(root, "kk/a.png", PNG)
    (picture,) = pictured(root, value).enclosures
    assert (picture.type, picture.length, picture.width, picture.height) == ("image/png", len(PNG), 640, 360)
    assert (picture.alt, picture.origin) == ("A bridge", "kk/a.png")


def test_a_picture_s_address_moves_with_its_bytes_and_not_with_its_name(root: Path) -> None:
    put(root, "kk/a.png", PNG)
    put(root, "kk/b.png", PNG)
    put(root, "kk/c.png", picture(shade=9))
    one, same, other = (pictured(root, name).enclosures[0].path for name in ("a.png", "b.png", "c.png"))
    assert one == same
    assert one != other
    assert one.startswith("media/")
    assert one.endswith(".png")


def test_a_picture_is_what_its_bytes_say(root: Path) -> None:
    put(root, "kk/a.jpg", PNG)
    (picture,) = pictured(root, "a.jpg").enclosures
    assert picture.type == "image/png"
    assert picture.path.endswith(".png")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("missing.png", "is not in the source's folder"),
        ("../../secret.png", "is not in the source's folder"),
        ("linked.png", "is not in the source's folder"),
        ("page.png", "is not a JPEG, PNG, GIF or WebP"),
        ("https://example.org/a.png", "is on another server"),
        ("huge.png", "is larger than 8 MB"),
        ("x" * 300 + ".png", "is not in the source's folder"),
        ('"a\\0b.png"', "is not in the source's folder"),
    ],
)
def test_a_wrong_picture_is_told_and_the_story_is_published(root: Path, value: str, says: str) -> None:
    put(root.parent, "secret.png", PNG)
    put(root, "kk/page.png", b"<html></html>")
    put(root, "kk/huge.png", PNG + b"\0" * folder.SIZE_LIMIT)
    (root / "kk" / "linked.png").symlink_to(root.parent / "secret.png")
    article = pictured(root, value)
    assert article.enclosures == ()
    (problem,) = article.problems
    assert says in problem
    assert problem.endswith("; it was left out")


# --- pictures inside the text ---


def illustrated(root: Path, body: str, matter: str = "lang: en") -> Article:
    put(root, "kk/a.md", TEXT.format(matter) + f"\n{body}\n")
    return read(root, "kk/a.md")


def test_pictures_inside_the_text_are_opened_as_the_story_s_own_is(root: Path) -> None:
    put(root, "kk/a.png", PNG)
    put(root, "images/b c.png", picture(shade=9))
    article = illustrated(root, '![A bridge](a.png "In May")\n\n![A map]({static}/images/b%20c.png)')
    assert [(one.origin, one.width, one.height, one.inside, one.caption) for one in article.enclosures] == [
        ("kk/a.png", 640, 360, 1, "In May"),
        ("images/b c.png", 640, 360, 2, ""),
    ]
    assert article.problems == ()


def test_a_picture_s_stamp_moves_its_article(root: Path) -> None:
    path = put(root, "kk/a.png", PNG)
    first = illustrated(root, "![A bridge](a.png)"), stamps(root)
    path.write_bytes(picture(shade=9))
    assert stamps(root) != first[1]
    assert read(root, "kk/a.md").enclosures[0].path != first[0].enclosures[0].path


def test_the_story_s_own_picture_is_not_repeated_inside(root: Path) -> None:
    put(root, "kk/a.png", PNG)
    put(root, "kk/copy.png", PNG)
    (own,) = illustrated(root, "![A bridge](copy.png)", "lang: en\nimage: a.png").enclosures
    assert (own.inside, own.alt, own.origin) == (0, "A bridge", "kk/a.png")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("missing.png", "is not in the source's folder"),
        ("../../secret.png", "is not in the source's folder"),
        ("linked.png", "is not in the source's folder"),
        ("https://example.org/a.png", "put a copy beside the article"),
        ("//example.org/a.png", "put a copy beside the article"),
    ],
)
def test_a_wrong_picture_inside_costs_the_story_nothing(root: Path, address: str, says: str) -> None:
    put(root.parent, "secret.png", PNG)
    put(root, "kk/c.md")
    (root / "kk" / "linked.png").symlink_to(root.parent / "secret.png")
    article = illustrated(root, f'![A bridge]({address} "Caption")')
    assert article.enclosures == ()
    assert [says in problem for problem in article.problems] == [True]


def test_a_dot_is_dropped_and_a_picture_without_words_reported(root: Path) -> None:
    put(root, "kk/dot.gif", b"GIF89a\x01\0\x01\0\0\0\0;")
    put(root, "kk/a.png", PNG)
    article = illustrated(root, "![](dot.gif) ![](a.png)")
    assert [one.origin for one in article.enclosures] == ["kk/a.png"]
    assert [one.text for one in article.dropped] == ["kk/dot.gif"]
    (problem,) = article.problems
    assert problem.startswith("the image 'kk/a.png' in the text has no description")


def test_a_saved_page_shows_the_pictures_saved_with_it(root: Path) -> None:
    put(root, "a page_files/a.png", PNG)
    text = "<p>The council met on Tuesday to speak about the bridge, which has been closed since the spring.</p>"
    figure = '<figure><img src="./a%20page_files/a.png" alt="A bridge"><figcaption>In May</figcaption></figure>'
    put(root, "a page.en.html", f"<html><body><article><h1>Bridge</h1>{text}{figure}{text}</article></body></html>")
    (picture,) = read(root, "a page.en.html").enclosures
    assert (picture.origin, picture.alt, picture.caption) == ("a page_files/a.png", "A bridge", "In May")


def test_jekyll_s_posts_are_read_and_its_drafts_are_not(root: Path) -> None:
    for name in ("_posts/2021-03-15-a.md", "_drafts/b.md", "_site/c.md"):
        put(root, name)
    assert keys(root) == ["_posts/2021-03-15-a.md"]


def test_any_file_can_be_read_for_explaining(root: Path) -> None:
    path = put(root, "a.md")
    assert folder.read_file(path, root, source="", zone=ALMATY).title == "A bridge"
    with pytest.raises(ArticleError):
        folder.read_file(root / "gone.md", root, source="", zone=ALMATY)
