"""The opening words of a report that say where it was filed: "ALMATY, Kazakhstan -- ", "Алматы. 15 января. КазТАГ - ".

    PLACE [/PLACE] [, Country | [Country]] [, date | . date.] [(AGENCY) | . AGENCY] separator [AGENCY. | Name Surname.]

A dash after a place is no dateline by itself: "Құлжа – …" and "Кульджа — …" only say what the place is. A dateline has
its place in capitals (where the place is not written so anyway, as "АҚШ" is), or names an agency or a date; its place or
country is in the gazetteer; and a sentence follows it that begins anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from feeder.articles import marks, publishers
from feeder.articles.date_lines import WORDS
from feeder.articles.lines import fold
from feeder.language.places import gazetteer
from feeder.model import Dateline, Language, Place, PlaceId

_LONGEST = 120  #: code points that a dateline may take
_NAME = r"[^\W\d_a-zа-яёәғқңөұүһі][^\d,/(\[:;!?\"«»“”—–]{0,48}?"
_DASH = r"(?:-{2,3}|[–—]-?|-(?=\s))"
_OPENING = re.compile(
    rf"(?P<place>{_NAME})"
    rf"(?:\s?/\s?{_NAME})?"
    rf"(?:,\s(?P<country>(?!(?i:{WORDS})){_NAME})|\s?\[(?P<bracketed>{_NAME})\])?"
    rf"(?:(?:,|\.)\s(?P<date>(?i:{WORDS})))?"
    rf"(?:\s\((?P<day>(?i:{WORDS}))\))?"
    r"(?:\s?\((?P<agency>[^()\d]{2,40})\)|\.?\s/(?P<slashed>[^/()\d]{2,40})/|\.\s?(?P<dotted>[^\W\d_][^.,:;—–()]{1,40}?))?"
    rf"(?:\s*\.?\s*(?P<dash>{_DASH})\s*|\s?(?P<colon>:)\s+|(?P<stop>\.)\s+)"
)
_BARE_AGENCY = re.compile(rf"(?:(?P<date>(?i:{WORDS}))\s)?\((?P<agency>[^()\d]{{2,40}})\)\s*{_DASH}\s+")
#: "(New York, June 27, 2022) – ", as Human Rights Watch writes
_BRACKETED = re.compile(
    rf"\((?P<place>{_NAME})(?:,\s(?P<country>(?!(?i:{WORDS})){_NAME}))?(?:,\s(?i:{WORDS}))?\)\s*{_DASH}\s+"
)
_START = re.compile(r"[\"«“„'’(\[]*(?P<first>[^\W_])")
_NUMBERED = re.compile(r"[\"«“„'’(\[]*\d[\d.,]*(?!:\d)(?:\S*\s\S+){2}")
_AFTER = re.compile(r"(?P<words>[^\W\d_][\w\- ]{1,40})\.\s+")
_PERSON = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?(?: [^\W\d_]\.)?(?: [^\W\d_]+(?:-[^\W\d_]+)?){1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A first paragraph, parted."""

    dateline: Dateline
    rest: str  #: the paragraph without the dateline, beginning with a capital, a digit or a quotation mark
    author: str = ""  #: when the dateline ends with a name: "КазТАГ – Имя Фамилия. "


def read(paragraph: str, language: Language, *, marked: bool = False) -> Opening | None:
    """The dateline a paragraph opens with, or None; `marked` when its first words are set apart in bold or italics."""
    match = _OPENING.match(paragraph[:_LONGEST])
    if match is None:
        return _bracketed(paragraph, language) or _placeless(paragraph, language)
    place = _place(match["place"], language)
    country = _country(match["country"] or match["bracketed"], language)
    agency = _agency(match["agency"] or match["slashed"] or match["dotted"] or "", language)
    if not agency and not country and (match["country"] or "").isalpha():
        agency = _agency(match["country"], language)
    tail, after, author = _after(paragraph[match.end() :], language, agency)
    agency = agency or after
    if not (place or country) or not _stands(match, place, agency, marked) or not _begins(tail):
        return None
    text = paragraph[: len(paragraph) - len(tail)]
    dateline = Dateline(
        text=text, place=place.id if place else None, country=country.id if country else None, agency=agency
    )
    return Opening(dateline=dateline, rest=tail, author=author)


def _bracketed(paragraph: str, language: Language) -> Opening | None:
    match = _BRACKETED.match(paragraph[:_LONGEST])
    place = _place(match["place"], language) if match else None
    if match is None or place is None or not _begins(paragraph[match.end() :]):
        return None
    country = _country(match["country"], language)
    dateline = Dateline(text=match.group(), place=place.id, country=country.id if country else None)
    return Opening(dateline=dateline, rest=paragraph[match.end() :])


