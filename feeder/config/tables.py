"""The tables of feeder.toml and their keys; a key's default is its field's."""

from __future__ import annotations

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

LOCALES = ("en", "kk", "ru")
LOCALIZED = ("title", "description", "fallback")  #: tables by language
FORMATS = ("atom", "rss", "json")
SECRETS = ("key", "token", "smtp_url", "database_url")  #: keys that are one, or may hold one: they are never shown


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of feeder.toml: each field is a key, its default the key's default. Secrets are never shown."""

    def __repr__(self) -> str:
        shown = ((name, getattr(self, name)) for name in self.__struct_fields__)
        said = ", ".join(f"{name}={'…' if name in SECRETS and value else repr(value)}" for name, value in shown)
        return f"{type(self).__name__}({said})"


class SourceConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str = "folder"  #: "folder" or "feed"
    path: str = ""  #: the folder, or a feed's document on disk; relative to the site, or absolute
    url: str = ""  #: of a feed on the web
    name: str = ""  #: the publisher's, for stories of a feed
    every: int = 900  #: seconds between two visits of a feed on the web, at least
    allow_hosts: tuple[str, ...] = ()  #: hosts that are not on the open web, or other ports: "127.0.0.1:8080"
    full_text: bool = False  #: whether the page of each entry of a feed is read for its text

    @property
    def key(self) -> str:
        """By which the store knows it."""
        return self.url or self.path


class FeedsConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    window: int = 50  #: entries in a feed
    formats: tuple[str, ...] = FORMATS  #: which are published; "atom" always is
    places: bool = True  #: one Atom feed per place and language
    topics: bool = True  #: one Atom feed per topic and language
    archive: bool = True  #: the whole history as archive documents of 100 entries each (RFC 5005)
    full_text: bool = True  #: false: only the summary and a link
    rights: dict[str, str] | str = ""  #: who may do what with the texts
    hub: str = ""  #: URL of a WebSub hub, which tells feed readers of changes; default: none
    ping: bool = True  #: false: only `feeder ping` tells the hub, for a site that is uploaded after the build


class TopicConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic of the site's own, or what it adds to one that feeder knows."""

    en: str = ""
    kk: str = ""
    ru: str = ""
    tags: tuple[str, ...] = ()  #: other spellings of tags that mean it

    @property
    def labels(self) -> dict[str, str]:
        return {locale: text for locale in LOCALES if (text := getattr(self, locale))}


class PagesConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    stories: bool = True  #: false: feeds only
    map: bool = True  #: a map of the week's places on the front page, and one on the page of each place
    templates: str = ""  #: folder with the site's own templates, relative to the site


class DigestConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schedule: str = "mon 08:00"  #: day name and wall-clock time in the site's zone
    window: int = 2  #: weeks, ending with the digest's own, from which stories are chosen
    hold_after: int = 48  #: hours after its time from which an issue is held instead of sent
    sections: str = "places"  #: by what the stories after the lead are grouped: "places" or "topics"
    images: str = "none"  #: "attached": the lead's picture travels in the message; no message ever loads one


class MailConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    smtp_url: str = ""  #: smtp://, smtps://, smtp+starttls://, maildir: or file:; default: files in the outbox
    sender: str = ""  #: "Name <address>"; default: digest@ the host of base_url
    reply_to: str = ""
    return_path: str = ""  #: address that bounces go to, each with the subscriber's opaque name in it (VERP)
    bounces: str = ""  #: maildir or mbox file in which bounces arrive, relative to the data folder or absolute
    dkim_key_file: str = ""  #: PEM file of an RSA or Ed25519 key, relative to the site or absolute
    dkim_selector: str = "feeder"
    dkim_domain: str = ""  #: default: the domain of the sender
    rate: int = 0  #: messages a minute; 0: as fast as the server takes them
    connections: int = 2  #: to the server at once
    attempts: int = 8  #: after which a message that is refused "for now" has failed
    on_doubt: str = "hold"  #: what becomes of a message nobody knows to be sent or not: "hold" or "retry"


class SubscribersConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    open: bool = True  #: false: only the operator adds subscribers; there is no page to subscribe
    keep_pending: int = 7  #: days after which who did not confirm is forgotten
    key: str = ""  #: locks the secret behind tokens and hashes, 32 characters or more; default: it is kept plainly
    encrypt: bool = False  #: addresses are kept encrypted; `key` must then be given
    proxies: tuple[str, ...] = ()  #: networks whose X-Forwarded-For is believed: "10.0.0.0/8"; this machine always is
    refuse: tuple[str, ...] = ()  #: domains of addresses that are thrown away after a day, besides those feeder knows


class EditorsConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: str = ""  #: secret that opens the editors' pages from elsewhere, 20 characters or more; default: none do
    trust_proxy: bool = False  #: whoever comes through a proxy on this machine is let in: it asks for a password itself


class StorageConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    database_url: str = ""  #: default: sqlite, feeder.db in the data folder
    output: str = "public"  #: relative to the data folder, or absolute
    compress: bool = True  #: each text file has compressed copies beside it, which web servers send in its stead
    keep_raw: int = 90  #: days for which what feeds sent is kept as it came; 0: not at all


class ScheduleConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    build_every: int = 60  #: seconds between two looks at the sources while `feeder serve` runs


class LogConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str = "auto"  #: of the log: "text" for people, "json" for machines; "auto": text on a terminal, else JSON


class MetricsConfig(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    token: str = ""  #: secret with which /metrics may be read from elsewhere; default: from this machine only


class Config(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole configuration of a site, checked."""

    base_url: str
    sources: tuple[SourceConfig, ...]
    languages: tuple[str, ...] = LOCALES
    timezone: str = "Asia/Almaty"
    title: dict[str, str] | str = "feeder"
    description: dict[str, str] | str = ""
    #: of the tag: URIs; default: the host of base_url at the first build, then kept in the store
    tag_authority: str = ""
    #: for a language the languages shown, best first; [] leaves such stories out
    fallback: dict[str, tuple[str, ...]] = {}
    feeds: FeedsConfig = FeedsConfig()
    pages: PagesConfig = PagesConfig()
    digest: DigestConfig = DigestConfig()
    mail: MailConfig = MailConfig()
    subscribers: SubscribersConfig = SubscribersConfig()
    editors: EditorsConfig = EditorsConfig()
    storage: StorageConfig = StorageConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    log: LogConfig = LogConfig()
    metrics: MetricsConfig = MetricsConfig()
    topics: dict[str, TopicConfig] = {}  #: by the name that stands in their addresses

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""
