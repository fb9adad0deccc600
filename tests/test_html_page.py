"""A saved page: its metadata, and the story without the site around it."""

from __future__ import annotations

import json
import os
import re
import socket
from dataclasses import asdict
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeder import markup
from feeder.articles import reader
from feeder.articles.html_pages import html_page
from feeder.articles.html_pages.html_page import Page
from feeder.articles.text_pages import text_dump
from feeder.articles.text_pages.sheet import split
from feeder.errors import ArticleError

ALMATY = ZoneInfo("Asia/Almaty")
DATA = Path(__file__).parent / "data" / "articles"
SEEDS = Path(__file__).parents[1] / "seeds" / "articles"
PAGES = sorted(path.name for path in DATA.glob("*.html"))

FIRST = "The council met on Tuesday to speak about the bridge, which has been closed since the floods of the spring."
SECOND = "Two of its pillars are damaged, and a new one will cost more than the town has, a member of the council said."


def page(body: str, head: str = "", lang: str = 'lang="en"') -> bytes:
    return f'<!doctype html><html {lang}><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'.encode()


def story(inner: str = "") -> str:
    return f"<article><h1>Bridge closed</h1><p>{FIRST}</p>{inner}<p>{SECOND}</p></article>"


def read(body: str, head: str = "", lang: str = 'lang="en"') -> Page:
    return html_page.read(page(body, head, lang), ALMATY)


def linked(**values: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **values})}</script>'


def account(path: Path) -> dict[str, Any]:
    """All that a page gives, in the form of the golden files."""
    made = asdict(html_page.read(path.read_bytes(), ALMATY))
    made["body"] = re.sub(r"(?<=>)(?=<(?:p|h[2-6]|ul|ol|li|dl|table|tr|blockquote)\b)", "\n", made["body"]).split("\n")
    made["pictures"] = [[one["inside"], one["origin"], one["alt"], one["caption"]] for one in made["pictures"]]
    made["dropped"] = [[one["line"], one["text"], one["reason"]] for one in made["dropped"]]
    found: dict[str, Any] = json.loads(json.dumps(made, default=lambda moment: moment.isoformat()))
    return {name: value for name, value in found.items() if value}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_different_shapes_give_their_story(name: str) -> None:
    """Golden files: what a page gives stands beside it."""
    path = DATA / name
    golden = path.with_suffix(".expected.json")
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(json.dumps(account(path), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert account(path) == json.loads(golden.read_text(encoding="utf-8"))


def test_the_sample_page_gives_exactly_its_paragraphs() -> None:
    source = (SEEDS / "2021-11-29-six-detained.en.html").read_text(encoding="utf-8")
    inner = source.partition('<div class="article-body">')[2].partition("</div>")[0]
    made = html_page.read(source.encode(), ALMATY)
    assert markup.paragraphs(made.body) == markup.paragraphs(inner)
    assert len(markup.paragraphs(inner)) == 9
    assert made.event_date == "2021-11-29"
    assert made.authors == ("Sample Desk",)


def test_reading_needs_no_network_and_gives_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a page was fetched")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    first = [account(DATA / name) for name in PAGES]
    assert [account(DATA / name) for name in reversed(PAGES)] == first[::-1]


# --- what a page states ---


def test_linked_data_is_believed_before_opengraph_before_the_page() -> None:
    og = '<meta property="og:title" content="From OpenGraph"><meta property="og:description" content="OG deck">'
    assert read(story(), linked(headline="From JSON-LD", description="LD deck") + og).title == "From JSON-LD"
    assert read(story(), linked(headline="From JSON-LD", description="LD deck") + og).deck == "LD deck"
    assert (read(story(), og).title, read(story(), og).deck) == ("From OpenGraph", "OG deck")
    assert read(story(), "<title>From the window</title>").title == "Bridge closed"
    assert read(story().replace("h1", "b"), "<title>From the window</title>").title == "From the window"


def test_dates_come_from_the_first_place_that_can_be_read() -> None:
    og = '<meta property="article:published_time" content="2026-11-02">'
    shown = '<time datetime="2026-11-03">3 November</time>'
    days = [
        read(shown + story(), linked(datePublished="2026-11-01T10:00:00Z") + og),
        read(shown + story(), linked(datePublished="yesterday") + og),
        read(shown + story()),
        read(story()),
    ]
    assert [one.published and one.published.day for one in days] == [1, 2, 3, None]
    assert all(one.problems == () for one in days)


def test_a_date_beside_the_story_is_not_the_story_s() -> None:
    beside = '<aside><time datetime="2020-01-01">old</time></aside><nav><time datetime="2020-01-01">old</time></nav>'
    assert read(beside + story()).published is None
    marked = '<time datetime="2020-01-01">event</time><time itemprop="datePublished" datetime="2026-11-03">day</time>'
    found = read(marked + story()).published
    assert found is not None
    assert found.year == 2026


def test_what_is_stated_wrongly_is_told_and_the_story_is_read() -> None:
    made = read(story(), linked(datePublished="3rd of Nov", temporalCoverage="the nineties"))
    assert made.problems == (
        "the page's published '3rd of Nov' was not understood",
        "the page's event_date 'the nineties' was not understood",
    )
    assert markup.paragraphs(made.body) == (FIRST, SECOND)


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"name": "A"}, ("A",)),
        ([{"name": "A"}, {"name": "B"}, {"name": "A"}], ("A", "B")),
        ("By A", ("A",)),
        ({"name": None}, ()),
        ([None, {}, {"@id": "#nobody"}], ()),
        ({"name": ["A", "B"]}, ("A", "B")),
        ("https://social.example.net/a", ()),
        ({"@id": "#a"}, ("Named elsewhere",)),
    ],
)
def test_authors_are_names(author: Any, expected: tuple[str, ...]) -> None:
    graph = {"@graph": [{"@id": "#a", "@type": "Person", "name": "Named elsewhere"}]}
    other = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
    assert read(story(), linked(author=author) + other).authors == expected


