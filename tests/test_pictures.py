"""Pictures inside a body: what they are called, which are none, and how they stand in an entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import markup
from feeder.articles import pictures
from feeder.model import Enclosure

BASE = "https://news.example.org"


def opened(number: int, name: str = "a", **values: object) -> Enclosure:
    fields = {"type": "image/png", "length": 1, "width": 640, "height": 360, "inside": number, **values}
    return Enclosure(path=f"media/{name}.png", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("photo.jpg", "photo.jpg"),
        ("./page_files/photo%20one.jpg?v=2#top", "./page_files/photo one.jpg"),
        ("%7Bstatic%7D/images/a.jpg", "/images/a.jpg"),
        ("{attach}a.jpg", "a.jpg"),
        ("%7Cfilename%7C/images/a.jpg", "/images/a.jpg"),
        ("%D0%BC%D0%BE%D1%81%D1%82.jpg", "мост.jpg"),
        ("https://example.org/a%20b.jpg?x", "https://example.org/a%20b.jpg?x"),
        ("//example.org/a.jpg", "//example.org/a.jpg"),
    ],
)
def test_an_address_in_a_text_names_a_file_as_its_generator_means_it(address: str, path: str) -> None:
    assert pictures.origin(address) == path


@pytest.mark.parametrize(
    ("address", "width", "height"),
    [
        ("data:image/gif;base64,R0lGOD", "", ""),
        ("https://count.example.net/p.gif", "", ""),
        ("https://mc.yandex.ru/watch/1", "", ""),
        ("//www.facebook.com/tr?id=1", "", ""),
        ("photo.jpg", "1", "1"),
        ("https://example.net/photo.jpg", "0px", "300"),
    ],
)
def test_what_only_counts_readers_is_no_picture(address: str, width: str, height: str) -> None:
    assert pictures.no_picture(address, width, height)


@pytest.mark.parametrize(
    "address", ["counter.jpg", "https://example.net/country.jpg", "https://example.net/2026/pixelated.png", "a.jpg"]
)
def test_a_picture_is_not_lost_for_its_name(address: str) -> None:
    assert pictures.no_picture(address, "640", "360") == ""


def test_each_picture_stands_where_its_mark_stood_and_other_marks_go() -> None:
    html = '<p>One.</p><figure data-picture="2"></figure><p>Two.</p><figure data-picture="1"></figure>'
    shown = pictures.shown(html, [opened(0), opened(2, "b", alt='"A" & <b>', caption="<i>May</i>")], BASE)
    assert shown == (
        '<p>One.</p><figure><img src="https://news.example.org/media/b.png" alt="&quot;A&quot; &amp; &lt;b&gt;" width="640" '
        'height="360" loading="lazy"><figcaption>&lt;i&gt;May&lt;/i&gt;</figcaption></figure>\n<p>Two.</p>'
    )


def test_a_picture_whose_size_is_not_known_states_none() -> None:
    shown = pictures.shown('<figure data-picture="1"></figure>', [opened(1, width=0, height=0)], BASE)
    assert shown == '<figure><img src="https://news.example.org/media/a.png" alt="" loading="lazy"></figure>\n'


def test_the_story_s_own_picture_is_not_shown_again_inside_and_takes_its_words() -> None:
    own, again, other = opened(0), opened(1, alt="A bridge", caption="In May"), opened(2, "b")
    first, second = pictures.arranged([own, again, other])
    assert (first.inside, first.alt, first.caption) == (0, "A bridge", "In May")
    assert second == other
    assert pictures.arranged([again, other]) == (again, other)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_words_of_a_picture_become_elements(alt: str, caption: str) -> None:
    shown = pictures.shown('<figure data-picture="1"></figure>', [opened(1, alt=alt, caption=caption)], BASE)
    assert markup.sanitise(shown).count("<") == (4 if caption else 2)


@given(st.text(alphabet=st.sampled_from('<figure data-pct="1234567890>/ \n'), max_size=80))
def test_a_page_cannot_write_marks_that_show_more_than_its_own_pictures(html: str) -> None:
    safe = markup.sanitise(f'{html}<figure data-picture="1" onclick="x"></figure>')
    assert "onclick" not in safe
    assert "<img" not in pictures.shown(safe, [opened(0)], BASE)
