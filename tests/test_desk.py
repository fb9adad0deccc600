"""The pages of subscribers over HTTP, with a real store behind them: what works, and what nobody learns from them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest
from doors import LOCALES
from httpx2 import Response
from people import EMAIL, KEYS, add, kept, name, state
from starlette.testclient import TestClient
from walk import NOW, newsroom

from feeder import resources
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.subscribers import consent
from feeder.jobs.subscribers.consent import Request
from feeder.jobs.subscribers.desk import FORM, Desk
from feeder.store import Store, open_store
from feeder.web.app import application

POST = {"content-type": "application/x-www-form-urlencoded"}


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **how: float) -> None:
        self.now += timedelta(**how)


class Box:
    """Takes requests as the thread that writes letters would."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.full = False

    def __call__(self, request: Request) -> bool:
        if not self.full:
            self.requests.append(request)
        return not self.full


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def room(tmp_path: Path) -> Newsroom:
    return newsroom(tmp_path / "site", title="Steppe")


@pytest.fixture
def store(room: Newsroom) -> Iterator[Store]:
    opened = open_store(room.database_url)
    yield opened
    opened.close()


@pytest.fixture
def desk(room: Newsroom, store: Store, clock: Clock, box: Box) -> Desk:
    return Desk(store=store, room=room, keys=KEYS, clock=clock, chance=lambda size: name().encode(), post=box)


@pytest.fixture
def web(desk: Desk, room: Newsroom) -> Iterator[TestClient]:
    app = application(room.output, LOCALES, lambda: (True, {}), desk)
    with TestClient(app, follow_redirects=False) as client:
        yield client


def stamp(page: Response) -> str:
    return re.findall(r'name="stamp" value="([^"]+)"', page.text)[0]  # type: ignore[no-any-return]


def send(
    web: TestClient, clock: Clock, locale: str = "kk", *, wait: float = 5, headers: Any = None, **fields: str
) -> Response:
    """Open the form, wait a little, and send it."""
    given = stamp(web.get(f"/{locale}/subscribe"))
    clock.later(seconds=wait)
    data = {"email": EMAIL, "language": locale, "website": "", "stamp": given, **fields}
    return web.post(f"/{locale}/subscribe", data=data, headers=headers or {})


def test_a_person_subscribes_in_her_language(web: TestClient, clock: Clock, box: Box) -> None:
    """The request is handed on with how she consented; nothing of her network is."""
    answer = send(web, clock, email=" Reader@EXAMPLE.org", language="ru")
    assert answer.status_code == 200
    assert "Поштаңызды тексеріңіз" in answer.text
    (request,) = box.requests
    assert (request.email, request.locale) == ("Reader@example.org", "ru")
    assert request.evidence == {"how": "page", "form": FORM, "locale": "kk"}


def test_nobody_learns_who_is_subscribed(web: TestClient, clock: Clock, box: Box, store: Store) -> None:
    """Known, unknown, left: the same bytes, and nothing in the store has changed when the answer is there."""
    add(store)
    left = add(store, "left@example.org")
    consent.leave(store, KEYS, KEYS.token("unsubscribe", left, 0), NOW)
    pages = {
        send(web, clock, email=email).text.replace(email, "…")
        for email in (EMAIL, "left@example.org", "new@example.org")
    }
    assert len(pages) == 1
    assert len(box.requests) == 3
    assert kept(store, "new@example.org") is None


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", ["confirm", "unsubscribe", "preferences"])
def test_every_link_gets_the_same_answers(path: str, locale: str, web: TestClient, store: Store) -> None:
    """Good, used, made up, for something else: the same status, the same bytes, to GET and to POST."""
    own = add(store, locale=locale)
    tokens = [KEYS.token(path, own, 0), KEYS.token("confirm", own, 1), "a" * 32, "x", "%20", "ә"]  # type: ignore[arg-type]
    fields = {"language": locale, "do": "save"}
    shown = [web.get(f"/{locale}/{path}/{token}") for token in tokens]
    acted = [web.post(f"/{locale}/{path}/{token}", data=fields) for token in tokens]
    for answers in (shown, acted):
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert shown[0].content != acted[0].content
    assert f'<html lang="{locale}">' in shown[0].text


