"""The language of a text when nobody says; better no answer than a wrong one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.language.detect import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The council met on Tuesday to speak about the bridge, which has been closed since spring.", "en"),
        ("Кеңес сейсенбі күні көпір туралы сөйлесу үшін жиналды, ол көктемнен бері жабық тұр.", "kk"),
        ("Совет собрался во вторник, чтобы обсудить мост, который закрыт с весны.", "ru"),
        ("В городе Қызылорда прошёл сход жителей, на нём говорили о воде и о дорогах области.", "ru"),
        ("Officials in Qyzylorda (Қызылорда) said that the water would come to the village by Friday.", "en"),
    ],
)
def test_our_languages_are_told_apart(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "Кыргызстанда жаңы мыйзам кабыл алынды, анда өлкөнүн жарандары үчүн жаңы эрежелер бар экени айтылат.",  # Kyrgyz
        "Ўзбекистонда янги қонун қабул қилинди, унда мамлакат фуқаролари учун янги қоидалар бор.",  # Uzbek
        "O‘zbekistonda yangi qonun qabul qilindi, unda mamlakat fuqarolari uchun yangi qoidalar bor.",
        "В Україні ухвалили новий закон, у якому є нові правила для громадян країни.",  # Ukrainian
        "Градският съвет заседава във вторник за моста, който е затворен от пролетта, и не реши нищо по въпроса. "
        * 3,  # Bulgarian
        "Qazaqstanda jańa zań qabyldandy, onda el azamattary úshin jańa erejeler bar.",  # Kazakh in Latin letters
        "قازاقستاندا جاڭا زاڭ قابىلداندى",  # Kazakh in Arabic letters
        "Der Stadtrat hat am Dienstag über die Brücke beraten und nichts entschieden.",
        "市议会星期二讨论了自春季以来关闭的桥梁。",
    ],
)
def test_a_neighbour_is_not_taken_for_one_of_ours(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize("text", ["", "2026", "Алматы", "A note", "--- 12:30 ---"])
def test_too_little_text_tells_nothing(text: str) -> None:
    assert language_of(text) is None


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert language_of(text) in ("en", "kk", "ru", None)
