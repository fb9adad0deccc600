"""How much a line above a story looks like its title.

A title says what the story is about, has some words, stands beside the date or the name of the author or right above
the story, and is perhaps printed twice. The name of a site says nothing of the story and has its menu below.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from feeder.articles.lines import count, ends_full_stop, ends_sentence, fold, is_paragraph
from feeder.articles.text_pages import kinship, site_talk
from feeder.articles.text_pages.reading import Reader

_LONGEST_BUTTON = 4  #: words
_SHORTEST_MENU = 3  #: lines
_ENOUGH = 3  #: words of the story; more of them say no more
_DECK = 8  #: words
_NEAR = 2.5  #: the first line whose score is as near to the best one's is the title, the others are decks
_PARTED = 2  #: lines of a site between a line and the title
_NAVIGATION = "navigation of the site"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scores:
    reader: Reader
    candidates: list[int]
    menu: frozenset[int]
    printed: Counter[str]

    def score(self, index: int) -> float:
        text = self.reader.text(index)
        score = min(self.told(index), _ENOUGH) + self.length(index) + self.place(index)
        score += 2 * (self.printed[fold(text)] > 1 and words(text) >= 3)
        score -= 3 * (index in self.menu)
        score -= 1.5 * (ends_full_stop(text) and count(text) >= 3)
        score -= 2 * bool(self.reader.bare_name(index) or site_talk.addresses(text, self.reader.rules))
        score -= 3 * bool(self.reader.is_trail(index, above=True) or self.reader.is_caption(index))
        return score

    def length(self, index: int) -> float:
        number = words(self.reader.text(index))
        return -1 if number < 2 else 0 if number < 3 else 1 if number < 5 else 1.5

    def told(self, index: int) -> int:
        return told(self.reader, index)

    def place(self, index: int) -> float:
        """What stands right above and below, without what is the site's."""
        reader, above, below = self.reader, *neighbours(self.reader, index)
        score = 0.0
        if below is not None:
            head = reader.is_date(below) or reader.names(below) or reader.bare_name(below)
            deck = (
                below in self.candidates
                and self.told(index)
                and self.told(below) > 1
                and not self.shouted(below, index)
            )
            score += 1.5 if head or deck else 1 if reader.opens(below) or is_paragraph(reader.text(below)) else 0
        if above is not None and above >= 0 and reader.is_date(above):
            score += 1
        return score

    def shouted(self, index: int, other: int) -> bool:
        """Whether one line is in capitals and another is not: a title above a teaser's."""
        return self.reader.text(index).isupper() and not self.reader.text(other).isupper()

    def parted(self, index: int, best: int) -> bool:
        """Whether the site's menu stands between a line and the best one."""
        between = [
            line
            for line in range(index + 1, best)
            if line in self.menu or self.reader.sheet.reasons.get(line) == _NAVIGATION
        ]
        return len(between) >= _PARTED


def choose(reader: Reader, candidates: list[int]) -> int:
    """The index of the title."""
    printed = Counter(fold(reader.text(index)) for index in candidates if not doubled(reader, index))
    scores = _Scores(reader=reader, candidates=candidates, menu=frozenset(menu(reader)), printed=printed)
    points = {index: scores.score(index) for index in candidates}
    best = max(candidates, key=lambda index: (points[index], -index))
    for index in candidates:
        lost = 2 if scores.told(index) < 2 and scores.parted(index, best) else 0
        if points[index] - lost > points[best] - _NEAR:
            return _copy(reader, candidates, index)
    return best


def _copy(reader: Reader, candidates: list[int], chosen: int) -> int:
    """Of a title that the head prints twice (a menu may be, too) the last; the upper one where deck or caption follow it."""
    last = max(index for index in candidates if fold(reader.text(index)) == fold(reader.text(chosen)))
    between = [index for index in reader.sheet.free(chosen + 1) if index < last]
    return chosen if any(doubled(reader, index) or count(reader.text(index)) >= _DECK for index in between) else last


def neighbours(reader: Reader, index: int) -> tuple[int | None, int | None]:
    """The nearest lines above and below that are not the site's."""
    sheet = reader.sheet
    known = [line for line in range(len(sheet.lines)) if sheet.roles.get(line) != "dropped"]
    above = next((line for line in reversed(known) if line < index), None)
    below = next((line for line in known if line > index), None)
    return above, below


def told(reader: Reader, index: int) -> int:
    """How many of a line's words the story has; none when they are a name that the story has, as a newsroom's is."""
    text = reader.text(index)
    below = [line for line in map(reader.text, reader.sheet.free(index + 1)) if is_paragraph(line)]
    if all(word[0].isupper() for word in text.split() if len(word) > 3) and any(text in line for line in below):
        return 0
    common = reader.rules.common_words
    return kinship.shared(kinship.stems(text, common), kinship.all_stems(below, common))


def doubled(reader: Reader, index: int) -> bool:
    lines = reader.sheet.lines
    return index + 1 < len(lines) and fold(lines[index].text) == fold(lines[index + 1].text)


def menu(reader: Reader) -> set[int]:
    """Lines of a few words directly below each other, three at least: a menu."""
    found: set[int] = set()
    run: list[int] = []
    for index, line in enumerate(reader.sheet.lines):
        short = words(line.text) <= _LONGEST_BUTTON and not ends_sentence(line.text) and not reader.is_date(index)
        if not short or line.gap:
            found.update(_items(reader, run))
            run = []
        if short:
            run.append(index)
    return found.union(_items(reader, run))


def _items(reader: Reader, run: list[int]) -> list[int]:
    """The menu of a run of short lines; one below it of more words than any of them is not its item."""
    lengths = [words(reader.text(index)) for index in run]
    if len(run) > _SHORTEST_MENU and lengths[-1] >= 3 and lengths[-1] > max(lengths[:-1]):
        run = run[:-1]
    return run if len(run) >= _SHORTEST_MENU else []


def words(text: str) -> int:
    """Number of words with a letter; "Курс: 447.5 480.1" has one."""
    return sum(any(letter.isalpha() for letter in word) for word in text.split())