def test_get_shows_and_post_acts(web: TestClient, store: Store) -> None:
    """Programs that guard mailboxes open every link; only the button does something."""
    letter = consent.ask(store, KEYS, Request(email=EMAIL, locale="kk", name=name(), evidence={}), NOW)
    assert letter is not None
    link = f"/kk/confirm/{KEYS.token('confirm', letter.to.id, 0)}"
    web.get(link)
    web.head(link)
    assert state(store) == "pending"
    web.post(link)
    assert state(store) == "active"
    link = f"/kk/unsubscribe/{KEYS.token('unsubscribe', letter.to.id, 0)}"
    web.get(link)
    assert state(store) == "active"
    web.post(link)
    assert state(store) == "left"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", POST["content-type"]),
        (b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
         "multipart/form-data; boundary=b"),
        (b"", "text/plain"),
        (b"x" * 100_000, "application/octet-stream"),
    ],
)  # fmt: skip
def test_a_mail_provider_leaves_in_one_click(body: bytes, kind: str, web: TestClient, store: Store) -> None:
    """RFC 8058: from any origin, without a cookie, in either encoding; no redirect, no question, no cookie set."""
    link = f"/ru/unsubscribe/{KEYS.token('unsubscribe', add(store), 0)}"
    answer = web.post(link, content=body, headers={"content-type": kind, "origin": "https://mail.example.net"})
    assert (answer.status_code, state(store)) == (200, "left")
    assert "set-cookie" not in answer.headers


def test_preferences_are_shown_and_kept(web: TestClient, store: Store) -> None:
    """Language and pause; and leaving from the same page."""
    link = f"/kk/preferences/{KEYS.token('preferences', add(store), 0)}"
    assert '<option value="kk" lang="kk" selected>' in web.get(link).text
    saved = web.post(link, data={"language": "ru", "paused": "yes", "do": "save"})
    assert "Сақталды" in saved.text
    found = kept(store)
    assert found is not None
    assert (found.locale, found.state) == ("ru", "paused")
    shown = web.get(link).text
    assert '<option value="ru" lang="ru" selected>' in shown
    assert 'value="yes" checked' in shown
    web.post(link, data={"language": "xx", "do": "save"})
    found = kept(store)
    assert found is not None
    assert (found.locale, found.state) == ("kk", "active")
    assert "таратылымнан шықтыңыз" in web.post(link, data={"do": "leave"}).text
    assert state(store) == "left"


@pytest.mark.parametrize(
    ("email", "word"), [("nonsense", "name@example.org"), ("", "name@example.org"), ("x@yopmail.com", "недолго")]
)
def test_what_cannot_be_written_to_is_refused_politely(
    email: str, word: str, web: TestClient, clock: Clock, box: Box
) -> None:
    """In the reader's language, at the field, with what was typed still there."""
    answer = send(web, clock, "ru", email=email, language="kk")
    assert answer.status_code == 422
    assert word in answer.text
    assert f'value="{email}"' in answer.text
    assert 'aria-invalid="true" aria-describedby="trouble"' in answer.text
    assert '<option value="kk" lang="kk" selected>' in answer.text
    assert box.requests == []


def test_markup_that_is_typed_stays_text(web: TestClient, clock: Clock) -> None:
    """In the field and on the answer."""
    answer = send(web, clock, email='"><script>alert(1)</script>@example.org')
    assert "<script>" not in answer.text
    assert "<script>" not in send(web, clock, website="x", email="<script>x</script>").text


def test_a_program_that_fills_every_field_is_told_all_is_well(web: TestClient, clock: Clock, box: Box) -> None:
    """And nothing happens."""
    assert send(web, clock, website="https://example.net").status_code == 200
    assert box.requests == []