@pytest.mark.parametrize(
    "block",
    [
        "{broken",
        "5",
        "null",
        '"text"',
        "[[1]]",
        '{"@graph": null}',
        '{"@graph": 5}',
        '{"@type": [{}, null, 3]}',
        "[" * 50_000,
        "",
    ],
)
def test_broken_linked_data_is_passed_over(block: str) -> None:
    head = f'<script type="application/ld+json">{block}</script>' + linked(headline="Read all the same")
    assert read(story(), head).title == "Read all the same"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<title>Bridge closed – Sample Paper</title>", "Bridge closed"),
        (
            '<meta property="og:site_name" content="Paper"><meta property="og:title" content="Bridge shut | Paper">',
            "Bridge shut",
        ),
        ('<meta property="og:title" content="Bridge - what next">', "Bridge - what next"),
        (linked(headline="A &amp; B"), "A & B"),
    ],
)
def test_a_title_has_no_name_of_the_site_behind_it(head: str, expected: str) -> None:
    assert read(story(), head).title == expected


def test_a_description_that_repeats_the_beginning_is_no_deck() -> None:
    assert read(story(), f'<meta name="description" content="{FIRST[:60]}…">').deck == ""
    assert read(story(), '<meta name="description" content="No money.">').deck == "No money."


@pytest.mark.parametrize(
    ("lang", "language", "foreign"),
    [
        ('lang="kk-KZ"', "kk", ""),
        ('lang="kz"', "kk", ""),
        ('xml:lang="ru"', "ru", ""),
        ('lang="uz"', None, "uz"),
        ('lang="kk-Latn"', None, "kk-Latn"),
        ("", None, ""),
    ],
)
def test_the_stated_language_is_ours_or_foreign(lang: str, language: str | None, foreign: str) -> None:
    made = read(story(), lang=lang)
    assert (made.language, made.foreign) == (language, foreign)


