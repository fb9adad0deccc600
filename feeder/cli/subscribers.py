"""feeder subscribers"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeder import addresses
from feeder.cli import site
from feeder.errors import FeederError, LocaleError
from feeder.language import locales
from feeder.model import Locale

if TYPE_CHECKING:
    from feeder.jobs.newsroom import Newsroom
    from feeder.jobs.subscribers.lists import Imported, Row
    from feeder.keys import Keys
    from feeder.store import Store

_SHOWN = 20  #: lines of an import that are told one by one


@click.group("subscribers")
def command() -> None:
    """Who gets the weekly digest."""


@command.command("add")
@site.options
@click.argument("email")
@click.option("--lang", "code", required=True, metavar="L", help="Language of the digest: en, kk or ru.")
@click.option("--confirmed", is_flag=True, help="The person has consented; without it a letter asks for that.")
def add(email: str, code: str, confirmed: bool) -> None:
    """Add one person: a letter asks for consent, unless it is --confirmed."""
    from feeder.jobs.subscribers import lists

    with opened() as (room, store, keys):
        locale, address = _locale(code, room), addresses.parse(email, room.config.subscribers.refuse)
        lists.may_ask(store, keys, address)
        add_one = _add_confirmed if confirmed else _ask
        click.echo(f"{addresses.mask(address)}: {add_one(room, store, keys, address, locale)}")


def _add_confirmed(room: Newsroom, store: Store, keys: Keys, address: str, locale: Locale) -> str:
    from feeder.jobs.subscribers import lists
    from feeder.jobs.subscribers.lists import Consent

    consent = Consent(email=address, locale=locale, at=site.now(), evidence={"how": "command"})
    new = lists.add_confirmed(store, keys, consent, name=_new_name(), now=site.now())
    return f"added, {locale}." if new else "is in the list already."


def _ask(room: Newsroom, store: Store, keys: Keys, address: str, locale: Locale) -> str:
    from feeder.cli import letterbox
    from feeder.jobs.subscribers import consent, letters
    from feeder.jobs.subscribers.consent import Request

    request = Request(email=address, locale=locale, name=_new_name(), evidence={"how": "command", "locale": locale})
    letter = consent.ask(store, keys, request, site.now())
    if letter is None:
        raise FeederError(f"{addresses.mask(address)} was written to a short while ago; try again later")
    if letter.kind == "known":
        return "is in the list already."
    letterbox.send(room, letters.envelope(room, keys, letter, site.now()))
    where = "" if room.config.mail.smtp_url else f" (a file in {room.outbox}: there is no mail.smtp_url)"
    return f"a letter with a link to confirm was sent{where}; the digest comes when it is confirmed."


def _locale(code: str, room: Newsroom) -> Locale:
    try:
        locale = locales.parse(code)
    except LocaleError as error:
        raise click.BadParameter(str(error), param_hint="--lang") from None
    if locale not in room.site.locales:
        there = ", ".join(room.site.locales)
        raise click.BadParameter(f"the site has no {locale}; choose one of {there}", param_hint="--lang")
    return locale


@command.command("list")
@site.options
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def list_(as_json: bool, as_csv: bool) -> None:
    """Everybody, with masked addresses."""
    from feeder.jobs.subscribers import lists

    with opened() as (_, store, keys):
        found = lists.rows(store, keys, masked=True)
    if as_json or as_csv:
        click.echo(_json(found) if as_json else lists.to_csv(found), nl=as_json)
        return
    for row in found:
        when = row.confirmed_at or row.asked
        click.echo(f"{row.id}  {row.language}  {row.state:<10}  {when:%Y-%m-%d}  {row.email}")
    counts = Counter(row.state for row in found)
    site.note(", ".join(f"{number} {state}" for state, number in counts.most_common()) or "Nobody yet.")


@command.command("export")
@site.options
@click.option("--json", "as_json", is_flag=True, help="A JSON list of everybody whose address is kept, with states.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV of those who have confirmed (the default).")
@click.option("--to", "target", metavar="FILE", help="Write a file that only you can read, instead of printing.")
def export(as_json: bool, as_csv: bool, target: str | None) -> None:
    """The list with addresses in full, to be imported elsewhere."""
    from feeder.jobs.subscribers import lists

    if as_json and as_csv:
        raise click.UsageError("Choose --json or --csv.")
    with opened() as (_, store, keys):
        found = lists.rows(store, keys, masked=False)
    kept = [row for row in found if row.email] if as_json else lists.confirmed(found)
    text = f"{_json(kept)}\n" if as_json else lists.to_csv(kept)
    if target:
        _write(Path(target), text)
    else:
        click.echo(text, nl=False)
    site.note(f"{_people(len(kept))}, with addresses in full: keep it where nobody else can read it.")


def _write(path: Path, text: str) -> None:
    """For the owner's eyes only, also when the file was there before."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")


