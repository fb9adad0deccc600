"""A saved HTML page: what it states of itself, its story, and what its publisher's profile makes of the rest.

    bytes -> tree -> facts (`html_facts`) and blocks (`html_story`) -> rules of the publisher (`html_sheet`) -> Page

Nothing is fetched and nothing is run. What a page states wrongly is a problem, not a failure: the text counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from lxml import etree
from lxml import html as lxml_html

from feeder import markup
from feeder.articles import date_lines, datelines, encodings, fields, limits, publishers
from feeder.articles.encodings import Decoded
from feeder.articles.html_pages import html_sheet, html_story
from feeder.articles.html_pages.html_blocks import Given
from feeder.articles.html_pages.html_facts import Facts
from feeder.articles.html_pages.html_sheet import Sifted
from feeder.articles.html_pages.html_story import Found, letters_of
from feeder.articles.lines import fold
from feeder.articles.publishers import Profile, Rules
from feeder.articles.text_pages import bylines, titles
from feeder.errors import ArticleError, DateError, FeederError, LocaleError
from feeder.language import dates, detect, locales
from feeder.model import Dateline, Dropped, Edtf, Enclosure, Language, Notice, Related

_DECLARED = re.compile(
    rb"<(?:meta[^>]{1,200}?charset|\?xml[^>]{1,100}?encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  #: by lxml (XML 1.0, 2.2)
_LARGEST = 20_000  #: elements; a live blog of a whole day has 15,000
_OPENING = 6  #: blocks in which a description may be repeated
_SAME = timedelta(minutes=1)  #: a change within it is the publication itself, saved twice
_NOBODY = frozenset(("admin", "administrator", "editor", "redactor", "redaktor", "user", "guest", "root", "web"))
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page states, and its story."""

    title: str
    deck: str
    body: str  #: safe HTML
    dateline: Dateline | None  #: when it stands apart from the story; else it is still in the body
    language: Language | None  #: stated, and one of ours
    foreign: str  #: the stated language, when it is none of ours: "uz"
    authors: tuple[str, ...]
    publisher: str
    url: str
    alternates: tuple[tuple[Language, str], ...]  #: of its translations, as the page links them
    caption: str  #: of the first picture of the story
    published: datetime | None
    updated: datetime | None
    event_date: Edtf | None  #: schema.org's temporalCoverage
    tags: tuple[str, ...]
    notices: tuple[Notice, ...]
    related: tuple[Related, ...]
    dropped: tuple[Dropped, ...]
    problems: tuple[str, ...]
    pictures: tuple[Enclosure, ...]  #: in the body's order, numbered as their marks; not opened


def read(data: bytes, zone: ZoneInfo, *, language: Language | None = None, publisher: str = "") -> Page:
    """Read a page. `language` and `publisher` are the editor's words, `zone` that of the site, for a page whose own is not known.

    Bytes, because a page names its own encoding. Raises ArticleError when it has no text.
    """
    decoded = _decode(data)
    text = markup.clean(decoded.text)
    facts = Facts(_parse(text), text)
    title = _title(facts)
    found = html_story.find(facts.tree, title)
    code = facts.language()
    stated = _first(locales.parse, [code])
    spoken = language or detect.language_of(" ".join(_stories(found))) or stated or "en"
    profile = _profile(facts, found, spoken, publisher)
    rules = publishers.rules(profile)
    clock = rules.zone or zone
    given = Given(
        rules=rules, language=spoken, zone=clock, url=facts.url(), title=title, deck=_deck(facts, found), caption=found.caption,
        authors=_authors(facts, rules),
    )  # fmt: skip
    sifted = html_sheet.sift(found.blocks, found.beside, given)
    return _page(decoded, facts, found, given, sifted, stated, code)


def _page(
    decoded: Decoded, facts: Facts, found: Found, given: Given, sifted: Sifted, stated: Language | None, code: str
) -> Page:
    problems = list(decoded.problems)
    story = html_story.cut_out(found, sifted.kept, given.language)
    problems += [*markup.removed(decoded.text, story.html), *sifted.problems]
    published = _stated("published", given, facts.published(), problems) or sifted.published
    updated = _stated("updated", given, facts.updated(), problems) or sifted.updated
    event = _first(dates.parse, [facts.ld("temporalCoverage")])
    if event is None:
        _not_understood("event_date", [facts.ld("temporalCoverage")], problems)
    return Page(
        title=given.title,
        deck=sifted.deck,
        body=markup.sanitise(story.html, given.url).strip(),
        dateline=sifted.dateline,
        language=stated,
        foreign="" if stated else code,
        authors=given.authors or sifted.authors,
        publisher=given.rules.publisher or facts.publisher(),
        url=given.url,
        alternates=facts.alternates(),
        caption=sifted.caption,
        published=published,
        updated=updated if updated and (published is None or updated - published >= _SAME) else None,
        event_date=event,
        tags=facts.tags(),
        notices=sifted.notices,
        related=sifted.related,
        dropped=(*sifted.dropped, *story.dropped),
        problems=tuple(problems),
        pictures=story.pictures,
    )


# --- bytes to elements ----------------------------------------------------------------------------


