"""Lines in which a site speaks to its readers about itself, told by their shape and vocabulary and not by a list.

"You can find the latest news in our Telegram channel." "Category: People | Views: 431 | Tags: eagle"
"""

from __future__ import annotations

import re

from feeder.articles.lines import count, is_paragraph, plain
from feeder.articles.publishers import Rules
from feeder.articles.text_pages import kinship
from feeder.articles.text_pages.sheet import Sheet

_LONGEST_CALL = 6  #: words
_LONGEST = 60  #: words
_QUOTED = re.compile(r'"[^"]*(?:\s[^"]*){3}"')
_LABELLED = re.compile(r"[^:|]{2,25}:\s?[^:|]{1,60}(?::\d\d)?")
_COUNTER = re.compile(r"\W*\d{1,4}\s[^\W\d]+(?:\s[^\W\d]+)?")
_TOTAL = re.compile(r"[^\d:]{3,40}:\s?\d[\d .,/]*")
_BARS = re.compile(r"\s[|•·]\s")
_REASON = "the site speaks to its readers"
_SURE = 3  #: words of a site


def mark(sheet: Sheet, rules: Rules, start: int) -> None:
    """Drop such lines from `start` on; between paragraphs of the story only where nothing is of the story."""
    story = [index for index in sheet.free(start) if is_paragraph(sheet.lines[index].text)]
    foot = True
    for index in reversed(sheet.free(start)):
        text = sheet.lines[index].text
        others = kinship.all_stems((sheet.lines[line].text for line in story if line != index), rules.common_words)
        call = addresses(text, rules) and count(text) <= _LONGEST_CALL
        told = foot and (call or _TOTAL.fullmatch(text) or (text.endswith(":") and index == sheet.free()[-1]))
        if told or is_row(text) or _speaks(text, rules, others, foot=foot):
            sheet.drop(index, _REASON)
            if is_paragraph(text):
                sheet.report(index, "a paragraph in which the site seems to speak of itself was left out")
        elif is_paragraph(text):
            foot = False


def addresses(text: str, rules: Rules) -> bool:
    """Whether a line has the words of a site and those with which it turns to its readers."""
    straight = plain(text)
    return bool(rules.site_words.search(straight) and rules.reader_words.search(straight))


def is_row(text: str) -> bool:
    """Whether a line is three things or more with a label each: "Views: 431 | Added: bayar | Tags: eagle"."""
    parts = [part.strip() for part in _BARS.split(text)]
    return len(parts) > 2 and all(_LABELLED.fullmatch(part) for part in parts)


def is_counter(text: str) -> bool:
    """Whether a line is a number and what is counted: "12 минут", "3 comments"."""
    return _COUNTER.fullmatch(text) is not None


def _speaks(text: str, rules: Rules, story: set[str], *, foot: bool) -> bool:
    straight = plain(text)
    if count(text) > _LONGEST or straight.startswith(('"', "-", "–", "—")) or _QUOTED.search(straight):
        return False
    found = {match.group()[:5].casefold() for match in rules.site_words.finditer(straight)}
    rest = rules.site_words.sub(" ", straight)
    kindred = kinship.shared(kinship.stems(rest, rules.common_words), story)
    if rules.reader_words.search(straight):
        return (kindred == 0 and len(found) >= _SURE) or (foot and kindred <= 1 and len(found) >= _SURE - 1)
    return foot and kindred == 0 and len(found) >= _SURE
