"""What one line of a page says by itself, asked while the head of the page is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from feeder.articles import datelines
from feeder.articles.lines import count, ends_sentence, fold, is_paragraph, plain
from feeder.articles.publishers import Rules
from feeder.articles.text_pages import bylines
from feeder.articles.text_pages.page_dates import Dates
from feeder.articles.text_pages.sheet import Sheet
from feeder.language.places import gazetteer
from feeder.model import Language

_LONGEST_CAPTION = 60  #: words
_LONGEST_NAME = 3  #: words of a name without a label
_REACH = 12  #: lines below a doubled line among which the dateline is looked for
_ARROWS = re.compile(r"\S[^>›»→]{0,30}(?:\s[>›»→]\s[^>›»→]{1,60})+")
_STEP = re.compile(r"\s[/|•·*\\]\s|^[*•]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A sheet, the rules for it, and the lines that are dates."""

    sheet: Sheet
    rules: Rules
    language: Language
    dates: Mapping[int, Dates]

    def text(self, index: int) -> str:
        return self.sheet.lines[index].text

    def is_date(self, index: int) -> bool:
        return index in self.dates

    def names(self, index: int) -> tuple[str, ...]:
        return bylines.names(self.text(index), self.rules) or self._row(index)

    def _row(self, index: int) -> tuple[str, ...]:
        """The names of a line that is nothing but names with bars between them, beside the date of the page."""
        parts = _STEP.split(self.text(index))
        named = len(parts) > 1 and all(bylines.is_bare(part, self.language) for part in parts)
        return tuple(parts) if named and any(map(self.is_date, self._neighbours(index))) else ()

    def opens(self, index: int) -> bool:
        """Whether the story begins here with its dateline, or on the next line below it."""
        text = self.text(index)
        if datelines.read(text, self.language) is not None:
            return True
        below = self.sheet.free(index + 1)
        return bool(below) and datelines.alone(text, self.language) is not None and ends_sentence(self.text(below[0]))

    def is_caption(self, index: int) -> bool:
        """Whether a line of the head can only be a caption: by its words, its credit, or because it is printed twice."""
        text = plain(self.text(index))
        if self.rules.captions.search(text) or self.rules.pictures.search(text) or self._is_labelled(index):
            return True
        return self.is_credited(index) or any(self._doubles(index, other) for other in (index - 1, index + 1))

    def _is_labelled(self, index: int) -> bool:
        if bare_caption(self.text(index), self.rules) != self.text(index):
            return True
        return index > 0 and fold(self.text(index - 1)) in self.rules.caption_labels

    def is_only_caption(self, index: int) -> bool:
        return self.is_caption(index) and not (self.is_date(index) or self.names(index))

    def is_credited(self, index: int) -> bool:
        """Whether the line below, without a gap, says who took the picture; without any gaps on the page, above a dateline."""
        sheet = self.sheet
        near = index > 0 and not sheet.lines[index].gap and not is_paragraph(sheet.lines[index - 1].text)
        if sheet.spaced and not near:
            return is_credited(sheet, self.rules, index)
        if not _has_credit(sheet, self.rules, index):
            return False
        named = fold(sheet.lines[index + 1].text).startswith("credit")  # that of the line above, no picture's own line
        return named or any(map(self.opens, sheet.free(index + 1)[:_REACH]))

    def _doubles(self, index: int, other: int) -> bool:
        """Whether two neighbours are one caption. Two paragraphs are not: the story may begin with its deck."""
        sheet = self.sheet
        if not 0 <= other < len(sheet.lines) or sheet.roles.get(other) not in (None, "caption"):
            return False
        own = fold(self.text(index))
        if fold(self.text(other)) != own or bylines.is_bare(self.text(index), self.language):
            return False
        lower = max(index, other)
        if (sheet.spaced and not sheet.lines[lower].gap) or not is_paragraph(self.text(index)):
            return True
        again = sum(fold(line.text) == own for line in sheet.lines) > 2
        return again or any(self.opens(line) for line in sheet.free(lower + 1)[:_REACH])

    def is_repeated_deck(self, index: int) -> bool:
        """Whether the story begins with the same words once more."""
        below = self.sheet.free(index + 1)
        text = self.text(index)
        return bool(below) and is_paragraph(text) and fold(self.text(below[0])) == fold(text)

    def bare_name(self, index: int) -> str:
        """The name in a bare "Имя Тегі". English capitalises headings too: there it counts only next to the page's date."""
        name = bylines.bare(self.text(index), self.language) or bylines.with_job(
            self.text(index), self.rules, self.language
        )
        if not name or self.language in ("kk", "ru"):
            return name
        beside = self._neighbours(index)
        over = [other for line in beside if self.sheet.roles.get(line) == "title" for other in self._neighbours(line)]
        return name if any(self.is_date(other) for other in (*beside, *over)) else ""

    def dated_name(self, index: int) -> str:
        """The name in a bare "Имя Тегі" above the title, next to the page's date."""
        if index == 0 or self.language not in ("kk", "ru") or count(self.text(index)) > _LONGEST_NAME:
            return ""  # a page's first line is its site or channel
        name = bylines.bare(self.text(index), self.language)
        return name if any(self.is_date(other) for other in self._neighbours(index)) else ""

    def _neighbours(self, index: int) -> list[int]:
        """The nearest lines that are no navigation, above and below."""
        reasons, last = self.sheet.reasons, len(self.sheet.lines)
        above = (other for other in range(index - 1, -1, -1) if reasons.get(other) != "navigation of the site")
        below = (other for other in range(index + 1, last) if reasons.get(other) != "navigation of the site")
        return [other for other in (next(above, None), next(below, None)) if other is not None]

    def is_job(self, index: int) -> bool:
        """Whether a line only says what the person named above it does: "Корреспондент"."""
        text = fold(self.text(index))
        known = text in self.rules.byline_labels or self.rules.jobs.search(text) is not None
        return known and index > 0 and self.sheet.roles.get(index - 1) in (None, "byline")

    def is_trail(self, index: int, *, above: bool = False) -> bool:
        return is_trail(self.text(index), self.language, self.rules.sections, above=above)