def test_an_address_is_one_of_the_web() -> None:
    assert read(story(), '<link rel="canonical" href="https://example.org/a">').url == "https://example.org/a"
    assert read(story(), linked(mainEntityOfPage={"@id": "https://example.org/b"})).url == "https://example.org/b"
    assert (
        read(story(), '<link rel="canonical" href="/relative"><meta property="og:url" content="javascript:x">').url
        == ""
    )


# --- the story ---


def test_relative_links_are_made_whole() -> None:
    made = read(story('<p>Read <a href="../more?x=1">more about it</a> in our own archive of the year.</p>'),
                '<link rel="canonical" href="https://example.org/a/b">')  # fmt: skip
    assert 'href="https://example.org/more?x=1"' in made.body


def test_what_runs_counts_or_embeds_is_thrown_away() -> None:
    inner = (
        '<script>document.write("x")</script><style>p{}</style><img src="https://t.example/p.gif">'
        '<iframe src="//v.example"></iframe>'
        '<p hidden>hidden words are not for readers.</p><p style="display: none">nor are these words here.</p><!-- nor this -->'
    )
    made = read(story(inner))
    assert markup.paragraphs(made.body) == (FIRST, SECOND)
    assert "<script" not in made.body
    assert "img" not in made.body


def test_the_title_and_the_byline_are_not_in_the_body() -> None:
    top = "<h1>Bridge closed</h1><h2>Bridge closed</h2><p>By A. Sample, Valley</p>"
    body = f"<article>{top}<p>{FIRST}</p><p>{SECOND}</p></article>"
    made = read(body, linked(author={"name": "A. Sample"}, headline="Bridge closed"))
    assert markup.paragraphs(made.body) == (FIRST, SECOND)
    assert ("Bridge closed", "repeats the title") in {(one.text, one.reason) for one in made.dropped}


@pytest.mark.parametrize(
    "inner",
    [
        '<p>"No."</p>',
        '<p><a href="https://example.org/report">The report can be read here.</a></p>',
        f"<p>{FIRST}</p>",
        "<p>See <code>rule 4</code> and H<sub>2</sub>O and <q>a quotation</q>.</p>",
        '<p>They cried <span lang="kk">«Жол ашылсын»</span>, and went.</p>',
        "<ol start='3'><li>a third point of theirs</li><li>a fourth point of theirs</li></ol>",
        "<blockquote><p>We will build it, said the mayor of the town to them.</p></blockquote>",
        "<h2>What is next</h2><p>Nobody knows yet.</p>",
    ],
)
def test_the_story_stays_whole_and_as_it_was_written(inner: str) -> None:
    """Short paragraphs, a paragraph that is one link, a repeated one, numbering, languages."""
    expected = markup.paragraphs(f"<p>{FIRST}</p>{inner}<p>{SECOND}</p>")
    made = read(story(inner))
    assert markup.paragraphs(made.body) == expected
    for mark in ('lang="kk"', 'start="3"', "<sub>", "<code>"):
        assert (mark in made.body) == (mark.replace('"3"', "'3'") in inner)


def test_text_between_line_breaks_is_paragraphs() -> None:
    made = read(f"<div><h1>Bridge closed</h1>{FIRST}<br><br>{SECOND} <b>In bold</b> letters.<br><br>The end.</div>")
    assert markup.paragraphs(made.body) == (FIRST, f"{SECOND} In bold letters.", "The end.")


def test_what_stood_beside_the_story_is_accounted_for() -> None:
    made = read(story("<h4>SEE ALSO</h4>"))
    assert [(one.text, one.reason) for one in made.dropped if one.text == "SEE ALSO"] in (
        [("SEE ALSO", "is not part of the story")],
        [],
    )


