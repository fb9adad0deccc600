"""Hostile articles beside good ones: nothing crashes, runs, asks a server, tells a file, or hides another article."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
import html5lib
import pytest
from hostile import STORY, Case, cases, pictures
from lxml import etree
from walk import article, bytes_of, newsroom, write

from feeder.model import Week

SECRET = "the eleventh drawer opens with a spoon"
GOOD = {"en": "The bridge opens again", "kk": "Көпір қайта ашылды", "ru": "Мост снова открыт"}
BASE = "https://news.example.org"
WEEK = Week(2026, 46)
_MEMORY = 1_500_000  #: kilobytes
_PATIENCE = 900  #: seconds for everything, after which it hangs
#: What stands in no published page, feed or message; the site's own style is its own element.
_ACTIVE = ("script", "iframe", "object", "embed", "applet", "base", "form", "input", "button", "svg", "math", "audio", "video",
           "link", "meta", "img", "source", "template", "frame", "portal", "noscript")  # fmt: skip
_FETCHED = (
    "src",
    "srcset",
    "poster",
    "background",
    "data",
    "action",
    "formaction",
    "ping",
    "srcdoc",
    "xlink:href",
    "style",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a site with every hostile article."""

    folder: Path
    tried: tuple[Case, ...]
    report: dict[str, Any]  #: what `feeder build --json` says
    errors: str  #: what it and the digest say to a terminal
    asked: list[str]  #: who asked the server that nobody may ask
    memory: int  #: kilobytes, at most

    @property
    def public(self) -> dict[str, bytes]:
        return bytes_of(self.folder / "data" / "public")

    def outbox(self) -> list[Path]:
        return sorted((self.folder / "data" / "outbox").glob("*"))


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server that counts who comes: (its address, who came)."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    came.append(str(connection.getpeername()))

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", came


def site(folder: Path, tried: tuple[Case, ...]) -> None:
    """A newsroom with a good article in each language, and whatever is tried."""
    newsroom(
        folder, {f"good.{code}.md": article(title, STORY[code], published="2026-11-12") for code, title in GOOD.items()}
    )
    write(folder / "secret.txt", SECRET)
    articles = folder / "articles"
    for case in tried:
        (articles / case.name).write_bytes(case.data)
        if case.side is not None:
            (articles / case.name).with_suffix(".toml").write_bytes(case.side)
    for name, data in pictures().items():
        (articles / name).write_bytes(data)


def run(folder: Path, *words: str) -> tuple[str, str, int]:
    """(what it prints, what it says of trouble, memory at most in kB) of a command that must succeed in time."""
    out, err = folder.parent / "out", folder.parent / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        line = (sys.executable, "-m", "feeder", "--site", str(folder), *words)
        process = subprocess.Popen(line, stdout=stdout, stderr=stderr)
        alarm = threading.Timer(_PATIENCE, process.kill)
        alarm.start()
        _, status, usage = os.wait4(process.pid, 0)
        alarm.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    said = err.read_text(encoding="utf-8")
    assert process.returncode == 0, said[-2000:]
    return out.read_text(encoding="utf-8"), said, usage.ru_maxrss


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Outcome:
    """Built once, by the program itself; with every third case, or with --long with all."""
    step = 1 if request.config.getoption("--long") else 3
    folder = tmp_path_factory.mktemp("hostile") / "desk"
    with listening() as (address, asked):
        tried = tuple(cases(address, folder / "secret.txt"))[::step]
        site(folder, tried)
        printed, errors, memory = run(folder, "build", "--json")
        _, more, other = run(folder, "digest", "--week", str(WEEK))
    return Outcome(
        folder=folder,
        tried=tried,
        report=json.loads(printed),
        errors=errors + more,
        asked=asked,
        memory=max(memory, other),
    )


# --- what became of them ------------------------------------------------------------------------------


def test_there_are_many_cases_and_none_is_large() -> None:
    made = list(cases("http://127.0.0.1:9", Path("/srv/secret.txt")))
    assert len(made) == len({case.name for case in made}) > 200
    assert max(len(case.data) for case in made) < 1_000_000


def test_every_good_article_is_published(outcome: Outcome) -> None:
    """On its page and in the feed of its language, or its archive, whatever stands around it."""
    public = outcome.public
    for code, title in GOOD.items():
        assert title in public[f"{code}/stories/good/index.html"].decode()
        assert any(
            title in body.decode() for name, body in public.items() if name.startswith(code) and name.endswith(".atom")
        )
    assert not outcome.report["failed"]


def test_each_case_is_published_or_refused_with_one_line(outcome: Outcome) -> None:
    """No case is lost in silence, and none makes feeder fail."""
    refused = {one["path"]: one for one in outcome.report["quarantine"]}
    assert outcome.report["articles"]["added"] + len(refused) == len(outcome.tried) + len(GOOD)
    assert {case.name for case in outcome.tried} >= refused.keys()
    for one in refused.values():
        assert one["reason"]
        assert "feeder failed" not in one["reason"]
        assert len(one["reason"]) < 500
        assert (one["reason"] + one["field"]).isprintable()
    assert "Traceback" not in outcome.errors


def test_nobody_is_asked_for_anything(outcome: Outcome) -> None:
    assert outcome.asked == []


def test_no_other_file_is_told(outcome: Outcome) -> None:
    """Neither by an entity, nor a picture, nor a template, nor an address."""
    for name, body in outcome.public.items():
        assert SECRET.encode() not in body, name
        assert b"root:x:0" not in body, name
    assert not any(SECRET.encode() in path.read_bytes() for path in outcome.outbox())
    assert SECRET not in outcome.errors


