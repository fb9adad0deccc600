"""A claimed delivery -> the address and the bytes that go there: an issue's message is made once, then finished for each."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from feeder.digest.amendments import for_reader
from feeder.errors import NotFound
from feeder.jobs.compile import sender as sender_of
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.outgoing import return_path, signer_of
from feeder.keys import Keys
from feeder.mail import message
from feeder.mail.message import Prepared
from feeder.model import Issue, Locale, Recipient
from feeder.store import Store, issues
from feeder.store.ledger import Claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message and where it goes."""

    sender: str  #: the return path
    to: str
    body: bytes
    name: str  #: of the delivery: "2026-W46-kk/opaque"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """An issue's message, but for what belongs to one reader."""

    locale: Locale
    message: Prepared


class Messages:
    """The messages of a site's issues, for several threads."""

    def __init__(self, store: Store, room: Newsroom, keys: Keys) -> None:
        self.store, self.room, self.keys, self.signer = store, room, keys, signer_of(room)
        self._issues: dict[str, Issue] = {}
        self._drafts: dict[tuple[str, tuple[int, ...]], _Draft] = {}
        self._lock = Lock()

    def envelope(self, row: Claimed) -> Envelope:
        """Raises AddressError; ConfigError and StoreError when no message can be made at all."""
        address = self.keys.unseal(row.reader.email, row.reader.name)
        draft = self._draft(row.issue, row.amendments)
        return Envelope(
            sender=return_path(self.room, row.reader.name),
            to=address,
            body=draft.message.compose(self._recipient(row, address, draft.locale)),
            name=f"{row.issue}/{row.reader.name}",
        )

    def _draft(self, name: str, amendments: tuple[int, ...]) -> _Draft:
        with self._lock:
            if (name, amendments) not in self._drafts:
                issue = self._issue(name)
                own = for_reader(issue, amendments)
                sender = sender_of(self.room, issue.locale)
                prepared = message.prepare(own, sender, signer=self.signer)
                self._drafts[name, amendments] = _Draft(locale=issue.locale, message=prepared)
            return self._drafts[name, amendments]

    def _issue(self, name: str) -> Issue:
        if name not in self._issues:
            with self.store.read() as connection:
                found = issues.by_id(connection, name)
            if found is None:
                raise NotFound(f"there is no issue {name}")
            self._issues[name] = found
        return self._issues[name]

    def _recipient(self, row: Claimed, address: str, locale: Locale) -> Recipient:
        name, epoch = row.reader.name, row.reader.epoch
        base = f"{self.room.config.base_url}/{locale}"
        return Recipient(
            address=address,
            message_id=self.keys.message_id(row.issue, name, self.room.config.host),
            unsubscribe=f"{base}/unsubscribe/{self.keys.token('unsubscribe', name, epoch)}",
            preferences=f"{base}/preferences/{self.keys.token('preferences', name, epoch)}",
        )
