"""Where a story ends on its page, and the boxes within it: promos, captions, lists of other news, the author's box."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from itertools import pairwise, takewhile

from feeder.articles import date_lines, publishers
from feeder.articles.lines import count, ends_sentence, fold, is_paragraph, plain
from feeder.articles.publishers import Rules
from feeder.articles.text_pages import blocks, bylines, kinship
from feeder.articles.text_pages.reading import bare_caption, is_credited
from feeder.articles.text_pages.sheet import Sheet
from feeder.language.places import gazetteer
from feeder.model import Language

_SHORTEST_TITLE = 3  #: words
_LONGEST_NAMING = 200  #: code points
_KINDRED = 2  #: words that a paragraph shares with a story it goes on with
_LONGEST_HEADING = 12  #: words
_LONGEST_CAPTION = 60  #: words
_LONGEST_SIGNATURE = 3  #: lines below a name
_LONGEST_LAST = 4  #: words of a line below a name
_ABOUT = frozenset(
    ("about the author", "about the authors", "об авторе", "об авторах", "автор туралы", "авторлар туралы")
)


def mark_promos(sheet: Sheet, rules: Rules) -> None:
    """Boxes within the story that speak of the publisher, with the heading above them."""
    for index in sheet.free():
        if not rules.promos.search(plain(sheet.lines[index].text)):
            continue
        sheet.drop(index, "promo box")
        above = index - 1
        if above >= 0 and above not in sheet.roles and _heads_promo(sheet, above):
            sheet.drop(above, "heading of a promo box")


def _heads_promo(sheet: Sheet, index: int) -> bool:
    """A heading that stands apart from the story and belongs to the box below it; the page's title never does."""
    return (
        index > 0
        and _is_heading(sheet.lines[index].text)
        and any(is_paragraph(line.text) for line in sheet.lines[:index])
    )


def _is_heading(text: str) -> bool:
    return count(text) <= _LONGEST_HEADING and not ends_sentence(text)


# --- lists of other news, comments ---------------------------------------------------------------


def mark_endings(sheet: Sheet, rules: Rules, start: int, end: int) -> None:
    """Drop what is below the heading of the comments, a list of other news, or a copyright line.

    `end` is where a dated list of related links ends the story. A list of other news may stand within a story: two
    paragraphs below it without a headline between them are the story going on.
    """
    index = start
    while index < len(sheet.lines):
        heading = _ending(sheet, rules, index, end)
        listed = heading < end and fold(sheet.lines[heading].text) in rules.lists
        index = _resumes(sheet, rules, heading) if listed else len(sheet.lines)
        _drop_below(sheet, rules, heading, index, reported=heading == end)


def _ending(sheet: Sheet, rules: Rules, start: int, end: int) -> int:
    """The first heading below a paragraph that ends the story; `end` when there is none above that."""
    seen = False
    titles = tuple(sheet.texts("title"))
    for index in range(start, min(end, len(sheet.lines))):
        text = sheet.lines[index].text
        known = index not in sheet.roles or sheet.reasons.get(index) == "navigation of the site"
        if seen and known and (blocks.is_ending(text, rules) or _names_story(text, titles)):
            return index
        seen = seen or (index not in sheet.roles and is_paragraph(text))
    return end


def _names_story(text: str, titles: Sequence[str]) -> bool:
    """Whether a line below the story has its title and some words more: "3 thoughts on 'Title'"."""
    named = any(title in text and count(title) > _SHORTEST_TITLE for title in titles)
    return named and len(text) < _LONGEST_NAMING and not ends_sentence(text)


def _resumes(sheet: Sheet, rules: Rules, heading: int) -> int:
    """Where the story goes on below a list of other news; the page's end when it does not."""
    free = sheet.free(heading + 1)
    for index, below in pairwise([*free, *free[-1:]]):
        text = sheet.lines[index].text
        if blocks.is_ending(text, rules) and fold(text) not in rules.lists:
            break
        if bylines.names(text, rules) or date_lines.read(text, order=rules.date_order, zone=UTC):
            break  # another story with a head of its own
        if is_paragraph(text) and _goes_on(sheet, rules, heading, index):
            return index
        if index != below and is_paragraph(text) and is_paragraph(sheet.lines[below].text):
            return index
    return len(sheet.lines)


def _goes_on(sheet: Sheet, rules: Rules, heading: int, index: int) -> bool:
    """Whether a paragraph speaks of what the paragraphs above a heading speak of."""
    story = (line.text for line in sheet.lines[:heading] if is_paragraph(line.text))
    stems = kinship.stems(sheet.lines[index].text, rules.common_words)
    return kinship.shared(stems, kinship.all_stems(story, rules.common_words)) >= _KINDRED


def _drop_below(sheet: Sheet, rules: Rules, heading: int, until: int, *, reported: bool) -> None:
    for index in sheet.free(heading):
        if index >= until:
            break
        text = sheet.lines[index].text
        reported = reported and not blocks.is_ending(text, rules)
        if reported and is_paragraph(text):
            sheet.report(index, "text below the list of related links was left out")
        within = until < len(sheet.lines)
        sheet.drop(index, "list of other news within the story" if within else "below the end of the story")


# --- the author, at the end ----------------------------------------------------------------------


def mark_authors(sheet: Sheet, rules: Rules, language: Language, start: int, authors: Sequence[str]) -> tuple[str, ...]:
    """Give their roles to a byline and to an author's box below the story; gives the names there."""
    box = _mark_box(sheet, rules, start, authors)
    _mark_signature(sheet, rules, language, start)
    signed = _mark_signed(sheet, rules, language, start)
    free = sheet.free(start)
    if signed or len(free) < 2:
        return signed or box
    bare = bylines.bare(sheet.lines[free[-1]].text, language)
    names = bylines.names(sheet.lines[free[-1]].text, rules) or ((bare,) if bare in authors else ())
    if names:
        sheet.give(free[-1], "byline")
    return names or box


