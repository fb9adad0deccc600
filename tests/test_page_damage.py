"""However a page was damaged on its way into the folder, no paragraph of its story is lost."""

from __future__ import annotations

import json
import operator
import random
import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feeder.articles.text_pages import text_dump
from feeder.articles.text_pages.text_dump import Page

PAGES = Path(__file__).parent / "data" / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.txt"))

#: A known limit: nothing of the story is lost, and two lines of the site are kept.
WIDE_GAPS = frozenset({("lynx-en", "double spaces")})
#: A known limit: the heading of a box is read as the last words of the paragraph of the site above it, which so stays.
HEADING_TAKEN_ALONG = frozenset({("istanbul-en", 100)})

#: What sites put between two paragraphs, in any language of the region.
CHROME = (
    "Share", "Share on Facebook", "Advertisement", "Subscribe to our newsletter for the week's best stories",
    "We use cookies to make this page slower", "Реклама", "Поделиться", "Отправить другу", "1 234 просмотра", "3 мин чтения",
    "Подписывайтесь на наш канал в Telegram!", "Читайте нас в Google Новости", "Бөлісу", "Жарнама", "Оқу уақыты: 2 минут",
    "Telegram арнамызға жазылыңыз", "Достарыңызбен бөлісіңіз", "2 415 рет оқылды", "ҚАЗ РУС ENG", "USD 510,2 EUR 598,7 RUB 6,4",
    "Алматы +31°", "#лента #новости", "Теги: река, мост", "https://example.org/story", "Download our app",
    "Read more: A lake that moves every spring", "ЧИТАЙТЕ ТАКЖЕ: Улица, которая не спит", "ТАҒЫ ОҚЫҢЫЗ: Ұйықтамайтын көше",
    "Мост ранним утром. Фото: Имран Придуманный", "Көпір үстінде. Сурет: Айсұлу Ойдан", "A lantern. (Photo by Nobody Atall)",
)  # fmt: skip


def expected(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PAGES / f"{name}.expected.json").read_text(encoding="utf-8"))
    return loaded


def text_of(name: str) -> str:
    return (PAGES / f"{name}.txt").read_text(encoding="utf-8")


def read(name: str, text: str) -> Page:
    return text_dump.read(text, language=expected(name)["language"])


def body_lines(name: str) -> list[int]:
    """0-based numbers of the lines of the story."""
    found = text_dump.roles(text_of(name), language=expected(name)["language"])
    return [number - 1 for number, role in found if role == "body"]


def shows(text: str) -> bool:
    """Whether a sentence goes on in small letters on the next line: without that nothing says that a page is wrapped."""
    return re.search(r"[^\n]{40}\n *[^\W\d_A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]", text) is not None


def fields(page: Page) -> dict[str, Any]:
    """A page without the numbers of its lines."""
    return {
        "title": page.title, "deck": page.deck, "paragraphs": list(page.paragraphs), "authors": list(page.authors),
        "caption": page.caption, "published": page.published, "updated": page.updated, "publisher": page.publisher,
        "dateline": page.dateline, "notices": [notice.text for notice in page.notices],
        "related": [link.title for link in page.related], "dropped": [(line.text, line.reason) for line in page.dropped],
    }  # fmt: skip


# --- damage that changes no word ------------------------------------------------------------------


def each_line(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "\n".join(change(line) for line in text.split("\n"))


HARMLESS: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "byte order mark": lambda text: "\ufeff" + text,
    "trailing spaces": each_line(lambda line: line + "   \t"),
    "indented": each_line(lambda line: f"    {line}"),
    "blank lines of U+00A0": each_line(lambda line: line or "\u00a0"),
    "blank lines doubled": each_line(lambda line: line or "\n\n"),
    "blank lines of invisible marks": each_line(lambda line: line or "\u200b \u200e"),
    "double spaces": each_line(lambda line: line.replace(" ", "  ")),
    "spaces of U+00A0": each_line(lambda line: line.replace(" ", "\u00a0")),
    "blank lines above and below": lambda text: f"\n\n\n{text}\n\n\n",
}


@pytest.mark.parametrize("damage", HARMLESS)
@pytest.mark.parametrize("name", NAMES)
def test_white_space_says_nothing(name: str, damage: str) -> None:
    if (name, damage) in WIDE_GAPS:
        pytest.skip("an author's line with wide gaps looks like the columns of a menu, and stays in the body")
    text = text_of(name)
    assert fields(read(name, HARMLESS[damage](text))) == fields(read(name, text))


