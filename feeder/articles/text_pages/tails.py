"""The foot of a page: which lines below the last paragraph are still of the story."""

from __future__ import annotations

import re

from feeder.articles.lines import count, ends_full_stop, ends_sentence, is_paragraph, plain
from feeder.articles.publishers import Rules
from feeder.articles.text_pages.sheet import Sheet

_LONGEST_HEADING = 12  #: words
_SHORTEST_CRY = 3  #: words
_LONGEST_BOX = 3  #: lines
_LONGEST_CALL = 4  #: words of a sentence that may be a button


def mark(sheet: Sheet, rules: Rules, start: int) -> None:
    """Short lines below the last sentence, once the story was interrupted, are not the story's."""
    free = sheet.free(start)
    paragraphs = [index for index in free if is_paragraph(sheet.lines[index].text)]
    if not paragraphs:
        return
    foot = _first(sheet, rules, paragraphs[-1] + 1, "credit", "author", "a link")
    last = max(
        [paragraphs[-1], *(index for index in free if index < foot and _is_said(sheet.lines[index].text, rules))]
    )
    _report_calls(
        sheet, [index for index in free if _first(sheet, rules, paragraphs[-1] + 1, "navigation") < index <= last]
    )
    cut = min(foot, _first(sheet, rules, last + 1, "navigation"))
    end = _end(sheet, rules, last, cut, foot)
    for index in free:
        if index > end:
            _leave_out(sheet, rules, index, reported=index < cut)


def _report_calls(sheet: Sheet, indexes: list[int]) -> None:
    """Sentences of a few words below something of the site: they may be buttons."""
    for index in indexes:
        text = sheet.lines[index].text
        if ends_full_stop(text) and count(text) < _LONGEST_CALL:
            sheet.report(index, "a sentence at the foot of the page was taken for the end of the story")


def _end(sheet: Sheet, rules: Rules, last: int, cut: int, foot: int) -> int:
    """The last line of the story: below the last sentence what goes on like it, and what a colon announces."""
    above = cut
    while 0 < above < len(sheet.lines) and above - 1 in sheet.roles:
        above -= 1
    beyond = _beyond_box(sheet, above)
    if beyond > cut and sheet.lines[beyond].text.endswith(":"):
        cut = min(foot, _first(sheet, rules, beyond, "navigation"))
    end = max([last, *(index for index in sheet.free(last) if index < cut and _continues(sheet.lines[index].text))])
    while sheet.lines[end].text.endswith(":") and (listed := _listed(sheet, end)) > end:
        end = listed
    return end


def _leave_out(sheet: Sheet, rules: Rules, index: int, *, reported: bool) -> None:
    if reported or _is_said(sheet.lines[index].text, rules):
        sheet.report(index, "a line below the story was left out")
    sheet.drop(index, "below the end of the story")


def _listed(sheet: Sheet, index: int) -> int:
    """The last of the short lines that a colon announces."""
    while index + 1 < len(sheet.lines):
        below = _beyond_box(sheet, index + 1)
        if below in sheet.roles or count(sheet.lines[below].text) > _LONGEST_HEADING:
            break
        index = below
    return index


def _beyond_box(sheet: Sheet, index: int) -> int:
    """The line below a few lines of the site that are parted from those above and below: the story may go on there."""
    below = index
    while below < len(sheet.lines) and sheet.roles.get(below) in ("dropped", "related", "caption"):
        below += 1
    ends = index < below < len(sheet.lines) and index > 0 and index - 1 not in sheet.roles and below not in sheet.roles
    parted = ends and below - index <= _LONGEST_BOX and sheet.lines[index].gap and sheet.lines[below].gap
    return below if parted else index


def _is_said(text: str, rules: Rules) -> bool:
    """A sentence of two words, any that a speaker says after a dash, or an exclamation that does not call upon the reader."""
    if text.endswith("!") and count(text) >= _SHORTEST_CRY and not rules.reader_words.search(plain(text)):
        return True
    return (ends_full_stop(text) and count(text) >= 2) or (text.startswith(("–", "—", "-")) and ends_sentence(text))


def _first(sheet: Sheet, rules: Rules, start: int, *reasons: str) -> int:
    """The first line from `start` that begins the foot of the page; links, boxes and pictures also stand within a story."""
    for index in range(start, len(sheet.lines)):
        picture = rules.picture_credits.search(plain(sheet.lines[index].text)) is not None
        dropped = sheet.reasons.get(index, "").startswith(reasons) and not picture
        if dropped or sheet.roles.get(index) in ("notice", "byline"):
            return index
    return len(sheet.lines)


def _continues(text: str) -> bool:
    item = text.startswith(("•", "-", "–", "—", "*")) or re.match(r"\d{1,3}[.)]\s", text)
    return bool(item) or ends_sentence(text) or count(text) > _LONGEST_HEADING
