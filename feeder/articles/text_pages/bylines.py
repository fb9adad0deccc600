"""Lines that name who wrote a story: "by A B and C D", "Автор: Имя Фамилия", a bare "Аты Тегі"."""

from __future__ import annotations

import re

from feeder.articles.lines import ends_sentence, fold, plain
from feeder.articles.publishers import Rules
from feeder.articles.text_pages.sheet import Sheet
from feeder.language import mentions
from feeder.language.places import gazetteer
from feeder.model import Language

_NAME = re.compile(r"[^\W\d_]\S*(?: (?:[^\W\d_]\.|[^\W\d_]\S*)){1,3}")
_BETWEEN = re.compile(r",\s(?:and\s)?|\sand\s|\s&\s|\sи\s|\sжәне\s|\sмен\s|\sпен\s")
_BEYOND = re.compile(r"\s[|–—-]\s|,?\s(?:for|in|from|для|из)\s")  #: the name ends here
_PLACED = re.compile(r"(?P<name>[^,]+?)(?:,\s|\sin\s)(?P<place>[^\W\d_][\w .-]{1,30})")
_SMALL = frozenset(("de", "der", "van", "von", "bin", "al", "el", "the", "of", "қызы", "ұлы", "кызы", "оглы", "улы"))
_LETTERS = re.compile(r"\s[A-Z]{2,4}$")  #: "Download PDF"
_INITIALS = 3  #: letters
_SHOUTED = 2  #: words in capitals that are a name, not an agency's letters


def names(text: str, rules: Rules) -> tuple[str, ...]:
    """The names of a line that says it is a byline; nothing for other lines."""
    for pattern in rules.bylines:
        match = pattern.search(plain(text))
        if match is None:
            continue
        named = _BEYOND.split(match["name"])[0]
        found = [name.strip(" .,") for name in _BETWEEN.split(named)]
        if found and all(_is_name(name) for name in found):
            return tuple(_written(name) for name in found)
    return ()


def _is_name(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= 6 or text.endswith(("?", "!", '"', ";")) or any(mark in text for mark in ":?!…"):
        return False
    return all(word[0].isupper() or word in _SMALL for word in words) and words[0][0].isupper()


def _written(name: str) -> str:
    """AP writes its bylines in capitals, Kazakh papers their surnames."""
    words = name.split()
    shouted = [word for word in words if word.isupper() and len(word) > _INITIALS]
    if len(words) < _SHOUTED or not shouted or not name.replace(" ", "").isalpha():
        return name
    return " ".join(word.title() if word.isupper() else word for word in words)


def is_bare(text: str, language: Language) -> bool:
    """Whether a line looks like a person's name and nothing else, and like no place."""
    if not _NAME.fullmatch(text) or any(not word[0].isupper() and word not in _SMALL for word in text.split()):
        return False
    if text.casefold().startswith("the "):
        return False
    if language == "en" and _LETTERS.search(text):
        return False
    if ends_sentence(text.rstrip(".")) or text.isupper() or any(mark in text for mark in ',:;"«»()'):
        return False
    return not mentions.find(text, language, gazetteer())


def bare(text: str, language: Language) -> str:
    """The name in a line that is a person's name, or a name and a place: "Nobody Atall in Almaty", "Аты Тегі, Алматы"."""
    text = text.rstrip(" ,")
    if is_bare(text, language):
        return _written(text)
    match = _PLACED.fullmatch(text)
    placed = match is not None and gazetteer().resolve(match["place"], language) is not None
    return match["name"] if match and placed and is_bare(match["name"], language) else ""


def with_job(text: str, rules: Rules, language: Language) -> str:
    """The name in a line that says what its bearer does: "Nobody Atall Diplomatic editor"."""
    words = text.replace(",", " ").split()
    for cut in (2, 3):
        name, job = " ".join(words[:cut]), " ".join(words[cut:])
        if job and rules.jobs.search(fold(job)) and is_bare(name, language):
            return _written(name)
    return ""


def mark_labelled(sheet: Sheet, rules: Rules, language: Language) -> list[tuple[int, str]]:
    """(index, name) of names below a label that has a line for itself: "Автор", then "Имя Фамилия"."""
    found: list[tuple[int, str]] = []
    labels: list[int] = []
    for index, line in enumerate(sheet.lines):
        if index in sheet.roles:
            labels = []
        elif fold(line.text) in rules.byline_labels:
            labels.append(index)
        else:
            if labels and is_bare(line.text, language):
                found.append((index, line.text))
                _mark(sheet, labels, index)
            labels = []
    return found


def _mark(sheet: Sheet, labels: list[int], index: int) -> None:
    for label in labels:
        sheet.drop(label, "label of the line below")
    sheet.give(index, "byline")
