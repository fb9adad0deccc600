"""What readers of a feed see of an entry."""

from __future__ import annotations

from typing import Any

import examples
import html5lib
import pytest
from lxml import html as lxml_html

from feeder.feeds import content
from feeder.language import dates, locales
from feeder.model import Edtf, Notice

every = pytest.mark.parametrize(
    ("code", "story"), [(code, story) for code in examples.LOCALES for story in examples.STORIES]
)


def shown(code: str, story: examples.Name, **changes: Any) -> str:
    return content.html(examples.entry(code, story, **changes), examples.feed(code))


def tree(code: str, story: examples.Name, **changes: Any) -> Any:
    return lxml_html.fragment_fromstring(shown(code, story, **changes), create_parent="body")


@every
def test_the_fragment_is_valid_html(code: str, story: examples.Name) -> None:
    """A strict parser finds no fault."""
    html5lib.HTMLParser(strict=True).parseFragment(shown(code, story))


@every
def test_language_is_marked_on_exactly_the_foreign_parts(code: str, story: examples.Name) -> None:
    """The story in its own language, our lines in the readers'; in an entry of their own language only links and notices."""
    entry, body = examples.entry(code, story), tree(code, story)
    blocks = [element.get("lang") for element in body.iterchildren("div")]
    assert blocks == ([code, entry.language, code] if entry.language != code else [])
    foreign = {notice.language for notice in entry.notices if notice.language != code}
    assert {element.get("lang") for element in body.iter("p")} - {None} == foreign
    assert [element.get("lang") for element in body.iter("a") if element.get("hreflang")] == sorted(entry.sisters)


def test_a_fallback_begins_with_its_label() -> None:
    """In the readers' language, before anything foreign."""
    body = tree("kk", "hearing")
    assert body[0].get("lang") == "kk"
    assert body[0][0].text_content() == "Тек орыс тілінде"
    assert "Судья" not in body[0].text_content()
    assert "Судья" in body[1].text_content()


@pytest.mark.parametrize("code", examples.LOCALES)
def test_the_date_of_the_event_is_in_words_and_for_machines(code: str) -> None:
    """As it was stated: a year that nobody stated is not invented."""
    (moment,) = tree(code, "vigil").iter("time")
    assert moment.get("datetime") == "02-03"
    assert moment.text == dates.words(Edtf("XXXX-02-03"), code)
    assert moment.getparent().text == f"{locales.text(code, 'Date of the event')}: "


def test_a_date_html_cannot_write_is_words_only() -> None:
    """An interval is not a <time>."""
    body = tree("en", "vigil", event_date=Edtf("2019-02/2019-04"))
    assert not list(body.iter("time"))
    assert dates.words(Edtf("2019-02/2019-04"), "en") in body.text_content()


def test_the_dateline_stands_first_and_places_stand_in_for_it() -> None:
    """One line that says where, in the readers' language."""
    assert tree("ru", "picket")[0].text == "Алматы, Казахстан"
    assert "Кульджа" in tree("ru", "vigil")[0].text
    assert tree("ru", "vigil", places=(), event_date=None)[0].text == "Первую свечу зажгли в шесть вечера."


def test_the_deck_and_the_image_come_before_the_story() -> None:
    """With the text for those who do not see it."""
    body = tree("en", "poster")
    (image,) = body.iter("img")
    assert image.get("src") == "https://news.example.org/media/1f2e3d4c5b6a7988-poster.png"
    assert image.get("alt") == "Five hand-painted words on a bedsheet between two lamp posts"
    assert (image.get("width"), image.get("height")) == ("1200", "800")
    order = [shown("en", "poster").index(part) for part in ("<strong>", "<figure>", "figcaption", "At noon")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("kind", "heading"), [("legal", "Legal notice"), ("safety", "Safety notice"), ("other", "Notice from the source")]
)
def test_a_notice_is_never_lost(kind: Any, heading: str) -> None:
    """Its heading in the readers' language, every paragraph in its own."""
    notice = Notice(text="Один.\n\nДва.", language="ru", kind=kind)
    (aside,) = tree("en", "picket", notices=(notice,)).iter("aside")
    assert [part.text_content() for part in aside] == [heading, "Один.", "Два."]
    assert [part.get("lang") for part in aside] == [None, "ru", "ru"]


def test_the_source_is_named_and_linked() -> None:
    """Without an address it is only named, without a name there is no line."""
    assert '<a href="https://source.example.net/en/picket?id=7&amp;view=full">Example Wire</a>' in shown("en", "picket")
    assert "<p>Source: Example Wire</p>" in shown("en", "picket", original="")
    assert "Source" not in shown("en", "picket", publisher="")


def test_without_full_text_the_summary_leads_to_the_page() -> None:
    """A feed that carries summaries leaves the body empty."""
    body = tree("en", "picket", html="")
    assert "Eleven women stood" in body.text_content()
    link = next(link for link in body.iter("a") if link.text == "Read the full story")
    assert link.get("href") == examples.url("picket", "en")
    assert "Read the full story" not in shown("en", "picket")


def test_every_plain_field_is_escaped() -> None:
    """Braces, quotes and tags are text."""
    text = "<b>{0}</b> \"x\" & 'y'"
    body = tree(
        "en",
        "poster",
        deck=text,
        dateline=text,
        label=text,
        publisher=text,
        notices=(Notice(text=text, language="en"),),
    )
    assert not list(body.iter("b"))
    assert body.text_content().count(text) == 5