@pytest.mark.parametrize(
    "data", [b"", b"<", b"\0", b"<html></html>", b"<p></p>", page("<nav><a href=/>Home</a></nav>")]
)
def test_a_page_without_a_story_is_refused(data: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ArticleError) as caught:
        html_page.read(data, ALMATY)
    assert caught.value.field == "body"
    assert capfd.readouterr() == ("", "")


def test_depth_without_end_is_survived() -> None:
    with pytest.raises(ArticleError):
        html_page.read(page("<div>" * 30_000 + "x"), ALMATY)


# --- more that pages state ---


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="parsely-pub-date" content="2026-11-03T09:00:00+05:00">',
        '<meta name="DC.date.issued" content="2026-11-03 09:00">',
        '<meta itemprop="datePublished" content="2026-11-03T09:00:00">',
        '<meta name="pubdate" content="Tue, 03 Nov 2026 04:00:00 GMT">',
        '<meta name="publish-date" content="03.11.2026 09:00">',
    ],
)
def test_every_family_of_meta_tells_the_day(head: str) -> None:
    found = read(story(), head).published
    assert found is not None
    assert found.astimezone(ALMATY).isoformat() == "2026-11-03T09:00:00+05:00"


def test_a_change_is_no_publication_and_the_publication_no_change() -> None:
    stamps = '<time class="updated" datetime="2026-11-05T09:00">5</time>'
    stamps += '<time class="entry-date published" datetime="2026-11-03">3</time>'
    made = read(stamps + story())
    assert (made.published and made.published.day, made.updated and made.updated.day) == (3, 5)
    only = read(story(), '<meta property="article:modified_time" content="2026-11-05T09:00:00Z">')
    assert (only.published, only.updated and only.updated.day) == (None, 5)


@pytest.mark.parametrize("changed", ["2026-11-03T09:00:00Z", "2026-11-03T09:00:30Z", "2026-11-01T09:00:00Z"])
def test_a_change_that_is_the_publication_or_before_it_is_none(changed: str) -> None:
    made = read(story(), linked(datePublished="2026-11-03T09:00:00Z", dateModified=changed))
    assert made.updated is None


def test_a_time_within_a_sentence_is_the_event_s_not_the_page_s() -> None:
    sentence = f'<p>It was <time datetime="2019-02-03">a winter day</time>, and cold. {SECOND}</p>'
    made = read(story(sentence))
    assert (made.published, made.updated, made.event_date) == (None, None, None)


def test_a_time_without_an_offset_stands_at_the_publisher_s_clock() -> None:
    address = '<link rel="canonical" href="https://www.asianews.it/news-en/example-1.html">'
    published = [read(story(), head + linked(datePublished="2026-06-27T10:01:00")).published for head in (address, "")]
    assert [one and one.isoformat() for one in published] == ["2026-06-27T10:01:00+02:00", "2026-06-27T10:01:00+05:00"]


@pytest.mark.parametrize(
    "block",
    [
        '<!-- {"@type": "NewsArticle", "headline": "Found"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Found"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "Found", }',
        '{"@type": "NewsArticle", "headline": "Found"};',
        '{"@type": ["WebPage"], "mainEntity": {"@type": ["Report", "Thing"], "headline": "Found"}}',
        '[{"@type": "WebSite"}, [], {"@graph": [{"@type": "http://schema.org/NewsArticle", "headline": "Found"}]}]',
    ],
)
def test_linked_data_are_read_as_pages_write_them(block: str) -> None:
    assert read(story(), f'<script type="application/ld+json">{block}</script>').title == "Found"


