"""Retractions and corrections in an issue: every reader's own part of what all of them share.

An issue is made once for a language, and a retraction concerns only those who were told the story. So its html and its
text hold every amendment between marks, each alone on its line:

    <!--amendments 0,1-->      what follows is for those who are told amendment 0 or 1: the heading
    <!--amendments 0-->        what follows is for those who are told amendment 0
    <!--amendments 1-->
    <!--amendments-->          what follows is for everybody

    variant(issue.html, {1})   what one reader gets; no variant has a mark
    for_reader(issue, {1})     the same of both parts
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from feeder.model import Amendment, Issue, Language, StoryKey

_START = "<!--amendments"
_MARK = re.compile(r"^<!--amendments ?([\d,]*)-->\n", re.MULTILINE)
_GAP = re.compile(r"\n{4,}")  # around what was cut
_SIGN = "\x1e"  # a record separator: articles have no control characters (`feeder.markup`)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An amendment in the words of one locale."""

    amendment: Amendment
    title: str  #: of the story; a retraction says so in it: "Retracted: Eight people detained"
    title_language: Language
    url: str  #: absolute, of the story's page
    text: str  #: the reason, or what was wrong and what is right; plain, one line
    language: Language  #: of the text
    made: date | None = None  #: the day, where it is known


def retraction(story: StoryKey) -> Amendment:
    return Amendment(story=story, kind="retraction", key=f"retraction:{story}")


def correction(story: StoryKey, text: str) -> Amendment:
    """Known by its text: a date may be missing, and two corrections may be of one day."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Amendment(story=story, kind="correction", key=f"correction:{story}:{digest}")


def mark(places: Iterable[int] = ()) -> str:
    """The line before what is for those who are told one of these amendments; without places, for everybody."""
    numbers = ",".join(map(str, sorted(places)))
    return f"<!--amendments{' ' if numbers else ''}{numbers}-->"


def signed_mark(places: Iterable[int] = ()) -> str:
    """The same in plain text that is not `sealed` yet."""
    return _SIGN + mark(places)


def sealed(text: str) -> str:
    """Plain text in which only signed marks are marks: in HTML a story's own words are escaped, here they are not."""
    own = text.replace(_START, "<!-- amendments")
    return own.replace(f"{_SIGN}<!-- amendments", _START)


def variant(text: str, places: Collection[int]) -> str:
    """An issue's html or text for a reader who is told the amendments at these places; all marks are gone."""
    first, *rest = _MARK.split(text) if _START in text else [text]  # most issues have no mark
    pieces = zip(rest[::2], rest[1::2], strict=True)
    kept = first + "".join(piece for numbers, piece in pieces if _applies(numbers, places))
    return _GAP.sub("\n\n\n", kept)


def for_reader(issue: Issue, places: Collection[int]) -> Issue:
    """The issue as it goes to readers who are told the amendments at these places."""
    return replace(issue, html=variant(issue.html, places), text=variant(issue.text, places))


def _applies(numbers: str, places: Collection[int]) -> bool:
    return not numbers or any(int(number) in places for number in numbers.split(","))
