"""One story is one story, two are two, and an id once given stays, in whatever order articles come and go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_sketches import text

from feeder.articles.stories.joining import Head, Joined, Name, duplicates, join
from feeder.articles.stories.sketches import sketch

DAY = datetime(2026, 11, 14, 4, tzinfo=UTC)
ORDER = {"desk": 0, "wire": 1, "radio": 2}
REPORT = sketch(text(1))
SAME = sketch(text(1) + " " + text(2, 40))
OTHER = sketch(text(3))


def head(path: str, **changes: Any) -> Head:
    """The article of "desk/picket.en.md"; what is compared is empty."""
    source, key = path.split("/")
    story, language, _ = key.split(".")
    empty: dict[str, Any] = {
        "name": Name(source, key), "story": story, "stated": False, "language": language, "publisher": "", "page": "",
        "title": "", "sketch": sketch(path), "alternates": (), "published": DAY, "first_seen": DAY,
    }  # fmt: skip
    return Head(**{**empty, **changes})


def decide(*heads: Head, memory: Mapping[str, str] | None = None) -> Joined:
    return join(heads, ORDER, memory or {})


def stories(joined: Joined) -> dict[str, list[str]]:
    """Of each story shown its articles, language by language, those shown first."""
    return {key: [str(name) for names in found.values() for name in names] for key, found in joined.stories.items()}


def doubles(*heads: Head) -> list[tuple[str, str]]:
    return [(str(one.name), str(first.name)) for one, first in duplicates(heads, ORDER)]


def reports(**changes: Any) -> tuple[Head, Head]:
    """The same title and nearly the same text in two sources; `changes` are the second's."""
    return (
        head("desk/picket.en.md", title="t", sketch=REPORT),
        head("wire/n1.en.md", **{"title": "t", "sketch": SAME, **changes}),
    )


# --- what is one ---


def test_the_same_address_is_one_story() -> None:
    """Whatever became of title, text and date on the way."""
    late = DAY + timedelta(days=40)
    pair = head("desk/picket.en.md", page="p", title="a"), head("wire/n1.en.md", page="p", title="b", published=late)
    assert stories(decide(*pair)) == {"picket": ["desk/picket.en.md", "wire/n1.en.md"]}


def test_the_same_report_is_one_story() -> None:
    assert stories(decide(*reports())) == {"picket": ["desk/picket.en.md", "wire/n1.en.md"]}


@pytest.mark.parametrize("hours", [-72, 0, 72])
def test_within_three_days(hours: int) -> None:
    assert len(stories(decide(*reports(published=DAY + timedelta(hours=hours))))) == 1


def test_an_article_without_a_date_has_that_of_the_day_it_was_seen() -> None:
    assert len(stories(decide(*reports(published=None)))) == 1
    assert len(stories(decide(*reports(published=None, first_seen=DAY + timedelta(days=9))))) == 2


def test_translations_come_along() -> None:
    both = [
        *reports(),
        head("desk/picket.kk.md"),
        head("wire/n1.kk.md"),
        head("wire/n1.ru.md"),
    ]
    found = decide(*both)
    assert found.stories == {
        "picket": {
            "en": (Name("desk", "picket.en.md"), Name("wire", "n1.en.md")),
            "kk": (Name("desk", "picket.kk.md"), Name("wire", "n1.kk.md")),
            "ru": (Name("wire", "n1.ru.md"),),
        }
    }


def test_pages_that_link_to_their_translations_are_one_story() -> None:
    """One link is enough, and a ring of three joins three."""
    one = head("desk/bridge.en.html", page="en", alternates=(("kk", "kk"), ("ru", "ru")))
    kazakh = head("desk/kopir.kk.html", page="kk", alternates=(("en", "en"), ("kk", "kk"), ("ru", "ru")))
    russian = head("wire/most.ru.html", page="ru")
    assert list(stories(decide(one, kazakh, russian))) == ["bridge"]
    assert list(stories(decide(one, replace(kazakh, alternates=()), replace(russian, alternates=(("kk", "kk"),))))) == [
        "bridge"
    ]


