"""JSON-LD: a story as schema.org describes news, and nothing that could leave its script element."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from examples import entry, site
from hypothesis import given
from hypothesis import strategies as st

from feeder.model import Correction, Credit, Entry
from feeder.pages import social


def told(story: Entry, work: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(social.news_article(story, site(), work=work))
    return made


def test_a_story_says_who_when_where_and_in_which_language() -> None:
    made = told(entry("kk"))
    assert (made["@type"], made["inLanguage"], made["headline"]) == ("NewsArticle", "kk", entry("kk").title)
    assert made["url"] == made["@id"] == entry("kk").url
    assert (made["datePublished"], made["dateModified"]) == ("2026-11-13T18:30:00+05:00", "2026-11-14T08:00:00+05:00")
    assert [one["name"] for one in made["author"]] == ["Сара Үлгібаева", "Асқар Мысалов"]
    assert made["publisher"]["name"] == "Дала үлгісі"
    assert made["contentLocation"][1] == {
        "@type": "Place",
        "name": "Алматы",
        "geo": {"@type": "GeoCoordinates", "latitude": 43.25, "longitude": 76.95},
        "address": {"@type": "PostalAddress", "addressCountry": "KZ"},
    }
    assert "geo" not in made["contentLocation"][0]  # of the country no point is known


def test_a_translation_names_its_work_and_a_work_its_translations() -> None:
    kazakh = told(entry("kk"), work="ru")
    assert kazakh["translationOfWork"] == {
        "@type": "NewsArticle",
        "@id": entry("kk").sisters["ru"],
        "inLanguage": "ru",
    }
    assert "workTranslation" not in kazakh
    russian = told(entry("ru"), work="ru")
    assert [one["inLanguage"] for one in russian["workTranslation"]] == ["en", "kk"]
    assert "translationOfWork" not in russian


def test_a_fallback_is_told_as_the_page_in_the_texts_own_language() -> None:
    made = told(entry("kk", "hearing"), work="ru")
    assert (made["inLanguage"], made["url"]) == ("ru", entry("kk", "hearing").sisters["ru"])
    assert "workTranslation" not in made
    assert "translationOfWork" not in made


def test_pictures_sources_and_corrections_are_told() -> None:
    corrections = (Correction(text="On Tuesday.", made=date(2026, 11, 14)), Correction(text="Six."))
    credits = (Credit(publisher="B", url="https://b.example.net/1"), Credit(publisher="C", url="javascript:x"))
    made = told(entry("en", "poster", corrections=corrections, credits=credits))
    assert (made["image"][0]["width"], made["image"][0]["height"]) == (1200, 800)
    assert made["correction"] == [
        {"@type": "CorrectionComment", "text": "On Tuesday.", "datePublished": "2026-11-14"},
        {"@type": "CorrectionComment", "text": "Six."},
    ]
    assert made["isBasedOn"][-1] == "https://b.example.net/1"


def test_without_a_byline_the_source_is_the_author() -> None:
    made = told(replace(entry("en"), authors=()))
    assert made["author"] == [{"@type": "Organization", "name": "Example Wire"}]


@given(st.text())
def test_no_text_ends_the_script(text: str) -> None:
    made = social.news_article(entry(title=f"</script><!--{text}", summary=text), site())
    assert not set("<>&\u2028\u2029") & set(made)
    assert json.loads(made)["headline"] == f"</script><!--{text}"
