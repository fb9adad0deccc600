"""Topics: which tags mean one, and what it is called."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.language import folding, topics
from feeder.language.places import gazetteer
from feeder.language.topics import Topics, Vocabulary, own_key
from feeder.model import Topic

ORDER = {"en": ("en", "ru", "kk"), "kk": ("kk", "ru", "en"), "ru": ("ru", "kk", "en")}


def of(*more: Topic) -> Topics:
    return Topics(Vocabulary((*topics.builtin(), *more)), gazetteer())


def keys(*tags: str, language: str = "en", places: tuple[str, ...] = ()) -> tuple[str, ...]:
    return of().add([(language, tag) for tag in tags], places)


@pytest.mark.parametrize(
    "tag",
    [
        "human rights",
        "Human Rights",
        "human-rights",
        "адам құқықтары",
        "Адам құқығы",
        "права человека",
        "ПРАВА ЧЕЛОВЕКА",
        "нарушение прав человека",
    ],
)
def test_every_language_and_spelling_of_a_tag_means_the_topic(tag: str) -> None:
    """So the feeds of the three languages hold the same stories."""
    assert keys(tag) == ("human-rights",)


def test_a_topic_is_called_by_its_name_in_each_language() -> None:
    found = of()
    labels = [found.named("human-rights", ORDER[code]) for code in ORDER]
    assert [(one.label, one.language) for one in labels] == [
        ("Human rights", "en"),
        ("Адам құқықтары", "kk"),
        ("Права человека", "ru"),
    ]


def test_a_tag_of_one_s_own_is_a_topic_of_its_own() -> None:
    """Its name in addresses is Latin; its label is what was written, in the language in which it was."""
    found = of()
    assert found.add([("kk", "Дала жолдары")], ()) == ("dala-zholdary",)
    named = found.named("dala-zholdary", ORDER["ru"])
    assert (named.label, named.language) == ("Дала жолдары", "kk")


def test_tags_that_differ_in_case_or_hyphens_are_one() -> None:
    assert len(set(keys("Steppe Roads", "steppe roads", "STEPPE-ROADS"))) == 1


def test_the_spelling_most_used_is_the_label() -> None:
    """In each language its own; of equally frequent ones the first in order, whichever story came first."""
    found = of()
    for tag in ("Steppe Roads", "steppe roads", "steppe roads", "STEPPE ROADS"):
        found.add([("en", tag)], ())
    assert found.named("steppe-roads", ORDER["en"]).label == "steppe roads"
    first, second = of(), of()
    first.add([("en", "Steppe Roads"), ("en", "steppe roads")], ())
    second.add([("en", "steppe roads"), ("en", "Steppe Roads")], ())
    assert first.named("steppe-roads", ORDER["en"]) == second.named("steppe-roads", ORDER["en"])


def test_a_tag_that_names_a_place_of_the_story_is_that_place_in_every_language() -> None:
    found = of()
    tags = [("en", "Xinjiang"), ("kk", "Шыңжаң"), ("ru", "Синьцзян")]
    assert found.add(tags, ("cn-xinjiang",)) == ("xinjiang",)
    assert found.named("xinjiang", ORDER["kk"]).label == "Шыңжаң"


def test_a_site_names_topics_of_its_own_and_adds_to_those_that_are_known() -> None:
    roads = Topic(key="steppe-roads", labels={"en": "Steppe roads", "ru": "Степные дороги"}, tags=("ремонт дорог",))
    rights = Topic(key="human-rights", labels={"en": "Rights"}, tags=("достоинство",))
    found = of(roads, rights)
    tags = [("ru", "Ремонт дорог"), ("ru", "степные дороги"), ("ru", "достоинство")]
    assert found.add(tags, ()) == ("steppe-roads", "human-rights")
    assert [found.named("human-rights", ORDER[code]).label for code in ("en", "ru")] == ["Rights", "Права человека"]
    assert found.named("steppe-roads", ORDER["kk"]).label == "Степные дороги"


def test_what_a_slug_cannot_say_is_told_apart() -> None:
    """Scripts that are not transliterated, and signs."""
    tags = ["ئۇيغۇر", "新疆", "新疆 news", "news", "!!!", "???"]
    assert len({own_key(tag) for tag in tags}) == len(tags)
    assert own_key("news") == "news"


@given(st.text(max_size=200))
def test_any_tag_has_a_key_that_may_stand_in_an_address(tag: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", own_key(tag))
    assert len(own_key(tag)) <= 100
    assert own_key(tag) == own_key(tag)


def test_each_row_of_the_file_is_whole_and_no_tag_means_two_topics() -> None:
    owners: dict[str, set[str]] = {}
    for topic in topics.builtin():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", topic.key)
        assert all(topic.labels[code] for code in ("en", "kk", "ru")), topic.key
        for text in (topic.key, *topic.labels.values(), *topic.tags):
            owners.setdefault(folding.key(text), set()).add(topic.key)
    assert {tag: found for tag, found in owners.items() if len(found) > 1} == {}


def test_the_doubtful_labels_are_marked_by_language() -> None:
    """So that a native editor finds them."""
    heading, *lines = topics.FILE.read_text(encoding="utf-8").splitlines()
    marks = {line.split("\t")[heading.split("\t").index("doubtful")] for line in lines}
    assert marks <= {"", "kk", "ru", "kk ru"}