def _json(found: Sequence[Row]) -> str:
    return json.dumps([row.record() for row in found], ensure_ascii=False, indent=1)


@command.command("import")
@site.options
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """Add everybody of a CSV file whose consent it states.

    Its first line is email,language,confirmed_at,evidence. Nothing is mailed. Lines that cannot be used are named, the
    others are taken; the command then exits with 1, and can be repeated with the corrected file.
    """
    from feeder.jobs.subscribers import lists
    from feeder.jobs.subscribers.lists import Terms

    text = _read(file)
    with opened() as (room, store, keys):
        terms = Terms(
            locales=room.site.locales,
            zone=room.site.zone,
            refused_domains=room.config.subscribers.refuse,
            now=site.now(),
        )
        try:
            done = lists.import_csv(store, keys, text, terms, _new_name)
        except FeederError as error:
            raise FeederError(f"{file}: {error}") from None
    _told(file, done)


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FeederError(f"{file} is not written in UTF-8; save it again in UTF-8") from None


def _told(file: Path, done: Imported) -> None:
    for lines in (done.suppressed, done.refused):
        for line, why in lines[:_SHOWN]:
            site.note(f"{file}:{line}: {why}")
        if len(lines) > _SHOWN:
            site.note(f"{file}: and {len(lines) - _SHOWN} more such lines")
    click.echo(
        f"{_people(done.added)} added, {done.known} there already, {len(done.suppressed)} that only their owners may put"
        f" back, {len(done.refused)} not understood."
    )
    if done.refused:
        raise FeederError(f"{file}: {len(done.refused)} lines were left out; correct them and import the file again")


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


@command.command("erase")
@site.options
@click.argument("email")
def erase(email: str) -> None:
    """Take a person out for good; only a code is left, so that an import does not put the address back."""
    from feeder.jobs.subscribers import lists
    from feeder.transports import folder

    with opened() as (room, store, keys):
        address = addresses.parse(email)
        name = lists.erase(store, keys, address, site.now())
        gone = folder.forget(room.outbox, name) if name else 0
    if name is None:
        click.echo(f"{addresses.mask(address)}: is not in the list; there is nothing to erase.")
        return
    files = f", and {gone} of the outbox's files" if gone else ""
    click.echo(f"{addresses.mask(address)}: erased{files}. Backups may still hold the address.")


@command.command("bounces")
@site.options
def bounces() -> None:
    """Read what came back into mail.bounces, as feeder serve does by itself."""
    from feeder.jobs import bounces as job

    with opened() as (room, store, keys):
        if not room.config.mail.bounces:
            raise FeederError('mail.bounces is not set; name the maildir or mbox file: bounces = "/var/mail/bounces"')
        found = job.read_mailbox(store, room, keys, site.now())
    kinds = ", ".join(f"{number} {kind}" for kind, number in found.most_common())
    click.echo(f"{sum(found.values())} read: {kinds}." if found else "Nothing new came back.")


def _new_name() -> str:
    from feeder.keys import new_name

    return new_name(secrets.token_bytes(16))


@contextmanager
def opened() -> Iterator[tuple[Newsroom, Store, Keys]]:
    """The site of the running command, its store and its keys."""
    from feeder.jobs.keys import site_keys

    room = site.newsroom()
    with site.opened(room) as store:
        yield room, store, site_keys(store, room.config, secrets.token_bytes)
