"""How fast a site is built: from nothing, with nothing new, and after one changed article.

    python benchmarks/build.py [--stories 300]

Each story has its three languages, made of the paragraphs of `text/`: some 150 words with a heading, a link and bold words,
half of the stories without places of their own, so that these are found in the text. Beside it, in the same run, the least
that any generator does: Markdown parsed, sanitised, one file written for each article. Printed: seconds, milliseconds an
article and the ratio to that least; the two parts of the first build; whole commands, with their start, for the other two.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nh3
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "kk", "ru")
NEWEST = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TOML = 'base_url = "https://news.example.org"\n[[sources]]\npath = "articles"\n'
PLACES = ("kz-almaty", "kz-astana", "kz-shymkent", "kz-oral", "kz-semey")


def make_site(folder: Path, stories: int) -> None:
    """The same site for the same number of stories."""
    (folder / "articles").mkdir(parents=True)
    (folder / "feeder.toml").write_text(TOML, encoding="utf-8")
    for language in LANGUAGES:
        text = (ROOT / "benchmarks" / "text" / f"{language}.txt").read_text(encoding="utf-8")
        paragraphs = [part for part in text.split("\n\n") if part.strip()]
        for number in range(stories):
            path = folder / "articles" / f"story-{number:05}.{language}.md"
            path.write_text(article(number, paragraphs), encoding="utf-8")


def article(number: int, paragraphs: list[str]) -> str:
    chance = random.Random(number)  # noqa: S311  the same in every run
    title, *body = (part.strip() for part in chance.choices(paragraphs, k=6))
    published = (NEWEST - timedelta(minutes=97 * number)).isoformat()
    places = f"places: [{chance.choice(PLACES)}]\n" if number % 2 else ""
    word, _, rest = body[1].partition(" ")
    body[1:2] = ["## " + body[2].partition(".")[0], f"**{word}** {rest} [{word}](https://example.net/{number}?a=1&b=2)"]
    head = f"---\ntitle: '{title.partition('.')[0]} {number}'\npublished: {published}\n{places}tags: [water]\n---\n\n"
    return head + "\n\n".join(body) + f"\n\nOn {1 + number % 28} February {2000 + number % 26}.\n"


def least(site: Path, to: Path) -> None:
    """What no generator can do without."""
    parser = MarkdownIt("commonmark")
    for path in sorted((site / "articles").iterdir()):
        html = nh3.clean(parser.render(path.read_text(encoding="utf-8").split("---\n", 2)[2]))
        page = to / path.stem / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(html, encoding="utf-8")


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def first_build(site: Path) -> tuple[float, float]:
    """Seconds until all is read, and until all is published."""
    from feeder import config
    from feeder.jobs.build import build
    from feeder.jobs.newsroom import Newsroom
    from feeder.store import open_store

    ends: dict[str, float] = {}
    room = Newsroom(config=config.parse(TOML, {}, str), folder=site, data=site / "data")
    store = open_store(room.database_url)
    start = time.perf_counter()
    build(
        store,
        room,
        now=NEWEST,
        progress=lambda what, *_: ends.__setitem__(what, time.perf_counter() - start),
    )
    store.close()
    return ends["reading"], ends["publishing"]


def command(site: Path) -> None:
    """`feeder build`, from its start to its end."""
    line = (sys.executable, "-m", "feeder", "--site", str(site), "build")
    subprocess.run(line, check=True, capture_output=True)  # noqa: S603  our own program


def change(site: Path) -> None:
    path = site / "articles" / "story-00004.ru.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nЕще одно предложение.\n", encoding="utf-8")


def report(site: Path, stories: int) -> None:
    make_site(site, stories)
    articles = stories * len(LANGUAGES)
    base = seconds(lambda: least(site, site / "least"))
    read, whole = first_build(site)
    show = f"{articles:,} articles; the least takes {base:.2f} s, {1000 * base / articles:.2f} ms an article"
    show += f"\nfirst build  {whole:6.2f} s  {1000 * whole / articles:5.2f} ms an article  x{whole / base:.1f}"
    show += f"  reading {read / whole:.0%}, publishing {1 - read / whole:.0%}"
    idle = min(seconds(lambda: command(site)) for _ in range(3))
    change(site)
    one = seconds(lambda: command(site))
    show += (
        f"\nnothing new  {idle:6.2f} s  x{idle / whole:.3f} of the first\none change   {one:6.2f} s  x{one / whole:.3f}"
    )
    sys.stdout.write(show + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast a site is built.")
    parser.add_argument("--stories", type=int, default=300, help="each in three languages")
    with tempfile.TemporaryDirectory() as folder:
        report(Path(folder) / "site", parser.parse_args().stories)


if __name__ == "__main__":
    main()
