"""The pictures of a saved page: those of its story stay where they stood, the site's others go."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeder.articles.html_pages import html_page
from feeder.articles.html_pages.html_page import Page

FIRST = "The council met on Tuesday to speak about the bridge, which has been closed since the floods of the spring."
SECOND = "Two of its pillars are damaged, and a new one will cost more than the town has, a member of the council said."
THIRD = "Until then a ferry will carry people across, three times a day, and nobody knows who is going to pay for it."


def read(between: str = "", above: str = "", below: str = "", beside: str = "") -> Page:
    inner = f"<h1>Bridge closed</h1>{above}<p>{FIRST}</p>{between}<p>{SECOND}</p><p>{THIRD}</p>{below}"
    page = f'<!doctype html><html lang="en"><body>{beside}<article>{inner}</article></body></html>'
    return html_page.read(page.encode(), ZoneInfo("Asia/Almaty"))


def told(page: Page) -> list[tuple[str, str, str]]:
    return [(one.origin, one.alt, one.caption) for one in page.pictures]


def shape(page: Page) -> str:
    """The body with one letter for a paragraph and the number of each mark."""
    return re.sub(
        r'<p>.*?</p>|<figure data-picture="(\d)"></figure>|\s',
        lambda found: found[1] or "p" * bool(found[0].strip()),
        page.body,
    )


TAGS = (
    "figure",
    "figcaption",
    "picture",
    "source",
    "p",
    "div",
    "a",
    "li",
    "table",
    "td",
    "blockquote",
    "h2",
    "span",
    "br",
)
FIGURE = '<figure><img src="p_files/a%20b.jpg" alt="A hall"><figcaption>The <b>new</b> hall.</figcaption></figure>'


def test_a_figure_stays_where_it_stood_with_its_words() -> None:
    page = read(FIGURE)
    assert told(page) == [("p_files/a b.jpg", "A hall", "The new hall.")]
    assert shape(page) == "p1pp"


def test_a_figure_above_the_text_and_one_below_it_are_the_story_s() -> None:
    assert shape(read(above=FIGURE, below=FIGURE)) == "1ppp2"


def test_a_figure_below_the_headline_is_the_story_s_wherever_the_text_stands() -> None:
    text = f'<div class="text"><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div>'
    teaser = FIGURE.replace("<img", '<a href="/other/"><img').replace("><fig", "></a><fig")
    body = f"<div>{FIGURE}</div><div><h1>Bridge closed</h1></div><div>{teaser}{FIGURE}</div>{text}<div>{FIGURE}</div>"
    page = html_page.read(f'<html lang="en"><body>{body}</body></html>'.encode(), ZoneInfo("Asia/Almaty"))
    assert shape(page) == "1ppp"


def test_a_picture_in_a_paragraph_comes_below_it() -> None:
    page = read(
        '<p><a href="big.jpg"><img src="a.jpg"></a></p><p>He said: <b><img src="b.jpg">so it is</b>, and left the room.</p>'
    )
    assert [one.origin for one in page.pictures] == ["a.jpg", "b.jpg"]
    assert shape(page) == "p1p2pp"
    assert "so it is" in page.body


def test_a_gallery_is_figures_in_a_figure() -> None:
    page = read(f"<figure>{FIGURE}{FIGURE.replace('hall', 'door')}<figcaption>Two views</figcaption></figure>")
    assert [one.caption for one in page.pictures] == ["The new hall.", "The new door."]
    assert shape(page) == "p12pp"


def test_pictures_of_one_figure_share_its_words() -> None:
    page = read('<figure><img src="a.jpg" alt="1"><img src="b.jpg" alt="2"><figcaption>Both</figcaption></figure>')
    assert told(page) == [("a.jpg", "1", ""), ("b.jpg", "2", "Both")]


@pytest.mark.parametrize(
    "image",
    [
        '<img src="a.jpg">',
        '<img src="data:image/gif;base64,R0" data-src="a.jpg">',
        '<img data-original="a.jpg">',
        '<img src="https://cdn.example.net/a.jpg" srcset="p.jpg 300w, a.jpg 1200w">',
        '<picture><source srcset="https://cdn.example.net/a.webp 2x, a.jpg 1x"><img src="data:,x"></picture>',
        '<div hidden><img src="b.jpg"></div><noscript><img src="c.jpg"></noscript><img src="a.jpg">',
        '<img src="https://cdn.example.net/a.jpg" data-src="a.jpg">',
    ],
)
def test_the_file_beside_the_page_is_found(image: str) -> None:
    assert [one.origin for one in read(image).pictures] == ["a.jpg"]


def test_of_remote_pictures_the_largest_is_named() -> None:
    page = read('<img srcset="https://e.example/a.jpg 300w, https://e.example/b.jpg 900w">')
    assert [one.origin for one in page.pictures] == ["https://e.example/b.jpg"]


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ('<img src="a.gif" width="1" height="1">', "one pixel"),
        ('<img src="https://count.example.net/p.gif">', "counts readers"),
        ('<img src="data:image/png;base64,R0">', "without a file"),
        ('<img alt="no file">', "without a file"),
        ('<img src="face.jpg" width="32" height="32">', "an icon"),
        ('<a href="other.html"><img src="a.jpg"></a>', "another page"),
    ],
)
def test_what_is_no_picture_of_the_story_goes_without_a_problem(image: str, reason: str) -> None:
    page = read(image)
    assert (page.pictures, page.problems) == ((), ())
    assert reason in page.dropped[-1].reason
    assert "figure" not in page.body


@pytest.mark.parametrize(
    "page",
    [
        read(beside=f"<nav>{FIGURE}</nav><div>{FIGURE}</div>"),
        read(above='<img src="face.jpg">'),
        read(below=f"<aside>{FIGURE}</aside><div><section><div>{FIGURE}</div></section></div>"),
    ],
)
def test_pictures_around_the_story_are_not_its_own(page: Page) -> None:
    assert page.pictures == ()
    assert shape(page) == "ppp"


def test_pictures_change_nothing_of_the_text() -> None:
    plain = read("<ul><li>One thing that was said</li></ul>")
    shown = read(f"{FIGURE}<ul><li>One thing that was said<img src='a.jpg'></li></ul>", above=FIGURE)
    assert re.sub(r"<figure.*?</figure>|</?p>|\s", "", shown.body) == re.sub(r"</?p>|\s", "", plain.body)


@given(
    st.lists(
        st.sampled_from(["<img src=a.jpg>", FIGURE, *(f"<{slash}{tag}>" for tag in TAGS for slash in ("", "/"))]),
        max_size=12,
    )
)
@settings(max_examples=60)
def test_however_broken_the_page_each_picture_has_one_mark(pieces: list[str]) -> None:
    page = read("".join(pieces))
    marks = re.findall(r'<figure data-picture="(\d+)"></figure>', page.body)
    assert marks == [str(one.inside) for one in page.pictures]
    assert "<img" not in page.body


def test_a_page_s_own_marks_are_not_believed() -> None:
    assert "data-picture" not in read('<figure data-picture="1"></figure>').body
