"""The editors' room over HTTP, over a real store: what each page tells, in three languages, and to whom."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import crowd
import html5lib
import msgspec
import pytest
import sqlalchemy as sa
from doors import LOCALES
from starlette.testclient import TestClient
from walk import NOW, article, build, newsroom, write

from feeder.editors.facts import Pulse
from feeder.jobs import compile as digests
from feeder.jobs import retract
from feeder.jobs.newsroom import Newsroom
from feeder.model import Week
from feeder.scheduler import Schedule
from feeder.store import Store, issues, open_store
from feeder.store.tables import delivery, metadata
from feeder.web.app import application
from feeder.web.editors.room import Room

TOKEN = "a-token-of-the-newsroom-42"
WEEK = Week(2026, 46)  #: over at NOW
PAGES = (
    "/editors/",
    "/editors/languages",
    "/editors/languages?missing=kk",
    "/editors/quarantine",
    "/editors/story?key=picket",
    "/editors/digest/2026-W46",
    "/editors/digest/2026-W46?width=desktop&scheme=dark",
    "/editors/digest/2026-W46?view=text",
    "/editors/digest/2026-W46?view=source",
    "/editors/digest/2020-W01",
    "/status",
)
ARTICLES = {
    "picket.en.md": article(
        "Picket in Almaty", "A picket in Almaty & elsewhere.", published="2026-11-10T10:00:00+05:00"
    ),
    "picket.kk.md": article("Алматыдағы пикет", "Алматыда пикет өтті.", published="2026-11-11T12:00:00+05:00"),
    "market.ru.md": article("Рынок", "В Алматы открыли рынок.", published="2026-11-12"),
    "draft.kk.md": article("Қаралама", draft="true"),
    "gone.en.md": article("Taken back", published="2026-11-09"),
    "bad.ru.md": '---\ntitle: "Сломано"\npublished: [2026-11-10\nlang: ru\n---\n\nТекст <b>жирный</b>.\n',
}


class Page:
    """An HTML page as a person finds things in it."""

    def __init__(self, html: str) -> None:
        html5lib.HTMLParser(strict=True).parse(html)  # no error a browser would have to mend
        self.html, self.tree = html, html5lib.parse(html, namespaceHTMLElements=False)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.tree.itertext()).split())

    def row(self, name: str) -> str:
        """The words of the table row with this in its heading."""
        for row in self.tree.iter("tr"):
            head = row.find("th")
            if head is not None and name in " ".join(head.itertext()):
                return " ".join(" ".join(row.itertext()).split())
        raise AssertionError(f"no row of {name}: {self.words}")

    def frames(self) -> list[Any]:
        return list(self.tree.iter("iframe"))

    def hidden(self, name: str) -> str:
        return next(str(one.get("value")) for one in self.tree.iter("input") if one.get("name") == name)


class Site:
    """A site with its room, at a moment that the test chooses."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.room = newsroom(folder, ARTICLES, **environ)
        self.store = open_store(self.room.database_url)
        self.now = NOW
        self.pulse = Pulse(well=True, last_success=NOW, failures={})
        self.chance = iter(range(1, 10_000))
        build(self.store, self.room)

    def client(self, address: str = "127.0.0.1", host: str = "127.0.0.1:8000") -> TestClient:
        made = Room(
            newsroom=self.room,
            store=self.store,
            pulse=lambda: self.pulse,
            clock=lambda: self.now,
            schedule=Schedule("mon 08:00", self.room.site.zone),
            chance=lambda size: next(self.chance).to_bytes(size, "big"),
        )
        app = application(self.room.output, self.room.site.locales, lambda: (True, {}), _NoDesk(), editors=made)
        return TestClient(app, base_url=f"http://{host}", client=(address, 50000), follow_redirects=False)

    def page(self, path: str, locale: str = "en", client: TestClient | None = None) -> Page:
        answer = (client or self.client()).get(path, headers={"Accept-Language": locale})
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return Page(answer.text)


class _NoDesk:
    """No pages for subscribers."""

    open = False

    def __getattr__(self, name: str) -> Any:
        def page(*args: object, **named: object) -> tuple[int, bytes]:
            return 200, b"a subscriber's page"

        return page


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """For looking only."""
    site = Site(tmp_path_factory.mktemp("room"))
    retract.retract(site.store, site.room, "gone", "It was wrong", with_titles=True, now=NOW)
    build(site.store, site.room, later=1)
    yield site
    site.store.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """To be changed."""
    made = Site(tmp_path)
    yield made
    made.store.close()