def bare_caption(text: str, rules: Rules) -> str:
    """A caption without the label before it: "Image caption, The parcel"."""
    label, mark, caption = re.match(r"([^,:]*)([,:]?)\s*(.*)", text).groups()  # type: ignore[union-attr]
    return caption if mark and caption and fold(label) in rules.caption_labels else text


def is_credited(sheet: Sheet, rules: Rules, index: int) -> bool:
    """Whether a line stands apart with a picture's credit directly below, as captions do."""
    return sheet.lines[index].gap and _has_credit(sheet, rules, index)


def _has_credit(sheet: Sheet, rules: Rules, index: int) -> bool:
    below = index + 1
    if below >= len(sheet.lines) or sheet.reasons.get(below) != "credit line" or sheet.lines[below].gap:
        return False
    credit = rules.picture_credits.search(plain(sheet.lines[below].text)) is not None
    return credit and count(sheet.lines[index].text) <= _LONGEST_CAPTION


def is_trail(text: str, language: Language, sections: Set[str], *, above: bool = False) -> bool:
    """Whether a line only says where on the site the page is: "Home > News", "KAZAKHSTAN - CHINA", above the title "China"."""
    if _ARROWS.fullmatch(text):
        return True
    steps = [step for step in _STEP.split(text) if step]
    if all(count(step) <= 3 for step in steps):
        known = [fold(step) in sections or gazetteer().resolve(step, language) is not None for step in steps]
        if len(steps) > 2 or (len(steps) == 2 and any(known)) or (above and all(known)):
            return True
    places = [part.strip() for part in re.split(r"\s[-–—|/]\s|,\s", text)]
    return text.isupper() and all(part and gazetteer().resolve(part.title(), language) for part in places)
