"""What is peculiar to a publisher's pages, as data: one TOML file each, beside this module.

`_general.toml` has the same keys and holds for everybody. A new publisher is a new file and no code.
Patterns are regular expressions, searched without regard to case in text whose quotation marks are straight;
exact lines are compared without regard to case, quotation marks and a colon or full stop at the end.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from feeder.articles.lines import fold, plain
from feeder.errors import ConfigError
from feeder.language.numeric_dates import Order
from feeder.model import Language

FOLDER = Path(__file__).resolve().parent

Patterns = tuple[str, ...]
_PATTERNS = (
    "signs", "mentions", "chrome_patterns", "lost_links", "credits", "picture_credits", "captions", "pictures",
    "bylines", "promos", "author_boxes", "related_patterns", "ending_patterns", "disclaimers", "box_starts", "box_ends",
    "jobs", "audiences", "site_words", "reader_words",
)  # fmt: skip


class NoticeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a legal or safety notice begins, and how its further paragraphs do."""

    start: str  #: pattern
    follow: str  #: pattern
    kind: Literal["legal", "safety", "other"] = "legal"


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file. Every key but `name` may be missing."""

    name: str  #: short: "RFE/RL"
    full_name: str = ""
    aliases: tuple[str, ...] = ()  #: other names an editor may give
    languages: tuple[Language, ...] = ()  #: of its pages; none: any
    zone: str = ""  #: IANA name; where the page's clock stands
    clock_names: tuple[str, ...] = ()  #: what its dates call that clock: "IST"
    date_order: Order = ""  #: of numeric dates at the head of a page
    related_date_order: Order = ""  #: of those in lists of related links
    above_story: Literal["deck", "caption"] = "deck"  #: what a lone line between the title and the dateline is
    signs: Patterns = ()  #: a line that only this publisher's pages have
    mentions: Patterns = ()  #: words in a story that speak of the publisher as its own; believed when there is no sign
    agencies: tuple[str, ...] = ()  #: names in datelines: "AsiaNews" in "Moscow (AsiaNews) - "
    sections: tuple[str, ...] = ()  #: of the site; whole lines above the title, or a step of the way to the page
    chrome: tuple[str, ...] = ()  #: whole lines
    chrome_patterns: Patterns = ()
    tag_headings: tuple[str, ...] = ()  #: whole lines; the story's tags stand below, a line each
    contact_headings: tuple[str, ...] = ()  #: whole lines; a press officer's name, number and address stand below
    box_starts: Patterns = ()  #: first line of a box within the story
    box_ends: Patterns = ()  #: its last line
    jobs: Patterns = ()  #: what an author does, on a line below the name
    audiences: Patterns = ()  #: how many follow a channel; the channel's name stands above
    common_words: tuple[str, ...] = ()  #: of four letters or more, too common to tell what a story is about
    site_words: Patterns = ()  #: what sites speak of when they speak of themselves
    reader_words: Patterns = ()  #: words with which they turn to their readers
    lost_links: Patterns = ()  #: sentences that were a link and are nothing without it
    credits: Patterns = ()  #: who else took part: "With reporting by …"
    picture_credits: Patterns = ()  #: who took the picture: "Photo: …"
    captions: Patterns = ()  #: a line above the story that can only be a caption
    caption_labels: tuple[str, ...] = ()  #: whole lines; a caption stands on the next
    pictures: Patterns = ()  #: a line that is a caption wherever it stands
    bylines: Patterns = ()  #: with a group (?P<name>…)
    byline_labels: tuple[str, ...] = ()  #: whole lines; a name stands on the next
    date_labels: tuple[str, ...] = ()  #: whole lines; a date stands on the next
    promos: Patterns = ()  #: paragraphs of boxes in the story; a heading above one goes with it
    author_boxes: Patterns = ()  #: paragraphs about the author
    related_headings: tuple[str, ...] = ()
    related_patterns: Patterns = ()  #: the same
    lists: tuple[str, ...] = ()  #: headings of other news: as a rule nothing below belongs to the story
    endings: tuple[str, ...] = ()  #: headings after which nothing belongs to the story: the readers' comments
    ending_patterns: Patterns = ()
    disclaimers: Patterns = ()  #: paragraphs that become a notice of the kind "other"
    notices: tuple[NoticeRule, ...] = ()

    def __post_init__(self) -> None:
        for key in _PATTERNS:
            for pattern in getattr(self, key):
                _check(pattern, key)
        for rule in self.notices:
            _check(rule.start, "notices.start")
            _check(rule.follow, "notices.follow")
        if any("(?P<name>" not in pattern for pattern in self.bylines):
            raise ValueError("a pattern has no group (?P<name>…) - at `$.bylines`")
        if self.zone:
            _zone(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A profile together with the general one, ready to be asked."""

    publisher: str
    zone: ZoneInfo | None
    clock_names: frozenset[str]  #: folded
    date_order: Order
    related_date_order: Order
    above_story: Literal["deck", "caption"]
    sections: frozenset[str]  #: folded
    chrome: frozenset[str]  #: folded
    chrome_patterns: re.Pattern[str]
    tag_headings: frozenset[str]  #: folded
    contact_headings: frozenset[str]  #: folded
    box_starts: re.Pattern[str]
    box_ends: re.Pattern[str]
    jobs: re.Pattern[str]
    audiences: re.Pattern[str]
    common_words: frozenset[str]  #: folded
    site_words: re.Pattern[str]
    reader_words: re.Pattern[str]
    lost_links: re.Pattern[str]
    credits: re.Pattern[str]
    picture_credits: re.Pattern[str]
    captions: re.Pattern[str]
    caption_labels: frozenset[str]  #: folded
    pictures: re.Pattern[str]
    bylines: tuple[re.Pattern[str], ...]
    byline_labels: frozenset[str]  #: folded
    date_labels: frozenset[str]  #: folded
    promos: re.Pattern[str]
    author_boxes: re.Pattern[str]
    related_headings: frozenset[str]  #: folded
    related_patterns: re.Pattern[str]
    lists: frozenset[str]  #: folded
    endings: frozenset[str]  #: folded
    ending_patterns: re.Pattern[str]
    disclaimers: re.Pattern[str]
    notices: tuple[tuple[NoticeRule, re.Pattern[str], re.Pattern[str]], ...]