def decomposed(text: str) -> str:
    return text.replace("й", "и\u0306").replace("ё", "е\u0308").replace("Й", "И\u0306")


@pytest.mark.parametrize("name", NAMES)
def test_letters_in_parts_are_letters(name: str) -> None:
    assert fields(read(name, decomposed(text_of(name)))) == fields(read(name, text_of(name)))


# --- damage that adds lines ------------------------------------------------------------------------


def between(name: str, number: int, *lines: str) -> str:
    """The page with lines set apart by blank ones above a line of it."""
    page = text_of(name).split("\n")
    return "\n".join([*page[:number], "", *lines, "", *page[number:]])


def spaced(name: str) -> bool:
    """Whether the page has a blank line between its paragraphs."""
    lines, body = text_of(name).split("\n"), body_lines(name)
    return all(not lines[number - 1] for number in body[1:])


@pytest.mark.parametrize("name", NAMES)
def test_chrome_between_two_paragraphs_takes_none_with_it(name: str) -> None:
    for number in body_lines(name)[1:]:
        for line in CHROME:
            page = read(name, between(name, number, line))
            assert list(page.paragraphs) == expected(name)["paragraphs"], (line, number + 1)


@pytest.mark.parametrize("name", NAMES)
def test_much_chrome_from_everywhere_takes_no_paragraph_with_it(name: str) -> None:
    for seed in range(10):
        chance = random.Random(f"{name} {seed}")
        lines = text_of(name).split("\n")
        for number in sorted(body_lines(name)[1:], reverse=True):
            lines[number:number] = ["", *chance.sample(CHROME, k=chance.randint(0, 3)), ""]
        found = list(read(name, "\n".join(lines)).paragraphs)
        whole = is_within if shows(text_of(name)) else operator.eq  # what is wrapped may also keep a line of the site
        assert whole(expected(name)["paragraphs"], found), seed


LISTS = (
    ("Most read", "The lighthouse that was built too early", "Nobody at the gate"),
    ("Популярное", "Маяк зажгли раньше срока", "Сорок чемоданов ищут владельцев"),
    ("Соңғы жаңалықтар", "Көпір жөндеуден кейін ашылды", "Маяк іске қосылды"),
)


def long(paragraph: str) -> bool:
    return len(paragraph.split()) >= 8 and paragraph.endswith((".", "”", "»", '"'))


@pytest.mark.parametrize("name", NAMES)
def test_a_list_of_other_news_within_the_story_does_not_end_it(name: str) -> None:
    paragraphs, body = expected(name)["paragraphs"], body_lines(name)
    for position in range(1, len(body) - 1):
        if long(paragraphs[position]) and long(paragraphs[position + 1]) and long(paragraphs[position - 1]):
            for block in LISTS:
                page = read(name, between(name, body[position], *block))
                assert list(page.paragraphs) == paragraphs, (block, body[position] + 1)