def _decode(data: bytes) -> Decoded:
    """The page's text: UTF-8 whatever it declares, else as it declares when that fits. Raises ArticleError."""
    declared = _DECLARED.search(data[:4096])
    return encodings.decode(data, declared=declared[1].decode("ascii") if declared else "")


def _parse(text: str) -> Any:
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        tree = lxml_html.document_fromstring(text.encode(), parser=parser)
        return _bounded(cleaned(tree) if "&#" in text else tree)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise ArticleError("is not a readable HTML page", field="body") from None


def cleaned(tree: Any) -> Any:
    """The tree without what references such as "&#1;" stand for: lxml reads it, and refuses to write it anywhere."""
    for element in tree.iter():
        if _REFUSED.search(element.text or ""):
            element.text = _REFUSED.sub("", element.text)
        if _REFUSED.search(element.tail or ""):
            element.tail = _REFUSED.sub("", element.tail)
        for name in [name for name, value in element.attrib.items() if _REFUSED.search(value)]:
            del element.attrib[name]
    return tree


def _bounded(tree: Any) -> Any:
    """The tree, when it is no larger than a page that somebody can read. Raises ArticleError."""
    elements = [el for el in tree.iter() if el.tag not in ("script", "style")]
    letters = sum(len(el.text or "") + len(el.tail or "") for el in elements if isinstance(el.tag, str))
    if len(elements) > _LARGEST or letters > limits.TEXT:
        reason = (
            f"has more than {_LARGEST:,} elements or {limits.TEXT:,} characters; save the story alone, as .txt or .md"
        )
        raise ArticleError(reason, field="size")
    return tree


# --- whose page it is -------------------------------------------------------------------------------


def _profile(facts: Facts, found: Found, language: Language, publisher: str) -> Profile | None:
    """The publisher's profile: the editor's word, the page's address, the name it gives itself, else its lines.

    On a page of somebody else only clear signs count, not what its story says of a publisher.
    """
    named = publishers.find(publisher) or publishers.at(facts.addresses()) or publishers.find(facts.publisher())
    if named:
        return named
    lines = [block.text for block in (*found.blocks, *(block for one in found.beside for block in one))]
    openings = (datelines.read(text, language) for text in _stories(found))
    agency = next((opening.dateline.agency for opening in openings if opening), "")
    stranger = bool(publisher or facts.publisher() or facts.url())
    signed = publishers.identify(lines, language=language, agency="" if stranger else agency, mentions=not stranger)
    return None if stranger and signed and fold(signed.name) != fold(publisher) and facts.url() else signed


def _stories(found: Found) -> list[str]:
    return [block.text for block in found.blocks if block.story]


# --- what is made of its facts ----------------------------------------------------------------------


def _title(facts: Facts) -> str:
    """The headline, without the name of the site that some pages add to it."""
    stated = facts.titles()
    title = titles.bare(stated[0]) if stated else ""
    head, mark, site = re.sub(r"\s+[|–—-]\s+(?=[^|–—]*$)", "\0", title).partition("\0")
    headings = (markup.line(el.text_content()) for el in facts.elements("h1", "h2"))
    return head if mark and (site == facts.publisher() or head in headings) else title


def _deck(facts: Facts, found: Found) -> str:
    """The description, unless it only repeats how the story begins, or the title."""
    deck = facts.deck()
    opening = re.sub(r"\s*(?:\[?(?:…|\.{3})\]?)$", "", deck)
    begins = " ".join(_stories(found)[:_OPENING])
    return "" if opening and (opening in begins or letters_of(opening) in letters_of(_title(facts))) else deck


def _authors(facts: Facts, rules: Rules) -> tuple[str, ...]:
    """The names of people: without "by", without the publisher, several in one text parted."""
    found: list[str] = []
    for text in facts.authors():
        line = re.sub(r"^by\s+", "", text, flags=re.IGNORECASE)
        parted = bylines.names(f"By {line}", rules)
        found += parted if len(parted) > 1 and all(" " in name for name in parted) else (line,)
    own = publishers.names() | {fold(facts.publisher())} | _NOBODY
    return tuple(dict.fromkeys(name for name in found if fold(name) not in own))


def _moment(text: str, given: Given) -> datetime:
    """A time as pages state it: RFC 3339, RFC 5322, or in words; without an offset at the publisher's clock. Raises DateError."""
    try:
        return fields.moment(text, given.zone)
    except DateError as error:
        line = date_lines.read(text, order=given.rules.date_order, zone=given.zone)
        if line and line.moment:
            return line.moment
        try:
            found = parsedate_to_datetime(text)
        except ValueError:
            raise error from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)  # "-0000"


def _first(read_: Callable[[str], Value], texts: Sequence[str]) -> Value | None:
    """The first text that can be read."""
    for text in texts:
        try:
            if text.strip():
                return read_(text.strip())
        except (FeederError, LocaleError, ValueError):
            continue
    return None


def _stated(name: str, given: Given, texts: Sequence[str], problems: list[str]) -> datetime | None:
    """The first time that can be read; when none can, that is told."""
    found = _first(lambda text: _moment(text, given), texts)
    if found is None:
        _not_understood(name, texts, problems)
    return found


def _not_understood(name: str, texts: Sequence[str], problems: list[str]) -> None:
    if first := next((text for text in texts if text.strip()), ""):
        problems.append(f"the page's {name} {first!r} was not understood")
