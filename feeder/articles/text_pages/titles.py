"""The title of a page: which line it is, and which lines only print it again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeder.articles import publishers
from feeder.articles.lines import count, ends_full_stop, ends_sentence, fold
from feeder.articles.text_pages import title_scores
from feeder.articles.text_pages.reading import Reader
from feeder.errors import ArticleError

_LONGEST = 40  #: words
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
    chosen = _without_suffix(reader, candidates, title_scores.choose(reader, candidates))
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
        if count(text) > _LONGEST or (found and ends_full_stop(text) and count(text) >= 8):
            break
        if any(letter.isalnum() for letter in text):
            found.append(index)
    return found if len(free) > 1 else []


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
