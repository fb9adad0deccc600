"""feeder build"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from feeder.cli import site, telling

if TYPE_CHECKING:
    from feeder.jobs.build import Built
    from feeder.model import SourceError


@click.command("build")
@site.options
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.option("--strict", is_flag=True, help="Exit with 1 when an article is in quarantine or a source failed.")
@click.option(
    "--renormalise",
    is_flag=True,
    help="Read every article again, changed or not; feeds from what they sent before, without asking.",
)
def command(as_json: bool, strict: bool, renormalise: bool) -> None:
    """Read the sources and publish what changed, once."""
    from feeder.jobs.build import build

    room = site.newsroom()
    with site.opened(room) as store:
        with site.progress() as progress:
            built = build(store, room, now=site.now(), progress=progress, renormalise=renormalise)
        for trouble in troubles(built):
            site.note(trouble)
        if as_json:
            click.echo(json.dumps(counts(built), ensure_ascii=False, indent=2))
        else:
            click.echo(sentence(built, str(room.output)))
        telling.after_build(room, store)
    if strict and (built.articles.quarantined or built.articles.failed or built.articles.away):
        raise SystemExit(1)


def counts(built: Built) -> dict[str, Any]:
    """The result as the contract has it."""
    articles, files = built.articles, built.files
    return {
        "articles": {
            "added": articles.added,
            "changed": articles.changed,
            "same": articles.same,
            "removed": articles.removed,
            "quarantined": len(articles.quarantined),
        },
        "files": {"written": files.written, "unchanged": files.unchanged, "removed": files.removed},
        "quarantine": [
            {"path": one.key, "line": one.line, "field": one.field, "reason": one.reason}
            for one in articles.quarantined
        ],
        "failed": [*articles.failed, *articles.away],
    }


def sentence(built: Built, output: str) -> str:
    """The result as a person would say it."""
    articles, files = built.articles, built.files
    total = articles.added + articles.changed + articles.same
    if built.quiet:
        return f"Nothing changed: {_n(total, 'article')}, {_n(files.unchanged, 'file')} in {output} left as they were."
    news = [f"{number} {word}" for word in ("added", "changed", "removed") if (number := getattr(articles, word))]
    done = [f"{number} {word}" for word in ("written", "unchanged", "removed") if (number := getattr(files, word))]
    return f"{_n(total, 'article')} ({', '.join(news) or 'none new'}); files in {output}: {', '.join(done)}."


def _n(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def troubles(built: Built) -> list[str]:
    """What could not be read, and what is odd about a feed, a line each."""
    found = built.articles
    failed = [f"feeder: {one}" for one in (*found.failed, *found.away, *found.notes)]
    return failed + [line(error) for error in built.articles.quarantined]


def line(error: SourceError) -> str:
    """File, line, field, what is wrong, what to do."""
    mark = " " if "://" in error.source else "/"  # an address and the id of an entry are no path
    place = f"{error.source}{mark}{error.key}" + (f":{error.line}" if error.line else "")
    return f"{place}: {error.field + ': ' if error.field else ''}{error.reason}"
