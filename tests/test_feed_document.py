"""A feed's entries become articles: every format, three languages, and what is broken stops nothing."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeder.articles import feed_document
from feeder.articles.feed_document import Desk
from feeder.errors import ArticleError
from feeder.model import Article, SourceError

DATA = Path(__file__).parent / "data" / "remote"
NAMES = sorted(path.name for path in DATA.iterdir() if not path.name.endswith(".expected.json"))
URL = "https://feeds.example.org/dir/feed.xml"
DESK = Desk(source="wire", name="", url=URL, zone=ZoneInfo("Asia/Almaty"), now=datetime(2026, 11, 22, 12, tzinfo=UTC))


def read(data: bytes | str, desk: Desk = DESK, content_type: str = "") -> list[Article | SourceError]:
    raw = data.encode() if isinstance(data, str) else data
    return list(feed_document.read(feed_document.open_(raw, desk.url, content_type), desk))


def rss(*items: str, language: str = "en", more: str = "") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<rss version="2.0"><channel><title>News</title><language>{language}</language>{more}{inside}</channel></rss>'
    )


TEXT = "<description>The council of the town has found no money for the bridge.</description>"


def one(item: str, language: str = "en") -> Article:
    (made,) = read(rss(f"<title>Bridge</title>{TEXT}{item}", language=language))
    assert isinstance(made, Article), made
    return made


def refusal(data: bytes | str, content_type: str = "") -> str:
    with pytest.raises(ArticleError) as caught:
        read(data, content_type=content_type)
    assert "\n" not in caught.value.reason
    return caught.value.reason


@pytest.mark.parametrize("name", NAMES)
def test_a_feed_is_read_as_its_golden_file_says(name: str) -> None:
    made = json.loads(msgspec.json.encode([_told(one) for one in read((DATA / name).read_bytes())]))
    golden = DATA / f"{name}.expected.json"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert made == json.loads(golden.read_text(encoding="utf-8"))


def _told(article: Article | SourceError) -> dict[str, object]:
    """What is not empty."""
    return {
        name: value for name, value in msgspec.to_builtins(article).items() if value not in ("", [], None, False, 0)
    }


# --- which entry it is ---


def test_an_entry_keeps_its_name_when_all_but_its_id_changes() -> None:
    """And where the feed is found does not matter, nor in which feed."""
    guid = '<guid isPermaLink="false">tag:example.org,2026:1</guid>'
    first, second = (
        one(guid),
        one(f"{guid}<link>https://example.org/new</link><pubDate>Sat, 14 Nov 2026 09:00:00 GMT</pubDate>"),
    )
    (third,) = read(
        rss(f"<title>Another</title>{TEXT}{guid}"), replace(DESK, url="https://elsewhere.example.net/", source="b")
    )
    assert isinstance(third, Article)
    assert first.key == second.key == third.key
    assert first.story == second.story == third.story


def test_a_number_is_an_id_within_its_own_site_only() -> None:
    guid = '<guid isPermaLink="false">7</guid>'
    (other,) = read(rss(f"<title>Bridge</title>{TEXT}{guid}"), replace(DESK, url="https://elsewhere.example.net/"))
    assert isinstance(other, Article)
    assert one(guid).story != other.story


def test_a_story_s_name_can_be_a_file_s() -> None:
    for ident in ("../../etc/passwd", "a/b\\c", "Ж", "x" * 5000, "\u202eabc", "%00", "con"):
        made = one(f'<guid isPermaLink="false">{ident}</guid>')
        assert made.story.isascii()
        assert set(made.story) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert len(made.story) < 120


def test_an_entry_without_an_id_is_known_by_its_address_and_else_by_its_text() -> None:
    assert one("<link>https://example.org/1</link>").key == "https://example.org/1"
    assert one("").key == one("").key
    assert one("").key.startswith("sha256:")


def test_an_id_of_two_entries_hides_neither() -> None:
    """Whichever comes first: their addresses tell them apart."""
    items = [
        f'<title>{n}</title><guid isPermaLink="false">7</guid><link>https://example.org/{n}</link>{TEXT}' for n in "ab"
    ]
    keys = {made.key for made in read(rss(*items)) if isinstance(made, Article)}
    assert keys == {made.key for made in read(rss(*reversed(items))) if isinstance(made, Article)}
    assert len(keys) == 2


def test_an_entry_that_is_there_twice_is_one_the_last_changed() -> None:
    entry = (
        '<entry><id>urn:1</id><title>{0}</title><link href="https://example.org/1"/><updated>2026-11-1{1}T00:00:00Z</updated>'
        "<content>The council of the town has found no money for the bridge.</content></entry>"
    )
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{}</feed>'
    for order in ("12", "21"):
        (made,) = read(feed.format("".join(entry.format(f"Version {n}", n) for n in order)))
        assert isinstance(made, Article)
        assert made.title == "Version 2"


# --- dates ---


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Sat, 14 Nov 2026 09:00:00 +0500", "2026-11-14T09:00:00+05:00"),
        ("Sat, 14 Nov 2026 09:00:00 GMT", "2026-11-14T09:00:00+00:00"),
        ("Sat, 14 Nov 2026 09:00:00 EST", "2026-11-14T09:00:00-05:00"),
        ("14 Nov 2026 09:00", "2026-11-14T09:00:00+05:00"),
        ("2026-11-14T09:00:00+06:00", "2026-11-14T09:00:00+06:00"),
        ("2026-11-14T09:00:00", "2026-11-14T09:00:00+05:00"),
        ("2026-11-14", "2026-11-14T00:00:00+05:00"),
        ("Sat, 14 Nov 2026 09:00:00 -0000", "2026-11-14T09:00:00+00:00"),
        ("20261114", "2026-11-14T00:00:00+00:00"),
    ],
)
def test_a_date_keeps_its_offset_and_without_one_is_the_publisher_s(text: str, iso: str) -> None:
    made = one(f"<pubDate>{text}</pubDate>")
    assert made.published is not None
    assert made.published.isoformat() == iso
    assert made.problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "Sat, 31 Feb 2026 09:00:00 GMT",
        "0000-00-00",
        "99999-01-01",
        "Mon, 1 Jan 0001 00:00:00 GMT",
        "Sat, 14 Nov 2026 99:99:99 GMT",
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_a_date_that_is_none_is_told_and_the_entry_is_read(text: str) -> None:
    made = one(f"<pubDate>{text}</pubDate>")
    assert made.published is None
    assert len(made.problems) == 1
    assert "published" in made.problems[0]


def test_nothing_was_published_in_the_future() -> None:
    """Else it would stand at the top of every list for years."""
    made = one("<pubDate>Thu, 01 Jan 2099 00:00:00 GMT</pubDate>")
    assert (made.published, len(made.problems)) == (None, 1)
    assert "in the future" in made.problems[0]
    assert one("<pubDate>Sun, 22 Nov 2026 20:00:00 GMT</pubDate>").published is not None


# --- text ---


def test_what_is_not_safe_does_not_pass() -> None:
    html = escape(
        "<p onclick='x()'>The council of the town <script>x()</script><a href='javascript:x()'>has</a> money."
        "<img src='https://spy.example/p.png'></p>"
    )
    (made,) = read(rss(f"<title>A &lt;script&gt;x()&lt;/script&gt;title</title><description>{html}</description>"))
    assert isinstance(made, Article)
    assert made.title == "A title"
    for piece in ("script", "onclick", "javascript", "spy.example", "x()"):
        assert piece not in made.body
    assert any("spy.example" in one.text for one in made.dropped)


def test_relative_addresses_are_those_of_the_feed_s_own_place() -> None:
    made = one("<link>story.html</link>")
    assert made.url == "https://feeds.example.org/dir/story.html"
    html = escape('<p>The council of the town <a href="a.html">has</a> money.</p>')
    (other,) = read(rss(f"<title>B</title><description>{html}</description>"))
    assert isinstance(other, Article)
    assert 'href="https://feeds.example.org/dir/a.html"' in other.body


def test_notices_of_a_publisher_we_know_become_notices() -> None:
    """The same rules as for saved pages: what belongs to the publisher's page is told from the story."""
    text = "".join(
        f"&lt;p&gt;{line}&lt;/p&gt;"
        for line in (
            "The council of the town has found no money for the bridge, and it stays closed for a third winter.",
            "People cross by boat now, said one of those who live on the other side.",
            "Read more",
        )
    )
    (made,) = read(rss(f"<title>Bridge</title><description>{text}</description>"))
    assert isinstance(made, Article)
    assert "Read more" not in made.body
    assert [one.text for one in made.dropped] == ["Read more"]