def test_of_several_articles_in_the_linked_data_the_page_s_own_counts() -> None:
    head = linked(headline="Another", url="https://example.org/b") + linked(headline="Own", url="https://example.org/a")
    assert read(story(), head + '<link rel="canonical" href="https://example.org/a">').title == "Own"
    assert read(story(), linked(headline="Another") + linked(headline="Bridge closed", description="x")).deck == "x"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta name="DC.creator" content="Ann Made Up">', ("Ann Made Up",)),
        ('<meta name="author" content="admin">', ()),
        ('<meta name="author" content="Ann Madeup, Bob Unreal and Eve Invented">', ("Ann Madeup", "Bob Unreal", "Eve Invented")),
        ('<meta property="og:site_name" content="Paper"><meta name="author" content="Paper">', ()),
        ('<meta property="article:author" content="https://social.example.net/ann">', ()),
    ],
)  # fmt: skip
def test_authors_are_people(head: str, expected: tuple[str, ...]) -> None:
    assert read(story(), head).authors == expected


# --- translations ---


def alternate(code: str, link: str, more: str = "") -> str:
    return f'<link rel="alternate" hreflang="{code}" href="{link}" {more}>'


def test_alternates_are_the_translations_of_the_story_in_our_languages() -> None:
    head = '<link rel="canonical" href="https://example.org/en/a">' + "".join(
        (
            alternate("en", "https://example.org/en/a"),
            alternate("kz", "/kk/a"),
            alternate("ru-RU", "https://example.org/ru/a"),
            alternate("de", "https://example.org/de/a"),
            alternate("x-default", "https://example.org/"),
        )
    )
    assert read(story(), head).alternates == (("kk", "https://example.org/kk/a"), ("ru", "https://example.org/ru/a"))


@pytest.mark.parametrize(
    "links",
    [
        alternate("ru", "https://example.org/ru/"),
        alternate("ru", "https://ru.example.org"),
        alternate("ru", "https://example.org/ru/feed", 'type="application/rss+xml"'),
        alternate("ru", "javascript:void(0)") + alternate("kk", "relative"),
        alternate("kk-Latn", "https://example.org/qaz/a"),
        alternate("kk", "https://example.org/other") + alternate("ru", "https://example.org/other"),
        '<link rel="stylesheet" hreflang="ru" href="https://example.org/ru/a">',
    ],
)
def test_home_pages_feeds_and_addresses_given_twice_are_no_translations(links: str) -> None:
    assert read(story(), links).alternates == ()


# --- the publisher's profile ---

UNDESIRABLE = (
    '<p>RFE/RL has been declared an "undesirable organization" by the Russian government.<br>'
    "If you are in Russia and hold a Russian passport, you could face fines or imprisonment for sharing this text.</p>"
)


@pytest.mark.parametrize(
    ("head", "publisher"),
    [
        ('<link rel="canonical" href="https://www.rferl.org/a/example/1.html">', "RFE/RL"),
        (
            '<meta property="og:url" content="https://web.archive.example.org/web/2026/https://www.rferl.org/a/1.html">',
            "RFE/RL",
        ),
        ('<meta property="og:site_name" content="RadioFreeEurope/RadioLiberty">', "RFE/RL"),
        ('<link rel="canonical" href="https://rus.azattyq.org/a/example/1.html">', "Azattyq"),
        ('<link rel="canonical" href="https://notrferl.org/a/1.html">', ""),
        ('<meta property="og:site_name" content="Valley Notes">', "Valley Notes"),
    ],
)
def test_a_publisher_is_known_by_its_address_or_name(head: str, publisher: str) -> None:
    assert read(story(), head).publisher == publisher


def test_a_notice_reaches_the_reader_and_is_not_in_the_story() -> None:
    made = read(story(UNDESIRABLE))
    assert markup.paragraphs(made.body) == (FIRST, SECOND)
    assert [notice.kind for notice in made.notices] == ["legal"]
    assert made.notices[0].text.startswith("RFE/RL has been declared")


def test_a_notice_beside_the_story_is_found_too() -> None:
    made = read(story() + f"<footer>{UNDESIRABLE}</footer>")
    assert len(made.notices) == 1