def test_the_same_text_of_two_publishers_in_one_folder_is_one_story() -> None:
    one, other = reports(name=Name("desk", "n1.en.md"), publisher="Example Wire")
    assert len(stories(decide(replace(one, publisher="Example Times"), other))) == 1


def test_publishers_without_names_are_told_apart_by_their_addresses() -> None:
    """The same address of a host is one of its pages, another one of the same host another."""
    one, other = reports(name=Name("desk", "n1.en.md"), page="wire.example.net/1")
    assert len(decide(replace(one, page="times.example.net/1"), other).stories) == 1
    assert len(decide(replace(one, page="wire.example.net/2"), other).stories) == 2


# --- what is two ---


@pytest.mark.parametrize(
    "changes",
    [
        {"sketch": OTHER},
        {"title": "another"},
        {"title": "", "sketch": REPORT},
        {"published": DAY + timedelta(days=5)},
        {"published": DAY + timedelta(days=3, seconds=1)},
        {"language": "ru"},
        {"name": Name("desk", "n1.en.md")},
        {"name": Name("desk", "n1.en.md"), "publisher": "Example Wire"},
    ],
)
def test_false_friends(changes: dict[str, Any]) -> None:
    """Same title and other text; same text later; without a title; in another language; twice from one publisher."""
    assert len(stories(decide(*reports(**changes)))) == 2


def test_the_same_address_in_two_languages_is_no_evidence() -> None:
    """Some sites choose the language by the reader."""
    assert len(stories(decide(head("desk/picket.en.md", page="p"), head("wire/n1.ru.md", page="p")))) == 2


def test_an_address_that_a_source_gives_to_different_texts_is_no_evidence() -> None:
    """It is a section's; an article must not vanish behind another one."""
    many = [head(f"desk/day{number}.en.md", page="p", title="t", sketch=sketch(text(number))) for number in range(5)]
    assert len(stories(decide(*many, head("wire/n1.en.md", page="p")))) == 6


def test_a_page_saved_twice_is_one_story() -> None:
    pair = head("desk/a.en.md", page="p", sketch=REPORT), head("desk/b.en.md", page="p", sketch=REPORT)
    assert stories(decide(*pair)) == {"a": ["desk/a.en.md", "desk/b.en.md"]}


def test_a_translation_that_two_pages_claim_belongs_to_neither() -> None:
    """So it is where every page links to the front page of the other language."""
    pages = [head(f"desk/{key}.en.html", page=key, alternates=(("kk", "kk"),)) for key in ("a", "b")]
    assert len(stories(decide(*pages, head("desk/c.kk.html", page="kk")))) == 3


def test_no_article_is_hidden_behind_another_one_of_its_source() -> None:
    """Two daily reports in two sources find each its own twin, though all four are nearly alike."""
    days = [DAY, DAY + timedelta(days=1)]
    desk = [
        head(f"desk/d{n}.en.md", title="t", sketch=sketch(f"{text(1)} {n} {n}"), published=day)
        for n, day in enumerate(days)
    ]
    wire = [head(f"wire/w{n}.en.md", title="t", sketch=sketch(f"{text(1)} {n} {n}"), published=days[0]) for n in (0, 1)]
    assert stories(decide(*wire, *desk)) == {
        "d0": ["desk/d0.en.md", "wire/w0.en.md"],
        "d1": ["desk/d1.en.md", "wire/w1.en.md"],
    }


def test_two_stories_of_a_source_that_differ_in_another_language_stay_two() -> None:
    """The wire's report is one with either; with both it would hide a Kazakh text."""
    found = decide(
        head("desk/a.en.md", page="p", sketch=REPORT), head("desk/a.kk.md"),
        head("desk/b.en.md", page="p", sketch=REPORT), head("desk/b.kk.md"),
    )  # fmt: skip
    assert len(found.stories) == 2


