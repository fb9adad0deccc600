"""Codes, catalogs and lists of the three languages."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import LocaleError
from feeder.language import locales
from feeder.model import Locale


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "en"), ("EN", "en"), ("eng", "en"), ("en-US", "en"), ("en_GB.UTF-8", "en"), ("English", "en"),
        ("kk", "kk"), ("kz", "kk"), ("kaz", "kk"), ("kk-KZ", "kk"), ("kk_Cyrl", "kk"), ("kk-Cyrl-KZ", "kk"), (" kk ", "kk"),
        ("kk_KZ.UTF-8", "kk"),
        ("ru", "ru"), ("rus", "ru"), ("ru-KZ", "ru"), ("ru_RU", "ru"),
    ],
)  # fmt: skip
def test_every_usual_code_of_a_language_is_understood(code: str, expected: Locale) -> None:
    assert locales.parse(code) == expected


@pytest.mark.parametrize(
    "code", ["kk-Latn", "kk_Latn_KZ", "kz-Latn", "kaz-latn", "kk_KZ@latin", "kk-Arab", "kk-Arab-CN", "kk-CN"]
)
def test_kazakh_in_another_alphabet_is_refused_not_served_in_cyrillic(code: str) -> None:
    with pytest.raises(LocaleError, match="another alphabet"):
        locales.parse(code)


@pytest.mark.parametrize("code", ["ky", "uz", "ug", "tr", "kir", "zh-CN", "", "-", "x-kk", "kkk", "k", "каз", "en\nkk"])
def test_other_languages_are_refused_in_one_line(code: str) -> None:
    with pytest.raises(LocaleError) as caught:
        locales.parse(code)
    assert "\n" not in str(caught.value)
    assert "en, kk, ru" in str(caught.value)


@given(st.text())
def test_parsing_a_code_is_total(code: str) -> None:
    with contextlib.suppress(LocaleError):
        assert locales.parse(code) in locales.LOCALES


@pytest.mark.parametrize(
    ("locale", "items", "expected"),
    [
        ("en", [], ""), ("en", ["A"], "A"), ("en", ["A", "B"], "A and B"), ("en", ["A", "B", "C"], "A, B, and C"),
        ("kk", [], ""), ("kk", ["A"], "A"), ("kk", ["A", "B"], "A және B"), ("kk", ["A", "B", "C"], "A, B және C"),
        ("ru", ["A"], "A"), ("ru", ["A", "B"], "A и B"), ("ru", ["A", "B", "C", "D"], "A, B, C и D"),
        ("en", ["{a}", "{b}"], "{a} and {b}"),
    ],
)  # fmt: skip
def test_a_list_is_joined_as_the_language_does(locale: Locale, items: list[str], expected: str) -> None:
    assert locales.join(locale, items) == expected


def test_a_message_is_filled() -> None:
    assert locales.text("kk", "Published on {date}", date="2019 жылғы 3 ақпан") == "2019 жылғы 3 ақпан күні жарияланды"
    assert locales.text("ru", "{a} and {b}", a="Алматы", b="Семей") == "Алматы и Семей"


@pytest.mark.parametrize(
    ("locale", "language", "expected"),
    [
        ("kk", "en", "Тек ағылшын тілінде"),
        ("kk", "ru", "Тек орыс тілінде"),
        ("ru", "kk", "Только на казахском языке"),
        ("en", "ru", "Available in Russian only"),
    ],
)
def test_a_fallback_is_labelled_in_the_language_of_the_readers(locale: Locale, language: str, expected: str) -> None:
    assert locales.written_in(locale, language, only=True) == expected


def test_every_locale_falls_back_to_every_language_its_own_first() -> None:
    for locale, languages in locales.FALLBACK.items():
        assert languages[0] == locale
        assert sorted(languages) == sorted(locales.LOCALES)


def test_languages_name_themselves() -> None:
    assert [locales.autonym(code) for code in locales.LOCALES] == ["English", "Қазақша", "Русский"]


def test_a_missing_catalog_is_an_error_not_silent_english() -> None:
    with pytest.raises(FileNotFoundError):
        locales.catalog("kk", "no-such-domain")


@pytest.mark.parametrize(
    ("n", "expected"),
    [(1, "1 материал"), (2, "2 материала"), (5, "5 материалов"), (11, "11 материалов"), (21, "21 материал")],
)
def test_russian_counts_in_three_forms(n: int, expected: str) -> None:
    assert locales.catalog("ru").ngettext("{n} story", "{n} stories", n).format(n=n) == expected