def test_it_takes_no_more_memory_than_a_small_server_has(outcome: Outcome) -> None:
    assert outcome.memory < _MEMORY


def test_nothing_is_written_elsewhere(outcome: Outcome) -> None:
    """Slugs and keys with the characters of paths stay inside the output."""
    there = {path.name for path in outcome.folder.iterdir()}
    assert there == {"articles", "data", "feeder.toml", "secret.txt"}
    root = (outcome.folder / "data" / "public").resolve()
    assert all(path.resolve().is_relative_to(root) for path in root.rglob("*"))
    assert all(re.fullmatch(r"[\w./~-]+", name, re.ASCII) for name in outcome.public)
    assert {path.name for path in root.iterdir()} <= {
        "en",
        "kk",
        "ru",
        "media",
        "assets",
        *(p.name for p in root.glob("*.*")),
    }


def test_no_picture_is_published_that_is_none(outcome: Outcome) -> None:
    for name, body in outcome.public.items():
        if name.startswith("media/"):
            assert not name.endswith(".svg")
            assert b"<script" not in body, name
            assert len(body) < 100_000


# --- what is published ------------------------------------------------------------------------------


def active(html: str) -> list[str]:
    """What in a document a browser would run, fetch or obey, but for the site's own parts."""
    found = []
    for element in html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False).iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _ACTIVE and not _is_own(element):
            found.append(f"<{tag}>")
        found += [
            f"{tag} {name}={value[:60]!r}" for name, value in element.attrib.items() if _acts(element, name, value)
        ]
        if tag == "style" and re.search(r"@import|url\(\s*['\"]?(?!/|#|data:image/svg)", element.text or ""):
            found.append("style that fetches")
    return found


def _acts(element: Any, name: str, value: str) -> bool:
    """Whether a browser would do something because of an attribute."""
    low = re.sub(r"[\x00-\x20]", "", value).lower()
    if name.startswith("on") or low.startswith(("javascript:", "vbscript:", "data:", "file:", "blob:")):
        return True
    if name == "style":
        return re.search(r"url\(|expression|import|behavior|@", low) is not None
    if name == "href":
        return urlsplit(value).scheme not in ("", "http", "https", "mailto")
    return name in _FETCHED and not _is_own(element)


def _is_own(element: Any) -> bool:
    """Whether an element is of the site's own page: it leads nowhere but to the site, and runs nothing that came with a story."""
    if element.tag == "script" and (element.get("type") == "application/ld+json" or element.get("src")):
        copies = (element.get("src") or "").endswith("/copy.js") and set(element.attrib) <= {"src", "defer"}
        data = element.get("type") == "application/ld+json" and bool(json.loads(element.text))
        return copies or (data and "<" not in element.text)
    if element.tag in (
        "script",
        "iframe",
        "object",
        "embed",
        "base",
        "applet",
        "portal",
        "template",
        "frame",
        "audio",
        "video",
    ):
        return False
    places = [str(element.get(name)) for name in ("href", *_FETCHED) if element.get(name) and name != "style"]
    return all(urljoin(f"{BASE}/en/", place).startswith(f"{BASE}/") for place in places)


def test_no_page_has_anything_that_runs_or_fetches(outcome: Outcome) -> None:
    pages = {name: body for name, body in outcome.public.items() if name.endswith(".html")}
    assert len(pages) > len(outcome.tried) > 200
    found = {name: what for name, body in pages.items() if (what := active(body.decode()))}
    assert found == {}


def shown(document: Any) -> Iterator[str]:
    """What a reader takes for HTML in a feed: typed so in Atom, every description in RSS."""
    for element in document.iter():
        name = etree.QName(element).localname
        if element.get("type") == "html" or name in ("description", "encoded"):
            yield element.text or ""


def test_every_feed_is_read_without_a_fault_and_has_nothing_that_runs(outcome: Outcome) -> None:
    """Atom and RSS, those of places, and the archive."""
    documents = {name: body for name, body in outcome.public.items() if name.endswith((".atom", ".rss", ".xml"))}
    assert len(documents) > 10
    told = set[str]()
    for name, body in documents.items():
        told.update(
            shown(etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)))
        )
        feed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
        assert name.endswith("opml.xml") or not feed.bozo, (name, feed.get("bozo_exception"))
    assert len(told) > len(GOOD)
    assert [what for html in told for what in active(html)] == []


def test_every_json_feed_is_json_without_anything_that_runs(outcome: Outcome) -> None:
    documents = [json.loads(body) for name, body in outcome.public.items() if name.endswith(".json")]
    told = {item["content_html"] for feed in documents for item in feed["items"] if "content_html" in item}
    assert len(told) > len(GOOD)
    assert [what for html in told for what in active(html)] == []


def test_the_digest_has_nothing_that_runs_and_no_header_of_somebody_else(outcome: Outcome) -> None:
    letters = [path for path in outcome.outbox() if path.suffix == ".eml"]
    assert {path.stem for path in letters} == {f"{WEEK}-{code}" for code in GOOD}
    for path in letters:
        raw = path.read_bytes()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert not message.defects
        assert message["Bcc"] is None
        html = message.get_body(("html",))
        assert html is not None
        shown = [one for one in active(html.get_content()) if "meta" not in one]
        assert shown == []
        head = raw.split(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")[0]
        assert b"everyone@example.org" not in head


def test_a_second_build_has_nothing_to_do(outcome: Outcome) -> None:
    """What was refused is not tried each minute again, and what was made is the same."""
    printed, _, _ = run(outcome.folder, "build", "--json")
    again = json.loads(printed)
    assert (again["articles"]["added"], again["articles"]["changed"], again["files"]["written"]) == (0, 0, 0)
    assert again["quarantine"] == outcome.report["quarantine"]