def load(path: Path) -> Profile:
    """A profile from its file. Raises ConfigError naming the file and the key."""
    try:
        return msgspec.toml.decode(path.read_text(encoding="utf-8"), type=Profile)
    except (msgspec.DecodeError, OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"publisher profile {path.name}: {error}") from None


@functools.cache
def profiles() -> tuple[Profile, ...]:
    """All publishers, in the order of their file names."""
    return tuple(load(path) for path in sorted(FOLDER.glob("*.toml")) if not path.name.startswith("_"))


@functools.cache
def general() -> Profile:
    return load(FOLDER / "_general.toml")


def find(name: str) -> Profile | None:
    """The profile of a publisher by any of its names."""
    wanted = fold(name)
    for profile in profiles():
        if wanted and wanted in {fold(known) for known in (profile.name, profile.full_name, *profile.aliases)}:
            return profile
    return None


def at(addresses: Iterable[str]) -> Profile | None:
    """The profile of the publisher to whose site one of the addresses leads, also through a web archive."""
    for address in addresses:
        for whole in re.findall(r"https?://(?:(?!https?://).)+", address):
            host = "." + (urlsplit(whole).hostname or "")
            for profile in profiles():
                if any("." in name and host.endswith("." + name.casefold()) for name in profile.aliases):
                    return profile
                if _any(profile.signs).match(whole):
                    return profile
    return None


