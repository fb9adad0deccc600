"""What the editors' pages tell, as plain values: jobs find it out, pages show it. No address of a subscriber is in any.

Reasons are English phrases, as `feeder explain` prints them; `feeder.editors.reasons` says them in another language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

from feeder.model import DeliveryState, Issue, Language, Locale, Pace, StoryKey, SubscriberState, Week

Item = TypeVar("Item")
PAGE = 100  #: rows on a page of a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Item]):
    """A page of a list."""

    rows: Sequence[Item]
    number: int  #: of the page, from 1
    total: int  #: rows in all

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


# --- articles -------------------------------------------------------------------------------------

ArticleState = Literal[
    "published",  #: readers see it; `locales` says which
    "waiting",  #: the next build publishes it
    "draft",
    "credited",  #: another source's article is shown, this one is named beside it
    "doubled",  #: another article has the same story and language
    "retracted",
    "unshown",  #: no locale of the site shows its language
    "withheld",  #: it was read well and fails when it is shown
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """An article and what became of it."""

    source: str
    key: str
    story: StoryKey  #: under which it is shown
    language: Language
    title: str
    state: ArticleState
    locales: tuple[Locale, ...] = ()  #: whose readers see this very text
    other: str = ""  #: of "credited" and "doubled": the article that is shown
    published: datetime  #: as stated, else when it was first seen
    refused: bool = False  #: the file was changed since and cannot be read any more; this is the last good version


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What could not be read, with the line at fault."""

    source: str
    key: str
    line: int  #: 1-based; 0 when it is the whole file
    field: str
    reason: str
    lines: tuple[tuple[int, str], ...] = ()  #: number and text of that line and its neighbours; of a feed none
    kept: bool = False  #: the last good version is still published


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A source and how it does."""

    key: str
    name: str
    kind: Literal["folder", "feed"]
    articles: int
    last: datetime | None  #: date of its newest story
    visited: datetime | None = None  #: of a feed: when it last answered
    next_try: datetime | None = None
    trouble: str = ""  #: why it fails; "" when it does not
    silence: timedelta | None = None  #: how long there was nothing new, when that is unusual


# --- languages ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story and when each of its languages came."""

    story: StoryKey
    title: str
    language: Language  #: of the title
    first: datetime
    delays: Mapping[Locale, timedelta]  #: after the first publication; a language that is missing has none
    drafts: frozenset[Locale] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSum:
    """How complete one language is, over the last weeks."""

    locale: Locale
    stories: int  #: in all languages
    written: int  #: of them in this one
    typical: timedelta | None  #: median delay of those that were published in another language first


# --- the digest -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A story that is in an issue, or why it is not."""

    story: StoryKey
    title: str
    language: Language
    languages: tuple[Language, ...]  #: in which it is written
    reason: str = ""  #: why it is left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What SpamAssassin makes of a message."""

    points: float
    limit: float  #: from which it calls a message spam
    rules: tuple[tuple[float, str, str], ...]  #: points, name, description of those that count


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An issue of one locale, to be looked at."""

    issue: Issue  #: as it is kept
    html: str  #: whole, with a sample's addresses
    text: str  #: the same
    message: bytes  #: as it goes out, to nobody
    score: Score | None = None

    @property
    def html_bytes(self) -> int:
        return len(self.html.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The digest of a week as it is, or as it would be now."""

    week: Week
    made: bool  #: the issue is kept and does not change any more
    due: datetime | None  #: when it is made, where that lies ahead
    sheets: tuple[Sheet, ...]
    chosen: tuple[Choice, ...]
    left_out: tuple[Choice, ...]  #: those that an editor may ask about: of the weeks the issue looks at
    others: Mapping[str, int] = field(default_factory=dict)  #: reason -> number of the stories left out beside them


# --- why ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A piece of text, and the place it names."""

    text: str
    place: str = ""  #: name in the readers' language; "" for plain text
    adjective: bool = False  #: found and not counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The account of `feeder explain` for one article, with its texts."""

    account: Mapping[str, Any]
    texts: tuple[tuple[Stretch, ...], ...]  #: title, deck and so on, as places are looked for in them


# --- how it runs ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How the program does, as it knows itself."""

    well: bool
    last_success: datetime | None
    failures: Mapping[str, str]  #: work -> why it failed the last time


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """What became of one piece of scheduled work."""

    job: str
    slot: str
    state: str
    started: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """One week's issues: for each locale its deliveries by state."""

    week: Week
    issues: Mapping[Locale, Mapping[DeliveryState, int]]  #: {} for an issue that went to nobody yet
    bounces: int = 0  #: reports read in the week


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Who came and who left, by week; the week of a subscriber's confirmation and of the last change."""

    monday: date
    came: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All that the page of the state tells."""

    pulse: Pulse
    now: datetime
    next_build: datetime | None
    next_digest: datetime
    digest_week: Week  #: of which the next digest tells
    runs: tuple[RunLine, ...]
    sources: tuple[SourceLine, ...]
    counts: Mapping[str, int]  #: "articles", "stories", "drafts", "quarantined"
    weeks: tuple[WeekLine, ...]  #: the newest first
    held: Mapping[str, int]  #: why -> deliveries
    pace: Pace  #: of deliveries
    readers: Mapping[Locale, Mapping[SubscriberState, int]]
    moves: tuple[Moves, ...]
    disk_free: int  #: bytes
    disk_total: int
    store_size: int | None  #: bytes; None: not a file