def rows_of(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    with store.read() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


# --- every page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_well_formed_and_in_the_editors_language(shared: Site, path: str) -> None:
    """Nothing is loaded from elsewhere, nothing is kept by a browser, there is no script, and looking changes nothing."""
    before = rows_of(shared.store)
    for locale in LOCALES:
        answer = shared.client().get(path, headers={"Accept-Language": locale})
        page = Page(answer.text)
        assert page.tree.get("lang") == locale
        assert answer.headers["cache-control"] == "no-store"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text
        outside = [one for one in page.tree.iter() if str(one.get("src") or "").startswith(("http", "//"))]
        assert outside == []
    assert rows_of(shared.store) == before


def test_the_language_can_be_switched_and_is_remembered(shared: Site) -> None:
    """By a link that keeps what the page was asked for; unknown languages are passed over."""
    client = shared.client()
    page = Page(client.get("/editors/languages?missing=kk", headers={"Accept-Language": "en"}).text)
    links = [str(one.get("href")) for one in page.tree.iter("a") if one.get("hreflang") == "ru"]
    assert links == ["?missing=kk&lang=ru"]
    assert Page(client.get(f"/editors/languages{links[0]}").text).tree.get("lang") == "ru"
    assert Page(client.get("/status", headers={"Accept-Language": "en"}).text).tree.get("lang") == "ru"
    assert Page(client.get("/status?lang=xx").text).tree.get("lang") == "ru"


def test_wrong_addresses_get_a_page_and_wrong_methods_a_word(shared: Site) -> None:
    for path in (
        "/editors/story?key=nothing",
        "/editors/story",
        "/editors/digest/2026-W60",
        "/editors/digest/9999-W52",
    ):
        assert shared.client().get(path).status_code == 404, path
    assert shared.client().get("/editors/digest/2026-W46/xx.eml").status_code == 404
    assert shared.client().post("/status").status_code == 405
    assert shared.client().get("/editors/digest/2026-W46/test").status_code == 405
    assert shared.client().head("/status").status_code == 200
    assert shared.client().get("/editors").headers["location"] == "editors/"
    assert shared.client().get("/editors/languages?page=99999999999&missing=zz").status_code == 200


# --- what they tell -------------------------------------------------------------------------------


def test_each_article_has_its_state(shared: Site) -> None:
    page = shared.page("/editors/")
    assert "Published" in page.row("picket.en.md")
    assert "English and Русский" in page.row("picket.en.md")  # Russian readers are shown the English
    assert "Draft" in page.row("draft.kk.md")
    assert "Retracted" in page.row("gone.en.md")
    assert "bad.ru.md" not in page.words


def test_articles_are_found(shared: Site) -> None:
    """By name, by state, by language; what looks like a pattern is a letter."""
    assert "picket.kk.md" in shared.page("/editors/?q=PICKET").words
    assert "market.ru.md" not in shared.page("/editors/?q=PICKET").words
    assert "picket" not in shared.page("/editors/?q=p%25t").words
    assert "draft.kk.md" in shared.page("/editors/?state=drafts").words
    assert "picket.en.md" not in shared.page("/editors/?state=drafts").words
    assert "gone.en.md" in shared.page("/editors/?state=retracted").words
    assert "picket.en.md" not in shared.page("/editors/?language=kk").words
    assert "No article is like that" in shared.page("/editors/?state=doubled").words


def test_the_line_at_fault_is_shown_as_it_stands_in_the_file(shared: Site) -> None:
    """With its number and its neighbours, and what is markup in it is text."""
    page = shared.page("/editors/quarantine")
    assert "bad.ru.md:4" in page.words
    assert "front matter is not valid YAML" in page.words
    mark = next(page.tree.iter("mark"))
    assert "".join(mark.itertext()).split() == ["4", "lang:", "ru"]
    assert "published: [2026-11-10" in page.words


def test_a_good_version_that_is_still_published_is_told(site: Site) -> None:
    write(site.room.folder / "articles" / "market.ru.md", ARTICLES["bad.ru.md"])
    build(site.store, site.room, later=1)
    assert "the last good version is still published" in site.page("/editors/quarantine").words
    assert "changed since, cannot be read" in site.page("/editors/").row("market.ru.md")


def test_the_ledger_tells_delays_and_what_is_missing(shared: Site) -> None:
    """A day and two hours after the English came the Kazakh; a retracted story lacks nothing."""
    page = shared.page("/editors/languages")
    assert page.row("Picket in Almaty").endswith("first + 26 hours missing")
    assert "gone" not in page.words
    assert "Picket in Almaty" not in shared.page("/editors/languages?missing=kk").words
    assert "Рынок" in shared.page("/editors/languages?missing=kk").words
    assert "2 stories" in shared.page("/editors/languages").words


def test_why_is_told_with_the_places_in_the_text(shared: Site) -> None:
    page = shared.page("/editors/story?key=picket", "kk")
    marks = ["".join(one.itertext()) for one in page.tree.iter("mark")]
    assert "Алматыда" in marks
    assert {one.get("title") for one in page.tree.iter("mark")} == {"Алматы"}
    assert "kk/places/kz-almaty/feed.atom" in page.words
    assert "Келесі шолу" in page.words
    by_uri = shared.page("/editors/story?key=tag:news.example.org,2026:stories/picket/kk")
    assert "picket.en.md" in by_uri.words
    assert "it is a draft" in shared.page("/editors/story?key=draft").words
    assert "бұл қаралама" in shared.page("/editors/story?key=draft", "kk").words


def test_a_feed_that_is_not_published_yet_is_not_said_to_have_the_story(site: Site) -> None:
    """What is told of feeds is what readers have."""
    (site.room.output / "kk" / "feed.atom").unlink()
    words = site.page("/editors/story?key=picket").words
    assert "kk/feed.atom the next build puts it there" in words


# --- the digest -----------------------------------------------------------------------------------


def test_looking_at_an_issue_does_not_make_it(site: Site) -> None:
    """The very issue that will be made, and none is kept."""
    site.now = NOW - timedelta(days=2)
    page = site.page("/editors/digest/2026-W46")
    assert "This is how the issue would be now. It is made on November 16, 2026, 08:00" in page.words
    with site.store.read() as connection:
        assert issues.all_issues(connection) == []
    drafted = {str(one.get("lang")): str(one.get("srcdoc")) for one in page.frames()}
    compiled = digests.compile_week(site.store, site.room, WEEK, NOW)
    made = {code: digests.to_files(site.room, issue)["html"].decode() for code, issue in compiled.issues.items()}
    assert {code: " ".join(html.split()) for code, html in drafted.items()} == {
        code: " ".join(html.split()) for code, html in made.items()
    }
    assert "This issue is made" in site.page("/editors/digest/2026-W46").words


def test_an_issue_is_shown_in_a_closed_box(shared: Site) -> None:
    """No script, no form, no other page in it; the source is the message itself, and can be saved."""
    for frame in shared.page("/editors/digest/2026-W46").frames():
        assert frame.get("sandbox") == ""
    source = shared.page("/editors/digest/2026-W46?view=source")
    assert "multipart/alternative" in source.words
    saved = shared.client().get("/editors/digest/2026-W46/kk.eml")
    assert saved.headers["content-type"] == "message/rfc822"
    assert saved.headers["content-disposition"] == 'attachment; filename="2026-W46-kk.eml"'
    assert f"{-(-len(saved.content) // 1000)} kB" in shared.page("/editors/digest/2026-W46").words


def test_left_out_stories_have_their_reason_in_the_editors_language(shared: Site) -> None:
    words = shared.page("/editors/digest/2026-W45", "ru").words
    assert "опубликован после конца недели 2026-W45" in words
    older = shared.page("/editors/digest/2026-W50", "kk").words
    assert "апталық мерзімнен ерте" in older


def test_the_next_digest_is_the_one_that_is_due(shared: Site) -> None:
    shared.now = datetime.fromisoformat("2026-11-14T10:00:00+05:00")
    try:
        assert shared.client().get("/editors/digest").headers["location"] == "digest/2026-W46"
    finally:
        shared.now = NOW


# --- a test message ---------------------------------------------------------------------------------


def send(site: Site, client: TestClient, **fields: Any) -> Any:
    proof = Page(client.get("/editors/digest/2026-W46").text).hidden("proof")
    data = {"proof": proof, "address": "editor@example.org", "language": ["kk", "ru"], **fields}
    return client.post("/editors/digest/2026-W46/test", data=data, headers={"Accept-Language": "en"})


def test_a_test_is_sent_to_the_address_and_kept_nowhere(site: Site) -> None:
    """Two languages, two messages; neither the store nor the page has the address afterwards."""
    answer = send(site, site.client())
    assert answer.status_code == 200
    assert "the test lies in a folder: Қазақша and Русский" in Page(answer.text).words
    assert "editor@example.org" not in answer.text
    assert answer.headers.get("set-cookie") is None
    messages = [path.read_text("ascii") for path in (site.room.data / "outbox").glob("test-*.eml")]
    assert len(messages) == 2
    assert all("To: editor@example.org" in one for one in messages)
    assert "/kk/unsubscribe/test>" in "".join(messages)
    bodies = [email.message_from_string(one, policy=email.policy.default).get_body() for one in messages]
    for body in bodies:
        assert body is not None
        assert "/unsubscribe/test" in body.get_content()
        assert "/sample" not in body.get_content()
    database = Path(site.room.database_url.removeprefix("sqlite:///"))
    kept = database.read_bytes() + database.with_name(f"{database.name}-wal").read_bytes()
    assert b"editor@example.org" not in kept


def test_the_links_of_a_test_say_that_they_do_nothing(shared: Site) -> None:
    """To anybody who got one, by GET and by POST, also where there is no token."""
    away = shared.client("192.0.2.7", "news.example.org")
    for answer in (
        away.get("/kk/unsubscribe/test"),
        away.post("/kk/unsubscribe/test"),
        away.get("/kk/preferences/test"),
    ):
        assert answer.status_code == 200
        assert "ештеңе істемейді" in answer.text
    assert away.get("/kk/unsubscribe/another").text == "a subscriber's page"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"address": "nobody"}, "This is no mail address"),
        ({"address": ""}, "This is no mail address"),
        ({"language": []}, "Choose a language"),
        ({"language": ["xx"]}, "Choose a language"),
    ],
)
def test_what_is_wrong_with_a_test_is_told(site: Site, fields: dict[str, Any], said: str) -> None:
    answer = send(site, site.client(), **fields)
    assert answer.status_code == 422
    assert said in Page(answer.text).words
    assert not (site.room.data / "outbox").exists()