def identify(lines: Sequence[str], *, language: Language, agency: str = "", mentions: bool = True) -> Profile | None:
    """Whose page this is: by lines only one publisher has, by the dateline's agency, or by how the story speaks of it.

    A dateline of somebody else's agency, or two publishers with equal evidence, identify nobody. Without `mentions`
    what a story says of a publisher is no evidence.
    """
    known = [profile for profile in profiles() if not profile.languages or language in profile.languages]
    text = [plain(line) for line in lines]
    if signed := _most(known, text, "signs"):
        return signed
    by_agency = [profile for profile in known if fold(agency) in {fold(name) for name in profile.agencies}]
    if agency:
        return by_agency[0] if by_agency else None
    return _most(known, text, "mentions") if mentions else None


def _most(known: Sequence[Profile], text: Sequence[str], key: Literal["signs", "mentions"]) -> Profile | None:
    score = {profile.name: _hits(getattr(profile, key), text) for profile in known}
    best = max(score.values(), default=0)
    winners = [profile for profile in known if score[profile.name] == best]
    return winners[0] if best and len(winners) == 1 else None


def _hits(patterns: Patterns, text: Sequence[str]) -> int:
    pattern = _any(patterns)
    return sum(pattern.search(line) is not None for line in text)


@functools.cache
def rules(profile: Profile | None) -> Rules:
    """The general rules, and those of the publisher when it is known."""
    both = (general(),) if profile is None else (general(), profile)
    own = both[-1]

    def pattern(key: str) -> re.Pattern[str]:
        return _any(line for each in both for line in getattr(each, key))

    def lines(key: str) -> frozenset[str]:
        return _folded(line for each in both for line in getattr(each, key))

    return Rules(
        publisher="" if profile is None else profile.name,
        zone=_zone(own.zone) if own.zone else None,
        clock_names=_folded(own.clock_names),
        date_order=own.date_order,
        related_date_order=own.related_date_order,
        above_story=own.above_story,
        sections=lines("sections"),
        chrome=lines("chrome"),
        chrome_patterns=pattern("chrome_patterns"),
        tag_headings=lines("tag_headings"),
        contact_headings=lines("contact_headings"),
        box_starts=pattern("box_starts"),
        box_ends=pattern("box_ends"),
        jobs=pattern("jobs"),
        audiences=pattern("audiences"),
        common_words=lines("common_words"),
        site_words=pattern("site_words"),
        reader_words=pattern("reader_words"),
        lost_links=pattern("lost_links"),
        credits=pattern("credits"),
        picture_credits=pattern("picture_credits"),
        captions=pattern("captions"),
        caption_labels=lines("caption_labels"),
        pictures=pattern("pictures"),
        bylines=tuple(re.compile(line, re.IGNORECASE) for each in both for line in each.bylines),
        byline_labels=lines("byline_labels"),
        date_labels=lines("date_labels"),
        promos=pattern("promos"),
        author_boxes=pattern("author_boxes"),
        related_headings=lines("related_headings"),
        related_patterns=pattern("related_patterns"),
        lists=lines("lists"),
        endings=lines("endings"),
        ending_patterns=pattern("ending_patterns"),
        disclaimers=pattern("disclaimers"),
        notices=tuple((rule, _any((rule.start,)), _any((rule.follow,))) for each in both for rule in each.notices),
    )


@functools.cache
def agencies() -> frozenset[str]:
    """Every agency a dateline may name, folded."""
    return _folded(name for profile in (general(), *profiles()) for name in profile.agencies)


@functools.cache
def names() -> frozenset[str]:
    """Every name of a publisher, folded: what a page adds to its titles."""
    return _folded(
        name for profile in profiles() for name in (profile.name, profile.full_name, *profile.aliases) if name
    )


def _folded(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(line) for line in lines)


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    alternatives = [f"(?:{pattern})" for pattern in patterns]
    return re.compile("|".join(alternatives) if alternatives else r"(?!)", re.IGNORECASE)


def _check(pattern: str, key: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {pattern!r}: {error} - at `$.{key}`") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"not a time zone: {name!r} - at `$.zone`") from None
