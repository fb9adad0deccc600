"""Three real pages, through the command that editors use: `feeder explain PATH --json` finds what a perfect reader finds.

The pages are their publishers' and not part of this project; they lie beside the checkout where it is developed.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).parents[1].parent / "shared" / "seeds"
PAGES = ("uyghur-commemoration.txt", "500th-day.txt", "eight-pickets.txt")

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the real pages are not beside this checkout")


@functools.cache
def expected(name: str) -> dict[str, Any]:
    pages: list[dict[str, Any]] = json.loads((SEEDS / "expected.json").read_text(encoding="utf-8"))
    return next(page for page in pages if page["file"] == name)


@functools.cache
def explained(name: str) -> dict[str, Any]:
    """What the command prints for a page, run as a program of its own in another folder."""
    command = [sys.executable, "-m", "feeder", "explain", str(SEEDS / name), "--json"]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("FEEDER_")}
    done = subprocess.run(command, capture_output=True, cwd=Path(__file__).parent, env=environ, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout.decode("utf-8"))
    return found


def lines(name: str) -> list[str]:
    """The lines of the page as readers see them; the first is lines[1]."""
    return ["", *((SEEDS / name).read_text(encoding="utf-8-sig").splitlines())]


def paragraphs(name: str) -> list[str]:
    """The body's lines, the first without its dateline."""
    page = expected(name)
    body = [" ".join(lines(name)[number].split()) for number in page["body"]["lines"]]
    dateline = page["dateline"]["text"].rstrip() if page["dateline"] else ""
    assert body[0].startswith(dateline)
    return [body[0].removeprefix(dateline).strip(), *body[1:]]


each_page = pytest.mark.parametrize("name", PAGES)


@each_page
def test_title_language_and_publisher(name: str) -> None:
    found, page = explained(name), expected(name)
    assert (found["title"], found["language"]) == (page["title"], page["lang"])
    assert found["publisher"] == page["source"]["publisher"]
    assert found["problems"] == []


@each_page
def test_authors_and_deck(name: str) -> None:
    found, page = explained(name), expected(name)
    assert found["authors"] == ([page["author"]["name"]] if page["author"] else [])
    assert found["deck"] == page["deck"]


@each_page
def test_the_dateline_as_it_stood_and_its_place(name: str) -> None:
    found, page = explained(name)["dateline"], expected(name)["dateline"]
    assert found == {"text": page["text"], "place": page["place_id"]}


@each_page
def test_the_publication_date_with_the_publisher_s_offset_or_none(name: str) -> None:
    page = expected(name)["published"]
    assert explained(name)["published"] == (page["rfc3339"] if page else None)


@each_page
def test_exactly_the_body_s_paragraphs(name: str) -> None:
    assert explained(name)["paragraphs"] == paragraphs(name)
    assert len(explained(name)["paragraphs"]) == expected(name)["body"]["paragraphs"]


@each_page
def test_the_caption_that_was_printed_twice_is_one_field(name: str) -> None:
    caption = expected(name)["image_caption"]
    assert explained(name)["caption"] == (caption["text"] if caption else None)


@each_page
def test_notices_reach_the_reader_and_none_is_invented(name: str) -> None:
    assert explained(name)["notices"] == [notice["text"] for notice in expected(name)["notices"]]


@each_page
def test_related_links_with_their_own_order_of_dates(name: str) -> None:
    links = (expected(name)["related_links"] or {"items": []})["items"]
    found = [(one["title"], one["date"][:16]) for one in explained(name)["related"]]
    assert found == [(one["title"], one["date"]) for one in links]


@each_page
def test_every_line_is_accounted_for(name: str) -> None:
    """Chrome and repetitions are named with their reason; no line of the story is among them."""
    found, page = explained(name), expected(name)
    dropped = {one["line"]: one for one in found["dropped"]}
    chrome = {one["line"] for one in page["boilerplate_lines"] if one["text"].strip()} | set(page["duplicate_lines"])
    assert chrome <= set(dropped)
    assert not set(page["body"]["lines"]) & set(dropped)
    for number, one in dropped.items():
        assert one["text"] == " ".join(lines(name)[number].split())
        assert one["reason"]


@each_page
def test_every_place_with_its_mentions(name: str) -> None:
    found = {one["id"]: one["mentions"] for one in explained(name)["places"]}
    assert found == {one["id"]: one["mentions"] for one in expected(name)["places"]}


@each_page
def test_each_locale_has_an_entry_in_its_own_words(name: str) -> None:
    entries = explained(name)["entries"]
    labels = [entries[locale]["label"] for locale in ("en", "kk", "ru")]
    assert labels == [None, "Тек ағылшын тілінде", "Только на английском языке"]
    assert all(len(entry["places"]) <= 5 for entry in entries.values())
    assert entries["kk"]["dateline"].partition(",")[0].partition(" (")[0] in ("Алматы", "Мәскеу")


@each_page
def test_the_main_event_s_date_is_the_stated_one_and_no_year_is_invented(name: str) -> None:
    found, page = explained(name), expected(name)
    assert found["event_date"] == next(date["edtf"] for date in page["event_dates"] if date["role"] == "main")
    assert found["event_date_inferred"] is None
