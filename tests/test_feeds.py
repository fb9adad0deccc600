"""What every feed format promises; what only one promises is in test_atom, test_rss, test_json_feed and test_opml.

The files in data/feeds are the whole output for the example newsroom: read the difference when one changes, and
write them anew with GOLDEN=write.
"""

from __future__ import annotations

import calendar
import json
import locale
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import examples
import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeder import markup
from feeder.feeds import atom, content, fields, json_feed, rss
from feeder.model import Entry, Feed, NamedPlace, NamedTopic

Writer = Callable[[Feed], bytes]
WRITERS: dict[str, Writer] = {"atom": atom.to_bytes, "rss": rss.to_bytes, "json": json_feed.to_bytes}
GOLDEN = Path(__file__).parent / "data" / "feeds"

CASES = [(form, code) for form in WRITERS for code in examples.LOCALES]
XML_CASES = [(form, code) for form, code in CASES if form != "json"]

#: Everything a careless editor, a broken page or an attacker may put into a field.
any_text = st.text(alphabet=st.characters(), max_size=60) | st.sampled_from(
    [
        "\x00\x0b\x1b\x7f\x9f\ufffe\uffff",
        "\ud800 lone",
        "]]>",
        "<script>alert(1)</script>",
        "AT&T &amp; &lt;b&gt; &#38;",
        "{0} {x} %s",
        "a\r\nb\tc",
        "Қ\u202eазақ",
        " ",
        "",
    ]
)


def parsed(form: str, code: str) -> Any:
    return feedparser.parse(WRITERS[form](examples.feed(code)))


# --- the whole output ----------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "code"), CASES)
def test_the_whole_feed_is_as_it_was(form: str, code: str) -> None:
    """A change of one byte is a change that somebody has read."""
    made, path = WRITERS[form](examples.feed(code)), GOLDEN / f"{code}.{form}"
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(made)
    assert made.decode("utf-8") == path.read_text(encoding="utf-8")


# --- what a feed reader gets ---------------------------------------------------------------------


@pytest.mark.parametrize(("form", "code"), XML_CASES)
def test_a_reader_gets_back_what_was_put_in(form: str, code: str) -> None:
    """feedparser finds no fault, and the same titles, ids, pages, dates and files."""
    feed, seen = examples.feed(code), parsed(form, code)
    assert not seen.bozo
    assert (seen.feed.title, seen.feed.link, seen.feed.language) == (feed.title, feed.home, code)
    assert [item.title for item in seen.entries] == [entry.title for entry in feed.entries]
    assert [item.id for item in seen.entries] == [entry.id for entry in feed.entries]
    assert [item.link for item in seen.entries] == [entry.url for entry in feed.entries]
    assert [item.summary for item in seen.entries] == [entry.summary for entry in feed.entries]
    published = [datetime.fromtimestamp(calendar.timegm(item.published_parsed), UTC) for item in seen.entries]
    assert published == [entry.published for entry in feed.entries]


@pytest.mark.parametrize(("form", "code"), XML_CASES)
def test_a_reader_learns_who_wrote_a_story(form: str, code: str) -> None:
    """The authors; the publisher where none is named. Nobody's e-mail address."""
    for entry, item in zip(examples.feed(code).entries, parsed(form, code).entries, strict=True):
        assert [author.name for author in item.authors] == list(entry.authors or (entry.publisher,))
        assert all("email" not in author for author in item.authors)


@pytest.mark.parametrize(("form", "code"), XML_CASES)
def test_a_reader_gets_the_image_with_its_true_size(form: str, code: str) -> None:
    """Only the story that has one has an enclosure."""
    found = [[dict(file) for file in item.enclosures] for item in parsed(form, code).entries]
    url = f"{examples.BASE}/media/1f2e3d4c5b6a7988-poster.png"
    assert [bool(files) for files in found] == [story == "poster" for story in examples.STORIES]
    assert {key: found[1][0][key] for key in ("href", "type", "length")} == {
        "href": url,
        "type": "image/png",
        "length": "48213",
    }


@pytest.mark.parametrize(("form", "code"), CASES)
def test_an_entry_in_another_language_says_so(form: str, code: str) -> None:
    """No feed holds a foreign text without its label and its language."""
    feed, document = examples.feed(code), WRITERS[form](examples.feed(code)).decode()
    labels = [entry.label for entry in feed.entries if entry.language != code]
    assert labels
    assert all(label and label in document for label in labels)
    assert _languages(form, feed) == [entry.language for entry in feed.entries]


def _languages(form: str, feed: Feed) -> list[str]:
    made = WRITERS[form](feed)
    if form == "json":
        return [item["language"] for item in json.loads(made)["items"]]
    root = etree.fromstring(made)
    if form == "rss":
        return [str(item.findtext("{*}language")) for item in root.iter("item")]
    name = "{http://www.w3.org/XML/1998/namespace}lang"
    return [str(entry.get(name, str(root.get(name)))) for entry in root.iterfind("{*}entry")]


