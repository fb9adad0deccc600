"""The day of the main event is the one the article tells of; its year comes from evidence or not at all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.articles.event_dates.event_texts import Where
from feeder.articles.event_dates.events import Event, main_event
from feeder.articles.text_pages import text_dump
from feeder.language import dates

SEEDS = Path(__file__).parents[1].parent / "shared" / "seeds"

# language, publication, texts (field: text; a body has its paragraphs parted by "¶"), stated, inferred
CASES: list[tuple[str, str, list[tuple[Where, str]], str | None, str | None]] = [
    # a day without its year keeps it so, and the publication gives one apart
    ("en", "", [("body", "A choir sang at the well on February 3.")], "XXXX-02-03", None),
    ("en", "2019-02-04", [("body", "A choir sang at the well on February 3.")], "XXXX-02-03", "2019-02-03"),
    ("en", "2019-02-03", [("body", "A choir sang at the well on February 3.")], "XXXX-02-03", "2019-02-03"),
    ("en", "2020-01-02", [("body", "A choir sang at the well on December 30.")], "XXXX-12-30", "2019-12-30"),
    ("en", "2019-11-30", [("body", "A choir sang at the well on February 3.")], "XXXX-02-03", None),
    ("en", "2021-02-10", [("body", "The well froze on Tuesday, February 9.")], "XXXX-02-09", "2021-02-09"),
    ("en", "2022-02-10", [("body", "The well froze on Tuesday, February 9.")], "XXXX-02-09", None),
    ("en", "2021-03-14", [("body", "The well froze today, March 14.")], "XXXX-03-14", "2021-03-14"),
    ("en", "2021-03-20", [("body", "The well froze today, March 14.")], "XXXX-03-14", None),
    ("en", "2021-02-20", [("body", "The well will be cleaned on March 5.")], "XXXX-03-05", "2021-03-05"),
    ("en", "2021-12-20", [("body", "The fair is scheduled for January 5.")], "XXXX-01-05", "2022-01-05"),
    ("en", "2021-02-11", [("body", "The fair ran from February 4 to 10.")], "XXXX-02-04/XXXX-02-10", "2021-02-04/2021-02-10"),
    ("en", "2020-01-05", [("body", "Closed December 28 – January 3.")], "XXXX-12-28/XXXX-01-03", "2019-12-28/2020-01-03"),
    ("en", "2021-03-01", [("body", "The well froze on February 29.")], "XXXX-02-29", None),
    ("ru", "2021-02-10", [("body", "Во вторник, 9 февраля, колодец замёрз.")], "XXXX-02-09", "2021-02-09"),
    ("ru", "2021-02-10", [("body", "В среду, 9 февраля, колодец замёрз.")], "XXXX-02-09", None),
    ("ru", "", [("body", "Во вторник, 9 февраля, колодец замёрз.")], "XXXX-02-09", None),
    ("kk", "2022-06-27", [("body", "Құдық 24 маусымда тазаланды.")], "XXXX-06-24", "2022-06-24"),
    ("kk", "2022-03-14", [("body", "Құдық бүгін, 14 наурызда тазаланды.")], "XXXX-03-14", "2022-03-14"),
    ("kk", "", [("body", "Құдық желтоқсанның 16-сында қатты.")], "XXXX-12-16", None),
    # a year that is written is stated
    ("en", "", [("body", "The well froze on February 9, 2021.")], "2021-02-09", None),
    ("ru", "2026-11-10", [("body", "9 февраля 2021 года колодец замёрз.¶8 февраля он ещё тёк.")], "2021-02-09", None),
    ("kk", "2021-02-10", [("body", "Құдық қатты.¶Шілде.¶Жел.¶Бұл 2021 жылғы 9 ақпанда болды.")], "2021-02-09", None),
    ("en", "", [("caption", "A frozen well. Oral, February 9, 2021."), ("body", "It froze.")], "2021-02-09", None),
    ("kk", "", [("caption", "Қатқан құдық. Орал, 8 желтоқсан 2021 жыл."), ("body", "Су жоқ.")], "2021-12-08", None),
    ("ru", "", [("caption", "Уральск, 9 февраля 2021 года."), ("body", "Во вторник, 9 февраля, он замёрз.")], "2021-02-09", None),
    ("ru", "2021-03-15", [("caption", "Уральск, 21 января 2019 года."), ("body", "Он замёрз.")], None, None),
    ("en", "", [("caption", "Archive photo, February 9, 2011"), ("body", "It froze.")], None, None),
    # background never counts
    ("en", "", [("title", "Memories Of 1997"), ("body", "The well has been dry since 2017.")], None, None),
    ("en", "", [("body", "The well has been dry since February 8. People met there on March 4.")], "XXXX-03-04", None),
    ("en", "", [("body", "A song for victims of the February 5, 1997 flood.¶They met on February 3.")], "XXXX-02-03", None),
    ("en", "2019-02-04", [("body", "An anniversary of a May 5 flood: they sang on February 3.")], "XXXX-02-03", "2019-02-03"),
    ("en", "", [("body", "They commemorated a flood.¶On February 5, 1997, a river rose.")], None, None),
    ("en", "2019-02-04", [("body", "In August last year it was dry. Last week it rained.")], None, None),
    ("en", "", [("body", "Protests began on February 8 and resumed on March 4.")], "XXXX-03-04", None),
    ("en", "2021-02-11", [("body", "He said on February 10 that a well froze on February 9.")], "XXXX-02-09", "2021-02-09"),
    ("ru", "", [("body", "Акция идёт с 8 февраля. Новая прошла 9 марта.")], "XXXX-03-09", None),
    ("ru", "", [("body", "В годовщину потопа 16 декабря горели свечи. Хор пел 17 декабря.")], "XXXX-12-17", None),
    ("kk", "", [("body", "Су 8 ақпаннан бастап жоқ. Жиын 9 наурызда өтті.")], "XXXX-03-09", None),
    ("kk", "", [("body", "Олар 16 желтоқсан оқиғасын еске алды. Жиын 15 желтоқсанда өтті.")], "XXXX-12-15", None),
    ("kk", "", [("body", "Өткен жылғы тамызда су болған.")], None, None),
    ("en", "", [("body", "They remembered the victims of a flood on February 3.")], "XXXX-02-03", None),
    ("en", "", [("body", "Victims of a flood on February 5, 1997 have a well.¶It froze on May 3.")], "XXXX-05-03", None),
    ("ru", "2021-06-01", [("body", "Память жертв потопа почтили 31 мая.")], "XXXX-05-31", "2021-05-31"),
    # a month counts when the story opens with it
    ("en", "", [("body", "In October, the well froze.")], "XXXX-10", None),
    ("en", "2021-11-02", [("body", "In October, the well froze.")], "XXXX-10", "2021-10"),
    ("ru", "", [("body", "В июне 2022 года колодец высох.")], "2022-06", None),
    ("en", "", [("body", "The well froze.¶It was dug in October 2001.")], None, None),
    # "yesterday" states no date; with the publication it tells one
    ("en", "2021-02-10", [("body", "The well froze on Tuesday.")], None, "2021-02-09"),
    ("en", "", [("body", "The well froze on Tuesday.")], None, None),
    ("en", "2021-02-10", [("body", "The well will be cleaned on Tuesday.")], None, None),
    ("ru", "2021-02-10", [("body", "Вчера колодец замёрз.")], None, "2021-02-09"),
    ("kk", "2021-02-10", [("body", "Құдық кеше қатты.")], None, "2021-02-09"),
    ("en", "2021-02-10", [("body", "A well.¶A bucket.¶A rope.¶It froze yesterday.")], None, None),
    # the day of a dateline is the day of filing
    ("ru", "2021-03-16", [("body", "Алматы. 15 марта. ПРИМЕРИНФОРМ - Колодец замёрз 14 марта.")], "XXXX-03-14", "2021-03-14"),
    ("ru", "2021-03-15", [("body", "Алматы. 15 марта. ПРИМЕРИНФОРМ - Колодец замёрз.")], None, None),
    ("ru", "2021-03-15", [("body", "Алматы. 15 марта. ПРИМЕРИНФОРМ - Сегодня колодец замёрз.")], "XXXX-03-15", "2021-03-15"),
    # the year of writing, when the text itself tells it
    ("en", "", [("body", "It froze on February 3.¶It froze last year (2018) too.")], "XXXX-02-03", "2019-02-03"),
    ("en", "", [("body", "It froze on December 3.¶It froze last year (2018) too.")], "XXXX-12-03", None),
    ("en", "", [("body", "It froze on Tuesday, February 3.¶It froze last year (2018) too.")], "XXXX-02-03", None),
    # a line that is but a date is the page's
    ("en", "", [("body", "15 January 2026¶Updated: 16 January 2026¶A well froze on January 9.")], "XXXX-01-09", None),
    # nothing known
    ("en", "2021-02-10", [("title", "A Well"), ("body", "The well froze.")], None, None),
    ("en", "", [], None, None),
]  # fmt: skip


def _event(language: str, published: str, texts: list[tuple[Where, str]]) -> Event:
    told = [(where, text.replace("¶", "\n\n")) for where, text in texts]
    return main_event(told, language, date.fromisoformat(published) if published else None)


@pytest.mark.parametrize(("language", "published", "texts", "stated", "inferred"), CASES)
def test_the_main_event_has_the_date_its_story_tells(
    language: str, published: str, texts: list[tuple[Where, str]], stated: str | None, inferred: str | None
) -> None:
    event = _event(language, published, texts)
    assert (event.stated, event.inferred) == (stated, inferred)
    assert event.evidence or not event.inferred


def _stories() -> list[dict[str, str]]:
    lines = (Path(__file__).parent / "data" / "l10n" / "event_stories.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("story", _stories(), ids=lambda story: f"{story['language']}: {story['body'][:50]}")
def test_a_story_has_the_day_of_its_event_or_none(story: dict[str, str]) -> None:
    """Births, laws, anniversaries, deadlines, scores and numbers of papers are no events; a year has its evidence."""
    texts: list[tuple[Where, str]] = [("title", story["title"]), ("body", story["body"])]
    texts += [("caption", story["caption"])] if "caption" in story else []
    event = _event(story["language"], story.get("published", ""), texts)
    assert (event.stated, event.inferred) == (story.get("stated"), story.get("inferred"))
    assert event.evidence or not event.inferred


@pytest.mark.parametrize(
    ("published", "text", "evidence"),
    [
        ("2019-02-04", "It froze on February 3.", "the nearest February 3 before the publication on 2019-02-04"),
        ("2019-11-30", "It froze on February 3.", "February 3 is too far from the publication on 2019-11-30 to tell its year"),
        (
            "2021-02-10",
            "It froze on Tuesday, February 9.",
            "the nearest February 9 before the publication on 2021-02-10, which is a Tuesday as stated",
        ),
        (
            "2022-02-10",
            "It froze on Tuesday, February 9.",
            (
                "“Tuesday, February 9” contradicts the nearest February 9 before the publication on 2022-02-10: "
                "2022-02-09 is a Wednesday; no year inferred"
            ),
        ),
        ("2021-02-10", "It froze yesterday.", "“yesterday”, counted from the publication on 2021-02-10"),
        ("2022-02-10", "It froze on Tuesday, February 9, 2022.", "“Tuesday, February 9, 2022”: 2022-02-09 is a Wednesday"),
        ("", "It froze on February 3.", ""),
    ],
)  # fmt: skip
def test_the_evidence_is_in_the_text_or_the_publication(published: str, text: str, evidence: str) -> None:
    assert _event("en", published, [("body", text)]).evidence == evidence


def test_paragraphs_may_come_one_by_one() -> None:
    paragraphs = ["A well.", "It froze on February 9.", "It had been dug on February 2."]
    whole = main_event([("body", "\n\n".join(paragraphs))], "en", None)
    assert main_event([("body", one) for one in paragraphs], "en", None) == whole
    assert whole.stated == "XXXX-02-09"


@pytest.mark.skipif(not SEEDS.exists(), reason="the shared pages are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "stated"), [("uyghur-commemoration", "XXXX-02-03"), ("500th-day", None), ("eight-pickets", "XXXX-02-09")]
)
def test_the_shared_pages_state_what_a_reader_finds(name: str, stated: str | None) -> None:
    expected = next(
        page for page in json.loads((SEEDS / "expected.json").read_text("utf-8")) if page["file"] == f"{name}.txt"
    )
    page = text_dump.read((SEEDS / f"{name}.txt").read_text("utf-8"), language="en")
    texts: list[tuple[Where, str]] = [("title", page.title), ("deck", page.deck), ("caption", page.caption)]
    texts += [("body", paragraph) for paragraph in page.paragraphs]
    main = next(one for one in expected["event_dates"] if one["role"] == "main")
    event = main_event(texts, "en", page.published.date() if page.published else None)
    assert (event.stated, event.inferred) == (main["edtf"], None)
    assert event.stated == stated


_PHRASES = (
    *("on February 3", "9 февраля", "во вторник", "3 ақпанда", "since 2017", "2019", "last year (2018)", "вчера", ". "),
    *("\n\n", "will", "годовщина", "2021-02-09", "Алматы. 15 марта. АГ - "),
)
_STORY = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(_PHRASES)), max_size=10).map(" ".join)
_WHERE: st.SearchStrategy[Where] = st.sampled_from(("title", "deck", "caption", "body"))


@given(
    st.lists(st.tuples(_WHERE, _STORY), max_size=4), st.sampled_from(["en", "kk", "ru", "uz"]), st.none() | st.dates()
)
def test_any_text_gives_dates_that_exist_and_a_reason_for_each_inference(
    texts: list[tuple[Where, str]], language: str, published: date | None
) -> None:
    event = main_event(texts, language, published)
    for value in (event.stated, event.inferred):
        assert value is None or dates.parse(value) == value
    assert event.evidence or event.inferred is None
    assert event.inferred is None or "XXXX" not in event.inferred
    assert "\n" not in event.evidence
    assert main_event(texts, language, published) == event