@pytest.mark.parametrize(("wait", "taken"), [(0, False), (1, False), (2, True), (3600, True), (90_000, False)])
def test_a_form_is_answered_after_a_while(wait: float, taken: bool, web: TestClient, clock: Clock, box: Box) -> None:
    """Not within a second, as programs do, and not the day after; the person presses once more, nothing is lost."""
    answer = send(web, clock, wait=wait)
    assert bool(box.requests) is taken
    assert answer.status_code == (200 if taken else 422)
    if not taken:
        assert "тағы бір рет" in answer.text
        clock.later(seconds=5)
        again = {"email": EMAIL, "language": "kk", "stamp": stamp(answer)}
        assert web.post("/kk/subscribe", data=again).status_code == 200
        assert len(box.requests) == 1


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"origin": "http://testserver"}, True),
        ({"origin": "null"}, True),  # what browsers say of a page that tells no referrer
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({}, True),
        ({"origin": "https://evil.example.net"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, False),
        ({"sec-fetch-site": "same-site"}, False),
    ],
)
def test_another_site_cannot_send_the_form(
    headers: dict[str, str], taken: bool, web: TestClient, clock: Clock, box: Box
) -> None:
    """Even with a stamp that it fetched itself; nor without one."""
    send(web, clock, headers=headers)
    assert bool(box.requests) is taken
    send(web, clock, stamp="x" * 32)
    assert bool(box.requests) is taken


def test_a_network_that_asks_too_often_is_asked_to_wait(web: TestClient, clock: Clock, box: Box) -> None:
    """After five in an hour; another network, behind the same proxy, is not."""
    statuses = [send(web, clock, email=f"a{n}@example.org").status_code for n in range(6)]
    assert statuses == [200] * 5 + [429]
    assert len(box.requests) == 5


def test_when_too_much_waits_nobody_is_promised_a_letter(web: TestClient, clock: Clock, box: Box) -> None:
    """The answer says to come back, and when."""
    box.full = True
    answer = send(web, clock)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")


@pytest.mark.parametrize("path", ["/kk/subscribe", "/kk/preferences/" + "a" * 32])
def test_a_flood_is_not_read(path: str, web: TestClient) -> None:
    """More than a form of ours can hold is refused before it is kept anywhere; so are hundreds of fields."""
    assert web.post(path, content=b"x=" + b"y" * 1_000_000, headers=POST).status_code == 413
    assert web.post(path, content=b"&".join([b"a=1"] * 500), headers=POST).status_code == 413
    assert web.post(path, content=b"\xff\xfe%FF%00&email=\x00", headers=POST).status_code in (200, 422)


def test_a_site_that_is_closed_has_no_form(desk: Desk, room: Newsroom, store: Store, tmp_path: Path) -> None:
    """Links in digests go on working."""
    closed = newsroom(tmp_path / "closed", subscribers_open="false")
    other = Desk(store=store, room=closed, keys=KEYS, clock=desk.clock, chance=desk.chance, post=desk.post)
    client = TestClient(application(closed.output, LOCALES, lambda: (True, {}), other))
    assert client.get("/kk/subscribe").status_code == 404
    assert client.get("/kk/unsubscribe/x").status_code == 200


@pytest.mark.parametrize("locale", LOCALES)
def test_the_pages_are_html_without_scripts(locale: str, web: TestClient, clock: Clock) -> None:
    """Valid, in their language, with a label for each field; not one of them is for search engines but the form."""
    paths = [f"/{locale}/{kind}" for kind in ("subscribe", "confirm/x", "unsubscribe/x", "preferences/x")]
    answers = [*(web.get(path) for path in paths), *(web.post(path, data={"do": "save"}) for path in paths[1:])]
    for answer in [*answers, send(web, clock, locale), send(web, clock, locale, email="x")]:
        html5lib.HTMLParser(strict=True).parse(answer.text)
        assert "<script" not in answer.text
        labelled = set(re.findall(r'<label for="([^"]+)"', answer.text))
        assert set(re.findall(r'<(?:input|select) id="([^"]+)"', answer.text)) == labelled
        assert ('content="noindex"' in answer.text) is (
            "subscribe" not in str(answer.url) or "stamp" not in answer.text
        )


def test_leaving_works_while_its_template_is_broken(tmp_path: Path, desk: Desk, store: Store) -> None:
    """The subscriber is off the list, and sees the last good page."""
    own = tmp_path / "own"
    shutil.copytree(resources.folder("templates") / "pages", own / "pages")
    room = newsroom(tmp_path / "styled", pages_templates=str(own))
    other = Desk(store=store, room=room, keys=KEYS, clock=desk.clock, chance=desk.chance, post=desk.post)
    good = other.leave("kk", "x", act=True)
    (own / "pages" / "unsubscribe.html.j2").write_text("{{ nothing }", encoding="utf-8")
    token = KEYS.token("unsubscribe", add(store), 0)
    assert other.leave("kk", token, act=True) == good
    assert state(store) == "left"
