"""What stands above a text, in the forms of five generators; and a text that only looks like it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feeder.articles import front_matter, markdown
from feeder.articles.markdown import Page
from feeder.errors import ArticleError

ALMATY = ZoneInfo("Asia/Almaty")
TEXT = "The council met on Tuesday.\n\nIt meets again.\n"

YAML = "---\ntitle: A bridge\ndate: 2021-03-15\ntags: [a, b]\ndraft: true\n---\n"
TOML = "+++\ntitle = 'A bridge'\ndate = 2021-03-15\ntags = ['a', 'b']\ndraft = true\n+++\n"
JSON = '{\n  "title": "A bridge",\n  "date": "2021-03-15",\n  "tags": ["a", "b"],\n  "draft": true\n}\n'
NIKOLA = ".. title: A bridge\n.. date: 2021-03-15\n.. tags: a, b\n.. status: draft\n"
COMMENT = f"<!--\n{NIKOLA}-->\n"
PELICAN = "Title: A bridge\nDate: 2021-03-15\nTags: a,\n    b\nStatus: draft\n"


def read(text: str) -> Page:
    return markdown.read(text, ALMATY)


@pytest.mark.parametrize("head", [YAML, TOML, JSON, NIKOLA, COMMENT, PELICAN])
@pytest.mark.parametrize("above", ["", "\n\n"])
def test_the_same_is_read_from_every_form(head: str, above: str) -> None:
    page = read(f"{above}{head}\n{TEXT}")
    made = page.fields
    assert (made.title, made.tags, made.draft) == ("A bridge", ("a", "b"), True)
    assert made.published == datetime(2021, 3, 15, tzinfo=ALMATY)
    assert page.body.strip() == TEXT.strip()
    assert made.problems == ()


@pytest.mark.parametrize("head", [YAML, TOML, JSON, NIKOLA, COMMENT, PELICAN])
def test_a_wrong_value_names_its_line_in_every_form(head: str) -> None:
    number = next(number for number, row in enumerate(head.split("\n"), start=1) if "2021-03-15" in row)
    wrong = head.replace("date = 2021-03-15", "date = 'soon'").replace("2021-03-15", "soon")
    with pytest.raises(ArticleError) as caught:
        read(f"\n{wrong}\n{TEXT}")
    assert (caught.value.field, caught.value.line) == ("published", number + 1)


def test_a_nikola_post_is_understood_as_its_command_writes_it() -> None:
    head = (
        "<!--\n.. title: Көпір жабық\n.. slug: kopir\n.. date: 2021-03-15 10:00:00 UTC+06:00\n.. tags: көпір, қала\n"
        ".. category: жаңалық\n.. link: \n.. description: Ақша жоқ.\n.. type: text\n-->\n"
    )
    made = read(f"{head}\nМәтін.\n\n<!-- TEASER_END -->\n\nСоңы.").fields
    assert (made.title, made.slug, made.deck, made.tags) == (
        "Көпір жабық",
        "kopir",
        "Ақша жоқ.",
        ("көпір", "қала", "жаңалық"),
    )
    assert made.published is not None
    assert made.published.isoformat() == "2021-03-15T10:00:00+06:00"
    assert (made.url, made.draft, made.problems) == ("", False, ())


def test_a_pelican_article_is_understood_and_its_slug_joins_translations() -> None:
    head = (
        "Title: Мост: закрыт\nDate: 2021-03-15 10:20\nModified: 2021-03-16\nCategory: Новости\nSlug: most\nLang: ru\n"
        "Translation: true\nAuthors: Примеров, Айдар; Дана Үлгі\nSummary: Денег нет.\n"
    )
    made = read(f"{head}\nТекст.").fields
    assert (made.title, made.slug, made.story, made.lang, made.deck) == (
        "Мост: закрыт",
        "most",
        "most",
        "ru",
        "Денег нет.",
    )
    assert made.authors == ("Примеров, Айдар", "Дана Үлгі")
    assert made.updated == datetime(2021, 3, 16, tzinfo=ALMATY)
    assert made.problems == ()


def test_a_pelican_article_may_be_nothing_but_its_head() -> None:
    assert read("Title: A bridge").fields.title == "A bridge"
    assert read("Date: 2021-03-15\nTags: a\n\n# A bridge\n\nText").title == "A bridge"


@pytest.mark.parametrize(
    "text",
    [
        "Note: the council meets on Tuesday.\n\nMore.",
        "Date: 2021-03-15\n\nMore.",
        "Summary: the council met.\nAuthor: nobody knows.\n\nMore.",
        "Date: 2021-03-15\nWeather: rain\n\nMore.",
        "Title: A bridge\nThe council met on Tuesday.\n\nMore.",
        "Title:no space\n\nMore.",
        "Мост: закрыт\n\nДальше.",
        "The title: a bridge\n\nMore.",
        ".. note:: a directive\n\nMore.",
        ".. slug: without a title\n\nMore.",
        "<!-- a note -->\n\nMore.",
        "<!--\n.. title: never closed\n\nMore.",
        "{curly} words begin it.",
        "{\n  not json\n}",
        "{{< youtube x >}}",
    ],
)
def test_a_text_that_only_looks_like_front_matter_is_the_text(text: str) -> None:
    matter = front_matter.split(text)
    assert (matter.raw, matter.body) == ({}, text)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('{\n  "title": "A",\n  oops\n}\nText', 3, "not valid JSON"),
        ('\n{"title": "A"', 2, "not valid JSON"),
        ('{"title": ' + "[" * 100_000, 1, "nested too deep"),
        ('{"title": "' + "x" * 70_000 + '"}', 1, "64 kB"),
    ],
)
def test_broken_json_names_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(ArticleError) as caught:
        front_matter.split(text)
    assert (caught.value.field, caught.value.line) == ("front matter", line)
    assert says in caught.value.reason


def has_head(text: str) -> bool:
    start = text.lstrip("\n")
    lowered = start.casefold()
    return start.startswith(("---", "+++", '{"', "{ ", "{\n", "{\t")) or "title:" in lowered or "date:" in lowered


@given(
    st.text(alphabet=st.sampled_from('ab: .-\n<>!{}"titledate'), max_size=60).filter(lambda text: not has_head(text))
)
@example("Note: a\nb: c\n\nText")
def test_no_text_without_a_head_is_changed(text: str) -> None:
    matter = front_matter.split(text)
    assert (matter.raw, matter.lines, matter.body) == ({}, {}, text)


@given(st.text(max_size=40), st.sampled_from([NIKOLA, COMMENT, PELICAN, JSON, YAML, TOML]))
def test_what_is_below_a_head_stays_as_it_is(text: str, head: str) -> None:
    assert front_matter.split(f"{head}\n{text}").body.strip() == text.strip()


@given(st.text(alphabet=st.sampled_from('.: {}[]",titledate-\n<!->a1    '), max_size=80))
def test_any_head_is_read_or_refused_in_one_line(text: str) -> None:
    for whole in (f".. title: a\n{text}", f"Title: a\n{text}", f'{{"title": "a",{text}', f"<!--\n.. title:{text}-->"):
        try:
            read(whole)
            wrong = None
        except ArticleError as error:
            wrong = error
        assert wrong is None or (wrong.field and "\n" not in wrong.reason)
