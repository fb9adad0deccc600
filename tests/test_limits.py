"""What is too much of one article: cut with a word about it, or refused with a reason."""

from __future__ import annotations

from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest

from feeder.articles import limits, reader
from feeder.errors import ArticleError
from feeder.model import Article

STORY = "The council met on Tuesday to speak about the bridge, which had been closed since the spring."


def read(text: str, name: str = "a.en.md") -> Article:
    return reader.read(text.encode(), PurePosixPath(name), source="s", zone=ZoneInfo("Asia/Almaty"))


@pytest.mark.parametrize(
    ("matter", "field", "kept", "says"),
    [
        (
            f"tags: [{', '.join(f't{number}' for number in range(5000))}]",
            "tags",
            20,
            "it has 5,000 tags; the first 20 are used",
        ),
        (f"authors: [{'a' * 900}]", "authors", 1, "one of the authors has more than 200"),
        (f"source: {'a' * 300}", "publisher", 101, "the publisher has more than 200"),
        (f"url: https://example.org/{'a' * 3000}", "url", 0, "the url has more than 2,000"),
    ],
)
def test_what_is_too_much_is_cut_and_told(matter: str, field: str, kept: int, says: str) -> None:
    article = read(f"---\ntitle: T\n{matter}\n---\n{STORY}")
    assert len(getattr(article, field)) in (kept, kept + 1)
    assert any(problem.startswith(says) for problem in article.problems)


def test_a_title_is_cut_between_words() -> None:
    title = read(f"---\ntitle: {'bridge ' * 500}\n---\n{STORY}").title
    assert len(title) <= 500
    assert title.endswith("bridge…")


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [
        ("a.en.md", f"# T\n\n{'a' * limits.TEXT}", "size"),
        ("a.en.txt", "a" * (limits.TEXT + 1), "size"),
        ("a.en.txt", "a b\n\n" * (limits.LINES + 1), "size"),
        ("a.en.html", f"<h1>T</h1><p>{'a' * (limits.TEXT + 1)}</p>", "size"),
        ("a.en.html", f"<h1>T</h1>{'<p>a</p>' * 20_001}", "size"),
        ("a.en.md", f"---\ntitle: T\nstory: {'a' * 300}\n---\n{STORY}", "story"),
        ("a.en.md", f"---\na: &a [{'x, ' * 300}x]\nb: &b [{'*a, ' * 300}x]\ntags: *b\ntitle: T\n---\n{STORY}", ""),
    ],
)  # fmt: skip
def test_a_book_a_list_or_a_bomb_is_refused_with_a_reason(name: str, text: str, field: str) -> None:
    with pytest.raises(ArticleError) as failed:
        read(text, name)
    assert failed.value.field == (field or "front matter")


def test_a_page_s_day_at_the_end_of_time_is_left_out() -> None:
    """Computing with it fails on some clocks, and no feed reader shows it where it belongs."""
    article = read(f"The bridge is closed\n\n31.12.9999\n\n{STORY}\n\n{STORY}\n", "a.en.txt")
    assert article.published is None
    assert "9999-12-31 is no likely day of publication; it was left out" in article.problems


def test_a_reason_is_one_short_line() -> None:
    assert limits.told("a\nb\0 " + "c" * 900) == "a b " + "c" * (len(limits.told("x" * 900)) - 5) + "…"