def test_a_template_s_language_gives_way_to_the_letters() -> None:
    kazakh = "<description>Әкімдік көпірді жөндеуге қаржы таппады, сондықтан көпір жабық тұр.</description>"
    (made,) = read(rss(f"<title>Көпір</title>{kazakh}", language="en-US"))
    assert isinstance(made, Article)
    assert made.language == "kk"


# --- what is no feed ---


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "is empty"),
        ("   \n", "is empty"),
        ("hello", "is no feed"),
        ("<x/>", "is no feed"),
        ("[1]", "no JSON Feed"),
        ("{}", "no JSON Feed"),
        ('{"items": ', "no valid JSON"),
        ("[" * 5000, "no valid JSON"),
        ('{"items": 5}', "no JSON Feed"),
        ("<!DOCTYPE html><html><body>Hello</body></html>", "is a web page, not a feed; name the address"),
        (
            '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>',
            "its feed seems to be https://feeds.example.org/rss",
        ),
        (rss("<b>" * 250_000), "more than 200000 elements"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "is no"),
    ],
)
def test_what_is_no_feed_is_told_in_one_line(data: bytes | str, says: str) -> None:
    assert says in refusal(data) or "UTF-8" in refusal(data)


@pytest.mark.parametrize("more", ["<div>" * 30_000, "<a href='x'>x</a>" * 15_000, "word " * 250_000])
def test_an_entry_that_would_take_for_ever_is_refused_and_the_next_is_read(more: str) -> None:
    huge = f"<title>A</title><description>{escape(f'The council of the town {more}')}</description>"
    first, second = read(rss(huge, f"<title>B</title>{TEXT}"))
    assert isinstance(first, SourceError)
    assert (first.field, isinstance(second, Article)) == ("size", True)