def _placeless(paragraph: str, language: Language) -> Opening | None:
    """ "March 3 (Reuters) - ": an agency that we know, and no place."""
    match = _BARE_AGENCY.match(paragraph[:_LONGEST]) if "(" in paragraph[:_LONGEST] else None
    if match is None or fold(match["agency"]) not in publishers.agencies() or not _begins(paragraph[match.end() :]):
        return None
    dateline = Dateline(text=match.group(), place=None, agency=_agency(match["agency"], language))
    return Opening(dateline=dateline, rest=paragraph[match.end() :])


def alone(line: str, language: Language) -> Dateline | None:
    """A dateline that has a line for itself, as "ALMATY, KAZAKHSTAN —" above the story."""
    begins = "The"  # any sentence may follow
    opening = read(f"{line} {begins}", language)
    if opening is None or opening.rest != begins or opening.author:
        return None
    return replace(opening.dateline, text=line)


def split_first(body: str, language: Language) -> tuple[Dateline | None, str]:
    """A body of text, Markdown or HTML parted into its dateline, without marks, and the rest.

    A place in capitals and bold with a full stop is a dateline too: "**ALMATY.** The day began."
    """
    story = marks.read(body)
    for marked in (True, False) if story.starts else (False,):
        opening = read(story.plain, language, marked=marked)
        cut = len(story.plain) - len(opening.rest) if opening else 0
        if opening and not (marked and story.open(cut)):
            return opening.dateline, story.after(cut)
    return None, body


def resembles(paragraph: str, language: Language) -> str:
    """The place of what has the form of a dateline in capitals, when the gazetteer does not know it; else ""."""
    match = re.match(rf"(?P<place>[^\W\d_][\w’'\- ]{{2,30}}?)(?:,\s{_NAME})?\s+(?:--|[–—]-?)\s+", paragraph)
    if match is None or not match["place"].isupper() or not _begins(paragraph[match.end() :]):
        return ""
    return "" if _place(match["place"], language) else match["place"]


def _stands(match: re.Match[str], place: Place | None, agency: str, marked: bool) -> bool:
    """Whether the words are a dateline's and not a sentence's."""
    named = match["agency"] or match["slashed"] or match["dotted"]
    if named and not agency:
        return False  # what stands in the agency's place is none
    if match["colon"]:
        return bool(match["agency"])
    if match["stop"]:
        return bool(match["slashed"] and agency) or (marked and _shouted(match["place"], place))
    return bool(agency or match["date"] or match["day"]) or _shouted(match["place"], place)


def _shouted(text: str, place: Place | None) -> bool:
    """In capitals, though the place is not written in capitals anyway."""
    if not text.isupper() or len(text) < 2:
        return False
    written = {name.text for names in place.names.values() for name in names} if place else set()
    variants = {name for names in place.variants.values() for name in names} if place else set()
    return text not in written | variants


def _begins(text: str) -> bool:
    """Whether a sentence begins here: not with a small letter, and not all in capitals as a headline would be."""
    match = _START.match(text)
    if match is None or match["first"].islower() or (text.isupper() and len(text) > 3):
        return False
    return not match["first"].isdigit() or _NUMBERED.match(text) is not None


def _after(text: str, language: Language, agency: str) -> tuple[str, str, str]:
    """(rest, agency, author): some agencies write their name, or the reporter's, between the dash and the story."""
    match = _AFTER.match(text)
    if match is None:
        return text, "", ""
    words = match["words"]
    if found := _agency(words, language):
        return text[match.end() :], found, ""
    if agency and _PERSON.fullmatch(words) and words == words.title() and _place(words, language) is None:
        return text[match.end() :], "", words
    return text, "", ""


def _agency(text: str, language: Language) -> str:
    """The name of an agency: one we know, or one written as only agencies are, with capitals inside ("КазТАГ")."""
    name = text.strip()
    if fold(name) in publishers.agencies():
        return name
    inner = any(letter.isupper() for letter in name[1:])
    single = name and " " not in name and name[0].isupper() and inner
    return name if single and _place(name, language) is None else ""


def _country(text: str | None, language: Language) -> Place | None:
    place = _place(text, language) if text else None
    return place if place and place.kind == "country" else None


def _place(text: str, language: Language) -> Place | None:
    name = " ".join(text.split()).rstrip(".")
    places = gazetteer()
    for spelling in (name, name.title(), name.capitalize()):
        found: PlaceId | None = places.resolve(spelling, language) or places.resolve(spelling)
        if found:
            return places.get(found)
    return None
