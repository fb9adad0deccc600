"""Every source of a story is named once, with its page, and its notices are told."""

from __future__ import annotations

import pytest
from test_store import article

from feeder.articles.stories.crediting import completed, credits_of
from feeder.model import Article, Credit, Notice

PAGE = "https://times.example.net/bridge"


def named(publisher: str = "", url: str = "", *notices: str) -> Article:
    told = tuple(Notice(text=text, language="en") for text in notices)
    return article(publisher=publisher, url=url, notices=told)


def credited(shown: Article, *others: Article) -> list[tuple[str, str]]:
    found = credits_of(completed(shown, others), others)
    assert all(isinstance(one, Credit) for one in found)
    return [(one.publisher, one.url) for one in found]


def test_two_sources_are_two_credits() -> None:
    assert credited(named("Times", PAGE), named("Wire", "https://wire.example.net/1")) == [
        ("Wire", "https://wire.example.net/1")
    ]


@pytest.mark.parametrize(
    "other",
    [named("Times", PAGE), named("TIMES", f"{PAGE}/"), named("", f"{PAGE}?utm_source=x"), named("Times"), named()],
)
def test_what_says_nothing_new_is_no_credit(other: Article) -> None:
    assert credited(named("Times", PAGE), other) == []


def test_a_publisher_and_another_page_of_it_are_two() -> None:
    assert credited(named("Times", PAGE), named("Times", f"{PAGE}-2")) == [("Times", f"{PAGE}-2")]


def test_the_same_credit_from_two_articles_is_one() -> None:
    assert credited(named("Times"), named("Wire"), named("Wire")) == [("Wire", "")]


def test_an_article_learns_the_page_of_its_publisher_and_the_publisher_of_its_page() -> None:
    both = named("Times", PAGE)
    assert completed(named("Times"), [both]).url == PAGE
    assert completed(named("", f"{PAGE}/"), [both]).publisher == "Times"
    assert completed(named(), [both]) == named()
    assert completed(named("Wire"), [both]).url == ""


def test_the_notices_of_all_sources_are_told_once() -> None:
    told = completed(named("Times", PAGE, "a"), [named("Wire", "", "a", "b"), named("Radio", "", "b", "c")]).notices
    assert [notice.text for notice in told] == ["a", "b", "c"]
