"""Datelines are parted from the story, and a dash after a place makes none."""

from __future__ import annotations

import pytest

from feeder.articles import datelines


@pytest.mark.parametrize(
    ("text", "place", "country", "agency", "author"),
    [
        ("ALMATY -- ", "kz-almaty", None, "", ""),
        ("ALMATY, Kazakhstan – ", "kz-almaty", "kz", "", ""),
        ("NUR-SULTAN –- ", "kz-astana", None, "", ""),
        ("Moscow (AsiaNews) - ", "ru-moscow", None, "AsiaNews", ""),
        ("ALMATY (Reuters) - ", "kz-almaty", None, "Reuters", ""),
        ("Almaty, 31 July 1997 (RFE/RL)- ", "kz-almaty", None, "RFE/RL", ""),
        ("Almaty [Kazakhstan], May 14 (ANI): ", "kz-almaty", "kz", "ANI", ""),
        ("BEIJING/ALMATY (Reuters) - ", "cn-beijing", None, "Reuters", ""),
        ("ALMATY, Kazakhstan (AP) — ", "kz-almaty", "kz", "AP", ""),
        ("АСТАНА. ҚазАқпарат - ", "kz-astana", None, "ҚазАқпарат", ""),
        ("НҰР-СҰЛТАН. ҚазАқпарат – ", "kz-astana", None, "ҚазАқпарат", ""),
        ("АСТАНА, 11 қыркүйек - Sputnik. ", "kz-astana", None, "Sputnik", ""),
        ("Алматы. 15 января. KAZAKHSTAN TODAY - ", "kz-almaty", None, "KAZAKHSTAN TODAY", ""),
        ("Нур-Султан. 12 февраля. КазТАГ – Имран Придуманный. ", "kz-astana", None, "КазТАГ", "Имран Придуманный"),
        ("АЛМАТЫ, 5 фев — РИА Новости. ", "kz-almaty", None, "РИА Новости", ""),
        ("МОСКВА, 1 июня. /ТАСС/. ", "ru-moscow", None, "ТАСС", ""),
        ("ОШ — ", "kg-osh", None, "", ""),
    ],
)
def test_a_dateline_is_parted_from_the_story(
    text: str, place: str, country: str | None, agency: str, author: str
) -> None:
    opening = datelines.read(text + "Жаңа The new day began.", "en")
    assert opening is not None
    line = opening.dateline
    assert (line.text, line.place, line.country, line.agency) == (text, place, country, agency)
    assert (opening.rest, opening.author) == ("Жаңа The new day began.", author)


@pytest.mark.parametrize(
    "text",
    [
        "Құлжа – Іле өзенінің бойындағы қала.",
        "Кульджа — Город на реке Или.",
        "Кульджа (Инин) — Город на реке Или.",
        "Құлжа (Шыңжаң) – Қала.",
        "АҚШ – Әлемдегі ірі ел.",
        "США — Страна на другом берегу.",
        "АЛМАТЫ – қала аты.",
        "АЛМАТЫ – ОРТАЛЫҚ ҚАЛА",
        "Almaty: The city woke.",
        "Almaty - The largest city.",
        "Almaty, Kazakhstan -- The largest city.",
        "Almaty. Residents of the city say - We are cold.",
        "Алматы — Астана: поезд вышел в путь.",
        "POLICE -- The men in uniform came late.",
    ],
)
def test_a_dash_alone_makes_no_dateline(text: str) -> None:
    assert datelines.read(text, "kk") is None


@pytest.mark.parametrize("lead", ["", "\n", "<p>", '<p class="first">'])
def test_a_body_in_any_markup_is_parted(lead: str) -> None:
    line, body = datelines.split_first(f"{lead}ALMATY -- The day began.\n\nIt ended.", "en")
    assert line is not None
    assert (line.text, body) == ("ALMATY -- ", f"{lead}The day began.\n\nIt ended.")
    assert datelines.split_first("Құлжа – көне қала.", "kk") == (None, "Құлжа – көне қала.")
