"""A real browser: every kind of page in three languages, on a phone and on a desk, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from doors import LOCALES, Answer, Server, fetch, free_port, missing, run, sample
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WEEK = "2026-W46"
PAGES = (
    "",
    "feeds/",
    "feed.html",
    "digest/",
    f"digest/{WEEK}/",
    "places/kz-almaty/",
    "places/cn-ghulja/",
    "stories/qulja-commemoration/",
    "stories/2021-03-15-picket-dispersed/",
    "stories/2021-11-29-six-detained/",  # without Russian
    "stories/2022-06-500th-day/",  # without Kazakh; read from a text dump
    "unsubscribe/sample",
)
PHONE, DESK = (375, 812), (1280, 800)

#: Text whose contrast with what lies behind it is below WCAG AA: 4.5, or 3 for large letters.
PALE = """() => {
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = node => { for (; node; node = node.parentElement) {
    const colour = numbers(getComputedStyle(node).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour; }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255]; };
  const found = [];
  for (const node of document.body.querySelectorAll("*")) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    const style = getComputedStyle(node), box = node.getBoundingClientRect();
    if (!own || style.visibility !== "visible" || box.width < 2 || box.bottom < 0) continue;
    const [a, b] = [light(numbers(style.color)), light(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${node.textContent.trim().slice(0, 40)} (${ratio.toFixed(2)})`);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The sample site with its digest."""
    site, port = sample(tmp_path_factory.mktemp("browser")), free_port()
    done = run("digest", "--week", WEEK, site=site, env={"FEEDER_BASE_URL": f"http://127.0.0.1:{port}"})
    assert done.returncode == 0, done.stderr
    with Server(site, port) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        missing(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@dataclass
class Visit:
    """What happened while pages were open."""

    page: Page
    requests: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda one: self.requests.append(one.url))
        self.page.on("requestfailed", lambda one: self.trouble.append(f"failed: {one.url}"))
        self.page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        self.page.on(
            "console",
            lambda said: self.trouble.append(f"console: {said.text} {said.location}") if said.type != "log" else None,
        )

    def open(self, url: str) -> int:
        answer = self.page.goto(url, wait_until="load")
        assert answer is not None
        return answer.status

    def ask(self, script: str) -> Any:
        return self.page.evaluate(script)

    @property
    def strangers(self) -> list[str]:
        """Requests to anyone but the site."""
        own = urlsplit(self.page.url).netloc
        return [url for url in self.requests if urlsplit(url).netloc != own and not url.startswith("data:")]

    @property
    def too_wide(self) -> int:
        """Pixels by which the page has to be moved sideways."""
        return int(self.ask("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def visit(browser: Browser, size: tuple[int, int], scheme: str) -> Visit:
    dark: Any = scheme
    context: BrowserContext = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=dark)
    context.set_default_timeout(20_000)
    return Visit(context.new_page())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_is_whole_in_a_browser(
    locale: str, size: tuple[int, int], scheme: str, browser: Browser, server: Server, tmp_path: Path
) -> None:
    """No complaint in the console, nothing asked of any other host, nothing to push sideways, nothing too pale to read."""
    seen = visit(browser, size, scheme)
    try:
        for path in PAGES:
            url = f"{server.url}/{locale}/{path}"
            assert seen.open(url) == 200, url
            assert seen.trouble == [], url
            assert seen.strangers == [], url
            assert seen.too_wide <= 0, url
            assert seen.ask("() => document.documentElement.lang") == locale
            assert seen.ask("() => document.querySelectorAll('h1').length") == 1, url
            assert seen.ask("() => document.title.trim()") != ""
            assert seen.ask(PALE) == [], url
            broken = "() => [...document.images].filter(image => !image.naturalWidth).map(image => image.src)"
            assert seen.ask(broken) == [], url
        seen.page.screenshot(path=tmp_path / "last.png", full_page=True)
        assert (tmp_path / "last.png").stat().st_size > 5000
    finally:
        seen.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_follow_the_readers_choice_of_light(scheme: str, browser: Browser, server: Server) -> None:
    """Dark letters on light, or light letters on dark."""
    seen = visit(browser, DESK, scheme)
    try:
        seen.open(f"{server.url}/kk/")
        colour = seen.ask("() => getComputedStyle(document.documentElement).backgroundColor")
        if colour == "rgba(0, 0, 0, 0)":
            colour = seen.ask("() => getComputedStyle(document.body).backgroundColor")
        red, green, blue = (int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(", "))
        assert (red + green + blue < 200) == (scheme == "dark")
    finally:
        seen.page.context.close()


def test_the_root_and_a_wrong_address_are_whole_too(browser: Browser, server: Server) -> None:
    """The chooser in all three languages; the page for a wrong address at any depth, with its style."""
    seen = visit(browser, PHONE, "light")
    try:
        assert seen.open(f"{server.url}/index.html") == 200
        assert seen.trouble == []
        assert seen.too_wide <= 0
        assert seen.ask(
            "() => [...document.querySelectorAll('main a[hreflang]')].map(a => a.lang || a.closest('[lang]').lang)"
        )
        for path in ("kk/no", "kk/stories/no/such/page"):
            assert seen.open(f"{server.url}/{path}") == 404
            assert seen.ask("() => document.documentElement.lang") == "kk"
            assert seen.ask("() => document.styleSheets.length") == 1
            assert seen.ask("() => document.styleSheets[0].cssRules.length > 0")
            assert seen.too_wide <= 0
        assert seen.strangers == []
    finally:
        seen.page.context.close()


@cache
def answer(url: str) -> Answer:
    return fetch(url)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_link_leads_somewhere(locale: str, browser: Browser, server: Server) -> None:
    """As the browser resolves them: links, alternates, images, styles, and feeds of the type that they promise."""
    seen = visit(browser, DESK, "light")
    script = """() => [...document.querySelectorAll('[href]')].map(node =>
        [new URL(node.getAttribute('href'), document.baseURI).href, node.getAttribute('type') || '', node.rel || ''])"""
    try:
        for path in PAGES:
            seen.open(f"{server.url}/{locale}/{path}")
            own = [link for link in seen.ask(script) if link[0].startswith(server.url)]
            assert own
            for href, kind, rel in own:
                got = answer(href.partition("#")[0])
                assert got.status == 200, (path, href)
                if kind and "alternate" in rel:
                    assert got.headers["content-type"].partition(";")[0] == kind, (path, href)
            fragments = [link[0] for link in own if "#" in link[0] and link[0].partition("#")[0] == seen.page.url]
            for href in fragments:
                target = href.partition("#")[2]
                assert seen.ask(f"() => !!document.getElementById({target!r})"), (path, href)
    finally:
        seen.page.context.close()


def test_the_way_through_the_site_by_hand(browser: Browser, server: Server) -> None:
    """From the chooser to a story, to the same story in another language, and back to the front page by its links."""
    seen = visit(browser, PHONE, "light")
    page = seen.page
    try:
        seen.open(f"{server.url}/index.html")
        page.click("main a[hreflang=kk] >> nth=0")
        assert page.url == f"{server.url}/kk/index.html"
        page.click("main a[href*='stories/qulja-commemoration']  >> nth=0")
        assert "/kk/stories/qulja-commemoration/" in page.url
        page.click("nav a[hreflang=ru]")
        assert "/ru/stories/qulja-commemoration/" in page.url
        assert seen.ask("() => document.documentElement.lang") == "ru"
        page.click("header a >> nth=0")
        assert page.url.startswith(f"{server.url}/ru/")
        assert seen.trouble == []
        page.keyboard.press("Tab")
        assert seen.ask("() => document.activeElement.getAttribute('href')") == "#content"
    finally:
        page.context.close()


def test_an_address_is_copied_with_one_press(browser: Browser, server: Server) -> None:
    """The page's own policy lets its script run; the button says that it is done."""
    seen = visit(browser, PHONE, "light")
    try:
        seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        seen.open(f"{server.url}/ru/feeds/")
        button = seen.page.locator("button.copy >> nth=0")
        address = seen.page.locator("code.address >> nth=0").inner_text()
        button.click()
        seen.page.wait_for_function("() => document.querySelector('button.copy').textContent === 'Скопировано'")
        assert seen.ask("() => navigator.clipboard.readText()") == address == f"{server.url}/ru/feed.atom"
        assert seen.trouble == []
    finally:
        seen.page.context.close()


@pytest.mark.parametrize("path", ["kk/feed.atom", "kk/archive/000001.atom", "feed.html"])
def test_a_feed_opened_in_a_browser_is_a_page_whose_links_lead_on(path: str, browser: Browser, server: Server) -> None:
    """The same page at every address of a feed, with its style and its way to the stories."""
    seen = visit(browser, PHONE, "dark")
    try:
        assert seen.open(f"{server.url}/{path}") == 200
        assert seen.ask("() => document.styleSheets[0].cssRules.length > 0")
        assert seen.trouble == []
        assert seen.too_wide <= 0
        for href in seen.ask("() => [...document.querySelectorAll('main a')].map(link => link.href)"):
            assert answer(href).status == 200, href
    finally:
        seen.page.context.close()


def test_the_map_is_walked_with_the_keyboard(browser: Browser, server: Server) -> None:
    seen = visit(browser, DESK, "light")
    try:
        seen.open(f"{server.url}/kk/")
        seen.page.focus("svg.map a >> nth=0")
        name = seen.ask("() => document.activeElement.getAttribute('aria-label')").partition(":")[0]
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_url("**/places/**")
        assert seen.ask("() => document.querySelector('h1').textContent") == name
    finally:
        seen.page.context.close()


def test_leaving_by_hand_works_without_scripts(browser: Browser, server: Server) -> None:
    """One button, and the word that it is done: the page's own policy lets the form through."""
    seen = visit(browser, PHONE, "light")
    try:
        seen.open(f"{server.url}/kk/unsubscribe/sample")
        seen.page.click("main button")
        seen.page.wait_for_load_state("load")
        assert seen.ask("() => document.querySelectorAll('main button').length") == 0
        assert seen.trouble == []
    except Error as error:
        pytest.fail(str(error))
    finally:
        seen.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [600, 375])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_mail_holds_its_width(locale: str, width: int, scheme: str, browser: Browser, server: Server) -> None:
    """The digest as mail programs show it, beside the site: whole, readable, and silent towards every other host."""
    (site_url, folder) = (server.url, server.site.parent / "to")
    if not folder.exists():
        done = run("digest", "--week", WEEK, "--to", folder, site=server.site, env={"FEEDER_BASE_URL": site_url})
        assert done.returncode == 0, done.stderr
    seen = visit(browser, (width, 900), scheme)
    try:
        seen.page.goto((folder / f"{locale}.html").as_uri(), wait_until="load")
        assert seen.trouble == []
        assert [url for url in seen.requests if not url.startswith(("file:", site_url))] == []
        assert seen.too_wide <= 0
        assert seen.ask("() => document.documentElement.lang") == locale
        assert seen.ask("() => document.querySelectorAll('h1').length") == 1
        assert seen.ask(PALE) == []
    finally:
        seen.page.context.close()


def test_an_open_page_shows_itself_again_when_its_story_is_saved(browser: Browser, tmp_path: Path) -> None:
    """Without a hand on the browser, and without a complaint about the policy against scripts."""
    with Server(sample(tmp_path), options=()) as server, closing(browser.new_page()) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(server.url + "/kk/")
        article = server.site / "articles" / "fresh.kk.md"
        article.write_text("---\ntitle: Жаңа хабар\npublished: 2026-11-13\n---\n\nМәтін.\n", encoding="utf-8")
        page.get_by_text("Жаңа хабар").first.wait_for(timeout=20_000)
        assert said == []
