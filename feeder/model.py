"""The glossary. Every noun of the program stands here, with its shape; no other module adds one.

    Source -> Article -> Story -> Entry -> Feed / page
                                      \\-> Issue -> Delivery -> message

All of them are plain frozen values. Times are aware; text is Unicode in NFC; a *language* is the tag of a
text ("en", "kk", "ru"), a *locale* the language of the readers something is made for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal, NewType
from zoneinfo import ZoneInfo

Language = str  #: BCP 47 tag of a text: "en", "kk", "ru"
Locale = str  #: language of the readers: "en", "kk", "ru"
Edtf = NewType(
    "Edtf", str
)  #: a checked date of ISO 8601-2 levels 0 and 1: "2019-02-03", "XXXX-02-03", "2019-02~", "1991"
PlaceId = str  #: id in the gazetteer: "kz-almaty"
TopicKey = str  #: the name of a topic in addresses, whatever the language: "human-rights"
StoryKey = str  #: what makes translations one story: "2021-03-15-picket"
Markup = Literal["text", "markdown", "html"]


# --- what comes in -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where articles come from: a folder of files or a remote feed."""

    key: str  #: stable name in the store, as configured: "articles", "https://news.example.org/feed.atom"
    kind: Literal["folder", "feed"]
    path: Path | None = None  #: folder, or a feed's document on disk; absolute
    url: str | None = None  #: remote feed
    name: str = ""  #: the publisher, in the operator's words
    every: timedelta = timedelta(minutes=15)  #: the least time between two visits of a remote feed
    allow_hosts: tuple[str, ...] = ()  #: "127.0.0.1:8080": what would be refused because it is not the open web
    full_text: bool = False  #: an entry's text is that of its page


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of a remote feed between two visits."""

    key: str  #: of the source
    url: str  #: as configured
    etag: str = ""  #: of the document seen last (RFC 9110, 8.8.3)
    last_modified: str = ""  #: the same, as the server wrote it
    permanent_url: str = ""  #: where the feed said it has moved for good
    last_success: datetime | None = None
    last_error: str = ""  #: why the last visit failed; "" when it did not
    failures: int = 0  #: in a row
    next_try: datetime | None = None  #: None: never again, the publisher says that the feed is gone
    interval: timedelta | None = None  #: usual time between two stories; None: not known yet
    silence_told: datetime | None = None  #: date of the story after which a silence was told; once is enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What an entry of a feed was made from, byte for byte, by the names under which that is kept."""

    source: str  #: key of the source
    key: str  #: the entry's id
    document: str  #: SHA-256 of the feed's document in which the entry was last seen
    page: str = ""  #: the same of its page; "" when none was read
    url: str  #: where the document was found
    content_type: str  #: as the server said
    fetched: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A line of a page that is not part of the story, and why it was left out."""

    line: int  #: 1-based; 0 when the format has no lines
    text: str
    reason: str  #: one short English phrase: "repeats the title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Legal or safety text that belongs to a publisher's page and must reach readers, but is not the story."""

    text: str  #: plain; paragraphs separated by "\\n"
    language: Language
    kind: Literal["legal", "safety", "other"] = "other"
    topic: str = ""  #: "rferl" and the like, when feeder has its own words for it in every language


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A link to another story that the page itself offered."""

    title: str
    url: str = ""  #: absolute, or "" when the page had lost it
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """The opening words that say where a report was filed."""

    text: str  #: exactly as removed from the first paragraph: "ALMATY, Kazakhstan -- "
    place: PlaceId | None
    country: PlaceId | None = None  #: when the dateline names it
    agency: str = ""  #: "AsiaNews" in "Moscow (AsiaNews) - "


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an editor says was wrong in a story and is put right."""

    text: str  #: plain, one line, in the language of the article
    made: date | None = None  #: the day, when it is stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that belongs to a story; in this version always an image."""

    path: str  #: where it is published under the site's root: "media/1f2e3d4c5b6a7988-poster.png"
    type: str  #: media type: "image/png"
    length: int  #: bytes
    alt: str = ""  #: what it shows, for those who do not see it
    caption: str = ""
    width: int = 0  #: pixels; 0 unknown
    height: int = 0  #: pixels; 0 unknown
    origin: str = ""  #: file it is read from, relative to the source's folder
    inside: int = 0  #: which picture of the story's body it is, counted from 1; 0: it stands with the story, not in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One language version, as its source gave it: separated into fields, nothing localized, nothing decided."""

    source: str  #: key of the source
    key: str  #: name within the source: a folder's relative path, a feed's entry id
    story: StoryKey
    story_stated: bool = False  #: the editor chose it; else it is the file's name
    language: Language
    title: str  #: one line of plain text
    deck: str = ""  #: standfirst, plain
    body: str  #: the story alone, in `markup`; for "text", paragraphs are separated by a blank line; pictures are marks
    markup: Markup
    dateline: Dateline | None = None
    authors: tuple[str, ...] = ()  #: names, without "by"
    caption: str = ""
    publisher: str = ""  #: short name: "RFE/RL"
    url: str = ""  #: of the original page
    alternates: tuple[
        tuple[Language, str], ...
    ] = ()  #: language and absolute URL of its translations, as the page links them
    slug: str = ""  #: as the editor wishes it; "" to derive one
    published: datetime | None = None  #: None when the article states none
    updated: datetime | None = None
    event_date: Edtf | None = None  #: of the main event, as stated
    event_inferred: Edtf | None = (
        None  #: the same with what is not stated but follows from text or metadata, such as the year
    )
    event_evidence: str = ""  #: why, in one English sentence
    places: tuple[str, ...] = ()  #: ids or names the editor gave; when empty they are found in the text
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()  #: the story's own image first, then those inside its body
    notices: tuple[Notice, ...] = ()
    corrections: tuple[Correction, ...] = ()
    related: tuple[Related, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    problems: tuple[str, ...] = ()  #: what was not understood; the article is published all the same
    draft: bool = False
    pinned: bool = False  #: to lead the digest


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceError:
    """A file or feed entry that could not be read: a value in the stream of articles, so that it stops nothing."""

    source: str
    key: str  #: relative path, or entry id
    line: int  #: 1-based; 0 when it is the whole file
    field: str  #: what is wrong: "published", "encoding"
    reason: str  #: what is wrong with it and what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An article that is credited and not shown, because another one is the same report."""

    source: str
    key: str
    row_hash: str  #: moves with anything of the article


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What the store knows of one article without opening it."""

    language: Language
    source: str
    key: str
    slug: str  #: as the editor wishes it, or ""
    content_hash: str  #: moves when what a reader sees does
    row_hash: str  #: moves with anything of the article
    published: datetime | None
    updated: datetime | None
    first_seen: datetime
    changed_at: datetime | None  #: when a change of the content was last seen
    media: tuple[tuple[str, str], ...]  #: (path where it is published, file in the source) of each enclosure
    twins: tuple[Twin, ...] = ()  #: the same report from other sources
    tags: tuple[str, ...] = ()
    pinned: bool = False  #: to lead the digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The language-independent item: the articles that are translations of one another."""

    key: StoryKey
    versions: Mapping[Language, Version]
    places: tuple[PlaceId, ...]  #: at most five, the most specific first

    @property
    def published(self) -> datetime:
        """Of the earliest version that states it; else when the story was first seen."""
        stated = [version.published for version in self.versions.values() if version.published]
        return min(stated) if stated else min(version.first_seen for version in self.versions.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """A story taken back. Its ids and addresses stay taken; its text is published nowhere."""

    story: StoryKey
    at: datetime  #: when, aware
    reason: str  #: plain, one line, for readers
    language: Language  #: of the reason
    titles: Mapping[Locale, str] = field(default_factory=dict)  #: by which readers knew it; empty: better not repeated


# --- places and dates ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedName:
    """A name of a place in one locale and the days on which it was the official one."""

    text: str
    since: date | None = None  #: first day; None: always
    until: date | None = None  #: day the name ended, exclusive; None: still valid


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row of the gazetteer."""

    id: PlaceId
    kind: str  #: "country", "region", "city", "town", "area", "street" ...
    country: str  #: ISO 3166-1 alpha-2 in upper case; "" for regions of the world
    latitude: float | None  #: degrees, WGS 84
    longitude: float | None  #: degrees, WGS 84
    names: Mapping[Locale, tuple[DatedName, ...]]  #: the current name first, then former ones
    variants: Mapping[Locale, tuple[str, ...]] = field(default_factory=dict)  #: other spellings, for recognition only


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place found in running text."""

    place: PlaceId
    start: int  #: code points from the start of the text
    end: int  #: exclusive; Kazakh and Russian endings inside, an English 's outside
    surface: str  #: text[start:end]
    kind: Literal["place", "adjective"] = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A place as one entry names it: in the readers' language, on the day of the event."""

    id: PlaceId
    name: str  #: "Нұр-Сұлтан (қазіргі Астана)"
    country: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What stories are about, whatever the language."""

    key: TopicKey
    labels: Mapping[Locale, str]
    tags: tuple[str, ...] = ()  #: other spellings of tags that mean it, in any language


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTopic:
    """A topic as the readers of one locale see it."""

    key: TopicKey
    label: str  #: "Адам құқықтары"
    language: Language  #: of the label: not the readers' where nobody said it in theirs


# --- what goes out -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One more source that has the same story."""

    publisher: str  #: short name, or ""
    url: str  #: absolute, of the publisher's page, or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What makers need to know of the newsroom."""

    base_url: str  #: absolute, without a slash at the end
    locales: tuple[Locale, ...]  #: in the order of the site
    zone: ZoneInfo
    titles: Mapping[Locale, str]
    descriptions: Mapping[Locale, str]
    fallback: Mapping[Locale, tuple[Language, ...]]  #: for each locale the languages shown, best first
    full_text: bool = True  #: feeds carry the story, not only its summary
    story_pages: bool = True  #: each story has a page of its own; without it entries link to the original
    rights: Mapping[Locale, str] = field(default_factory=dict)  #: who may do what with the texts; empty: not stated
    hub: str = ""  #: absolute URL of the WebSub hub that tells feed readers of changes; "": none
    subscribing: bool = False  #: there is a page in each language to subscribe to the digest


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryHead:
    """What the store keeps of an entry: it is minted once and outlives every change of the text."""

    story: StoryKey
    locale: Locale
    language: Language  #: of the version shown
    uid: str  #: tag: URI (RFC 4151)
    slug: str  #: unique in its locale
    content_hash: str  #: of the version shown
    published: datetime
    updated: datetime
    number: int  #: from 1, in the order in which the entries of the locale were first published


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A story as shown to the readers of one locale."""

    id: str  #: tag: URI (RFC 4151), minted once
    story: StoryKey
    locale: Locale  #: of the readers
    language: Language  #: of the text; differs from `locale` in a fallback
    title: str
    deck: str  #: plain; "" when there is none
    html: str  #: the story's body with its pictures, sanitised, absolute URLs; without title, deck, image and notices
    summary: str  #: plain, at most 280 characters
    slug: str
    url: str  #: absolute, of the story's page in this locale
    original: str  #: absolute URL of the publisher's page, or ""
    authors: tuple[str, ...]
    publisher: str
    published: datetime
    updated: datetime  #: moves only when the content does
    event_date: Edtf | None
    dateline: str  #: localized: "Алматы, Қазақстан"; "" when there is none
    places: tuple[NamedPlace, ...]  #: at most five
    topics: tuple[NamedTopic, ...]
    enclosures: tuple[Enclosure, ...]  #: without those inside the body: `html` has them
    notices: tuple[Notice, ...]
    corrections: tuple[Correction, ...] = ()  #: the newest last
    related: tuple[Related, ...]
    label: str | None  #: localized, when `language` differs from `locale`: "Тек ағылшын тілінде"
    sisters: Mapping[Locale, str]  #: absolute URLs of the pages in the other languages the story really has
    credits: tuple[Credit, ...] = ()  #: its other sources in this language; `publisher` and `original` are the first

    @property
    def publishers(self) -> list[str]:
        """Names of the sources, each once, that of the text shown first."""
        return list(dict.fromkeys(name for name in (self.publisher, *(one.publisher for one in self.credits)) if name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What is left in a feed of an entry that was retracted (RFC 6721)."""

    id: str  #: of the entry
    when: datetime  #: later than the entry's `updated`, or readers would not believe it
    url: str  #: absolute, of the page that says so
    title: str  #: localized: "Retracted: Eight people detained"
    reason: str  #: plain, one line
    language: Language  #: of the reason
    published: datetime  #: of the entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One list of entries with its addresses, ready to be written in any format."""

    id: str  #: tag: URI of the feed
    locale: Locale
    mixed: bool = False  #: it has entries for the readers of every locale; each then says its language
    title: str
    subtitle: str
    author: str  #: the newsroom's name in the locale
    base_url: str  #: of the site, absolute, without a slash at the end
    home: str  #: absolute URL of the page that shows the same
    links: Mapping[Literal["atom", "rss", "json"], str]  #: absolute URL of each format that is published
    updated: datetime  #: of the entry updated last; a fixed day when there is none
    entries: tuple[Entry, ...]  #: newest publication first
    gone: tuple[Tombstone, ...] = ()  #: the last retracted first
    rights: str = ""  #: who may do what with the texts, in the locale
    sisters: Mapping[Locale, str] = field(default_factory=dict)  #: absolute URLs of the same feed in each language
    archive: bool = False  #: whether this is an archive document (RFC 5005, section 4)
    current: str = ""  #: of an archive document: absolute URL of the feed it belongs to
    previous: str = ""  #: absolute URL of the archive document before this one
    next: str = ""  #: absolute URL of the archive document after this one
    hub: str = ""  #: absolute URL of the WebSub hub that tells of its changes; archive documents have none


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO 8601 week."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Week:
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, text: str) -> Week:
        """Read "2026-W46". Raises ValueError for anything else, also for a week 53 that the year does not have."""
        year, mark, number = text.partition("-W")
        if mark and len(year) == 4 and len(number) == 2 and (year + number).isascii() and (year + number).isdigit():
            date.fromisocalendar(int(year), int(number), 1)
            return cls(int(year), int(number))
        raise ValueError(f"not an ISO week: {text!r}")

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Start and end in UTC: Monday 00:00 local time, and the next Monday 00:00, exclusive."""
        edges = (self.monday, self.monday + timedelta(days=7))
        start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in edges)
        return start, end

    def previous(self) -> Week:
        return Week.of(self.monday - timedelta(days=7))

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"


#: What stands in an issue's html and text where a subscriber's own address to leave belongs; mail puts it there.
#: The top-level domain is reserved to never exist (RFC 6761, 6.4), should it ever slip out.
UNSUBSCRIBE = "https://unsubscribe.invalid/"
#: The same for the subscriber's own page of preferences.
PREFERENCES = "https://preferences.invalid/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What an issue says of a story that an earlier issue told: it was retracted, or corrected.

    Only those who got such an earlier issue are told (`Delivery.amendments`).
    """

    story: StoryKey
    kind: Literal["retraction", "correction"]
    key: str  #: the same for one retraction or one correction, in every locale and issue; told to a subscriber once


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A picture that travels in the message itself; its html shows it as `cid:` and its name."""

    cid: str  #: the name, "@" in it, the same for the same picture: "1f2e3d4c@news.example.org" (RFC 2392)
    type: str  #: media type: "image/jpeg"
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One edition of the weekly digest in one language, made at most once for its week."""

    id: str  #: "2026-W46-kk"
    week: Week
    locale: Locale
    subject: str
    html: str  #: with every amendment between marks, see `feeder.digest.amendments`
    text: str  #: the same
    stories: tuple[StoryKey, ...]  #: in the order of the issue, the lead first
    amendments: tuple[Amendment, ...] = ()  #: in the order in which the issue tells them
    url: str  #: absolute, of the page that shows the same in a browser
    dated: datetime  #: when the week was over, aware; the message's Date
    page: str = ""  #: the same for a browser: without anything that belongs to one subscriber
    attached: tuple[Attached, ...] = ()  #: pictures that `html` shows


# --- who gets it ---------------------------------------------------------------------------------

SubscriberState = Literal[
    "pending",  #: asked, not confirmed yet; forgotten after some days
    "active",  #: confirmed: gets the next issue
    "paused",  #: wants none for now
    "left",  #: wants none any more; the address is erased, its keyed hash stays
    "bounced",  #: the address does not exist, or refused too often
    "complained",  #: called an issue spam
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person who asked for the digest."""

    id: str  #: opaque, 16 letters and digits; the only name by which logs and message ids know a subscriber
    email: str = field(repr=False)  #: as typed, the domain in small letters; "" when it is erased
    locale: Locale
    state: SubscriberState = "active"
    asked: datetime | None = None
    confirmed: datetime | None = None  #: an issue made before is not for this subscriber
    epoch: int = 0  #: which generation of tokens is valid


DeliveryState = Literal[
    "queued",  #: to be sent when it is due; nothing of it has left us
    "sending",  #: the end of the message is on its way, the answer is not here yet
    "sent",  #: the server took it
    "failed",  #: the server refused it for good, or too often
    "held",  #: not sent, or not known whether it was; a person decides. `why` says which
]
#: Why a delivery is held: nobody knows whether it was sent; it is later than the operator allows; the store is older
#: than what was sent (a restored backup).
HeldFor = Literal["uncertain", "late", "restored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the ledger: this issue, this subscriber, this state."""

    id: int
    issue: str  #: id of the issue
    subscriber: str  #: id of the subscriber; "" when erased since
    state: DeliveryState
    why: str = ""  #: of held: `HeldFor`; of failed and of queued again: what the server said, without addresses
    amendments: tuple[int, ...] = ()  #: which of the issue's amendments this subscriber is told, by their places
    attempts: int = 0
    due: datetime | None = None  #: not before
    sent: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast deliveries go out."""

    span: timedelta  #: that was looked back on
    sent: int  #: within it
    waiting: int  #: that are to be sent and not held

    @property
    def per_minute(self) -> float:
        return self.sent / (self.span / timedelta(minutes=1))

    @property
    def minutes_left(self) -> int | None:
        """At this pace, rounded up; None when nothing goes out, 0 when nothing waits."""
        if not self.waiting:
            return 0
        return -int(-self.waiting // self.per_minute) if self.sent else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """From whom the digest of a locale comes."""

    name: str
    address: str
    reply_to: str = ""
    list_id: str  #: never changes: "digest-kk.news.example.org"
    archive: str  #: absolute URL of the digest archive
    help: str = ""  #: absolute URL of the page about the digest and what is stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom one message goes to, and what in it belongs to that person alone."""

    address: str = field(repr=False)  #: "" for a sample to nobody
    message_id: str  #: stable for an issue and a subscriber, tells neither
    unsubscribe: str  #: absolute URL; as long for every recipient of an issue
    preferences: str  #: absolute URL; likewise


# --- how the site is ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that an examination of the site found (`feeder doctor`)."""

    level: Literal["fine", "note", "warning", "blocker"]  #: a blocker stops the next build or digest
    subject: str  #: what was looked at: "disk space"
    what: str  #: what is so, in one line
    why: str = ""  #: why it matters; "" for what is fine
    todo: str = ""  #: what to do; "" for what is fine
