"""Letter -> message: what an address is told when somebody asks for the digest there, in the language asked for."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from datetime import datetime

from jinja2 import Environment

from feeder.jobs import compile as digests
from feeder.jobs import outgoing
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.subscribers.consent import Letter
from feeder.keys import Keys, Purpose
from feeder.language import locales, templates
from feeder.mail import letters
from feeder.pages import links

_COLUMNS = 72  #: of plain text


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A message and where it goes."""

    sender: str  #: the return path
    to: str = field(repr=False)
    body: bytes = field(repr=False)
    name: str  #: as a file


def envelope(room: Newsroom, keys: Keys, letter: Letter, now: datetime) -> Envelope:
    """The message of a letter. Raises AddressError, ConfigError, TemplateError."""
    to, name = letter.to, f"{letter.kind}-{letter.to.id}"
    subject = _subject(room, letter)
    text, html = _bodies(room, keys, letter, subject)
    written = letters.Letter(
        to=to.email,
        locale=to.locale,
        subject=subject,
        text=text,
        html=html,
        message_id=keys.message_id(f"{name} {now.isoformat()}", to.id, room.config.host),
        dated=now,
    )
    body = letters.compose(written, digests.sender(room, to.locale), signer=outgoing.signer_of(room))
    return Envelope(sender=outgoing.return_path(room, to.id), to=to.email, body=body, name=name)


def _subject(room: Newsroom, letter: Letter) -> str:
    locale = letter.to.locale
    confirm, known = (
        locales.text(locale, "Confirm your subscription"),
        locales.text(locale, "You are subscribed already"),
    )
    return f"{confirm if letter.kind == 'confirm' else known}: {room.site.titles[locale]}"


def _bodies(room: Newsroom, keys: Keys, letter: Letter, subject: str) -> tuple[str, str]:
    locale = letter.to.locale
    values = {
        "site": room.site,
        "subject": subject,
        "list": locales.text(locale, "Weekly digest"),
        "url": link(room, keys, letter),
        "home": links.address(room.site, links.home(locale)),
        "days": room.config.subscribers.keep_pending,
        "wrap": _wrap,
    }
    with templates.told():
        return _made(room.environment(locale), f"mail/{letter.kind}", values)


def _made(environment: Environment, name: str, values: dict[str, object]) -> tuple[str, str]:
    text, html = (environment.get_template(f"{name}.{kind}.j2").render(values) for kind in ("txt", "html"))
    return text, html


def _wrap(text: str) -> str:
    """Lines that a quoting program can still indent."""
    return textwrap.fill(text, _COLUMNS, break_long_words=False, break_on_hyphens=False)


def link(room: Newsroom, keys: Keys, letter: Letter) -> str:
    """The page that a letter leads to."""
    purpose: Purpose = "confirm" if letter.kind == "confirm" else "preferences"
    token = keys.token(purpose, letter.to.id, letter.to.epoch)
    return f"{room.config.base_url}/{letter.to.locale}/{purpose}/{token}"