# --- the editor's word ---


def test_different_keys_of_an_editor_are_different_stories() -> None:
    """In one source by any evidence, in two by their texts; an address is the publisher's own word."""
    one, other = (replace(one, stated=True) for one in reports())
    assert len(decide(one, other).stories) == 2
    assert len(decide(replace(one, page="p"), replace(other, page="p")).stories) == 1
    inside = replace(other, name=Name("desk", "n1.en.md"), page="p", sketch=REPORT)
    assert len(decide(replace(one, page="p"), inside).stories) == 2
    assert len(decide(one, replace(other, stated=False)).stories) == 1


def test_two_files_for_one_story_and_language_are_a_duplicate_and_no_twin() -> None:
    """The first by path is shown, the other is neither shown nor credited."""
    pair = head("desk/b.en.md", story="a"), head("desk/a.en.md", title="t")
    assert decide(*pair).stories == {"a": {"en": (Name("desk", "a.en.md"),)}}
    assert doubles(*pair) == [("desk/b.en.md", "desk/a.en.md")]


def test_the_same_key_in_two_sources_is_a_twin_when_it_is_the_same_report_and_else_a_duplicate() -> None:
    same = reports(story="picket")
    assert (stories(decide(*same)), doubles(*same)) == ({"picket": ["desk/picket.en.md", "wire/n1.en.md"]}, [])
    other = reports(story="picket", sketch=OTHER)
    assert stories(decide(*other)) == {"picket": ["desk/picket.en.md"]}
    assert doubles(*other) == [("wire/n1.en.md", "desk/picket.en.md")]


def test_a_duplicate_stays_one_when_its_story_is_joined() -> None:
    heads = (*reports(), head("wire/n2.en.md", story="n1"))
    assert stories(decide(*heads)) == {"picket": ["desk/picket.en.md", "wire/n1.en.md"]}
    assert doubles(*heads) == [("wire/n2.en.md", "wire/n1.en.md")]


# --- what it is called ---


def test_the_story_seen_first_gives_the_name_then_the_first_source_then_the_key() -> None:
    late = DAY + timedelta(days=1)
    one, other = reports()
    assert list(decide(replace(one, first_seen=late), other).stories) == ["n1"]
    assert list(decide(one, other).stories) == ["picket"]
    assert list(join((one, other), {"wire": 0, "desk": 1}, {}).stories) == ["n1"]
    assert list(join((one, other), {}, {}).stories) == ["n1"]


def test_what_was_joined_is_remembered() -> None:
    found = decide(*reports())
    assert (found.memory, found.into) == ({"n1": "picket"}, {"n1": "picket", "picket": "picket"})
    assert (found.shown_as("n1"), found.shown_as("picket"), found.shown_as("elsewhere")) == (
        "picket",
        "picket",
        "elsewhere",
    )


def test_when_the_article_shown_is_gone_the_other_takes_its_place_and_name() -> None:
    one, other = reports()
    memory = decide(one, other).memory
    alone = decide(other, memory=memory)
    assert stories(alone) == {"picket": ["wire/n1.en.md"]}
    back = replace(one, first_seen=DAY + timedelta(days=1))
    assert stories(decide(back, other, memory=alone.memory)) == {"picket": ["desk/picket.en.md", "wire/n1.en.md"]}


def test_an_article_that_is_gone_leaves_its_address_to_the_other() -> None:
    one, other = reports()
    assert decide(one, memory=decide(one, other).memory).shown_as("n1") == "picket"


def test_what_was_joined_stays_joined_until_title_and_text_differ() -> None:
    """A new headline or a longer text in one place is no new story."""
    memory = decide(*reports()).memory
    longer = sketch(text(1) + " " + text(4, 250))
    assert len(decide(*reports(title="new"), memory=memory).stories) == 1
    assert len(decide(*reports(title="new", sketch=longer), memory=memory).stories) == 1
    assert len(decide(*reports(sketch=longer)).stories) == 2
    apart = decide(*reports(title="new", sketch=OTHER), memory=memory)
    assert (list(apart.stories), apart.memory) == (["n1", "picket"], {})