def test_related_links_keep_their_addresses_and_dates() -> None:
    inner = '<div><h4>See also</h4><ul><li><a href="/b">The other bridge</a></li></ul></div>'
    inner += '<p>Read more: <a href="/c">A third one</a></p>'
    made = read(story(inner), '<link rel="canonical" href="https://example.org/a">')
    assert [(one.title, one.url) for one in made.related] == [
        ("The other bridge", "https://example.org/b"),
        ("A third one", "https://example.org/c"),
    ]
    assert markup.paragraphs(made.body) == (FIRST, SECOND)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Advertisement", "navigation of the site"),
        ("Subscribe to our newsletter for the week's best stories", "navigation of the site"),
        ("Подписывайтесь на наш канал в Telegram!", "navigation of the site"),
        ("With reporting by a friend of the bridge", "credit line"),
        ("The bridge at dawn. (Photo by Nobody Atall)", "caption of a picture within the story"),
        ("BRIDGE CLOSED", "repeats the title"),
    ],
)
def test_what_is_not_the_story_s_is_dropped_with_its_reason(line: str, reason: str) -> None:
    made = read(
        f"<article><h1>Bridge closed</h1><p>{FIRST}</p><p>{SECOND}</p><p>{line}</p><p>{FIRST} Twice.</p></article>"
    )
    assert markup.paragraphs(made.body) == (FIRST, SECOND, f"{FIRST} Twice.")
    assert (line, reason) in {(one.text, one.reason) for one in made.dropped}


def test_rules_that_leave_nothing_of_a_story_do_not_count() -> None:
    alone = "Reporting by the children of the valley was read aloud in the square on Tuesday, and everybody laughed until dark."
    assert markup.paragraphs(read(f"<article><h1>Bridge closed</h1><p>{alone}</p></article>").body) == (alone,)


def test_numbers_and_words_of_a_table_stay() -> None:
    """In a cell "Home" and "120" say something."""
    table = "<table><tr><th>Home</th><th>2025</th></tr><tr><td>120</td><td>News</td></tr></table>"
    assert markup.paragraphs(read(story(table)).body) == (FIRST, "Home", "2025", "120", "News", SECOND)


def test_a_table_of_columns_is_no_table_of_the_story() -> None:
    made = read(
        f"<table><tr><td><a href='/'>Home</a></td><td><h1>Bridge closed</h1><p>{FIRST}</p><p>{SECOND}</p></td></tr></table>"
    )
    assert markup.paragraphs(made.body) == (FIRST, SECOND)
    assert "<table" not in made.body


def test_a_part_of_the_page_in_another_language_says_so_on_each_paragraph() -> None:
    made = read(story('<div lang="kz"><p>Көпір жабық, деді ол.</p></div>'))
    assert '<p lang="kk">Көпір жабық, деді ол.</p>' in made.body


def test_a_page_in_a_language_that_is_not_ours_is_refused_with_a_reason() -> None:
    with pytest.raises(ArticleError) as caught:
        reader.read((DATA.parent / "uyghur-ug.html").read_bytes(), PurePosixPath("a.html"), source="s", zone=ALMATY)
    assert caught.value.reason.startswith("the page says its language is 'ug', and feeder publishes en, kk, ru")


def test_the_article_has_the_page_s_notices_links_and_translations() -> None:
    article = reader.read((DATA / "rferl-en.html").read_bytes(), PurePosixPath("a.html"), source="s", zone=ALMATY)
    assert article.dateline is not None
    assert (article.dateline.place, article.publisher, len(article.notices), len(article.related)) == (
        "kz-almaty",
        "RFE/RL",
        1,
        1,
    )
    other = reader.read((DATA / "wordpress-en.html").read_bytes(), PurePosixPath("a.html"), source="s", zone=ALMATY)
    assert [code for code, _ in other.alternates] == ["kk", "ru"]


# --- the pages of text dumps as HTML ---

