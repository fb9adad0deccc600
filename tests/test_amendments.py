"""Every reader's own part of an issue: the promises of feeder.digest.amendments."""

from __future__ import annotations

import re
from itertools import chain, combinations

import examples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_digest_render import amended, issue, told

from feeder.digest import amendments
from feeder.digest.amendments import correction, for_reader, retraction, variant
from feeder.model import UNSUBSCRIBE

PLACES = list(chain.from_iterable(combinations(range(3), n) for n in range(4)))
WORDS = ("The date was wrong.", "Eight people, not nine.", "The court is in Oskemen.")
HEADINGS = ("Retracted since earlier digests", "Corrections to earlier digests")


@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize("form", ["html", "text"])
def test_a_reader_is_told_what_concerns_this_reader_and_nothing_else(places: tuple[int, ...], form: str) -> None:
    """The first of the three is a retraction, the others are corrections; a heading stands only over something."""
    made = getattr(for_reader(amended(), places), form)
    assert [words in made for words in WORDS] == [place in places for place in range(3)]
    assert [heading in made for heading in HEADINGS] == [0 in places, bool({1, 2} & set(places))]
    assert "amendments" not in made
    assert "\x1e" not in made


@pytest.mark.parametrize("form", ["html", "text"])
def test_a_reader_without_amendments_gets_what_an_issue_without_them_is(form: str) -> None:
    assert getattr(for_reader(amended(), ()), form) == getattr(issue(), form)


def test_the_page_has_them_all_and_no_mark() -> None:
    from test_digest_render import page

    made = page("en", told())
    assert all(words in made for words in WORDS)
    assert "<!--amendments" not in made


def test_what_belongs_to_a_subscriber_stays_for_the_mail() -> None:
    assert UNSUBSCRIBE in for_reader(amended(), (0, 1, 2)).html


MARKED = st.lists(
    st.tuples(st.frozensets(st.integers(0, 30), max_size=4), st.text("ab<!-> \u04d9", max_size=8)), max_size=6
)


@given(MARKED, st.frozensets(st.integers(0, 30)))
def test_a_piece_stays_for_those_it_is_for(pieces: list[tuple[frozenset[int], str]], places: frozenset[int]) -> None:
    """A piece is whole lines; its place numbers may have several digits. Of empty lines in a row two stay."""
    text = "".join(f"{amendments.mark(numbers)}\n{line}\n" for numbers, line in pieces)
    kept = "".join(f"{line}\n" for numbers, line in pieces if not numbers or numbers & places)
    assert variant(text, places) == re.sub(r"\n{4,}", "\n\n\n", kept)


def test_a_story_that_writes_a_mark_hides_nothing() -> None:
    """In the plain text, where nothing is escaped."""
    mark = "<!--amendments 7-->"
    story = examples.entry("en", title=mark, summary=mark, dateline=mark)
    made = for_reader(issue("en", story, story), ())
    assert made.text.count("<!-- amendments 7-->") >= 4
    assert "Unsubscribe" in made.text
    assert "&lt;!--amendments 7--&gt;" in made.html


def test_an_amendment_is_known_by_its_story_and_its_words() -> None:
    assert retraction("picket").key == "retraction:picket"
    one, same, other = correction("a", "Eight."), correction("a", "Eight."), correction("a", "Nine.")
    assert one == same
    assert len({one.key, other.key, correction("b", "Eight.").key}) == 3
