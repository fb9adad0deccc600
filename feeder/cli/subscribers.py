"""feeder subscribers"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from feeder import addresses
from feeder.cli import site
from feeder.errors import LocaleError
from feeder.language import locales
from feeder.model import Locale

if TYPE_CHECKING:
    from feeder.jobs.newsroom import Newsroom
    from feeder.keys import Keys
    from feeder.store import Store


@click.group("subscribers")
def command() -> None:
    """Who gets the weekly digest."""


@command.command("add")
@site.options
@click.argument("email")
@click.option("--lang", "code", required=True, metavar="L", help="Language of the digest: en, kk or ru.")
@click.option("--confirmed", is_flag=True, help="The person has consented; without it a letter asks for it.")
def add(email: str, code: str, confirmed: bool) -> None:
    """Add one person."""
    from feeder.jobs.subscribers import lists
    from feeder.keys import new_name

    with _list() as (room, store, keys):
        locale = _locale(code, room)
        address = addresses.parse(email, room.config.subscribers.refuse)
        evidence = {"how": "command"}
        new = lists.add_confirmed(
            store, keys, address, locale, name=new_name(secrets.token_bytes(16)), now=site.now(), evidence=evidence
        )
        click.echo(f"{addresses.mask(address)}: " + (f"added, {locale}." if new else "is in the list already."))


def _locale(code: str, room: Newsroom) -> Locale:
    try:
        locale = locales.parse(code)
    except LocaleError as error:
        raise click.BadParameter(str(error), param_hint="--lang") from None
    if locale not in room.site.locales:
        there = ", ".join(room.site.locales)
        raise click.BadParameter(f"the site has no {locale}; choose one of {there}", param_hint="--lang")
    return locale


@contextmanager
def _list() -> Iterator[tuple[Newsroom, Store, Keys]]:
    """The site of the running command, its store and its keys."""
    from feeder.jobs.keys import site_keys

    room = site.newsroom()
    with site.opened(room) as store:
        yield room, store, site_keys(store, room.config, secrets.token_bytes)
