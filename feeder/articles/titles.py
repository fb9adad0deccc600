"""The title of a page: which line it is, and which lines only print it again."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from itertools import islice

from feeder.articles import publishers
from feeder.articles.lines import count, ends_full_stop, ends_sentence, fold, is_paragraph
from feeder.articles.reading import Reader
from feeder.errors import ArticleError

_LONGEST = 40  #: words
_LONGEST_LINE = 1000  #: code points
_REACH = 300  #: lines that can be the title, at most
_READ = 200  #: paragraphs of the story, at most, whose words are compared with those of a title
_LONGEST_BUTTON = 4  #: words
_SHORTEST_MENU = 3  #: lines
_SHORTEST_DECK = 10  #: words of a line that rather is a deck
_STEM = 5  #: letters
_SUFFIX = re.compile(r"\s*[|\-–—•:]+\s*\S.{0,50}")
_SITE = re.compile(r"(?P<title>\S.*?)(?:\s*(?:[|•»]|::)\s*|\s[-–—]\s)(?P<site>[^|•»]{2,50})")
_DOMAIN = re.compile(r"(?:[\w-]+\.)+(?:kz|kg|uz|ru|com|org|net|info|news|media|asia|eu|int|io|tv|cn)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    index: int  #: of the line below which the head goes on
    text: str  #: without the name of the site


def mark(reader: Reader) -> Title:
    """Give the title and its copies their roles. Raises ArticleError when there is none."""
    sheet = reader.sheet
    candidates = _candidates(reader)
    if not candidates:
        line = sheet.lines[0].number if sheet.lines else 0
        raise ArticleError("no title found above the text; write one in the first line", field="title", line=line)
    chosen = _without_suffix(reader, candidates, _choose(reader, candidates))
    own = fold(bare(reader.text(chosen)))
    last = max(candidates)
    copies = [index for index in sheet.free() if _is_copy(reader, index, own, chosen=chosen, last=last)]
    best = next((index for index in copies if not reader.text(index).isupper()), chosen)
    title = best if reader.text(chosen).isupper() else chosen
    sheet.give(title, "title")
    for index in {chosen, *copies} - {title}:
        sheet.drop(index, "repeats the title")
    text = bare(reader.text(title))
    return Title(index=chosen, text=text if fold(text) == own else _cut(text, own))


def _is_copy(reader: Reader, index: int, own: str, *, chosen: int, last: int) -> bool:
    other = fold(reader.text(index))
    suffixed = other.startswith(own) and _SUFFIX.fullmatch(other[len(own) :]) is not None
    headline = index < chosen or (index <= last and not ends_sentence(reader.text(index)))
    return index != chosen and (fold(bare(reader.text(index))) == own or (suffixed and headline))


def _cut(text: str, own: str) -> str:
    """The words of a title, without what a site adds to them."""
    return next((text[:end] for end in range(1, len(text) + 1) if fold(text[:end]) == own), text).rstrip(" |-–—•:")


def bare(text: str) -> str:
    """A title without the names of sites that pages add: "Title | Site.kz", "Title - Known Publisher"."""
    while match := _SITE.fullmatch(text):
        site = match["site"].strip()
        if fold(site) not in publishers.names() and not _DOMAIN.fullmatch(site):
            break
        text = match["title"].rstrip()
    return text


def _candidates(reader: Reader) -> list[int]:
    """Lines above the first paragraph that can be a title."""
    found: list[int] = []
    free = reader.sheet.free()
    for index in free:
        text = reader.text(index)
        if reader.opens(index) and (found or ends_sentence(text)):
            break
        if reader.is_date(index) or reader.names(index) or reader.is_trail(index):
            continue
        if len(found) == _REACH or len(text) > _LONGEST_LINE:
            break
        if count(text) > _LONGEST or (found and ends_full_stop(text) and count(text) >= 8):
            break
        if any(letter.isalnum() for letter in text):
            found.append(index)
    named = [index for index in found if not reader.is_trail(index, above=True)]
    menu = _menu(reader)
    own = [index for index in named if index not in menu or _is_told(reader, index)]
    return (own or named or found) if len(free) > 1 else []


def _menu(reader: Reader) -> set[int]:
    """Lines of a few words directly below each other, three at least: a menu."""
    found: set[int] = set()
    run: list[int] = []
    for index, line in enumerate(reader.sheet.lines):
        short = _words(line.text) <= _LONGEST_BUTTON and not ends_sentence(line.text) and not reader.is_date(index)
        if not short or line.gap:
            found.update(_items(reader, run))
            run = []
        if short:
            run.append(index)
    return found.union(_items(reader, run))


def _items(reader: Reader, run: list[int]) -> list[int]:
    """The menu of a run of short lines; one below it of more words than any of them is not its item."""
    lengths = [_words(reader.text(index)) for index in run]
    if len(run) > _SHORTEST_MENU and lengths[-1] >= 3 and lengths[-1] > max(lengths[:-1]):
        run = run[:-1]
    return run if len(run) >= _SHORTEST_MENU else []


def _words(text: str) -> int:
    """Number of words with a letter; "Курс: 447.5 480.1" has one."""
    return sum(any(letter.isalpha() for letter in word) for word in text.split())


def _choose(reader: Reader, candidates: list[int]) -> int:
    """The first headline of three words or more; else the last line above the first sentence."""
    headlines = [index for index in candidates if not ends_full_stop(reader.text(index))]
    long = [index for index in headlines if _words(reader.text(index)) >= 3]
    printed = Counter(fold(reader.text(index)) for index in candidates if not _doubled(reader, index))
    twice = [index for index in long if printed[fold(reader.text(index))] > 1]  # not directly below, as a caption is
    long = long[_mastheads(reader, long) :]
    short = [index for index in headlines if index not in long]
    if twice:
        return _nearest(reader, twice)
    if long and not (_doubled(reader, long[0]) and any(index < long[0] for index in short)):
        return long[0]
    short = [index for index in short if not reader.bare_name(index)] or short
    before = [index for index in short if not long or index < long[0]]
    return (before or headlines or candidates)[-1 if before else 0]


def _mastheads(reader: Reader, long: list[int]) -> int:
    """How many of the first headlines are the site's: the story has none of their words, but those of a later one.

    That one is no deck: a menu or a trail parts it from the first, it is short, or it is written in capitals.
    """
    told = [_told(reader, index) for index in long]
    if not long:
        return 0
    shouted = [reader.text(index).isupper() for index in long]
    loud = next((place for place, shared in enumerate(told) if shared > told[0] and shouted[place]), 0)
    if loud and not shouted[0]:
        return loud
    first = next((place for place, shared in enumerate(told) if shared), 0)
    menu, between = _menu(reader), range(long[0] + 1, long[first])
    parted = any(index in menu or reader.is_trail(index) for index in between)
    return first if parted or _words(reader.text(long[first])) < _SHORTEST_DECK else 0


def _is_told(reader: Reader, index: int) -> bool:
    """Whether the story speaks of what a line of three words or more says."""
    return _words(reader.text(index)) > 2 and _told(reader, index) > 1


def _told(reader: Reader, index: int) -> int:
    """How many of a line's words the story has; none when they are a name that the story has, as a newsroom's is."""
    text = reader.text(index)
    if all(word[0].isupper() for word in text.split() if len(word) > 3):
        story = (below for below in map(reader.text, reader.sheet.free(index + 1)) if is_paragraph(below))
        if any(text in below for below in islice(story, _READ)):
            return 0
    return len(_stems(text, reader.rules.common_words) & _story(reader, index))


def _story(reader: Reader, title: int) -> set[str]:
    """The words of the paragraphs below."""
    below = (text for index in reader.sheet.free(title + 1) if is_paragraph(text := reader.text(index)))
    return set().union(*(_stems(text, reader.rules.common_words) for text in islice(below, _READ)))


@functools.lru_cache(maxsize=1024)  # of each paragraph for each line that may be its title
def _stems(text: str, common: Set[str]) -> set[str]:
    """The beginnings of the longer words, so that endings do not count."""
    return {word[:_STEM] for word in re.findall(r"[^\W\d_]{4,}", text.casefold()) if word not in common}


def _nearest(reader: Reader, twice: list[int]) -> int:
    """Of what the head prints twice (a menu may be, too) the last; its upper copy where deck or caption follow that."""
    last = twice[-1]
    first = next(index for index in twice if fold(reader.text(index)) == fold(reader.text(last)))
    between = reader.sheet.free(first + 1)
    long = any(index < last and (_doubled(reader, index) or count(reader.text(index)) >= 8) for index in between)
    return first if long else last


def _doubled(reader: Reader, index: int) -> bool:
    lines = reader.sheet.lines
    return index + 1 < len(lines) and fold(lines[index].text) == fold(lines[index + 1].text)


def _without_suffix(reader: Reader, candidates: list[int], title: int) -> int:
    """The bare title when the page's first line has the site's name added: "Title | Site"."""
    own = fold(reader.text(title))
    for index in candidates:
        short = fold(reader.text(index))
        if (
            index > title
            and count(short) >= 2
            and own != short
            and own.startswith(short)
            and _SUFFIX.fullmatch(own[len(short) :])
        ):
            reader.sheet.drop(title, "repeats the title")
            return index
    return title
