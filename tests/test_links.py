"""Marks that programs put into saved pages are taken out, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.articles.text_pages.links import columns, is_address, unmark
from feeder.articles.text_pages.sheet import split


def unmarked(*texts: str) -> list[str]:
    return [text for _, text in unmark(list(enumerate(texts, start=1)))]


def test_numbers_of_links_go_where_the_page_lists_their_addresses() -> None:
    read = unmarked("* [7]Regions", "They said [11]the pipe will come.", "11. https://example.org/pipe")
    assert read == ["* Regions", "They said the pipe will come.", "11. https://example.org/pipe"]


def test_a_footnote_and_a_lone_number_in_brackets_stay() -> None:
    texts = ("The law[1] was read aloud.", "[2] Section two.", "He said [1]so.")
    assert unmarked(*texts) == list(texts)


def test_a_line_of_nothing_but_links_has_bars_between_them() -> None:
    assert unmarked("[1]Басты бет [2]Біз туралы", "1. https://example.org/kk")[0] == "Басты бет | Біз туралы"


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("# Title", "Title"),
        ("**12 марта** прошёл пикет", "12 марта прошёл пикет"),
        ("*30 сентября 2021 года*", "30 сентября 2021 года"),
        ("[Home](/) > [World](/world)", "Home > World"),
        ("#hashtag stays", "#hashtag stays"),
        ("2 * 3 * 4 is 24", "2 * 3 * 4 is 24"),
        ("a_b_c", "a_b_c"),
        ("He saw [it](it is said) twice.", "He saw [it](it is said) twice."),
    ],
)
def test_marks_of_markdown_go(marked: str, bare: str) -> None:
    assert unmarked(marked) == [bare]


def test_backslashes_go_only_from_a_page_with_links_in_markdown() -> None:
    assert unmarked("1\\. First", "see [all](/all)") == ["1. First", "see all"]
    assert unmarked("1\\. First") == ["1\\. First"]


def test_short_columns_are_parted_and_sentences_are_not() -> None:
    assert columns("News    Letters\tWeather") == "News | Letters | Weather"
    for raw in ("He left.    She stayed.    Nobody came.", "С   Н   Е   Г", "News    Letters", "Two  spaces  only"):
        assert columns(raw) == raw


def test_addresses_at_the_foot_are_known() -> None:
    assert is_address("12. https://example.org/a")
    assert not is_address("12. Build houses: all of them")


@given(st.lists(st.text(min_size=1).map(lambda text: " ".join(text.split())).filter(bool), max_size=8))
def test_no_row_is_lost_or_emptied(texts: list[str]) -> None:
    rows = list(enumerate(texts, start=1))
    read = unmark(rows)
    assert [number for number, _ in read] == [number for number, _ in rows]
    assert all(text for _, text in read)


def test_a_line_of_only_a_picture_keeps_its_number() -> None:
    assert [line.number for line in split("A\n\n![](x.png)\nB")] == [1, 3, 4]
