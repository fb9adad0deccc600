"""An article becomes an entry: the readers' words for its places, dates and language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import markup
from feeder.articles import normalise
from feeder.articles.normalise import Identity
from feeder.language.places import gazetteer
from feeder.model import Article, Dateline, Edtf, Enclosure, Entry, Locale, Notice, Related, Site

ALMATY = ZoneInfo("Asia/Almaty")
LOCALES = ("en", "kk", "ru")
SITE = Site(
    base_url="https://news.example.org", locales=LOCALES, zone=ALMATY, titles=dict.fromkeys(LOCALES, "Sample"),
    descriptions=dict.fromkeys(LOCALES, ""), fallback={"en": ("en", "ru"), "kk": ("kk", "ru"), "ru": ("ru", "en")},
)  # fmt: skip
IDENTITY = Identity(
    id="tag:news.example.org,2026:stories/a/en", slug="a",
    published=datetime(2026, 11, 14, 20, tzinfo=UTC), updated=datetime(2026, 11, 15, tzinfo=UTC),
)  # fmt: skip


def article(**changes: Any) -> Article:
    plain = Article(
        source="articles", key="a.en.md", story="a", language="en", title="A bridge", body="Text.", markup="text"
    )
    return replace(plain, **changes)


def entry(
    locale: Locale = "en", slugs: dict[str, str] | None = None, places: tuple[str, ...] = (), **changes: Any
) -> Entry:
    made = article(**changes)
    own = {made.language: "a"} if slugs is None else slugs
    return normalise.to_entry(made, locale, SITE, gazetteer(), identity=IDENTITY, places=places, slugs=own)


def dateline(place: str | None, country: str | None = None, agency: str = "") -> Dateline:
    return Dateline(text="X -- ", place=place, country=country, agency=agency)


# --- datelines and the names of a day ---


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (dateline("kz-almaty", "kz"), ("Almaty, Kazakhstan", "Алматы, Қазақстан", "Алматы, Казахстан")),
        (dateline("ru-moscow", None, "AsiaNews"), ("Moscow (AsiaNews)", "Мәскеу (AsiaNews)", "Москва (AsiaNews)")),
        (dateline(None, "kz"), ("Kazakhstan", "Қазақстан", "Казахстан")),
        (dateline("kz", "kz"), ("Kazakhstan", "Қазақстан", "Казахстан")),
        (dateline(None, None, "AsiaNews"), ("", "", "")),
        (None, ("", "", "")),
    ],
)
def test_a_dateline_is_in_the_readers_words(line: Dateline | None, words: tuple[str, str, str]) -> None:
    assert tuple(entry(locale, dateline=line).dateline for locale in LOCALES) == words


def test_a_dateline_keeps_the_name_of_its_day_and_adds_today_s() -> None:
    words = [
        entry(locale, dateline=dateline("kz-astana", "kz"), event_date=Edtf("2021-03-15")).dateline
        for locale in LOCALES
    ]
    assert words == [
        "Nur-Sultan (now Astana), Kazakhstan",
        "Нұр-Сұлтан (қазіргі Астана), Қазақстан",
        "Нур-Султан (ныне Астана), Казахстан",
    ]


@pytest.mark.parametrize(
    ("event_date", "day"),
    [
        ("2021-03-15", date(2021, 3, 15)),
        ("2021-03", date(2021, 3, 1)),
        ("2021-03~", date(2021, 3, 1)),
        ("2021", date(2021, 1, 1)),
        ("2021-23", date(2021, 9, 1)),  # autumn
        ("2021-02/2021-05", date(2021, 2, 1)),
        ("2021/..", date(2021, 1, 1)),
        ("XXXX-02-03", date(2026, 11, 15)),  # publication, on the site's own calendar
        ("201X", date(2026, 11, 15)),
        ("/2021", date(2026, 11, 15)),
        (None, date(2026, 11, 15)),
    ],
)
def test_names_hold_on_the_day_of_the_event_or_of_publication(event_date: str | None, day: date) -> None:
    made = article(event_date=Edtf(event_date) if event_date else None)
    assert normalise.name_day(made, IDENTITY.published, SITE) == day


def test_places_are_named_as_on_that_day() -> None:
    names = [place.name for place in entry("kk", places=("kz-astana", "kz"), event_date=Edtf("2021")).places]
    assert names == ["Нұр-Сұлтан (қазіргі Астана)", "Қазақстан"]


# --- labels ---


@pytest.mark.parametrize(
    ("locale", "language", "has", "label"),
    [
        ("en", "en", ("en",), None),
        ("en", "ru", ("ru",), "Available in Russian only"),
        ("kk", "en", ("en",), "Тек ағылшын тілінде"),
        ("ru", "kk", ("kk",), "Только на казахском языке"),
        ("kk", "ru", ("ru", "en"), "Орыс тілінде"),
        ("ru", "en", ("en", "kk"), "На английском языке"),
        ("en", "kk", ("kk", "ru"), "In Kazakh"),
    ],
)
def test_a_fallback_is_labelled_truly(locale: str, language: str, has: tuple[str, ...], label: str | None) -> None:
    """ "Only" is said where there is no other language, and nowhere else."""
    made = entry(locale, slugs=dict.fromkeys(has, "a"), language=language)
    assert made.label == label
    assert (made.language, made.locale) == (language, locale)


def test_sisters_are_the_languages_that_the_story_really_has() -> None:
    made = entry("en", slugs={"en": "a", "kk": "b"})
    assert made.sisters == {"kk": "https://news.example.org/kk/stories/b/"}
    assert made.url == "https://news.example.org/en/stories/a/"


# --- text ---


def test_a_summary_is_the_deck_or_the_first_paragraph_that_is_no_heading() -> None:
    assert entry(deck="The deck.").summary == "The deck."
    assert entry(body="## Before\n\nIt began.", markup="markdown").summary == "It began."
    assert entry(body="<p>It began.</p>", markup="html").summary == "It began."
    long = entry(body="The council met again. " * 40)
    assert len(long.summary) <= 280
    assert long.summary.endswith("again.")


@given(st.text(max_size=600), st.text(max_size=600))
def test_a_summary_always_fits_and_is_never_empty(deck: str, body: str) -> None:
    made = entry(deck=markup.line(deck), body=markup.clean(body))
    assert 0 < len(made.summary) <= 280


def test_the_body_is_safe_in_every_form_and_keeps_languages() -> None:
    dirty = '<p lang="kk" onclick="x" id="y">сөз <script>x</script><img src="https://t.example/p.gif"></p>'
    html = entry(body=markup.sanitise(dirty), markup="html").html
    assert html == '<p lang="kk">сөз </p>'
    assert "<b>" not in entry(body="a <b>b</b>", markup="markdown").html
    assert "<b>" not in entry(body="a <b>b</b>", markup="text").html


def test_a_picture_takes_the_caption_of_the_article() -> None:
    picture = Enclosure(path="media/a.png", type="image/png", length=1, alt="A bridge")
    assert entry(enclosures=(picture,), caption="In May").enclosures[0].caption == "In May"
    assert entry(enclosures=(replace(picture, caption="Own"),), caption="In May").enclosures[0].caption == "Own"


INSIDE = Enclosure(
    path="media/b.png", type="image/png", length=1, alt="A pillar", caption="A pillar in Shymkent", inside=1
)


def test_a_picture_inside_the_body_stands_in_its_html_and_not_beside_it() -> None:
    body = "One.\n\n![A pillar](b.png)\n\nTwo.\n\n![never opened](c.png)"
    made = entry(body=body, markup="markdown", enclosures=(INSIDE,))
    assert made.enclosures == ()
    assert made.html.count("<figure>") == 1
    assert '<img src="https://news.example.org/media/b.png" alt="A pillar" loading="lazy">' in made.html
    assert made.summary == "One."


def test_captions_inside_the_body_name_places_and_are_no_paragraphs() -> None:
    made = article(body="One.\n\n![A pillar](b.png)", markup="markdown", enclosures=(INSIDE,))
    assert normalise.salience(made, gazetteer()) == (("kz-shymkent", 1),)
    assert normalise.paragraphs(made) == ("One.",)
    twice = replace(made, caption="A pillar in Shymkent")
    assert normalise.salience(twice, gazetteer()) == (("kz-shymkent", 1),)


def test_what_needs_no_words_is_handed_on() -> None:
    notice, related = Notice(text="Careful", language="en"), Related(title="More", url="https://example.net/")
    made = entry(authors=("A",), publisher="P", url="https://example.net/a", notices=(notice,), related=(related,))
    assert (made.authors, made.publisher, made.original) == (("A",), "P", "https://example.net/a")
    assert (made.notices, made.related) == ((notice,), (related,))
    assert made.published.isoformat() == "2026-11-15T01:00:00+05:00"


def test_the_date_shown_is_the_event_s_or_the_publication_s() -> None:
    assert normalise.date_words(entry("kk", event_date=Edtf("2019-02-03"))) == "2019 жылғы 3 ақпан"
    assert normalise.date_words(entry("ru")) == "15 ноября 2026 года"
    assert normalise.date_words(entry("en", event_date=Edtf("XXXX-02-03"))).startswith("February 3")


def test_the_same_article_gives_the_same_entry() -> None:
    assert entry("kk", dateline=dateline("kz-almaty"), places=("kz-almaty",)) == entry(
        "kk", dateline=dateline("kz-almaty"), places=("kz-almaty",)
    )


# --- places ---


def test_places_stated_by_the_editor_are_taken_in_any_language_and_in_their_order() -> None:
    made = article(places=("Шыңжаң", "kz-almaty", "Алматы", "Nowhereville"), body="Moscow and Beijing.")
    assert [place for place, _ in normalise.salience(made, gazetteer())] == ["cn-xinjiang", "kz-almaty"]
    assert normalise.stated_places(made, gazetteer())[1] == (
        "the place 'Nowhereville' is not in the gazetteer; check its spelling",
    )


def test_a_place_counts_more_in_the_title() -> None:
    made = article(title="Fire in Astana", body="Almaty sent help, and Almaty sent water.")
    weights = dict(normalise.salience(made, gazetteer()))
    assert weights["kz-astana"] == 3
    assert weights["kz-almaty"] == 2


def test_notices_and_related_links_count_for_nothing() -> None:
    made = article(
        body="Nothing here.",
        notices=(Notice(text="Readers in Russia", language="en"),),
        related=(Related(title="Fire in Moscow"),),
    )
    assert normalise.salience(made, gazetteer()) == ()


def test_an_adjective_is_no_place_of_the_story() -> None:
    assert "cn" not in dict(
        normalise.salience(article(body="A Chinese company opened an office in Almaty."), gazetteer())
    )


def test_at_most_five_places_the_most_specific_first() -> None:
    weights = [
        [("kz", 9), ("cn-xinjiang", 5), ("kz-almaty", 4), ("ru-moscow", 3), ("cn", 2), ("us", 1)],
        [("kz-astana", 4)],
    ]
    assert normalise.select_places(weights, gazetteer()) == ("kz-almaty", "kz-astana", "ru-moscow", "cn-xinjiang", "kz")


def test_the_versions_of_a_story_add_up() -> None:
    places = gazetteer()
    one, other = [("kz-almaty", 2), ("kz-astana", 3)], [("kz-almaty", 2)]
    assert normalise.select_places([one, other], places) == ("kz-almaty", "kz-astana")
    assert normalise.select_places([other, one], places) == normalise.select_places([one, other], places)
    assert normalise.select_places([], places) == ()


# --- the date of the event ---


def test_an_event_s_date_is_found_in_the_text_and_its_year_marked_when_inferred() -> None:
    """The year follows from the day of publication, and readers are told that it does."""
    told = article(body="About 500 people met on February 3.", published=datetime(2019, 2, 4, tzinfo=UTC))
    dated = normalise.with_event(told)
    assert (dated.event_date, dated.event_inferred) == ("XXXX-02-03", "2019-02-03")
    assert "2019-02-04" in dated.event_evidence
    made = normalise.to_entry(dated, "kk", SITE, gazetteer(), identity=IDENTITY, places=(), slugs={"en": "a"})
    assert normalise.date_words(made) == "2019 жылғы 3 ақпан (жылы болжам бойынша)"


def test_without_a_publication_date_the_year_stays_open() -> None:
    dated = normalise.with_event(article(body="About 500 people met on February 3."))
    assert (dated.event_date, dated.event_inferred) == ("XXXX-02-03", None)


def test_what_the_editor_states_is_never_overruled() -> None:
    stated = article(body="About 500 people met on February 3.", event_date=Edtf("2018-05"))
    assert normalise.with_event(stated) == stated
