"""How fast the newsroom's pages are with a large archive.

    python benchmarks/editors.py [--stories 30000]

The articles are put straight into a store: nine stories of ten have two or three languages, every hundredth is a draft.
Nothing is built but the ids, so that the feeds, which are read as files, are not there. Printed: milliseconds for each page as
the server answers it (the better of two), and its size.
"""

from __future__ import annotations

import argparse
import secrets
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from feeder import config
from feeder.articles.stories.traces import trace
from feeder.editors.facts import Pulse
from feeder.jobs.edition import open_edition
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.publish import keep
from feeder.model import Article
from feeder.scheduler import Schedule
from feeder.store import Store, articles, open_store
from feeder.store.articles import Read
from feeder.web.editors.room import Room

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
TOML = 'base_url = "https://news.example.org"\n[[sources]]\npath = "articles"\n'
WRITTEN = (("en", "kk", "ru"), ("ru",), ("en", "ru"), ("kk", "ru"))
PAGES = (
    "editors/",
    "editors/?page=300",
    "editors/?q=story-00500",
    "editors/?state=doubled",
    "editors/languages",
    "editors/languages?missing=kk&page=100",
    "editors/quarantine",
    "editors/story?key=story-00200",
    "editors/digest/2026-W46",
    "status",
)
BATCH = 3000


def made(stories: int) -> Iterator[Read]:
    """The same articles for the same number of stories."""
    texts = {code: (ROOT / "benchmarks" / "text" / f"{code}.txt").read_text(encoding="utf-8") for code in WRITTEN[0]}
    parts = {code: [part.strip() for part in text.split("\n\n") if part.strip()] for code, text in texts.items()}
    for number in range(stories):
        for late, code in enumerate(WRITTEN[number % 4]):
            own = parts[code]
            one = Article(
                source="articles",
                key=f"story-{number:05}.{code}.md",
                story=f"story-{number:05}",
                language=code,
                title=f"{own[number % len(own)][:80]} {number}",
                body="\n\n".join(own[(number + more) % len(own)] for more in range(4)),
                markup="markdown",
                published=NOW - timedelta(minutes=53 * number) + timedelta(hours=5 * late),
                draft=number % 100 == 0,
                tags=("water",),
            )
            yield Read(article=one, stamp="x", places=(("kz-almaty", 3),), trace=trace(one))


def fill(store: Store, room: Newsroom, stories: int) -> None:
    batch: list[Read] = []
    with store.write() as connection:
        for one in made(stories):
            batch.append(one)
            if len(batch) == BATCH:
                articles.put(connection, batch, NOW)
                batch.clear()
        articles.put(connection, batch, NOW)
        keep(connection, open_edition(connection, room))


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--stories", type=int, default=30_000)
    stories = asked.parse_args().stories
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "articles").mkdir()
        room = Newsroom(config=config.parse(TOML, {}, str), folder=Path(folder), data=Path(folder) / "data")
        store = open_store(room.database_url)
        fill(store, room, stories)
        pages = Room(
            newsroom=room,
            store=store,
            pulse=lambda: Pulse(well=True, last_success=NOW, failures={}),
            clock=lambda: NOW,
            chance=secrets.token_bytes,
            schedule=Schedule("mon 08:00", room.site.zone),
        )
        app = Starlette(routes=list(pages.routes(Starlette())))
        client = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50000))
        for path in PAGES:
            took = []
            for _ in range(2):
                start = time.perf_counter()
                answer = client.get(f"/{path}")
                took.append(time.perf_counter() - start)
            print(f"{path:<42} {min(took) * 1000:7.0f} ms {len(answer.content) / 1000:7.0f} kB  {answer.status_code}")
        store.close()


if __name__ == "__main__":
    main()
