"""What a site says of itself leaves the story, and a story that speaks of sites stays whole."""

from __future__ import annotations

import pytest

from feeder.articles.text_pages import kinship, site_talk, text_dump
from feeder.model import Language

STORY = (
    "Twenty women lit lanterns by the gate on Tuesday and read out names for an hour.",
    "Nobody came out of the house, and the curtain on the second floor moved twice.",
)


def paragraphs(*lines: str, language: Language = "en") -> tuple[str, ...]:
    return text_dump.read("\n\n".join(("Lanterns By The Gate", *lines)), language=language).paragraphs


@pytest.mark.parametrize(
    "line",
    [
        "You can read our stories in the Telegram channel of the paper, and comments are open to all.",
        "To receive new posts in your inbox every week, consider becoming a subscriber of this paper.",
    ],
)
def test_a_last_paragraph_of_the_site_is_left_out_and_reported(line: str) -> None:
    page = text_dump.read("\n\n".join(("Lanterns By The Gate", *STORY, line)), language="en")
    assert page.paragraphs == STORY
    assert any("speak of itself" in problem for problem in page.problems)


@pytest.mark.parametrize(
    "line",
    [
        "The women put the names on a Telegram channel, and on Tuesday the channel was gone.",
        "\u201cSubscribe to our newsletter,\u201d the guard said to the women, and nobody laughed at it.",
        "The ministry sent its answer by email a week after the story of the lanterns was in the news.",
    ],
)
def test_a_last_paragraph_that_tells_of_sites_stays(line: str) -> None:
    assert paragraphs(*STORY, line) == (*STORY, line)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Category: People | Views: 431 | Tags: eagle, horse", True),
        ("Жіберген: Жоқ Адам | Оқылуы: 902 | Пікір: 3", True),
        ("Home | News | People", False),
        ("He said: nothing", False),
    ],
)
def test_a_row_of_labelled_things_is_no_sentence(text: str, row: bool) -> None:
    assert site_talk.is_row(text) is row


@pytest.mark.parametrize(
    ("text", "counter"), [("12 минут", True), ("3 comments", True), ("1997", False), ("12:40", False)]
)
def test_a_number_and_what_it_counts(text: str, counter: bool) -> None:
    assert site_talk.is_counter(text) is counter


def test_words_are_akin_by_their_beginnings() -> None:
    none = frozenset[str]()
    assert (
        kinship.shared(kinship.stems("Әжемнің сандығы", none), kinship.stems("Әжем бір сандық ала келіпті", none)) == 2
    )
    assert kinship.stems("They have lanterns", frozenset(("they", "have"))) == {"lante"}