#: Sentences and headings of stories, each with something in it that chrome, captions or credits have.
STORY = {
    "en": (
        "He showed the photo by the gate to the guard, who looked at it and gave it back without a word.",
        "Share prices of an invented ferry fell after friends of the captain told their story on Facebook.",
        "We use cookies to bait the fish, the captain said, and nobody on the pier found that strange.",
        "By nightfall the street was full of people, and by morning it was empty again.",
        "Read more and you will fear less, she tells her pupils on the first day of every school year.",
        "The correspondent for the gazette is an invented man who writes with a pencil, neighbors say.",
        "The photograph (a photo from 1996) hangs above the stove, and the stove has been cold since then.",
        "Comments were not possible to obtain from the ministry by the time the ferry had left.",
        "Copyright was the last thing on his mind in 1998, when he drew the map on the back of a receipt.",
        "Follow the river, people in the village say to everybody who asks for the way to the school.",
        "Join us, the women called to the passers-by, and three of them crossed the street.",
        "The women were detained in Almaty on June 20, 2022.",
        "1997", "What The Captain Says", "Almaty -- and back", "Tea, bread, and a map",
    ),
    "ru": (
        "Он показал фото: на снимке была дверь, перед дверью стояли ведро и пара сапог.",
        "Все сообщения он удалил из Telegram в тот же вечер, а телефон подарил соседу.",
        "Подписаться на газету он успел за день до того, как почта закрылась на ремонт.",
        "На фото – пустые рамки, которые женщины держали в руках до самого вечера.",
        "Редактор газеты сказал, что о пропаже узнал из письма, которое пришло без марки.",
        "Автор письма неизвестен, но почерк узнала вся улица, и никто об этом не сказал.",
        "Комментарии в министерстве дать отказались и попросили прислать вопрос письмом.",
        "Читайте также и между строк, говорил он ученикам, когда раздавал им газеты.",
        "Новости здесь узнают у колодца, и расходятся они быстрее, чем остывает чайник.",
        "Женщины вышли к воротам консульства в Алматы утром 9 февраля 2021 года.",
        "Поделиться хлебом здесь считают делом обычным, и о нём никто не рассказывает.",
        "1997", "Власть", "Кто виноват", "Главное", "Алматы – и обратно",
    ),
    "kk": (
        "Ол суретті көрсетті: есіктің алдында шелек пен етік тұр екен, басқа ештеңе көрінбейді.",
        "Жаңалықтар бұл ауылда құдық басында айтылады да, шәй суығанша бәріне жетеді.",
        "Сурет салу үйірмесіне жазылған он бала қақпаны жасыл бояумен бояп шықты.",
        "Автор есімін айтқысы келмеді, бірақ оның жазуын бүкіл көше таниды.",
        "Жазылу үшін газетке бір күн қалғанда пошта жөндеуге жабылып қалыпты.",
        "Пікір айтудан министрлік бас тартты да, сұрақты хатпен жіберуді сұрады.",
        "Толығырақ айтса да, оны ешкім тыңдамас еді, деді ауыл қариясы есік алдында отырып.",
        "Әйелдер Алматыдағы консулдық қақпасына 2021 жылғы 9 ақпанда таңертең келді.",
        "1997", "Кім кінәлі?", "Алматы – жасыл қала еді", "Билік не дейді?",
    ),
}  # fmt: skip
PLAIN = {
    "en": ("Lanterns by the gate again", "Twenty women lit lanterns by the gate on Tuesday and read out names for an hour."),
    "ru": ("Фонари снова горят у ворот", "Двадцать женщин зажгли во вторник фонари у ворот и час читали вслух имена."),
    "kk": ("Қақпа алдында шам қайта жанды", "Жиырма әйел сейсенбі күні қақпа алдында шам жағып, бір сағат бойы аттарды оқыды."),
}  # fmt: skip


@pytest.mark.parametrize(("language", "line"), [(code, line) for code, lines in STORY.items() for line in lines])
def test_a_line_of_the_story_that_only_looks_like_chrome_stays(language: str, line: str) -> None:
    title, paragraph = PLAIN[language]
    story = [paragraph, f"{paragraph} {paragraph}", line, f"{paragraph} 1.", f"{paragraph} 2."]
    page = text_dump.read("\n\n".join([title, *story]), language=language)
    assert list(page.paragraphs) == story
    assert page.dropped == ()


# --- damage that takes away ------------------------------------------------------------------------


def without_gaps(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line)


def is_within(wanted: list[str], found: list[str]) -> bool:
    """Whether all of it is there, in order."""
    rest = iter(found)
    return all(paragraph in rest for paragraph in wanted)


def kept(page: Page) -> list[str]:
    """The paragraphs, and the deck above them: without a dateline the page may not say where its story begins."""
    return [*([page.deck] if page.deck else []), *page.paragraphs]


@pytest.mark.parametrize("name", [name for name in NAMES if expected(name)["dateline"] and not shows(text_of(name))])
def test_a_story_without_its_dateline_is_whole(name: str) -> None:
    line = expected(name)["dateline"]["text"]
    page = read(name, text_of(name).replace(line, "", 1))
    assert is_within(expected(name)["paragraphs"], kept(page))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_that_lost_its_blank_lines_keeps_its_story(name: str) -> None:
    page = read(name, without_gaps(text_of(name)))
    assert is_within(expected(name)["paragraphs"], kept(page))


def wrapped(text: str, width: int) -> str:
    lines = (textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) for line in text.split("\n"))
    return "\n".join("\n".join(parts) for parts in lines)


@pytest.mark.parametrize("width", [60, 66, 72, 80, 100])
@pytest.mark.parametrize("name", [name for name in NAMES if spaced(name) and not shows(text_of(name))])
def test_lines_broken_at_a_width_are_paragraphs_again(name: str, width: int) -> None:
    if (name, width) in HEADING_TAKEN_ALONG:
        pytest.skip("a heading below a line of full width is taken for its end")
    text = wrapped(text_of(name), width)
    if shows(text):
        page = read(name, text)
        assert list(page.paragraphs) == expected(name)["paragraphs"]
        assert expected(name)["title"].startswith(page.title)  # a line of Capitalised Words may end anywhere
