"""Saved pages as text are read into their fields, and nothing on them is lost."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeder.articles.lines import clean
from feeder.articles.text_pages import text_dump
from feeder.articles.text_pages.sheet import split
from feeder.articles.text_pages.text_dump import Page
from feeder.errors import ArticleError

PAGES = Path(__file__).parent / "data" / "pages"
SEEDS = Path(__file__).parents[1].parent / "shared" / "seeds"
ALMATY = ZoneInfo("Asia/Almaty")


def values(page: Page) -> dict[str, Any]:
    """A page as the golden files write it."""
    line = page.dateline
    return {
        "title": page.title,
        "deck": page.deck,
        "publisher": page.publisher,
        "authors": list(page.authors),
        "caption": page.caption,
        "published": page.published.isoformat() if page.published else None,
        "updated": page.updated.isoformat() if page.updated else None,
        "dateline": line and {"text": line.text, "place": line.place, "country": line.country, "agency": line.agency},
        "paragraphs": list(page.paragraphs),
        "notices": [{"kind": notice.kind, "text": notice.text} for notice in page.notices],
        "related": [
            {"title": link.title, "published": link.published.isoformat() if link.published else None}
            for link in page.related
        ],
        "dropped": [{"line": dropped.line, "reason": dropped.reason} for dropped in page.dropped],
        "problems": list(page.problems),
    }


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.txt")), ids=lambda path: path.stem)
def test_each_golden_page_is_read_as_expected(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    language = expected.pop("language")
    assert values(text_dump.read(path.read_text(encoding="utf-8"), language=language)) == expected


def test_golden_pages_come_in_pairs() -> None:
    stems = {path.stem for path in PAGES.glob("*.txt")}
    assert stems == {path.name.removesuffix(".expected.json") for path in PAGES.glob("*.expected.json")}
    assert len(stems) >= 8


# --- the three shared pages ----------------------------------------------------------------------


def facts() -> list[Any]:
    path = SEEDS / "expected.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


@pytest.mark.skipif(not SEEDS.exists(), reason="the shared pages are not beside this checkout")
@pytest.mark.parametrize("fact", facts(), ids=lambda fact: str(fact["file"]))
class TestSharedPages:
    """Real pages, field by field."""

    def page(self, fact: dict[str, Any]) -> Page:
        return text_dump.read(self.text(fact), language=fact["lang"])

    def text(self, fact: dict[str, Any]) -> str:
        return (SEEDS / str(fact["file"])).read_text(encoding="utf-8")

    def test_title_publisher_and_author(self, fact: dict[str, Any]) -> None:
        page = self.page(fact)
        assert page.title == fact["title"]
        assert page.publisher == fact["source"]["publisher"]
        assert page.authors == ((fact["author"]["name"],) if fact["author"] else ())

    def test_deck_and_caption(self, fact: dict[str, Any]) -> None:
        page = self.page(fact)
        assert page.deck == (fact["deck"] or "")
        assert page.caption == (fact["image_caption"]["text"] if fact["image_caption"] else "")

    def test_dateline(self, fact: dict[str, Any]) -> None:
        line = self.page(fact).dateline
        assert line is not None
        assert (line.text, line.place, line.agency or None) == (
            fact["dateline"]["text"], fact["dateline"]["place_id"], fact["dateline"]["agency"],
        )  # fmt: skip
        assert line.country == ("kz" if fact["dateline"]["country_text"] else None)

    def test_publication_date_at_the_page_s_own_clock(self, fact: dict[str, Any]) -> None:
        published = self.page(fact).published
        stated = fact["published"] and fact["published"]["rfc3339"]
        assert (published.isoformat() if published else None) == stated

    def test_body_is_exactly_the_body_lines(self, fact: dict[str, Any]) -> None:
        lines = self.text(fact).split("\n")
        body = [clean(lines[number - 1]) for number in fact["body"]["lines"]]
        body[0] = body[0].removeprefix(fact["dateline"]["text"])
        assert list(self.page(fact).paragraphs) == body

    def test_notices(self, fact: dict[str, Any]) -> None:
        assert [notice.text for notice in self.page(fact).notices] == [notice["text"] for notice in fact["notices"]]
        assert all(notice.kind == "legal" for notice in self.page(fact).notices)

    def test_related_links_with_their_dates(self, fact: dict[str, Any]) -> None:
        related = self.page(fact).related
        items = fact["related_links"]["items"] if fact["related_links"] else []
        assert [link.title for link in related] == [item["title"] for item in items]
        local = [link.published.strftime("%Y-%m-%dT%H:%M") if link.published else None for link in related]
        assert local == [item["date"] for item in items]

    def test_boilerplate_is_dropped_with_a_reason(self, fact: dict[str, Any]) -> None:
        dropped = {line.line: line for line in self.page(fact).dropped}
        boilerplate = [line["line"] for line in fact["boilerplate_lines"] if line["text"].strip()]
        lost_links = [notice["dangling_link_line"] for notice in fact["notices"]]
        headings = [fact["related_links"]["heading_line"]] if fact["related_links"] else []
        assert sorted(dropped) == sorted({*boilerplate, *lost_links, *headings, *fact["duplicate_lines"]})
        assert all(line.reason for line in dropped.values())

    def test_nothing_is_left_unexplained(self, fact: dict[str, Any]) -> None:
        assert self.page(fact).problems == ()

    def test_the_story_is_the_same_when_the_publisher_is_unknown(self, fact: dict[str, Any]) -> None:
        known = self.page(fact)
        page = text_dump.read(self.text(fact), language=fact["lang"], publisher="The Invented Steppe Gazette")
        assert page.publisher == "The Invented Steppe Gazette"
        assert (page.title, page.paragraphs, page.caption) == (known.title, known.paragraphs, known.caption)


# --- rules of the page ---------------------------------------------------------------------------


def test_a_dateline_of_an_unknown_place_is_a_problem_and_stays_in_the_story() -> None:
    page = text_dump.read("A title of four words\n\nSOMEVILLE -- The town woke up early.", language="en")
    assert page.dateline is None
    assert page.paragraphs == ("SOMEVILLE -- The town woke up early.",)
    assert "SOMEVILLE" in page.problems[0]


def test_the_site_s_zone_is_used_only_where_the_publisher_s_is_unknown_and_said() -> None:
    text = "A title of four words\n27.06.2022, 10:01\n\nThe day began."
    page = text_dump.read(text, language="en", zone=ALMATY)
    assert page.published == datetime(2022, 6, 27, 10, 1, tzinfo=ALMATY)
    assert "Asia/Almaty" in page.problems[0]
    known = text_dump.read(text, language="en", zone=ALMATY, publisher="asianews.it")
    assert known.published == datetime(2022, 6, 27, 10, 1, tzinfo=ZoneInfo("Europe/Rome"))
    assert known.problems == ()


STORY = "The lanterns were lit at seven and burned until the morning came.\n\nNobody came out of the house all night."


def test_the_title_printed_again_is_one_title() -> None:
    text = f"Lanterns By The Gate | Gazette\n\nHome\n\nLanterns By The Gate\n\nLANTERNS BY THE GATE\n\n{STORY}"
    page = text_dump.read(text, language="en")
    assert page.title == "Lanterns By The Gate"
    assert page.paragraphs == tuple(STORY.split("\n\n"))
    assert Counter(line.reason for line in page.dropped)["repeats the title"] == 2


def test_a_menu_printed_twice_is_no_title() -> None:
    menu = "News From Central Asia\n\nOur Invented Special Projects"
    text = f"Lanterns By The Gate\n\n{menu}\n\nMore of us\n\n{menu}\n\nLanterns By The Gate\n\n{STORY}"
    page = text_dump.read(text, language="en")
    assert page.title == "Lanterns By The Gate"
    assert page.paragraphs == tuple(STORY.split("\n\n"))


def test_deck_and_caption_between_two_copies_of_the_title_are_kept() -> None:
    deck = "Twenty women stand by the gate of the house, and nobody comes out"
    page = text_dump.read(f"Lanterns By The Gate\n\n{deck}\n\nLanterns By The Gate\n\nALMATY -- {STORY}", language="en")
    assert (page.title, page.deck) == ("Lanterns By The Gate", deck)


def test_a_title_of_two_words_wins_over_the_deck_below_it() -> None:
    text = f"Silent protest\n\nTwenty women stand by the gate, and nobody comes out to them.\n\nALMATY -- {STORY}"
    page = text_dump.read(text, language="en")
    assert page.title == "Silent protest"
    assert page.deck == "Twenty women stand by the gate, and nobody comes out to them."


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("by Lucia Fontanelli", ("Lucia Fontanelli",)),
        ("By Aset Invented and Ann B. Madeup", ("Aset Invented", "Ann B. Madeup")),
        ("by Lucia Fontanelli | KAZAKHSTAN", ("Lucia Fontanelli",)),
        ("By RFE/RL's Kazakh Service", ("RFE/RL's Kazakh Service",)),
        ("Автор: Дана Выдумкина", ("Дана Выдумкина",)),
        ("Авторы: Дана Выдумкина и Имран Придуманный", ("Дана Выдумкина", "Имран Придуманный")),
        ("Авторы: Айсұлу Ойдан", ("Айсұлу Ойдан",)),
        ("Жазған: Айсұлу Ойдан", ("Айсұлу Ойдан",)),
    ],
)
def test_a_byline_gives_names_without_by(line: str, names: tuple[str, ...]) -> None:
    page = text_dump.read(f"Lanterns By The Gate\n\n{line}\n\n{STORY}", language="en")
    assert page.authors == names
    assert page.paragraphs == tuple(STORY.split("\n\n"))


@pytest.mark.parametrize(("language", "names"), [("ru", ("Дана Выдумкина",)), ("en", ())])
def test_a_bare_name_is_a_byline_where_headings_are_not_capitalised(language: str, names: tuple[str, ...]) -> None:
    text = "Фонари у дверей дома\n\nДана Выдумкина\n\nФонари зажгли в семь, и горели они до утра следующего дня."
    assert text_dump.read(text, language=language).authors == names


def test_a_section_named_after_a_place_is_no_author() -> None:
    text = "Фонари у дверей дома\n\nНовости Казахстана\n\nФонари зажгли в семь, и горели они до утра следующего дня."
    assert text_dump.read(text, language="ru").authors == ()


def test_a_short_last_sentence_below_a_player_stays_in_the_story() -> None:
    text = (
        f"Lanterns By The Gate\n\n{STORY}\n\nEmbed\nShare\n\nNobody came out.\n\nTags: lanterns, gate\nSomething else"
    )
    page = text_dump.read(text, language="en")
    assert page.paragraphs == (*STORY.split("\n\n"), "Nobody came out.")
    assert "Nobody came out." in page.problems[0]
    assert page.dropped[-1].text == "Something else"


def test_a_sentence_that_begins_with_by_is_no_byline() -> None:
    text = "Lanterns By The Gate\n\nBy nightfall the street was full of people who had come to see the lights.\n\nThey left."
    assert text_dump.read(text, language="en").authors == ()


def test_a_story_about_an_undesirable_organization_is_no_notice() -> None:
    story = 'The gazette has been declared an "undesirable organization" by an office nobody had heard of before.'
    page = text_dump.read(f"Lanterns By The Gate\n\n{story}\n\nIts editor laughed.", language="en")
    assert page.notices == ()
    assert page.paragraphs == (story, "Its editor laughed.")


def test_a_crosshead_after_a_link_within_the_story_stays() -> None:
    text = f"Lanterns By The Gate\n\n{STORY}\n\nSEE ALSO:\nAnother street\n\nThe second night\n\n{STORY} Twice."
    page = text_dump.read(text, language="en")
    assert [link.title for link in page.related] == ["Another street"]
    assert "The second night" in page.paragraphs


def test_a_page_that_is_only_a_story_has_no_title() -> None:
    with pytest.raises(ArticleError) as error:
        text_dump.read("ALMATY -- The lanterns were lit at seven.", language="en")
    assert error.value.field == "title"


@pytest.mark.parametrize("text", ["", " \n\u00a0\n", "Accessibility links\nShare"])
def test_a_page_with_nothing_on_it_has_no_title(text: str) -> None:
    with pytest.raises(ArticleError) as error:
        text_dump.read(text, language="en")
    assert error.value.field == "title"


def test_a_title_alone_has_no_body() -> None:
    with pytest.raises(ArticleError) as error:
        text_dump.read("Lanterns By The Gate\n\nby Lucia Fontanelli\n\nShare", language="en")
    assert error.value.field == "body"


def test_text_is_clean() -> None:
    text = "Lanterns\u202e By\u200b The\u00a0 Gate\x00\n\nThe и\u0306 “day”\tbegan\x0bearly \ud800here, and stayed so."
    page = text_dump.read(text, language="en")
    assert page.title == "Lanterns By The Gate"
    assert page.paragraphs == ("The й “day” began early here, and stayed so.",)


# --- nothing is lost -----------------------------------------------------------------------------

_REAL_LINES = sorted({line for path in PAGES.glob("*.txt") for line in path.read_text(encoding="utf-8").split("\n")})
_PAGE = st.lists(st.one_of(st.sampled_from(_REAL_LINES), st.just(""), st.text(max_size=40)), max_size=40).map("\n".join)


def outcome(text: str, language: str) -> Page | ArticleError:
    try:
        return text_dump.read(text, language=language)
    except ArticleError as error:
        return error


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.text(), _PAGE), language=st.sampled_from(["en", "kk", "ru"]))
def test_every_line_is_accounted_for_exactly_once(text: str, language: str) -> None:
    """read() gives a page or says what is missing; each line is in the body, in a field, or dropped."""
    page = outcome(text, language)
    if isinstance(page, ArticleError):
        assert page.field in ("title", "body")
        assert page.reason
        return
    given_roles = text_dump.roles(text, language=language)
    assert [number for number, _ in given_roles] == [line.number for line in split(text)]
    counted = Counter(role for _, role in given_roles)
    assert counted["title"] == 1
    assert counted["body"] == len(page.paragraphs) > 0
    assert counted["dropped"] == len(page.dropped)
    assert counted["caption"] == (1 if page.caption else 0)
    assert bool(counted["deck"]) == bool(page.deck)
    assert counted["related"] >= len(page.related)
    assert counted["notice"] >= len(page.notices)


@settings(max_examples=100, deadline=None)
@given(text=_PAGE)
def test_the_same_text_gives_the_same_page(text: str) -> None:
    first, second = outcome(text, "en"), outcome(text, "en")
    assert str(first) == str(second)
