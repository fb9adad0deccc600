"""feeder init"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from feeder.cli import site
from feeder.errors import FeederError

NEW_SITE = Path(__file__).parent / "new_site"  #: what a new site begins with
ZONE = ZoneInfo("Asia/Almaty")  #: as in its feeder.toml
LANGUAGES = ("en", "kk", "ru")


@click.command("init")
@click.argument("folder", metavar="DIR")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language of the notes in feeder.toml (default: the system's)."
)
def command(folder: str, lang: str | None) -> None:
    """Make a new site in DIR: a feeder.toml that explains itself, and one sample story in three languages."""
    target = Path(folder)
    if (target / site.CONFIG).exists():
        raise FeederError(f"{target / site.CONFIG} is there already; choose another folder for a new site")
    for path, text in files(site.now().astimezone(ZONE).date(), lang or language(os.environ)):
        _write(target / path, text)
    site.note(f"A new site is in {target}. Build it and look at it with:")
    click.echo(f"feeder --site {shlex.quote(str(target))} serve")


def language(environ: Mapping[str, str]) -> str:
    """The language of the operator's locale as POSIX finds it, one of LANGUAGES; English for any other."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environ.get(name))), "")
    code = named.partition("_")[0].partition(".")[0].lower()
    return code if code in LANGUAGES else "en"


def files(day: date, lang: str) -> Iterator[tuple[Path, str]]:
    """Every file of a new site, its configuration last: its path in the site and its text. The story is of `day`."""
    for path in sorted((NEW_SITE / "articles").glob("*.md")):
        yield path.relative_to(NEW_SITE), path.read_text(encoding="utf-8").replace("{day}", day.isoformat())
    yield Path(".gitignore"), (NEW_SITE / "gitignore").read_text(encoding="utf-8")
    yield Path(site.CONFIG), (NEW_SITE / f"feeder.{lang}.toml").read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    """A file that is there already is the editor's, and stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        site.note(f"{path} is there already; it was left as it is.")
