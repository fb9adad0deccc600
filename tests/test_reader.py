"""One file of a folder: what its name, its side file and its bytes say."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest

from feeder.articles import reader
from feeder.errors import ArticleError
from feeder.model import Article

ALMATY = ZoneInfo("Asia/Almaty")
EN = "The council met on Tuesday to speak about the bridge, which has been closed since the spring."
KK = "Кеңес сейсенбі күні көпір туралы сөйлесу үшін жиналды, ол көктемнен бері жабық тұр."
RU = "Совет собрался во вторник, чтобы обсудить мост, который закрыт с весны."
HTML = "<html{}><head><meta charset='utf-8'><title>A</title></head><body><article><h1>Мост</h1><p>{}</p></article></body></html>"


def read(text: str | bytes, path: str = "story.en.md", side: str | bytes | None = None) -> Article:
    data = text.encode() if isinstance(text, str) else text
    extra = side.encode() if isinstance(side, str) else side
    return reader.read(data, PurePosixPath(path), source="articles", zone=ALMATY, side=extra)


def failure(text: str | bytes, path: str = "story.en.md", side: str | bytes | None = None) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        read(text, path, side)
    return caught.value


# --- names ---


@pytest.mark.parametrize(
    ("path", "story", "language"),
    [
        ("bridge.kk.md", "bridge", "kk"),
        ("kk/bridge.md", "bridge", "kk"),
        ("2026/kk/bridge.md", "2026/bridge", "kk"),
        ("bridge.kz.md", "bridge", "kk"),
        ("bridge.kk-KZ.txt", "bridge", "kk"),
        ("en/bridge.ru.md", "bridge", "ru"),
        ("bridge.v2.md", "bridge.v2", None),
        ("bridge.v2.ru.md", "bridge.v2", "ru"),
        ("bridge.notes.md", "bridge.notes", None),
        ("bridge.md", "bridge", None),
        ("news/bridge.md", "news/bridge", None),
        ("2026-11-14-bridge/index.kk.md", "2026-11-14-bridge", "kk"),  # Hugo's page bundle
        ("kk/bridge/index.md", "bridge", "kk"),
        ("index.md", "index", None),
        ("ко\u0301пия/мои\u0306.md", "ко\u0301пия/мой", None),  # as some disks spell it
    ],
)
def test_a_name_says_story_and_language(path: str, story: str, language: str | None) -> None:
    name = reader.name_of(PurePosixPath(path))
    assert (name.story, name.language) == (story, language)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2021-03-15-picket.kk.md", "2021-03-15"),
        ("2021-03-15.md", "2021-03-15"),
        ("kk/2021-03-15-picket.md", "2021-03-15"),
        ("2021-03-15-picket/index.kk.md", "2021-03-15"),
        ("2021-02-30-no-such-day.md", None),
        ("2021-03-155.md", None),
        ("picket-2021-03-15.md", None),
        ("2022-06-month.md", None),
    ],
)
def test_a_date_at_the_start_of_a_name_counts_when_none_is_stated(path: str, day: str | None) -> None:
    found = reader.name_of(PurePosixPath(path)).published
    assert (found and found.isoformat()) == day


def test_the_date_in_the_name_is_midnight_in_the_site_s_zone_and_gives_way_to_a_stated_one() -> None:
    assert read(f"# A\n\n{EN}", "2021-03-15-a.en.md").published == datetime(2021, 3, 15, tzinfo=ALMATY)
    assert read(f"---\ndate: 2026-11-14\n---\n# A\n\n{EN}", "2021-03-15-a.en.md").published == datetime(
        2026, 11, 14, tzinfo=ALMATY
    )


@pytest.mark.parametrize("name", ["bridge.kk-Latn.md", "bridge.kk_latn.md", "kk-Arab/bridge.md", "bridge.kk-cn.md"])
def test_kazakh_in_another_alphabet_is_refused(name: str) -> None:
    error = failure(f"# A\n\n{EN}", name)
    assert error.field == "lang"
    assert "another alphabet" in error.reason


# --- languages ---


@pytest.mark.parametrize(("text", "language"), [(EN, "en"), (KK, "kk"), (RU, "ru")])
def test_a_language_is_recognised_when_nobody_names_it(text: str, language: str) -> None:
    assert read(f"# A\n\n{text}", "story.md").language == language


def test_the_editor_s_word_goes_before_the_name_and_the_letters() -> None:
    article = read(f"---\nlang: ru\n---\n# A\n\n{RU}", "story.kk.md")
    assert (article.language, article.problems) == ("ru", ())


def test_a_language_that_the_letters_deny_is_told() -> None:
    article = read(f"# Мост\n\n{RU}", "story.kk.md")
    assert article.language == "kk"
    assert article.problems == ("its language is given as 'kk', but the text looks like 'ru'",)


def test_a_template_s_language_gives_way_to_the_letters() -> None:
    """Many sites have one template, with lang="en", for all their languages."""
    article = read(HTML.format(' lang="en"', RU), "page.html")
    assert article.language == "ru"
    assert article.problems == ("its language is given as 'en', but the text looks like 'ru'",)


def test_a_page_in_a_language_that_is_not_ours_is_refused_unless_its_name_says_otherwise() -> None:
    assert failure(HTML.format(' lang="uz"', RU), "page.html").field == "lang"
    assert read(HTML.format(' lang="uz"', RU), "page.ru.html").language == "ru"


def test_an_unknown_language_names_the_way_out() -> None:
    error = failure("# A\n\nDer Rat hat am Dienstag getagt und nichts entschieden.", "story.md")
    assert error.field == "lang"
    assert "story.kk.md" in error.reason


# --- bytes ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marked_unicode_is_read(encoding: str) -> None:
    assert read(f"# Мост\r\n\r\n{RU}\r\n".encode(encoding), "story.ru.md").title == "Мост"


@pytest.mark.parametrize("suffix", ["md", "txt"])
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "kz1048"])
def test_a_few_words_in_an_old_encoding_are_refused_with_the_line(suffix: str, encoding: str) -> None:
    error = failure(b"# A bridge\n\nText\n" + "Мост закрыт".encode(encoding), f"story.ru.{suffix}")
    assert (error.field, error.line) == ("encoding", 4)
    assert "UTF-8" in error.reason


@pytest.mark.parametrize("path", ["story.ru.md", "story.ru.txt", "story.ru.html"])
def test_an_article_in_an_old_encoding_is_read_and_that_is_told(path: str) -> None:
    text = f"# Мост снова закрыт\n\n{RU}\n\nОб этом сообщила редакция после того, как ей написали жители.\n"
    if path.endswith("html"):
        text = HTML.replace("<meta charset='utf-8'>", "").format(
            "", text.partition("\n\n")[2].replace("\n\n", "</p><p>")
        )
    article = read(text.encode("cp1251"), path)
    assert "Совет собрался" in article.body
    assert "was read as windows-1251; save it as UTF-8 to be sure" in article.problems


@pytest.mark.parametrize("data", [f"# Мост\n\n{RU}".encode("utf-32"), b"%PDF-1.7\n" + bytes(range(256)), b"\0" * 100])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert failure(data, "story.ru.md").field == "encoding"


def test_control_characters_and_windows_line_ends_do_no_harm() -> None:
    article = read(f"---\r\ntitle: A\x00 bri\x1bdge\u202e\r\n---\r\n\r\n{EN}\r\n\r\nEnd\x0b&#x202d;.\r\n")
    assert article.title == "A bridge"
    assert article.problems == (
        "2 invisible characters that change the reading order were removed",
        "2 control characters were removed",
    )
    assert "\r" not in article.body
    assert "\x0b" not in article.body


# --- side files ---


def test_a_side_file_goes_over_the_front_matter() -> None:
    side = 'title = "From the side"\nevent_date = 2019-02-03\ntags = ["x"]\ndate = 2026-11-14T09:00:00+05:00\nimg = "a"'
    article = read(f"---\ntitle: From within\nslug: kept\ntilte: x\n---\n{EN}", side=side)
    assert (article.title, article.slug, article.tags, article.event_date) == (
        "From the side",
        "kept",
        ("x",),
        "2019-02-03",
    )
    assert article.published is not None
    assert article.published.isoformat() == "2026-11-14T09:00:00+05:00"
    assert len(article.problems) == 2


def test_what_was_taken_out_of_a_side_file_is_told() -> None:
    article = read(f"# A\n\n{EN}", side='title = "The \u202ebridge"')
    assert article.title == "The bridge"
    assert article.problems == (
        "in the side file story.en.toml: 1 invisible character that changes the reading order was removed",
    )


def test_a_side_file_serves_a_text_dump_and_a_page() -> None:
    text = f"A bridge is closed in the town\n\n{EN}\n\n{EN.replace('bridge', 'road')}"
    dump = read(text, "dump.en.txt", side='source = {name = "Times"}')
    assert dump.publisher == "Times"
    page = read(HTML.format("", RU), "page.html", side='title = "Мост через реку"\nlang = "ru"')
    assert (page.title, page.language, page.markup) == ("Мост через реку", "ru", "html")


@pytest.mark.parametrize(
    ("side", "field", "line"),
    [
        (b"title = 'A'\ndate = tomorrow\n", "side file", 2),
        (b"title = 'A'\n\ndate = 'tomorrow'\n", "published", 3),
        ("title = 'Мост'".encode("cp1251"), "encoding", 1),
        (b"x = " + b"[" * 20_000, "side file", 0),
    ],
)
def test_a_broken_side_file_is_named(side: bytes, field: str, line: int) -> None:
    error = failure(f"# A\n\n{EN}", "story.en.md", side)
    assert (error.field, error.line) == (field, line)
    assert "story.en.toml" in error.reason


# --- the whole ---


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (EN, "title"),
        ("---\ntitle: A\n---\n", "body"),
        ("# Only a title", "body"),
        ("# A\n\n<!-- only a note -->\n\n![only](a.png)\n", "body"),
        ("", "title"),
    ],
)
def test_an_article_needs_a_title_and_a_text(text: str, field: str) -> None:
    assert failure(text).field == field


def test_a_picture_inside_the_text_is_kept_with_its_words() -> None:
    pixel = "![](data:image/gif;base64,R0)"
    article = read(
        f'---\nimage: a.png\n---\n# A\n\n{EN} {pixel}\n\n![The bridge]({{static}}/bridge%201.png "In May")\n'
    )
    own, inside = article.enclosures
    assert (own.origin, own.inside) == ("a.png", 0)
    assert (inside.origin, inside.alt, inside.caption, inside.inside) == ("/bridge 1.png", "The bridge", "In May", 2)
    assert [one.reason for one in article.dropped] == ["a picture without a file"]
    assert article.problems == ()


@pytest.mark.parametrize("name", ["_posts/2021-03-15-title.md", "2021-03-15-title.md", "kk/_posts/2021-03-15-title.md"])
def test_jekyll_s_folder_of_posts_is_no_part_of_a_story_s_name(name: str) -> None:
    assert reader.name_of(PurePosixPath(name)).story == "2021-03-15-title"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("story.en.md", f'# A\n\n![The \\] bridge](a.png "In \\"May\\"")\n\nALMATY, Kazakhstan -- {EN}'),
        ("page.en.html", HTML.format("", f'</p><figure><img src="a.png"></figure><p>ALMATY, Kazakhstan -- {EN}')),
    ],
)
def test_a_dateline_below_a_picture_is_found(path: str, text: str) -> None:
    article = read(text, path)
    assert article.dateline is not None
    assert "ALMATY" not in article.body
    assert article.enclosures[0].origin == "a.png"
    assert "a.png" in article.body or 'data-picture="1"' in article.body


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("story.en.md", f"# A\n\nALMATY, Kazakhstan -- {EN}"),
        ("page.en.html", HTML.format("", f"ALMATY, Kazakhstan&nbsp;-- {EN}")),
        ("dump.en.txt", f"The bridge is closed again\n\nALMATY, Kazakhstan -- {EN}\n\n{EN.replace('bridge', 'road')}"),
    ],
)
def test_the_dateline_leaves_the_body_in_every_form(path: str, text: str) -> None:
    article = read(text, path)
    assert article.dateline is not None
    assert (article.dateline.place, article.dateline.country) == ("kz-almaty", "kz")
    assert "ALMATY" not in article.body
    assert "The council met" in article.body


def test_key_and_source_are_what_the_caller_says() -> None:
    article = read(f"# A\n\n{EN}", "en/a.md")
    assert (article.source, article.key, article.story) == ("articles", "en/a.md", "a")
    assert read(f"---\ntranslationKey: other\n---\n# A\n\n{EN}", "en/a.md").story == "other"


def test_an_article_has_as_many_tags_as_a_person_gives() -> None:
    """Each is a topic with a page and a feed; what is left out is told, and the story is published."""
    tags = ", ".join(f"tag {number}" for number in range(30))
    made = read(f"---\ntitle: A\ntags: [{tags}, {'x' * 101}]\n---\nText.\n")
    assert made.tags == tuple(f"tag {number}" for number in range(20))
    assert made.problems == (
        "tags of more than 100 characters were left out; write each tag apart; it has 30 tags; the first 20 are used",
    )
