"""feeder retract"""

from __future__ import annotations

import click

from feeder.cli import site, telling


@click.command("retract")
@site.options
@click.argument("story")
@click.option("--reason", metavar="TEXT", help="Why, in one line; readers see it.")
@click.option("--hide-title", is_flag=True, help="Do not repeat the title where the retraction is told.")
@click.option("--undo", is_flag=True, help="Give a retracted story back to readers.")
def command(story: str, reason: str | None, hide_title: bool, undo: bool) -> None:
    """Take a story back, in all languages, and publish that.

    STORY is its key (feeder explain FILE shows it) or the tag: URI of one of its entries. Its text goes from the pages,
    the feeds and the archives; its address answers that it was retracted, and why; feed readers and the next digest
    are told.
    """
    from feeder.jobs import retract as retractions
    from feeder.jobs.build import build

    if undo == bool(reason and reason.strip()):
        raise click.UsageError("Give a --reason TEXT, or --undo.")
    room = site.newsroom()
    with site.opened(room) as store:
        if undo:
            click.echo(f"{retractions.undo(store, story)}: no longer retracted.")
        else:
            made, new = retractions.retract(
                store, room, story, reason or "", with_titles=not hide_title, now=site.now()
            )
            click.echo(f"{made.story}: " + ("retracted." if new else "was retracted before; the reason is put right."))
        with site.progress() as progress:
            build(store, room, now=site.now(), progress=progress)
        telling.after_build(room, store)
