"""feeder backup"""

from __future__ import annotations

from pathlib import Path

import click

from feeder.cli import site
from feeder.errors import StoreError


@click.command("backup")
@site.options
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite FILE.")
def command(file: Path, force: bool) -> None:
    """Save the store in FILE, also while feeder serves.

    The copy is of one moment, checked, and readable by you alone: it holds the addresses of subscribers and what was sent to
    whom. Articles, feeder.toml and secrets that lie in files are not in it.
    """
    from feeder.config import sqlite_path
    from feeder.store import backup

    path = sqlite_path(site.newsroom().database_url)
    if path is None:
        raise StoreError(
            "this store is in PostgreSQL, which makes its own backups: pg_dump --format=custom --file=FILE DATABASE"
        )
    saved = backup.save(path, file.absolute(), replace=force)
    click.echo(f"The store is saved in {file}: version {saved.version}, {saved.size / 1e6:.1f} MB.")