@pytest.mark.parametrize(("form", "code"), CASES)
def test_content_has_no_relative_address(form: str, code: str) -> None:
    """A reader shows content far from our pages."""
    for entry in examples.feed(code).entries:
        addresses = re.findall(r'(?:href|src)="([^"]*)"', content.html(entry, examples.feed(code)))
        assert all(address.startswith("https://") for address in addresses), form


@pytest.mark.parametrize(("form", "code"), CASES)
def test_nothing_of_a_feed_is_cdata_or_a_control_character(form: str, code: str) -> None:
    """type="CDATA" is no type; a control character would cost the whole feed."""
    document = WRITERS[form](examples.feed(code)).decode()
    assert "CDATA" not in document
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", document)


@pytest.mark.parametrize("form", list(WRITERS))
def test_a_feed_without_entries_is_a_feed(form: str) -> None:
    """A new site, or a place with nothing new, must not break its readers."""
    made = WRITERS[form](examples.feed("kk", entries=(), subtitle=""))
    assert not feedparser.parse(made).entries
    assert form == "json" or not feedparser.parse(made).bozo


# --- equal feeds, equal bytes --------------------------------------------------------------------


@pytest.mark.parametrize("form", list(WRITERS))
def test_equal_feeds_give_equal_bytes(form: str) -> None:
    """Also when an instant came with another offset, or a mapping in another order."""
    feed = examples.feed("kk")
    entries = tuple(
        replace(entry, published=entry.published.astimezone(UTC), sisters=dict(reversed(list(entry.sisters.items()))))
        for entry in feed.entries
    )
    twin = replace(feed, entries=entries, links=MappingProxyType(dict(reversed(list(feed.links.items())))))
    assert twin == feed
    assert WRITERS[form](twin) == WRITERS[form](feed)


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    """Three processes with three seeds write the same."""
    program = (
        "import hashlib, examples; from feeder.feeds import atom, rss, json_feed; f = examples.feed('ru');"
        "print(hashlib.sha256(atom.to_bytes(f) + rss.to_bytes(f) + json_feed.to_bytes(f)).hexdigest())"
    )
    here = Path(__file__).parent
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{here}{os.pathsep}{here.parent}"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(seen) == 1


