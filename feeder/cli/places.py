"""feeder places"""

from __future__ import annotations

import codecs
import json
import sys
from datetime import date
from typing import Any

import click

from feeder.cli import site
from feeder.errors import LocaleError
from feeder.language import locales
from feeder.language.places import gazetteer
from feeder.model import Locale, Place


@click.group("places")
def command() -> None:
    """Look into the gazetteer."""


@command.command("list")
@site.options
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def list_(as_json: bool) -> None:
    """Every place with its current names."""
    places = gazetteer().all()
    if as_json:
        click.echo(json.dumps([record(place) for place in places], ensure_ascii=False, indent=1))
        return
    for place in places:
        click.echo(f"{place.id:<28} {' · '.join(record(place)['names'].values())}")


@command.command("show")
@site.options
@click.argument("place_id", metavar="ID")
@click.option("--on", "day", metavar="DATE", help="Names of that day, such as 2020-06-01.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(place_id: str, day: str | None, as_json: bool) -> None:
    """One place: its names in each language, today or on a day."""
    place = gazetteer().get(place_id)
    found = record(place, _day(day)) | {
        "former": former(place),
        "variants": {k: list(v) for k, v in place.variants.items()},
    }
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo(f"{place.id}  {place.kind}, {place.country or 'no country'}, {place.latitude}, {place.longitude}")
    for locale, name in found["names"].items():
        click.echo(f"  {locale}  {name}")
    for one in found["former"]:
        click.echo(f"  until {one['until'] or '?'}: {' · '.join(one['names'].values())}")


@command.command("find")
@site.options
@click.option("--lang", "language", required=True, help="Language of the text: en, kk or ru.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list for each line of text.")
def find(language: str, as_json: bool) -> None:
    """Places in the lines of text on stdin."""
    from feeder.language import mentions

    locale = _language(language)
    for number, raw in enumerate(sys.stdin.buffer):
        text = raw if number else raw.removeprefix(codecs.BOM_UTF8)
        line = text.decode("utf-8", "replace").rstrip("\r\n")
        found = mentions.find(line, locale, gazetteer())
        if as_json:
            rows = [
                {"id": m.place, "start": m.start, "end": m.end, "surface": m.surface, "kind": m.kind} for m in found
            ]
            click.echo(json.dumps(rows, ensure_ascii=False))
        else:
            click.echo(", ".join(f"{m.surface} = {m.place}" for m in found) or "-")


def record(place: Place, on: date | None = None) -> dict[str, Any]:
    """A place as the contract has it."""
    return {
        "id": place.id,
        "kind": place.kind,
        "country": place.country,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "names": {locale: gazetteer().name(place.id, locale, on) for locale in locales.LOCALES},
    }


def former(place: Place) -> list[dict[str, Any]]:
    """Former names with the day each ended, the latest first."""
    ended = sorted({name.until for names in place.names.values() for name in names if name.until}, reverse=True)
    rows = []
    for until in ended:
        names = {
            locale: name.text for locale, all_names in place.names.items() for name in all_names if name.until == until
        }
        rows.append({"until": until.isoformat(), "names": names})
    return rows


def _language(text: str) -> Locale:
    try:
        return locales.parse(text)
    except LocaleError as error:
        raise click.BadParameter(str(error), param_hint="--lang") from None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a day; write it like 2020-06-01", param_hint="--on") from None
