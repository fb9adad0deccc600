"""Whom a story is owed to beside the article that is shown: the other sources that have the same report. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from feeder.articles.stories.traces import page
from feeder.model import Article, Credit, Notice


def completed(article: Article, others: Sequence[Article]) -> Article:
    """The article with what the others know of the same publisher or page, and with what they must tell their readers.

    The story links to their pages, so their notices hold for its readers too.
    """
    found: dict[str, Notice] = {}
    for notice in (notice for one in (article, *others) for notice in one.notices):
        found.setdefault(notice.text, notice)
    url = next((one.url for one in others if _named_alike(one, article) and one.url), "")
    publisher = next((one.publisher for one in others if _page(one.url) == _page(article.url) and one.publisher), "")
    return replace(
        article,
        notices=tuple(found.values()),
        url=article.url or url,
        publisher=article.publisher or (publisher if article.url else ""),
    )


def credits_of(article: Article, others: Iterable[Article]) -> tuple[Credit, ...]:
    """The sources of `others` beside the article's own, each once."""
    known = [Credit(publisher=article.publisher, url=article.url)]
    for other in others:
        one = Credit(publisher=other.publisher, url=other.url)
        if not any(_adds_nothing(one, before) for before in known):
            known.append(one)
    return tuple(known[1:])


def _adds_nothing(one: Credit, known: Credit) -> bool:
    named = not one.publisher or one.publisher.casefold() == known.publisher.casefold()
    return named and (not one.url or _page(one.url) == _page(known.url))


def _named_alike(one: Article, other: Article) -> bool:
    return bool(one.publisher) and one.publisher.casefold() == other.publisher.casefold()


def _page(url: str) -> str:
    return page(url) or url
