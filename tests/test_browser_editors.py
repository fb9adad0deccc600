"""The editors' room in a real browser, behind a real `feeder serve`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from doors import LOCALES, Server, sample
from playwright.sync_api import Browser
from test_browser import DESK, PALE, PHONE, browser, visit

__all__ = ["browser"]  # the fixture

WEEK = "2026-W46"
PAGES = (
    "editors/",
    "editors/languages?missing=kk",
    "editors/quarantine",
    "editors/story?key=2022-06-500th-day",
    f"editors/digest/{WEEK}",
    f"editors/digest/{WEEK}?width=desktop",
    f"editors/digest/{WEEK}?view=source",
    "status",
)
BAD = '---\ntitle: "Сломано"\npublished: [2026-11-10\nlang: ru\n---\n\nТекст.\n'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    site = sample(tmp_path_factory.mktemp("editors"))
    (site / "articles" / "bad.ru.md").write_text(BAD, encoding="utf-8")
    with Server(site) as running:
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_is_whole(locale: str, size: tuple[int, int], scheme: str, browser: Browser, server: Server) -> None:
    """No complaint in the console, nothing asked of any other host, nothing to push sideways, nothing too pale to read."""
    seen = visit(browser, size, scheme)
    try:
        for path in PAGES:
            url = f"{server.url}/{path}{'&' if '?' in path else '?'}lang={locale}"
            assert seen.open(url) == 200, url
            assert seen.trouble == [], url
            assert seen.strangers == [], url
            assert seen.too_wide <= 0, url
            assert seen.ask("() => document.documentElement.lang") == locale
            assert seen.ask("() => document.querySelectorAll('h1').length") == 1, url
            assert seen.ask(PALE) == [], url
    finally:
        seen.page.context.close()


def test_an_issue_is_seen_in_the_dark_by_a_browser_in_the_light(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    """The frame has its own scheme, and the issue in it follows; it runs no script and loads nothing."""
    lightness = {}
    for scheme in ("light", "dark"):
        seen = visit(browser, DESK, "light")
        try:
            seen.open(f"{server.url}/editors/digest/{WEEK}?scheme={scheme}")
            assert seen.trouble == []
            frame = seen.page.frames[1]
            colour = frame.evaluate("() => getComputedStyle(document.body).backgroundColor")
            lightness[scheme] = sum(map(int, re.findall(r"\d+", colour)[:3]))
            assert frame.evaluate("() => document.title") != ""
        finally:
            seen.page.context.close()
    assert lightness["dark"] < 200 < 600 < lightness["light"]


def test_an_editor_sends_a_test_and_finds_the_way_around(browser: Browser, server: Server) -> None:
    """With the keyboard's own means: links, a form, no script."""
    seen = visit(browser, PHONE, "light")
    try:
        seen.open(f"{server.url}/editors/?lang=kk")
        seen.page.click("text=Карантин")
        assert "bad.ru.md:4" in seen.page.inner_text("main")
        seen.open(f"{server.url}/editors/digest/{WEEK}")
        seen.page.fill("input[name=address]", "editor@example.org")
        with seen.page.expect_navigation():
            seen.page.press("input[name=address]", "Enter")
        assert "қалтаға сақталды" in seen.page.inner_text("main")
        assert "editor@example.org" not in seen.page.content()
        seen.page.click("a[rel=prev]")
        assert seen.page.url.endswith("/editors/digest/2026-W45")
        assert seen.trouble == []
    finally:
        seen.page.context.close()
    assert list((server.site / "data" / "outbox").glob("test-*.eml"))
    assert not [line for line in server.log if "editor@example.org" in line]


def test_behind_a_proxy_there_is_nothing(server: Server) -> None:
    """The very server that shows everything to who sits at it."""
    assert server.get("/editors/").status == 200
    assert server.get("/editors/", x_forwarded_for="192.0.2.7").status == 404
    assert server.get("/status", host="news.example.org").status == 404
