"""How messages of a site leave: by which way, under whose signature, and where they come back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeder import config as configuration
from feeder.errors import ConfigError
from feeder.jobs.compile import sender
from feeder.jobs.newsroom import Newsroom
from feeder.mail import bounce
from feeder.transports import Transport, open_transport

if TYPE_CHECKING:
    from feeder.mail.dkim import Signer


def transport_of(room: Newsroom) -> Transport:
    """The way out; without a mail server, into files in the outbox. Raises ConfigError."""
    return open_transport(room.config.mail.smtp_url or f"file:{room.outbox}", room.data)


def return_path(room: Newsroom, name: str) -> str:
    """Where a message to a subscriber comes back to."""
    base = room.config.mail.return_path
    return bounce.return_path(base, name) if base else sender(room, room.site.locales[0]).address


def signer_of(room: Newsroom) -> Signer | None:
    """Who signs the site's messages, if anybody does. Raises ConfigError when its key cannot be used."""
    mail = room.config.mail
    if not mail.dkim_key_file:
        return None
    from feeder.mail import dkim

    path = configuration.absolute(mail.dkim_key_file, room.folder)
    try:
        key = dkim.read_key(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"mail.dkim_key_file: {path}: {error.strerror}") from None
    except ConfigError as error:
        raise ConfigError(f"mail.dkim_key_file: {path}: {error}") from None
    domain = mail.dkim_domain or sender(room, room.site.locales[0]).address.rpartition("@")[2]
    return dkim.Signer(key, domain=domain, selector=mail.dkim_selector)