def test_a_form_of_another_site_sends_nothing(site: Site) -> None:
    """Neither without the proof nor with it."""
    client = site.client()
    assert send(site, client, proof="0" * 64).status_code == 403
    proof = Page(client.get("/editors/digest/2026-W46").text).hidden("proof")
    data = {"proof": proof, "address": "editor@example.org", "language": "kk"}
    away = client.post("/editors/digest/2026-W46/test", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert away.status_code == 403
    assert not (site.room.data / "outbox").exists()


def test_tests_have_an_end(site: Site) -> None:
    """Thirty within the hour: this is no way to send a newsletter."""
    client = site.client()
    for _ in range(15):
        assert send(site, client).status_code == 200
    assert "Too many tests" in Page(send(site, client).text).words
    site.now += timedelta(hours=1, seconds=1)
    assert send(site, client).status_code == 200


# --- status ---------------------------------------------------------------------------------------


def test_what_failed_is_told_in_words(site: Site) -> None:
    site.pulse = Pulse(well=False, last_success=NOW, failures={"build": "/srv/articles: Permission denied"})
    words = site.page("/status", "ru").words
    assert "Требуется внимание" in words
    assert "/srv/articles: Permission denied" in words
    site.pulse = Pulse(well=False, last_success=None, failures={})
    assert "Nothing was done for longer than the schedule allows" in site.page("/status").words


def test_how_fast_mail_goes_and_how_long_still_is_told(site: Site) -> None:
    """While there is something to send."""
    assert "Отправка писем" not in site.page("/status", "ru").words
    crowd.subscribe(site.store, site.room, 6)
    crowd.put_in_queue(site.store, crowd.make(site.store, site.room))
    with site.store.write() as connection:
        connection.execute(delivery.update().where(delivery.c.id < 5).values(state="sent", sent=site.now))
    assert "1 в минуту; осталось отправить: 2; осталось примерно 3 минуты" in site.page("/status", "ru").words
    assert "шамамен 3 минут қалды" in site.page("/status", "kk").words


def test_a_source_that_is_not_there_is_told(site: Site) -> None:
    (site.room.folder / "articles").rename(site.room.folder / "elsewhere")
    assert "articles is not there" in site.page("/status").words
    assert "Sources that fail" in site.page("/editors/quarantine").words


# --- who is let in ----------------------------------------------------------------------------------


def test_from_elsewhere_there_is_nothing_without_a_token(shared: Site) -> None:
    """The answer is that of any wrong address, letter for letter."""
    away = shared.client("192.0.2.7", "news.example.org")
    other = away.get("/editor").text
    for path in (*PAGES, "/editors/login", "/editors/style.css", "/editors/digest/2026-W46/kk.eml"):
        answer = away.get(path)
        assert answer.status_code == 404
        assert answer.text == other
    for path in ("/editors/login", "/editors/digest/2026-W46/test"):
        assert away.post(path, data={"token": ""}).status_code == away.post("/editor").status_code


def test_the_token_opens_the_room_and_is_in_no_address(tmp_path: Path) -> None:
    """A form, a cookie that scripts cannot read, and the page that was asked for."""
    site = Site(tmp_path, editors_token=TOKEN)
    away = site.client("192.0.2.7", "news.example.org")
    asked = away.get("/editors/languages?missing=kk")
    assert asked.status_code == 403
    assert "Picket" not in asked.text
    wish = Page(asked.text).hidden("to")
    assert away.post("/editors/login", data={"token": "wrong", "to": wish}).status_code == 403
    answer = away.post("/editors/login", data={"token": TOKEN, "to": wish})
    assert (answer.status_code, answer.headers["location"]) == (303, "../editors/languages?missing=kk")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    page = site.page("/editors/", client=away)
    proof = page.hidden("proof")
    assert "Sign out" in page.words
    assert away.post("/editors/logout", data={"proof": "0"}).headers.get("set-cookie") is None
    away.post("/editors/logout", data={"proof": proof})
    assert away.get("/editors/").status_code == 403
    site.store.close()


def test_over_https_the_cookie_goes_over_https_only(tmp_path: Path) -> None:
    site = Site(tmp_path, editors_token=TOKEN)
    away = site.client("192.0.2.7", "news.example.org")
    answer = away.post("/editors/login", data={"token": TOKEN}, headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["set-cookie"].startswith("__Host-feeder-editors=")
    assert "Secure" in answer.headers["set-cookie"]
    site.store.close()


def test_guessing_has_an_end(tmp_path: Path) -> None:
    """Even the right token has to wait then."""
    site = Site(tmp_path, editors_token=TOKEN)
    away = site.client("192.0.2.7", "news.example.org")
    for _ in range(10):
        assert away.post("/editors/login", data={"token": "wrong"}).status_code == 403
    assert away.post("/editors/login", data={"token": TOKEN}).status_code == 429
    site.now += timedelta(minutes=11)
    assert away.post("/editors/login", data={"token": TOKEN}).status_code == 303
    site.store.close()


@pytest.mark.parametrize(
    "wish", ["https://evil.example.net/", "//evil.example.net", "../../x", "editors/../x", "\\\\x", ""]
)
def test_signing_in_leads_nowhere_else(tmp_path: Path, wish: str) -> None:
    site = Site(tmp_path, editors_token=TOKEN)
    answer = site.client("192.0.2.7").post("/editors/login", data={"token": TOKEN, "to": wish})
    assert answer.headers["location"] == "../editors/"
    site.store.close()


def test_a_broken_template_is_one_line(site: Site, tmp_path: Path) -> None:
    """The site's own templates come first, and their mistakes are told."""
    own = tmp_path / "own" / "editors"
    own.mkdir(parents=True)
    (own / "status.html.j2").write_text("{{ nothing.at.all }}", encoding="utf-8")
    pages = msgspec.structs.replace(site.room.config.pages, templates=str(tmp_path / "own"))
    config = msgspec.structs.replace(site.room.config, pages=pages)
    broken = Newsroom(config=config, folder=site.room.folder, data=site.room.data)
    site.room = broken
    answer = site.client().get("/status")
    assert answer.status_code == 503
    assert re.fullmatch(r".*status\.html\.j2:1: .*; correct the template.*\n", answer.text)
