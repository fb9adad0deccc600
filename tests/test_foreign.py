"""Paragraphs in another language than their story say so; names, short lines and mixed lines do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feeder import markup
from feeder.articles import foreign
from feeder.language import detect

DATA = Path(__file__).parent / "data" / "l10n"
RUSSIAN = "Мы не уйдём отсюда, пока не увидим наших детей."
KAZAKH = "Біз балаларымызды көргенше бұл жерден кетпейміз."
ENGLISH = "We will not leave this place until we have seen the children."
OF = {"en": ENGLISH, "kk": KAZAKH, "ru": RUSSIAN}


@pytest.mark.parametrize("own", ["en", "kk", "ru"])
def test_a_foreign_sentence_is_marked_and_no_other(own: str) -> None:
    html = "\n".join(f"<p>{text}</p>" for text in OF.values())
    expected = "\n".join(
        f"<p>{text}</p>" if code == own else f'<p lang="{code}">{text}</p>' for code, text in OF.items()
    )
    assert foreign.mark(html, own) == expected


def test_a_quotation_is_marked_once_as_a_whole() -> None:
    html = f"<p>{KAZAKH}</p><blockquote><p>{RUSSIAN}</p><p>Мы <b>з</b>десь &amp; сейчас.</p></blockquote>"
    assert foreign.mark(html, "kk").count("lang=") == 1
    assert f'<blockquote lang="ru"><p>{RUSSIAN}' in foreign.mark(html, "kk")


@pytest.mark.parametrize(
    ("own", "text"),
    [
        ("kk", "«Я не боюсь, потому что мой сын сидит там», – деді ол кешкілік."),
        ("kk", "Бала бақшада болды, бала ойнап отырды, мама келді."),
        ("kk", "Асан Адам, Марат Сабит, Дана Омар, Болат Асылбек, Алма Марал."),
        ("kk", "Нет, спасибо."),
        ("kk", "И это всё, что он сказал, когда его увели в тот вечер"),
        ("ru", "«Қорықпаймын, балам сол жерде отыр», — сказала она вечером."),
        ("ru", "Қайрат Әбілқасым, Ұлжан Өмірбек и Күләш Іргебаева."),
        ("ru", "Статья в The Sample Times of the Valley, вышла в понедельник."),
        ("en", "He said: «Мы не уйдём, пока не увидим их», and left the square."),
        ("en", "Қайрат Ойдан, Дана Выдумкина."),
        ("en", "Биз бул жерден кетпейбиз, биз балдарыбызды күтөбүз жана ушул жерде болобуз."),
    ],
)
def test_names_short_lines_mixed_lines_and_neighbours_stay_unmarked(own: str, text: str) -> None:
    assert foreign.mark(f"<p>{text}</p>", own) == f"<p>{text}</p>"


def test_what_its_author_marked_stays_as_it_is() -> None:
    html = f'<p lang="uk">{RUSSIAN}</p><blockquote lang="zh"><p>{RUSSIAN}</p></blockquote><p><q lang="ru">{RUSSIAN}</q></p>'
    assert foreign.mark(html, "kk") == html


def test_no_sentence_of_ours_is_taken_for_another_language() -> None:
    """Over every sentence of the test corpora: the language is right, or there is none."""
    rows = [json.loads(row) for path in DATA.glob("*.jsonl") for row in path.read_text(encoding="utf-8").splitlines()]
    found = [(row["lang"], detect.plainly(row["text"])) for row in rows if "lang" in row and "text" in row]
    assert [pair for pair in found if pair[1] not in (None, pair[0])] == []
    assert sum(pair[1] is not None for pair in found) > len(found) // 2


# --- what authors mark ---


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("kk", "kk"),
        ("KZ", "kk"),
        ("ru_RU", "ru-RU"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("ug-arab", "ug-Arab"),
        ("rus", "ru"),
    ],
)
def test_a_language_keeps_its_tag_as_it_is_usually_written(written: str, kept: str) -> None:
    assert markup.sanitise(f'<p lang="{written}">x</p>') == f'<p lang="{kept}">x</p>'
    assert markup.sanitise(f'<span xml:lang="{written}">x</span>') == f'<span lang="{kept}">x</span>'
    assert markup.sanitise(f'<q xml:lang="en" lang="{written}">x</q>') == f'<q lang="{kept}">x</q>'


@pytest.mark.parametrize("code", ["", "no way", "x", "русский", "k&quot;k", "a-b"])
def test_what_is_no_language_tag_is_left_out(code: str) -> None:
    assert markup.sanitise(f'<p lang="{code}">x</p>') == "<p>x</p>"


def test_markdown_can_say_the_language_of_a_few_words() -> None:
    html = markup.sanitise(markup.from_markdown('They cried <span lang="kz">**Жол** ашылсын</span>, <b>and</b> went.'))
    assert (
        html == '<p>They cried <span lang="kk"><strong>Жол</strong> ашылсын</span>, &lt;b&gt;and&lt;/b&gt; went.</p>\n'
    )
    assert "&lt;span" in markup.sanitise(markup.from_markdown('Never closed: <span lang="kk">Жол'))
