"""The command line. Results go to stdout, progress and notes to stderr; 0 done, 1 could not, 2 wrong usage.

Each command lives in a module of its own and is imported when it is called: `feeder --version` should not load a database.
"""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
from typing import NoReturn

import click

from feeder import __version__
from feeder.errors import FeederError

COMMANDS = {
    "init": "make a new site with one sample story in three languages",
    "build": "read the sources and publish what changed, once",
    "serve": "build, keep building on the schedule, and serve the site",
    "digest": "compile the weekly digest in every language, and send it",
    "status": "say how far the digests are, and what waits for you",
    "release": "decide about deliveries that are held",
    "subscribers": "who gets the weekly digest",
    "bounce": "read a report of a message that came back, from a mail server's pipe",
    "explain": "show what was read from an article, and why",
    "doctor": "tell what would stop the next build or digest",
    "places": "look into the gazetteer",
    "retract": "take a story back, and tell its readers",
    "ping": "tell the WebSub hub what changed",
    "backup": "save the store in a file, also while feeder serves",
    "restore": "put a saved store back",
    "migrate": "bring a PostgreSQL store up to date",
}


class Lazy(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"feeder.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(f"There is no command {args[0]!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="feeder", message="%(prog)s %(version)s")
@click.option("--site", metavar="DIR", help="The site's folder, with feeder.toml (default: this folder).")
@click.option("--data", metavar="DIR", help="Where feeder writes (default: the site's data folder).")
@click.pass_context
def group(context: click.Context, site: str | None, data: str | None) -> None:
    """Multilingual feeds, pages and a weekly digest: articles in, news out in English, Kazakh and Russian."""
    context.obj = {"site": site, "data": data}


def main() -> None:
    """Run the command line. What went wrong is one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_letters(stream)
    if os.getpid() == 1:  # the first process of a container has no default for a signal: it would not stop when asked
        signal.signal(signal.SIGTERM, _end)
    try:
        group(prog_name="feeder", standalone_mode=False)
    except click.Abort:
        raise SystemExit(130) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except FeederError as error:
        click.echo(f"feeder: {error}", err=True)
        raise SystemExit(1) from None
    except OSError as error:  # a folder that cannot be made, a file that may not be read
        from feeder.cli import site

        click.echo(f"feeder: {site.reason(error)}", err=True)
        raise SystemExit(1) from None


def _end(number: int, _: object) -> NoReturn:
    """End as a shell says it of who was ended by a signal; on the way out locks and unfinished files go."""
    raise SystemExit(128 + number)


def _never_fail_on_letters(stream: object) -> None:
    """A terminal without Kazakh letters gets their numbers; a command does not fail over them."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