DUMPS = DATA.parent / "pages"
NAMES = sorted(path.stem for path in DUMPS.glob("*.txt"))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_loses_no_paragraph_as_html_and_has_the_same_publisher(name: str) -> None:
    """Each line of a text dump as a paragraph: what text dumps take for the story is the story here too."""
    text = (DUMPS / f"{name}.txt").read_text(encoding="utf-8")
    language = json.loads((DUMPS / f"{name}.expected.json").read_text(encoding="utf-8"))["language"]
    dump = text_dump.read(text, language=language, zone=ALMATY)
    lines = "".join(f"<p>{escape(line.text)}</p>" for line in split(text) if line.text != dump.title)
    made = read(f"<div><h1>{escape(dump.title)}</h1>{lines}</div>", lang=f'lang="{language}"')
    found = markup.paragraphs(made.body)
    assert [paragraph for paragraph in dump.paragraphs if not any(one.endswith(paragraph) for one in found)] == []
    assert made.publisher == dump.publisher
    assert [notice.text for notice in made.notices] == [notice.text for notice in dump.notices]


# --- encodings ---

RUSSIAN = '<html lang="ru"><head><meta charset="{}"><title>Мост закрыт</title></head><body>{}</body></html>'
TEXT = "<article><h1>Мост закрыт</h1><p>Мост через реку закрыли на ремонт во вторник, сообщила вечером редакция.</p></article>"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("windows-1251", "cp1251"), ("koi8-r", "koi8-r"), ("ptcp154", "ptcp154"), ("KZ-1048", "kz1048"), ("utf-8", "utf-8"),
     ("windows-1251", "utf-8"), ("", "utf-8"), ("", "utf-8-sig"), ("", "utf-16")],
)  # fmt: skip
def test_cyrillic_pages_are_decoded_as_they_are(declared: str, encoding: str) -> None:
    made = html_page.read(RUSSIAN.format(declared, TEXT).encode(encoding), ALMATY)
    assert made.title == "Мост закрыт"
    assert markup.paragraphs(made.body)[0].startswith("Мост через реку")


@pytest.mark.parametrize("declared", ["utf-8", "", "iso-8859-1", "windows-1252", "base64", "undefined", "nonsense"])
def test_mojibake_is_never_published(declared: str) -> None:
    """A page that says nothing of its encoding, or something wrong, is read when it can be one text only, and that is told."""
    made = html_page.read(RUSSIAN.format(declared, TEXT).encode("cp1251"), ALMATY)
    assert (made.title, made.problems) == (
        "Мост закрыт",
        ("was read as windows-1251; save it as UTF-8 to be sure",),
    )
    for other in ("cp866", "mac-cyrillic", "iso8859-5"):
        with pytest.raises(ArticleError) as caught:
            html_page.read(RUSSIAN.format(declared, TEXT).encode(other), ALMATY)
        assert caught.value.field == "encoding"


def test_what_turns_the_reading_order_around_is_told_once() -> None:
    """Whether it stands in the page as it is or as a reference."""
    made = html_page.read(RUSSIAN.format("utf-8", TEXT.replace("реку", "ре\u202eк&#x2066;у")).encode(), ALMATY)
    assert markup.paragraphs(made.body)[0].startswith("Мост через реку")
    assert made.problems == ("2 invisible characters that change the reading order were removed",)


TAGS = (
    *(
        "<div>",
        "</div>",
        "<p>",
        "</p>",
        "<br>",
        "<br><br>",
        "<table>",
        "<tr>",
        "<td>",
        "<li>",
        "<ul>",
        "</ul>",
        "<blockquote>",
    ),
    *(
        "<b>",
        "</b>",
        "<h2>",
        "<time>",
        "<html>",
        "</body>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "words and words. ",
        FIRST,
    ),
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(TAGS), max_size=25).map("".join))
def test_any_tags_give_a_story_or_one_clear_error(soup: str) -> None:
    wrong = None
    try:
        made = html_page.read(page(soup), ALMATY)
        assert markup.paragraphs(made.body)
    except ArticleError as error:
        wrong = error
    assert wrong is None or "\n" not in wrong.reason
