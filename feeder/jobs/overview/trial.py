"""A test message: the issue as it goes out, to one address that is used once and kept nowhere."""

from __future__ import annotations

from dataclasses import replace
from email.utils import parseaddr

from feeder.digest import amendments
from feeder.jobs import compile as digests
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.outgoing import signer_of, transport_of
from feeder.language import locales
from feeder.mail import message
from feeder.model import Issue, Recipient

NOBODY = "test"  #: in the place of a subscriber's own; the page behind it says that it does nothing


def send(room: Newsroom, issue: Issue, address: str, name: str) -> None:
    """Send one. `name`: of this message alone, letters and digits. Raises ConfigError, AddressError, TransportError.

    `issue` as it is kept, with every amendment: its html and its text are made whole here.
    """
    transport = transport_of(room)
    try:
        transport.send(
            _return_path(room, issue),
            address,
            to_message(room, issue, address, name),
            name=f"test-{name}",
            before_end=lambda: None,
        )
    finally:
        transport.close()


def to_message(room: Newsroom, issue: Issue, address: str, name: str) -> bytes:
    """The message; its subject says that it is a test, its links to leave lead to a page that says so too."""
    whole = amendments.for_reader(issue, range(len(issue.amendments)))
    marked = replace(whole, subject=locales.text(issue.locale, "Test: {subject}", subject=issue.subject))
    base = f"{room.config.base_url}/{issue.locale}"
    recipient = Recipient(
        address=address,
        message_id=f"{issue.id}.test.{name}@{room.config.host}",
        unsubscribe=f"{base}/unsubscribe/{NOBODY}",
        preferences=f"{base}/preferences/{NOBODY}",
    )
    return message.prepare(marked, digests.sender(room, issue.locale), signer=signer_of(room)).compose(recipient)


def _return_path(room: Newsroom, issue: Issue) -> str:
    return parseaddr(room.config.mail.return_path)[1] or digests.sender(room, issue.locale).address
