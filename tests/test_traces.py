"""One page has one spelling of its address, one title one key; different ones stay different."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_store import article

from feeder.articles.stories.traces import page, title_key, trace

BRIDGE = "times.example.org/news/bridge"


@pytest.mark.parametrize(
    "url",
    [
        "https://times.example.org/news/bridge",
        "http://times.example.org/news/bridge/",
        "https://www.times.example.org:443/news/bridge",
        "http://TIMES.example.org:80/news/bridge#photos",
        "https://times.example.org/news/bridge?utm_source=telegram&utm_medium=post&fbclid=x&gclid=y",
        "https://times.example.org/news/bridge?mc_cid=1&mc_eid=2&yclid=3&_openstat=4",
        "https://times.example.org/news/bridge/amp/",
        "https://times.example.org/news/bridge?amp=1",
        "  https://times.example.org/news/brid%67e ",
    ],
)
def test_spellings_of_one_address(url: str) -> None:
    assert page(url) == BRIDGE


@pytest.mark.parametrize(
    "url",
    [
        "https://times.example.org/news/bridges",
        "https://times.example.org/news/Bridge",
        "https://times.example.org/kk/news/bridge",
        "https://kk.times.example.org/news/bridge",
        "https://times.example.org:8080/news/bridge",
        "https://times.example.org/news/bridge?id=7",
        "https://times.example.org/news/bridge?page=2",
    ],
)
def test_addresses_of_other_pages(url: str) -> None:
    assert page(url) not in ("", BRIDGE)


def test_what_chooses_the_page_counts_in_any_order() -> None:
    assert page("https://a.example.org/?id=7&view=full") == page("http://a.example.org?view=full&utm_id=3&id=7")
    assert page("https://a.example.org/?id=7") != page("https://a.example.org/?id=8")


def test_letters_of_an_address_may_be_encoded_or_not() -> None:
    assert page("https://қазақ.example.org/жаңалық") == page(
        "https://xn--80aau21bd.example.org/%D0%B6%D0%B0%D2%A3%D0%B0%D0%BB%D1%8B%D2%9B"
    )


@pytest.mark.parametrize(
    "url",
    ["", "/news/bridge", "https://times.example.org", "https://www.times.example.org/", "mailto:desk@example.org",
     "javascript:alert(1)", "https:///news", "https://[::1/news", "https://a..example.org/x", "https://a.example.org:x/"],
)  # fmt: skip
def test_what_names_no_page_of_its_own(url: str) -> None:
    """The front page of a publisher too: editors give it as the source of many articles."""
    assert page(url) == ""


@given(st.text())
def test_any_text_is_an_address_or_none(url: str) -> None:
    page(url)
    page(f"https://{url}")
    page(f"https://a.example.org/{url}")


def test_titles_that_differ_in_their_dress_only() -> None:
    assert title_key("«Біз тағы келеміз»: Түркістан") == title_key("“БІЗ  тағы келеміз” – Түркiстан")  # a Latin i
    assert title_key("Ёлка — и снег") == title_key("Елка и снег")
    assert title_key("The bridge stays closed!") == title_key("the bridge stays closed")
    assert title_key("The bridge stays closed") != title_key("The bridge is closed")


def test_a_title_without_letters_is_none() -> None:
    assert title_key("…") == title_key("") == ""


def test_an_article_is_compared_by_its_text_alone() -> None:
    """Not by its form: the same report as Markdown and as text."""
    plain = article(body="Бірінші абзац.\n\nЕкінші абзац.", markup="text")
    marked = article(body="*Бірінші* абзац.\n\n- Екінші абзац.", markup="markdown")
    assert trace(plain).sketch == trace(marked).sketch


def test_translations_are_kept_by_their_pages() -> None:
    links = (("kk", "https://www.a.example.org/1/"), ("kk", "http://a.example.org/1"), ("ru", "https://a.example.org/"))
    assert trace(article(alternates=links)).alternates == (("kk", "a.example.org/1"),)
