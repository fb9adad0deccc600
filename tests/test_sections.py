"""Under which headings stories stand, and how long the bars are: the promises of feeder.digest.sections."""

from __future__ import annotations

import examples
from test_digest_render import issue

from feeder.digest.sections import Bar, Item, bars, sections
from feeder.model import Entry, Locale, NamedPlace, NamedTopic


def place(key: str, country: str) -> NamedPlace:
    return NamedPlace(id=key, name=key, country=country, latitude=None, longitude=None)


def at(*keys: str, topics: tuple[str, ...] = ()) -> Entry:
    """A story at places given by their ids, with topics."""
    places = tuple(place(key, key[:2].upper()) for key in keys)
    named = tuple(NamedTopic(key=key, label=key.title(), language="en") for key in topics)
    return examples.entry("en", story="picket", places=places, topics=named, title=" ".join(keys))


def items(*entries: Entry) -> list[Item]:
    return [Item(entry=entry, byline="", event="", lang="") for entry in entries]


def headings(*entries: Entry, by: str = "places", locale: Locale = "en") -> list[tuple[str, int]]:
    """Those of the stories after a lead that is nowhere."""
    return [(one.name, len(one.items)) for one in sections(items(at(), *entries), locale, by)]


def test_stories_stand_under_the_country_of_their_first_place() -> None:
    assert headings(at("kz-almaty", "cn-xinjiang"), at("uz-tashkent"), at("kz-astana")) == [
        ("Kazakhstan", 2),
        ("Uzbekistan", 1),
    ]


def test_a_region_is_a_heading_when_two_stories_name_it() -> None:
    made = headings(at("cn-urumqi", "cn-xinjiang"), at("cn-beijing"), at("cn-xinjiang"), at("cn-shanghai"))
    assert made == [("Xinjiang", 2), ("China", 2)]


def test_a_region_is_a_heading_when_it_has_the_only_story_of_its_country() -> None:
    assert headings(at("cn-ghulja", "cn-xinjiang"), at("kz-almaty")) == [("Xinjiang", 1), ("Kazakhstan", 1)]


def test_the_lead_stands_alone_and_its_place_keeps_its_name() -> None:
    """The heading below is that of the chart, which counts the lead too."""
    every = items(at("cn-urumqi", "cn-xinjiang"), at("cn-xinjiang"), at("kz-almaty"))
    assert [(one.name, len(one.items)) for one in sections(every, "en")] == [("Xinjiang", 1), ("Kazakhstan", 1)]
    assert [(bar.name, bar.stories) for bar in bars(every, "en")] == [("Xinjiang", 2), ("Kazakhstan", 1)]
    assert sections(items(at("kz-almaty")), "en") == ()


def test_stories_without_a_known_place_close_the_issue() -> None:
    assert headings(at(), at("kz-almaty"), at("zz-nowhere")) == [("Kazakhstan", 1), ("", 2)]
    assert "\nMore stories\n------------\n" in issue("en", at(), at()).text


def test_headings_are_in_the_readers_language() -> None:
    assert headings(at("kz-almaty"), at("cn-xinjiang"), locale="ru") == [("Казахстан", 1), ("Синьцзян", 1)]


def test_by_topics_a_story_stands_under_that_of_its_topics_which_most_stories_have() -> None:
    made = headings(
        at("kz-almaty", topics=("art", "courts")),
        at("kz-almaty", topics=("courts",)),
        at("kz-almaty", topics=("courts", "protest")),
        at("kz-almaty", topics=("protest",)),
        at("kz-almaty", topics=("art",)),
        by="topics",
    )
    assert made == [("Courts", 3), ("Protest", 1), ("Art", 1)]


def test_a_topic_of_one_story_is_no_heading() -> None:
    assert headings(at(topics=("art",)), at(topics=("courts",)), at(), by="topics") == [("", 3)]


def test_a_heading_that_nobody_said_in_the_readers_language_is_marked() -> None:
    story = examples.entry("kk", topics=(NamedTopic(key="dala", label="Dala", language="en"),))
    html = issue("kk", *[story] * 3, sections="topics").html
    assert 'lang="en">Dala</h2>' in html


def test_bars_are_as_long_as_places_have_stories() -> None:
    every = items(*[at("kz-almaty")] * 8, *[at("uz-tashkent")] * 2, at("cn-xinjiang"), at())
    assert bars(every, "en") == (
        Bar(name="Kazakhstan", stories=8, share=100),
        Bar(name="Uzbekistan", stories=2, share=25),
        Bar(name="Xinjiang", stories=1, share=12),
    )


def test_a_chart_has_seven_rows_at_most_and_leaves_nobody_out() -> None:
    countries = (
        "kz-almaty",
        "uz-tashkent",
        "kg-bishkek",
        "tr-istanbul",
        "de-berlin",
        "ru-moscow",
        "cn-beijing",
        "kz-astana",
    )
    made = bars(items(*map(at, (*countries, "us-washington"))), "en")
    assert len(made) == 7
    assert sum(bar.stories for bar in made) == 9
    assert (made[0].name, made[-1].name) == ("Kazakhstan", "")


def test_one_place_is_no_chart() -> None:
    assert bars(items(at("kz-almaty"), at("kz-almaty"), at()), "en") == ()
    assert "Stories by place" not in issue("en", at("kz-almaty"), at("kz-almaty")).html
