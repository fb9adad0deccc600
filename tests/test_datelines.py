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
        ("BEIJING, Jan. 15 (Xinhua) -- ", "cn-beijing", None, "Xinhua", ""),
        ("АЛМАТЫ, ҚазАқпарат – ", "kz-almaty", None, "ҚазАқпарат", ""),
        ("АСТАНА. KAZINFORM – ", "kz-astana", None, "KAZINFORM", ""),
        ("WASHINGTON, D.C. — ", "us-washington", None, "", ""),
        ("GENEVA (27 June 2022) – ", "ch-geneva", None, "", ""),
        ("New York, June 27, 2022—", "us-new-york", None, "", ""),
        ("(Almaty) – ", "kz-almaty", None, "", ""),
        ("(Almaty, Kazakhstan, June 27, 2022) – ", "kz-almaty", "kz", "", ""),
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


@pytest.mark.parametrize(
    ("dateline", "story"),
    [
        ("АЛМАТЫ – ", "2021 жылғы желтоқсанда қақпа жасылға боялды."),
        ("ALMATY -- ", "500 people came."),
        ("ALMATY -- ", "1.5 million lanterns were lit."),
        ("ALMATY -- ", "20-year-old lanterns were lit."),
        ("АЛМАТЫ — ", "«12 фонарей погасли», — сказала одна из женщин."),
        ("ALMATY (Reuters) - ", "11 women came."),
    ],
)
def test_a_story_may_begin_with_a_number(dateline: str, story: str) -> None:
    opening = datelines.read(dateline + story, "ru")
    assert opening is not None
    assert (opening.dateline.text, opening.rest) == (dateline, story)


@pytest.mark.parametrize("text", ["ALMATY — 12:45", "ALMATY — 2024", "АЛМАТЫ — 2024 ЖЫЛ", "АЛМАТЫ – 27.06.2022"])
def test_a_number_alone_is_no_story(text: str) -> None:
    assert datelines.read(text, "kk") is None


def test_an_agency_without_a_place_is_a_dateline_when_we_know_it() -> None:
    opening = datelines.read("March 3 (Reuters) - The lanterns were lit.", "en")
    assert opening is not None
    assert (opening.dateline.place, opening.dateline.agency) == (None, "Reuters")
    assert datelines.read("(Nobody) - The lanterns were lit.", "en") is None


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("ALMATY, KAZAKHSTAN —", "kz-almaty"), ("АЛМАТЫ —", "kz-almaty"), ("WASHINGTON —", "us-washington"),
        ("ALMATY (Reuters) -", "kz-almaty"), ("Алматы —", None), ("ALMATY", None), ("POLICE —", None), ("АЛМАТЫ.", None),
    ],
)  # fmt: skip
def test_a_dateline_may_have_a_line_for_itself(line: str, place: str | None) -> None:
    found = datelines.alone(line, "en")
    assert (found.place if found else None) == place
    assert found is None or found.text == line


@pytest.mark.parametrize(
    ("body", "dateline", "rest"),
    [
        ("**ALMATY** -- The day began.", "ALMATY -- ", "The day began."),
        ("**ALMATY --** The day began.", "ALMATY -- ", "The day began."),
        ("__ALMATY, Kazakhstan__ — *The* day began.", "ALMATY, Kazakhstan — ", "*The* day began."),
        ("*АЛМАТЫ.* Күн шықты.", "АЛМАТЫ. ", "Күн шықты."),
        ("**ALMATY -- The day began** early.", "ALMATY -- ", "**The day began** early."),
        ("**ALMATY** — **500** people came out.", "ALMATY — ", "**500** people came out."),
        ("<p><b>АЛМАТЫ.</b> Күн шықты.</p>", "АЛМАТЫ. ", "<p>Күн шықты.</p>"),
        ("<p><strong><em>ALMATY</em></strong> – The day.</p>", "ALMATY – ", "<p>The day.</p>"),
        ("<div><p>ALMATY – <em>The day</em>.</p></div>", "ALMATY – ", "<div><p><em>The day</em>.</p></div>"),
    ],
)
def test_a_dateline_in_bold_is_parted_and_the_marks_stay_in_pairs(body: str, dateline: str, rest: str) -> None:
    line, story = datelines.split_first(body, "kk")
    assert line is not None
    assert (line.text, story) == (dateline, rest)


@pytest.mark.parametrize(
    "body",
    ["**АЛМАТЫ. Күн шықты** да, батты.", "**АҚШ.** Күн шықты.", "* ALMATY -- The day", "**Almaty** is a city.", "**"],
)
def test_bold_alone_makes_no_dateline(body: str) -> None:
    assert datelines.split_first(body, "kk") == (None, body)


@pytest.mark.parametrize("lead", ["", "\n", "<p>", '<p class="first">'])
def test_a_body_in_any_markup_is_parted(lead: str) -> None:
    line, body = datelines.split_first(f"{lead}ALMATY -- The day began.\n\nIt ended.", "en")
    assert line is not None
    assert (line.text, body) == ("ALMATY -- ", f"{lead}The day began.\n\nIt ended.")
    assert datelines.split_first("Құлжа – көне қала.", "kk") == (None, "Құлжа – көне қала.")
