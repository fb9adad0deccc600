"""How much of anything one article may have. More is no news story, and would take the time of all the others. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from feeder import markup
from feeder.articles.fields import YEARS
from feeder.errors import ArticleError
from feeder.model import Article

TEXT = 300_000  #: code points of a text, about 150 pages
LINES = 4_000  #: of a page saved as text, each compared with others
_LISTS = {
    "authors": 50,
    "places": 50,
    "corrections": 100,
    "related": 200,
    "enclosures": 100,
    "notices": 20,
}
_TEXTS = {"title": 500, "deck": 5_000, "caption": 2_000, "publisher": 200}  #: code points
_ITEM = 200  #: code points of a name
_TAGS = 20  #: as many as a person gives: each is a topic with a page and a feed
_TAG = 100  #: code points of a tag
_ADDRESS = 2_000  #: of the original page; no browser takes much more
_KEY = 200  #: of a story's key; it is part of ids
_PROBLEMS = 100
_REASON = 400  #: code points


def told(reason: str) -> str:
    """A reason as one short line, whatever it quotes."""
    return _cut(markup.line(reason), _REASON)


def check(text: str) -> None:
    """Raises ArticleError for a text that is a book."""
    if len(text) > TEXT:
        raise ArticleError(f"has more than {TEXT:,} characters; publish it in parts", field="size")


def check_lines(number: int) -> None:
    """Raises ArticleError for a page saved as text that is none."""
    if number > LINES:
        raise ArticleError(f"has more than {LINES:,} lines; a text of this length belongs in a .md file", field="size")


def bounded(article: Article) -> Article:
    """The article with what is too long cut, and a problem for each cut. Raises ArticleError for its key."""
    if article.story_stated and len(article.story) > _KEY:
        raise ArticleError(f"is longer than {_KEY} characters; choose a short one", field="story")
    cuts = dict(_cuts(article))
    problems = (*map(told, article.problems), *(problem for _, problem in cuts.values()))
    if len(problems) > _PROBLEMS:
        problems = (*problems[:_PROBLEMS], f"and {len(problems) - _PROBLEMS} more problems")
    return replace(article, **{name: value for name, (value, _) in cuts.items()}, problems=problems)


def _cuts(article: Article) -> Iterator[tuple[str, tuple[Any, str]]]:
    """(field, what stays of it, what is said of it)."""
    for name, most in _TEXTS.items():
        if len(text := getattr(article, name)) > most:
            yield name, (_cut(text, most), f"the {name} has more than {most:,} characters; it was cut")
    for name, most in _LISTS.items():
        if len(items := getattr(article, name)) > most:
            yield name, (_items(items[:most]), f"{len(items):,} {name} are too many; the first {most} count")
        elif (short := _items(items)) != items:
            yield name, (short, f"one of the {name} has more than {_ITEM} characters; it was cut")
    if (tags := _tags(article.tags)) is not None:
        yield "tags", tags
    for name in ("published", "updated"):
        if (moment := getattr(article, name)) and moment.year not in YEARS:
            yield name, (None, f"{moment.date()} is no likely day of publication; it was left out")
    if len(article.url) > _ADDRESS:
        yield "url", ("", f"the url has more than {_ADDRESS:,} characters; it was left out")


def _tags(tags: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    """The tags that are used, when those are not all."""
    short = tuple(tag for tag in tags if len(tag) <= _TAG)
    said = []
    if len(short) < len(tags):
        said.append(f"tags of more than {_TAG} characters were left out; write each tag apart")
    if len(short) > _TAGS:
        said.append(f"it has {len(short):,} tags; the first {_TAGS} are used")
    return (short[:_TAGS], "; ".join(said)) if said else None


def _items(items: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_cut(one, _ITEM) if isinstance(one, str) else one for one in items)


def _cut(text: str, most: int) -> str:
    """At most so many code points, cut between words where there are words."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return head[: max(head.rfind(" "), most // 2)].rstrip() + "…"