def test_an_entry_of_one_line_without_a_title_has_its_line_for_both() -> None:
    (made,) = read(rss(TEXT))
    assert isinstance(made, Article)
    assert made.title in made.body


def test_a_title_and_an_address_have_an_end() -> None:
    title, link = escape("<b>" * 60_000 + "Deep"), "https://example.org/" + "a" * 100_000
    first, second = read(
        rss(f"<title>{title}</title><link>{link}</link>{TEXT}", f"<title>{'word ' * 9999}</title>{TEXT}")
    )
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.url, len(second.title) <= 2000) == ("", True)


def test_a_feed_with_nothing_in_it_is_a_feed() -> None:
    assert read(rss()) == []
    assert read('<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title></feed>') == []
    assert read('{"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": []}') == []


def test_the_wrong_type_and_charset_of_a_server_do_no_harm() -> None:
    text = rss(f"<title>Көпір</title>{TEXT}")
    for kind in (
        "text/html",
        "text/plain; charset=iso-8859-1",
        "text/xml",
        "image/png",
        "application/json",
        "x",
        "; charset=",
        "text/xml; charset=none",
    ):
        (made,) = read(text, content_type=kind)
        assert isinstance(made, Article)
        assert made.title == "Көпір"


def test_no_entity_reaches_a_file_or_grows(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden words", encoding="utf-8")
    grow = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    for declared in (
        f'<!ENTITY x SYSTEM "file://{secret}">',
        f'<!ENTITY a0 "ha">{grow}<!ENTITY x "&a11;">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:1/">%p;',
    ):
        data = f"<!DOCTYPE rss [{declared}]>" + rss(f"<title>T &x;</title>{TEXT}")
        assert "hidden words" not in str(read(data))
        assert len(str(read(data))) < 10_000


@pytest.mark.parametrize("reference", ["&#xD800;", "&#0;", "&#x110000;", "&#99999999999999999999;", "&#xFFFF;"])
def test_a_reference_to_no_character_costs_no_entry(reference: str) -> None:
    """Parsers give up on it; here it is nothing."""
    (first, second) = read(rss(f"<title>T{reference}</title>{TEXT}", f"<title>U</title>{TEXT} {reference}"))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, second.title) == ("T", "U")


