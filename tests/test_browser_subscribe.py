"""A person, a real browser without scripts, a real server: subscribes, confirms from the mail, chooses, leaves."""

from __future__ import annotations

import email
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from email import policy
from pathlib import Path

import pytest
from doors import LOCALES, Server, run, sample, until
from playwright.sync_api import Browser, BrowserContext
from test_browser import PALE, browser

from feeder.keys import Keys

__all__ = ["browser"]

DONE = {"en": "Thank you!", "kk": "Рақмет!", "ru": "Спасибо!"}
LEFT = {"en": "You have been unsubscribed.", "kk": "Сіз таратылымнан шықтыңыз.", "ru": "Вы отписаны от рассылки."}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(sample(tmp_path_factory.mktemp("subscribe"))) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 375, "height": 812}, java_script_enabled=False)
    yield made
    made.close()


def link(site: Path, address: str, kind: str) -> str:
    """The link of the letter to an address."""

    def letters() -> list[str]:
        found = []
        for path in sorted((site / "data" / "outbox").glob("*.eml")):
            letter = email.message_from_bytes(path.read_bytes(), policy=policy.default)
            text = letter.get_body(("plain",))
            if text and letter["To"] == address:
                found += [line for line in text.get_content().splitlines() if f"/{kind}/" in line]
        return found

    until(letters, f"a letter to {address}")
    return letters()[-1]


def people(site: Path) -> dict[str, tuple[str, str]]:
    """Language and state of everybody, by the masked address."""
    return {row["email"]: (row["language"], row["state"]) for row in rows(site)}


def rows(site: Path) -> list[dict[str, str]]:
    return json.loads(run("subscribers", "list", "--json", site=site).stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_person_subscribes_confirms_chooses_and_leaves(locale: str, server: Server, context: BrowserContext) -> None:
    """From the front page to the end, with the keyboard's and the mouse's own means."""
    page, site = context.new_page(), server.site
    address, shown = f"{locale}reader@example.org", f"{locale[0]}…@e….org"
    page.goto(f"{server.url}/{locale}/")
    page.click(f'nav.sections a[href$="{locale}/subscribe"]')
    page.fill("#email", address)
    time.sleep(2.1)  # nobody types faster
    page.keyboard.press("Enter")
    page.get_by_text(address).wait_for()
    page.goto(link(site, address, "confirm"))
    assert people(site)[shown] == (locale, "pending")
    page.click("main button")
    assert page.inner_text("h1") == DONE[locale]
    assert people(site)[shown] == (locale, "active")

    (row,) = (one for one in rows(site) if one["email"] == shown)
    other = {"en": "kk", "kk": "ru", "ru": "en"}[locale]
    page.goto(preferences(server, row["id"], locale))
    page.select_option("#language", other)
    page.check("#paused")
    page.click('button[value="save"]')
    assert people(site)[shown] == (other, "paused")
    assert page.is_checked("#paused")
    page.click('button[value="leave"]')
    assert page.inner_text("h1") == LEFT[locale]
    assert [one["state"] for one in rows(site) if one["id"] == row["id"]] == ["left"]
    assert shown not in people(site)


def preferences(server: Server, name: str, locale: str) -> str:
    """The link that stands in every digest, made as the digest makes it."""
    with closing(sqlite3.connect(server.site / "data" / "feeder.db")) as connection:
        (kept,) = connection.execute("SELECT value FROM meta WHERE name = 'subscriber_secret'").fetchone()
    token = Keys(kept.removeprefix("plain:")).token("preferences", name, 0)
    return f"{server.url}/{locale}/preferences/{token}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_pages_fit_and_can_be_read(locale: str, width: int, scheme: str, server: Server, browser: Browser) -> None:
    """On a phone and on a desk, in the light and in the dark: nothing too wide, nothing too pale, no complaint."""
    made = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        page = made.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        for path in ("subscribe", "privacy/", "confirm/x", "unsubscribe/x", "preferences/x"):
            page.goto(f"{server.url}/{locale}/{path}", wait_until="load")
            assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, path
            assert page.evaluate(PALE) == [], path
            assert page.evaluate("() => document.querySelectorAll('h1').length") == 1
        page.goto(f"{server.url}/{locale}/subscribe")
        page.click("main button")
        assert page.locator("#email").get_attribute("aria-invalid") == "true"
        assert page.evaluate(PALE) == []
        assert [text for text in said if "422" not in text] == []
    finally:
        made.close()