def test_of_two_that_lost_their_story_one_takes_its_name() -> None:
    """They were one with it, and are none without it."""
    pair = head("wire/n1.en.md"), head("radio/r1.en.md")
    found = decide(*pair, memory={"n1": "picket", "r1": "picket"})
    assert list(found.stories) == ["picket", "r1"]
    assert found.stories["picket"]["en"] == (Name("wire", "n1.en.md"),)
    assert found.memory == {"n1": "picket"}


def test_when_two_joined_stories_become_one_every_address_leads_there() -> None:
    """Also those of stories that are gone."""
    pair = head("wire/n1.en.md", page="p"), head("radio/r1.en.md", page="p")
    found = decide(*pair, memory={"n1": "picket", "r1": "strike", "x": "strike"})
    (name,) = found.stories
    assert {found.shown_as(story) for story in ("n1", "r1", "x", "picket", "strike")} == {name} == {"picket"}


# --- whatever comes ---

_NAMES = [f"{source}/{story}.{language}.md" for source in ORDER for story in "abc" for language in ("en", "kk")]
_TEXTS = [sketch(""), REPORT, SAME, OTHER]
_heads = st.lists(
    st.builds(
        head,
        st.sampled_from(_NAMES),
        story=st.sampled_from("abcdefg"),
        stated=st.booleans(),
        publisher=st.sampled_from(["", "Example Times", "Example Wire"]),
        page=st.sampled_from(["", "p", "q", "r"]),
        title=st.sampled_from(["", "t", "u"]),
        sketch=st.sampled_from(_TEXTS),
        alternates=st.lists(st.tuples(st.sampled_from(["en", "kk"]), st.sampled_from("pqr")), max_size=2).map(tuple),
        published=st.none() | st.integers(0, 5).map(lambda days: DAY + timedelta(days=days)),
        first_seen=st.integers(0, 5).map(lambda days: DAY + timedelta(days=days)),
    ),
    unique_by=lambda one: one.name,
    max_size=12,
)
_memories = st.dictionaries(st.sampled_from("abcdefgxyz"), st.sampled_from("abcdefgxyz"), max_size=5).filter(
    lambda memory: all(shown not in memory for shown in memory.values())
)


@given(_heads, _memories, st.randoms(use_true_random=False))
def test_the_order_of_reading_does_not_matter(heads: list[Head], memory: dict[str, str], chance: Any) -> None:
    mixed = list(heads)
    chance.shuffle(mixed)
    assert decide(*mixed, memory=memory) == decide(*heads, memory=memory)


@given(_heads, _memories)
def test_every_article_is_shown_or_credited_or_reported_once(heads: list[Head], memory: dict[str, str]) -> None:
    found = decide(*heads, memory=memory)
    told = [name for versions in found.stories.values() for names in versions.values() for name in names]
    reported = [one.name for one, _ in duplicates(heads, ORDER)]
    assert sorted([*told, *reported]) == sorted(one.name for one in heads)
    assert found.into.keys() == {one.story for one in heads}


@given(_heads, _memories)
def test_to_decide_again_changes_nothing(heads: list[Head], memory: dict[str, str]) -> None:
    once = decide(*heads, memory=memory)
    assert decide(*heads, memory=once.memory) == once


@given(_heads, _memories, st.data())
def test_where_a_story_was_it_is_found(heads: list[Head], memory: dict[str, str], data: st.DataObject) -> None:
    """Whichever articles go: as long as one of a story's is left, its name is shown or leads to one that is."""
    once = decide(*heads, memory=memory)
    left = data.draw(st.lists(st.sampled_from(heads), unique_by=lambda one: one.name)) if heads else []
    again = decide(*left, memory=once.memory)
    for story in {one.story for one in left}:
        assert again.shown_as(once.into[story]) in again.stories
        assert again.shown_as(story) in again.stories