def _mark_signed(sheet: Sheet, rules: Rules, language: Language, start: int) -> tuple[str, ...]:
    """A name below the last paragraph, as Kazakh and Russian papers sign, and what stands below it; gives the name."""
    free = sheet.free(start)
    paragraphs = [index for index in free if is_paragraph(sheet.lines[index].text)]
    if language not in ("kk", "ru") or not paragraphs:
        return ()
    for index in free:
        name = bylines.bare(sheet.lines[index].text.rstrip(" .,"), language)
        below = list(takewhile(lambda line: line not in sheet.roles, range(index + 1, len(sheet.lines))))
        if index > paragraphs[-1] and name and _signs(sheet, index, below, language):
            sheet.give(index, "byline")
            for line in below:
                sheet.drop(line, "what the author does")
            return (name,)
    return ()


def _signs(sheet: Sheet, index: int, below: Sequence[int], language: Language) -> bool:
    """Whether a name ends the story: a few short lines below that are no names, and no colon above that announces it."""
    texts = [sheet.lines[line].text for line in below]
    short = len(texts) <= _LONGEST_SIGNATURE and all(count(text) <= _LONGEST_LAST for text in texts)
    named = any(bylines.bare(text, language) for text in texts)
    return short and not named and not sheet.lines[index - 1].text.endswith(":")


def _mark_signature(sheet: Sheet, rules: Rules, language: Language, start: int) -> None:
    """What newspapers print below the author's name: the place, the paper, what the author does."""
    free = sheet.free(start)[1:]
    lines = list(takewhile(lambda index: _is_signature(sheet.lines[index].text, rules, language), reversed(free)))
    name = free[-len(lines) - 1] if 0 < len(lines) < len(free) else -1
    if name < 0 or len(lines) > _LONGEST_SIGNATURE or not bylines.bare(sheet.lines[name].text, language):
        return
    for index in lines:
        sheet.drop(index, "what the author does")


def _is_signature(text: str, rules: Rules, language: Language) -> bool:
    known = fold(text).strip("\"'") in publishers.names() or rules.jobs.search(fold(text)) is not None
    return known or gazetteer().resolve(text.strip(" .,"), language) is not None


def _mark_box(sheet: Sheet, rules: Rules, start: int, authors: Sequence[str]) -> tuple[str, ...]:
    """A name and what the author does, at the very end; gives the name."""
    for above, below in pairwise(sheet.free(start)):
        if _is_told(sheet.lines[above].text, sheet.lines[below].text, authors):
            sheet.drop(above, "heading of an author box")
            sheet.drop(below, "author box")
    free = sheet.free(start)
    if len(free) < 2:
        return ()
    last, above = free[-1], free[-2]
    text, name = sheet.lines[last].text, sheet.lines[above].text
    if fold(name) in _ABOUT:
        sheet.drop(last, "author box")
        sheet.drop(above, "heading of an author box")
    elif _is_heading(name) and count(name) <= 6 and fold(text).startswith(fold(name) + " "):
        sheet.drop(last, "author box")
        sheet.give(above, "byline")
        return (name,)
    elif _is_about(sheet, rules, last, authors) and rules.author_boxes.search(plain(text)):
        sheet.drop(last, "author box")
    return ()


def _is_told(name: str, text: str, authors: Sequence[str]) -> bool:
    """Whether a line goes on with a sentence that begins with the author's name above it."""
    return name in authors and text[0].islower()


def _is_about(sheet: Sheet, rules: Rules, index: int, authors: Sequence[str]) -> bool:
    """Whether a last line stands alone, or begins with the name of an author or of the publisher."""
    known = tuple(fold(name) for name in (*authors, rules.publisher) if name)
    return index - 1 in sheet.roles or fold(sheet.lines[index].text).startswith(known)


# --- captions and repetitions within the story ---------------------------------------------------


def mark_pictures(sheet: Sheet, rules: Rules, start: int) -> None:
    """Captions within the story: lines with a picture's credit, or with one directly below.

    One below the first paragraph is the caption of the page when there is none above the story.
    """
    free = sheet.free(start)
    captioned = "caption" in sheet.roles.values()
    for position, index in enumerate(free):
        text = plain(sheet.lines[index].text)
        credited = bare_caption(text, rules) != text or rules.pictures.search(text) is not None
        credited = credited and count(text) <= _LONGEST_CAPTION
        labelled = index > 0 and fold(sheet.lines[index - 1].text) in rules.caption_labels
        if not (credited or labelled) and not (is_credited(sheet, rules, index) and position + 1 < len(free)):
            continue
        if position == 1 and not captioned:
            sheet.give(index, "caption")
        else:
            sheet.drop(index, "caption of a picture within the story")


def mark_repeats(sheet: Sheet, start: int) -> None:
    """Lines printed twice in a row: directly below each other they are the caption of a picture within the story."""
    free = sheet.free(start)
    for index, below in pairwise(free):
        if index in sheet.roles or fold(sheet.lines[index].text) != fold(sheet.lines[below].text):
            continue
        if below == index + 1 and not sheet.lines[below].gap and count(sheet.lines[index].text) <= _LONGEST_CAPTION:
            sheet.drop(index, "caption of a picture within the story")
        sheet.drop(below, "repeats the line above")