def test_threads_do_not_disturb_each_other_nor_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty feeds in eight threads: the same bytes, and nobody touches the locale of the process."""

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("setlocale")

    monkeypatch.setattr(locale, "setlocale", refuse)
    jobs = [(form, code) for form, code in CASES for _ in range(7)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda job: WRITERS[job[0]](examples.feed(job[1])), jobs))
    assert made == [(GOLDEN / f"{code}.{form}").read_bytes() for form, code in jobs]


@pytest.mark.parametrize("form", list(WRITERS))
def test_dates_are_whole_seconds_with_a_valid_offset(form: str) -> None:
    """Local mean time had an offset of +05:07:48, which no format can write; microseconds make every build differ."""
    early = datetime(1919, 5, 1, 12, 0, 0, 999999, tzinfo=timezone(timedelta(hours=5, minutes=7, seconds=48)))
    entry = examples.entry(published=early, updated=early)
    made = WRITERS[form](examples.feed(entries=(entry,), updated=early)).decode()
    assert "1919" in made
    assert "06:52:12" in made
    assert not re.search(r":07:48|\.9999", made)


# --- whatever comes in ---------------------------------------------------------------------------


def nasty(text: str) -> Feed:
    """A feed with `text` in every field that a person fills in."""
    place = NamedPlace(id="kz-almaty", name=text, country="KZ", latitude=43.25, longitude=76.95)
    entry = examples.entry(
        "ru",
        "poster",
        title=text,
        deck=text,
        html=f"<p>{markup.from_text(text) or 'x'}</p>",
        summary=text,
        authors=(text, "Second Author"),
        publisher=text,
        dateline=text,
        places=(place,),
        topics=(NamedTopic(key="topic", label=text, language="en"),),
        label=text,
        original=f"https://source.example.net/{text}",
        enclosures=(replace(examples.enclosure(), alt=text, caption=text),),
        notices=tuple(replace(notice, text=text) for notice in examples.notices()),
    )
    return examples.feed("ru", title=text, subtitle=text, entries=(entry, examples.entry("ru", "vigil")))


@settings(deadline=None)
@given(any_text)
def test_any_text_gives_a_feed_that_reads_back_clean(text: str) -> None:
    """One bad character in one title costs that character, not the feed."""
    feed = nasty(text)
    for form in ("atom", "rss"):
        root = etree.fromstring(WRITERS[form](feed))
        items = list(root.iterfind("{*}entry" if form == "atom" else "channel/item"))
        body = "{*}content" if form == "atom" else "{*}encoded"
        title = fields.title if form == "atom" else rss.title
        assert [item.findtext("{*}title") for item in items] == [title(entry) for entry in feed.entries]
        assert [item.findtext(body) for item in items] == [content.html(entry, feed) for entry in feed.entries]
    items = json.loads(json_feed.to_bytes(feed))["items"]
    assert [item["title"] for item in items] == [fields.title(entry) for entry in feed.entries]


@settings(deadline=None)
@given(any_text)
def test_any_title_and_author_reach_the_reader(text: str) -> None:
    """feedparser finds no fault and gives back the very words, without what XML forbids.

    (One Cyrillic letter goes before them: feedparser takes Latin-1 text that happens to be UTF-8 for mojibake.)
    """
    seen = feedparser.parse(atom.to_bytes(nasty(f"Қ {text}")))
    assert not seen.bozo
    assert seen.entries[0].title == markup.line(f"Қ {text}")
    assert [author.name for author in seen.entries[0].authors] == [markup.line(f"Қ {text}"), "Second Author"]


def test_an_entry_whose_title_is_nothing_is_called_by_its_address() -> None:
    """Atom has no entry without a title."""
    entry = examples.entry("ru", "poster", title=" \x00 ")
    seen = feedparser.parse(atom.to_bytes(examples.feed("ru", entries=(entry,))))
    assert seen.entries[0].title == examples.url("poster", "ru")


def test_only_one_module_knows_feedgen() -> None:
    """Its defects are repaired in one place."""
    package = Path(atom.__file__).parents[1]
    pattern = re.compile(r"^\s*(import|from) feedgen", re.MULTILINE)
    found = [path.name for path in package.rglob("*.py") if pattern.search(path.read_text(encoding="utf-8"))]
    assert found == ["repairs.py"]


@settings(deadline=None)
@given(any_text)
def test_no_text_becomes_markup(text: str) -> None:
    """What a person wrote into a plain field is shown, never run: our fragment has our elements only."""
    feed = nasty(text)
    tags = set(re.findall(r"<([a-z0-9]+)", content.html(feed.entries[0], feed)))
    assert tags <= {"div", "p", "em", "strong", "time", "figure", "img", "figcaption", "aside", "a"}


# --- addresses and other fields ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "ascii_only"),
    [
        ("https://news.example.org/kk/?a=1&b=2#x", "https://news.example.org/kk/?a=1&b=2#x"),
        (
            "https://news.example.org/қазақ әні",
            "https://news.example.org/%D2%9B%D0%B0%D0%B7%D0%B0%D2%9B%20%D3%99%D0%BD%D1%96",
        ),
        ("https://пример.example/a", "https://xn--e1afmkfd.example/a"),
        ("https://news.example.org/100%/%D2%9B", "https://news.example.org/100%25/%D2%9B"),
        ('https://news.example.org/"><script>', "https://news.example.org/%22%3E%3Cscript%3E"),
    ],
)
def test_addresses_are_ascii(address: str, ascii_only: str) -> None:
    """Cyrillic is percent-encoded, once; hosts are in Punycode."""
    assert fields.uri(address) == ascii_only
    assert fields.uri(ascii_only) == ascii_only


@settings(deadline=None)
@given(st.sampled_from(["https://source.example.net/", "https://", "http://[", ""]), any_text)
def test_any_address_is_ascii_in_the_end(start: str, text: str) -> None:
    """Whatever a publisher's link holds, ours is ASCII without spaces or quotes."""
    assert re.fullmatch(r"[!#-;=?-~]*", fields.uri(start + text))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example.net", "page.html", ""])
@pytest.mark.parametrize("form", list(WRITERS))
def test_an_original_that_is_no_web_page_is_not_linked(form: str, address: str) -> None:
    """Readers open links with one key."""
    entry = examples.entry("en", "picket", original=address)
    document = WRITERS[form](examples.feed(entries=(entry,))).decode()
    assert not re.search(r"javascript|data:text|evil|page\.html|external_url|\"via\"", document)


@pytest.mark.parametrize(
    ("latitude", "longitude", "text"),
    [
        (43.25, 76.95, "43.25 76.95"),
        (-1.0, 100.0, "-1 100"),
        (None, None, None),
        (91.0, 0.0, None),
        (43.1, 181.0, None),
    ],
)
def test_a_point_is_on_earth_or_not_written(latitude: float | None, longitude: float | None, text: str | None) -> None:
    """Latitude first, a space, no comma."""
    assert fields.point(NamedPlace(id="x", name="x", country="", latitude=latitude, longitude=longitude)) == text


def test_the_publisher_is_credited_when_no_author_is_named() -> None:
    """And the newsroom when nothing is known: many readers do not look for an author in the feed itself."""
    assert _credits(authors=("A", " "), publisher="P") == ["A"]
    assert _credits(authors=(), publisher="P") == ["P"]
    assert _credits(authors=(" ",), publisher="P") == ["P"]
    assert _credits(authors=(), publisher="") == ["Steppe Example"]


def _credits(**changes: Any) -> list[str]:
    entry: Entry = examples.entry(**changes)
    return fields.credits_of(entry, examples.feed())
