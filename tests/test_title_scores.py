"""Which of the lines above a story is its title."""

from __future__ import annotations

import pytest

from feeder.articles.text_pages import text_dump

STORY = (
    "Twenty women lit lanterns by the gate on Tuesday.\n\nNobody came out of the house, and the curtain moved twice."
)


@pytest.mark.parametrize(
    "head",
    [
        "The Invented Gazette Of Nowhere\n{title}",
        "Official information resource\nAbout us all\nDocuments\nPress room\nPlans\n{title}\n14 June 2023, 12:30",
        "Notes from places between places\nHome\nNews\nArchive\n{title}",
        "{title}\nThe women by the gate read out the names of twenty lanterns\n14 June 2023",
        "{title} | The Gazette\n\nMenu\n\n{title}",
        "14 June 2023\n{title}",
    ],
)
def test_the_title_is_what_the_story_speaks_of(head: str) -> None:
    page = text_dump.read(f"{head.format(title='Women light lanterns by a gate')}\n\n{STORY}", language="en")
    assert page.title == "Women light lanterns by a gate"
    assert page.paragraphs == tuple(STORY.split("\n\n"))


def test_a_name_beside_the_date_is_no_title() -> None:
    head = "22.10.2019 11:30\nЖоқ Біреуов\nОдинокий тополь на границе"
    story = "Тополь стоит на границе, и кто его посадил, никто не знает.\n\nЛистья падают в обе страны."
    page = text_dump.read(f"{head}\n\n{story}", language="ru")
    assert (page.title, page.authors) == ("Одинокий тополь на границе", ("Жоқ Біреуов",))