def test_half_a_surrogate_in_json_costs_no_entry() -> None:
    """Nor do control characters, which JSON wants escaped; an escaped backslash is none."""
    story = "The council of the town has found no money for the repair of the bridge."
    items = ",".join(
        f'{{"id": "{number}", "language": "en", "title": "{title}", "content_text": "{story}"}}'
        for number, title in enumerate((r"A \ud800 b", r"\ud83d\ude00 c", r"\\ud800", "d\te"))
    )
    made = read(f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}')
    titles = [one.title for one in made if isinstance(one, Article)]
    assert titles == ["A \ufffd b", "\U0001f600 c", r"\ud800", "d e"]


# --- anything at all ---


_PIECES = st.sampled_from(
    [
        "<rss>",
        "<channel>",
        "<item>",
        "</item>",
        "<entry>",
        "</entry>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<title>",
        "</title>",
        "<description>",
        "</description>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&amp;",
        "&lt;p&gt;",
        "&#0;",
        "&#x202e;",
        "&nbsp;",
        "\0",
        "\ud800",
        "<guid>",
        "<link>",
        "<link href='//['/>",
        "<content type='xhtml'>",
        "<content type='application/octet-stream' mode='base64'>",
        "AAAA",
        "<pubDate>",
        "2026-11-14",
        "<?xml version='1.0' encoding='x'?>",
        "<!DOCTYPE x [",
        "]>",
        "xml:base='http://['",
        "<media:content url=''>",
        "<dc:language>kk</dc:language>",
        "қала",
        "The council of the town ",
        "\u0338",
        '{"items": [',
        "{",
        "}",
    ]
)


@given(st.lists(_PIECES | st.text(max_size=8), max_size=40))
@settings(max_examples=200)
@example(["<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<link href='//['/>"])
def test_pieces_of_feeds_in_any_order_are_read_or_refused(pieces: list[str]) -> None:
    _survives("".join(pieces).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=400), st.sampled_from(NAMES), st.integers(0, 4000))
@settings(max_examples=150)
def test_any_bytes_in_any_place_of_a_feed_are_read_or_refused(noise: bytes, name: str, place: int) -> None:
    data = (DATA / name).read_bytes()
    _survives(data[:place] + noise + data[place:])
    _survives(noise)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "url",
                        "title",
                        "content_html",
                        "content_text",
                        "items",
                        "authors",
                        "author",
                        "name",
                        "tags",
                        "attachments",
                        "date_published",
                        "language",
                        "summary",
                        "image",
                    ]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_refused(value: object) -> None:
    _survives(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": value}).encode())
    _survives(json.dumps({"items": [value], "author": value, "language": value}).encode())


def _survives(data: bytes) -> None:
    """Articles or errors, all of them fit to be stored; or one line."""
    made: list[Article | SourceError] = []
    with contextlib.suppress(ArticleError):
        made = read(data)
    keys = [one.key for one in made]
    assert len(set(keys)) == len(keys)
    for one in made:
        assert "\0" not in msgspec.json.encode(one).decode()
        assert one.key
        if isinstance(one, Article):
            assert one.title == " ".join(one.title.split())
            assert "<script" not in one.body
