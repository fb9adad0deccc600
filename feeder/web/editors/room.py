"""The editors' room: which page is at which address, and who is shown it.

    /editors/                     articles and their state          /editors/languages    what lacks a translation
    /editors/story?key=…          why a story is as it is           /editors/quarantine   what could not be read
    /editors/digest/2026-W46      an issue to be looked at          /status               how it all runs

Looking never writes: every page is made inside a transaction that only reads. The one thing that leaves here is a test
message, to the address that was typed for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from feeder.editors import pages
from feeder.editors.facts import Pulse
from feeder.editors.pages import Frame, Who
from feeder.editors.reasons import gettext
from feeder.errors import FeederError, NotFound
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.overview import lists, state, trial, troubles, why
from feeder.language import locales, templates
from feeder.model import Locale
from feeder.pages import links
from feeder.store import Store, surveys
from feeder.store.surveys import Wanted
from feeder.web.editors import asking
from feeder.web.editors.access import Access, Door
from feeder.web.editors.asking import Asked
from feeder.web.editors.issues import Issues, Schedule
from feeder.web.network import Network

_log = logging.getLogger("feeder")
Maker = Callable[[Asked, Frame], Response]


@dataclass(kw_only=True)
class Room:
    """Everything that is needed to make the pages of one site."""

    newsroom: Newsroom
    store: Store
    pulse: Callable[[], Pulse]
    clock: Callable[[], datetime]
    chance: Callable[[int], bytes]
    schedule: Schedule
    proxies: Sequence[Network] = ()
    access: Access = field(init=False)
    issues: Issues = field(init=False)

    def __post_init__(self) -> None:
        editors = self.newsroom.config.editors
        self.access = Access(editors.token, self.chance(32), trust_proxy=editors.trust_proxy)
        self.issues = Issues(self.newsroom, self.store, self.clock, self.chance, self.schedule)

    def routes(self, otherwise: ASGIApp) -> list[Route]:
        """The room's addresses; `otherwise` answers for who finds nothing here."""
        guarded: dict[str, tuple[Maker, str]] = {
            "/editors/": (self._articles, "GET, HEAD"),
            "/editors/languages": (self._languages, "GET, HEAD"),
            "/editors/quarantine": (self._quarantine, "GET, HEAD"),
            "/editors/story": (self._story, "GET, HEAD"),
            "/editors/digest": (self._coming, "GET, HEAD"),
            "/editors/digest/{week}": (self.issues.page, "GET, HEAD"),
            "/editors/digest/{week}/test": (self._test, "POST"),
            "/editors/digest/{week}/{name}.eml": (self.issues.message, "GET, HEAD"),
            "/editors/logout": (self._logout, "POST"),
            "/status": (self._status, "GET, HEAD"),
        }
        made = [Route(path, _Guarded(self, maker, methods, otherwise)) for path, (maker, methods) in guarded.items()]
        made += [
            Route("/editors", _Guarded(self, lambda asked, frame: asking.redirect("editors/"), "GET, HEAD", otherwise)),
            Route("/editors/login", _Guarded(self, self._login, "GET, HEAD, POST", otherwise, public=True)),
            Route("/editors/style.css", _Guarded(self, self._style, "GET, HEAD", otherwise, public=True)),
        ]
        return [*self._samples(), *made]

    def _samples(self) -> list[Route]:
        """Where the links of test messages lead: beside those of subscribers, for anybody who got one."""
        kinds = ("unsubscribe", "preferences")
        return [
            Route(f"/{locale}/{kind}/{trial.NOBODY}", _Sample(self, locale))
            for locale in self.newsroom.site.locales
            for kind in kinds
        ]

    def frame(self, asked: Asked, door: Door) -> Frame:
        locale = asked.locale(self.newsroom.site.locales)
        who: Who = door if door in ("here", "in") else "out"
        return Frame(
            site=self.newsroom.site,
            locale=locale,
            environment=self.newsroom.environment(locale),
            path=asked.path,
            query={key: value for key, value in asked.query.items() if key != "lang"},
            who=who,
            proof=self.access.proof(asked.caller),
        )

    # --- pages ---

    def _articles(self, asked: Asked, frame: Frame) -> Response:
        kind = asked.query.get("state", "")
        wanted = Wanted(
            kind=kind if kind in ("drafts", "retracted", "doubled") else "",  # type: ignore[arg-type]  # tested here
            language=asked.query.get("language", ""),
            source=asked.query.get("source", ""),
            words=asked.query.get("q", "").strip()[:200],
        )
        with self.store.read() as connection:
            listing = lists.of_articles(connection, self.newsroom, wanted, asked.number("page"))
            counts = surveys.counts(connection)
            sources = troubles.of_sources(connection, self.newsroom, self.clock())
        return asking.page(pages.articles(frame, listing, wanted, counts, sources))

    def _languages(self, asked: Asked, frame: Frame) -> Response:
        missing = asked.query.get("missing", "")
        lacking = missing if missing in self.newsroom.site.locales else ""
        with self.store.read() as connection:
            listing = lists.of_languages(connection, self.newsroom, lacking, asked.number("page"))
            sums = lists.sums(connection, self.newsroom, self.clock())
        return asking.page(pages.languages(frame, listing, sums, lacking))

    def _quarantine(self, asked: Asked, frame: Frame) -> Response:
        with self.store.read() as connection:
            found = troubles.of_articles(connection, self.newsroom)
            sources = troubles.of_sources(connection, self.newsroom, self.clock())
        return asking.page(pages.quarantine(frame, found, sources))

    def _story(self, asked: Asked, frame: Frame) -> Response:
        key, week = asked.query.get("key", ""), self.issues.coming()
        with self.store.read() as connection:
            found = why.of_story(connection, self.newsroom, key, frame.locale)
            story = str(found[0].account["story"])
            next_why = why.in_next_issue(connection, self.newsroom, story, week)
        return asking.page(pages.story(frame, key, found, week, next_why))

    def _coming(self, asked: Asked, frame: Frame) -> Response:
        return asking.redirect(f"digest/{self.issues.coming()}")

    def _test(self, asked: Asked, frame: Frame) -> Response:
        if not self.access.is_own_form(asked.field("proof"), asked.caller):
            return self._absent(
                frame, 403, gettext("This form was open for too long. Go back, load the page again and try once more.")
            )
        return self.issues.test(asked, frame)

    def _status(self, asked: Asked, frame: Frame) -> Response:
        now = self.clock()
        with self.store.read() as connection:
            facts = state.look(
                connection,
                self.newsroom,
                self.pulse(),
                now=now,
                next_digest=self.schedule.next_due(now),
                digest_week=self.issues.coming(),
            )
        return asking.page(pages.status(frame, facts))

    def _style(self, asked: Asked, frame: Frame) -> Response:
        return asking.style(pages.stylesheet(frame.environment))

    # --- coming and going ---

    def _login(self, asked: Asked, frame: Frame) -> Response:
        now, wish = self.clock().timestamp(), _own_path(asked.field("to"))
        if asked.method != "POST":
            return self.asked_for_token(frame, "editors/")
        if self.access.is_tired(asked.caller, now):
            return self.asked_for_token(
                frame, wish, 429, gettext("Too many wrong tokens came. Try again in ten minutes.")
            )
        if asked.caller.from_elsewhere or not self.access.is_token(asked.field("token"), asked.caller, now):
            return self.asked_for_token(frame, wish, 403, gettext("This is not the token."))
        answer = asking.redirect(f"../{wish}")
        answer.set_cookie(
            self.access.name(asked.caller),
            self.access.cookie(now, self.chance(16)),
            httponly=True,
            samesite="strict",
            secure=asked.caller.over_https,
        )
        return answer

    def _logout(self, asked: Asked, frame: Frame) -> Response:
        answer = asking.redirect("./")
        if self.access.is_own_form(asked.field("proof"), asked.caller):
            answer.delete_cookie(
                self.access.name(asked.caller), secure=asked.caller.over_https, httponly=True, samesite="strict"
            )
        return answer

    def asked_for_token(self, frame: Frame, wish: str, status: int = 403, trouble: str = "") -> Response:
        words = locales.text(frame.locale, trouble) if trouble else ""
        return asking.page(pages.login(replace(frame, who="out", path="editors/login"), wish, words), status)

    def _absent(self, frame: Frame, status: int, trouble: str) -> Response:
        return asking.page(pages.absent(frame, locales.text(frame.locale, trouble)), status)

    def made(self, maker: Maker, asked: Asked, frame: Frame) -> Response:
        """A page, or in one line why there is none."""
        try:
            with templates.told():
                answer = maker(asked, frame)
        except NotFound:
            return self._absent(frame, 404, gettext("There is nothing at this address, or not any more."))
        except FeederError as error:
            _log.error("the editors' pages: %s", error)
            return asking.text(str(error), 503)
        if asked.query.get("lang") == frame.locale and answer.status_code == 200:
            asking.remember(answer, frame.locale, secure=asked.caller.over_https)
        return answer


def _own_path(wish: str) -> str:
    """Where to go after signing in: a page of the room, and nowhere else."""
    path = wish.lstrip("/")
    inside = path == "status" or path.startswith(("editors/", "status?"))
    return (
        path
        if inside and ".." not in path and "\\" not in path and path.isascii() and path.isprintable()
        else "editors/"
    )


class _Guarded:
    """One address of the room, behind its door."""

    def __init__(self, room: Room, maker: Maker, methods: str, otherwise: ASGIApp, *, public: bool = False) -> None:
        self.room, self.maker, self.methods, self.otherwise, self.public = room, maker, methods, otherwise, public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        asked = await asking.asked(request, self.room.proxies)
        door = self.room.access.door(asked.caller, self.room.clock().timestamp())
        if door == "shut":
            await self.otherwise(scope, receive, send)
            return
        answer = await run_in_threadpool(self._answer, asked, door, dict(request.path_params))
        await answer(scope, receive, send)

    def _answer(self, asked: Asked, door: Door, params: dict[str, str]) -> Response:
        if asked.method not in self.methods.split(", "):
            return asking.not_allowed(self.methods)
        frame = self.room.frame(asked, door)
        if door == "asked" and not self.public:
            query = f"?{asked.raw_query}" if asked.raw_query else ""
            wish = asked.path + query if asked.method != "POST" else "editors/"
            return self.room.made(lambda asked, frame: self.room.asked_for_token(frame, _own_path(wish)), asked, frame)
        return self.room.made(self.maker, replace(asked, params=params), frame)


class _Sample:
    """The page behind the links of a test message, for GET and POST alike: nothing happens here."""

    def __init__(self, room: Room, locale: Locale) -> None:
        self.room, self.locale = room, locale

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await run_in_threadpool(self._answer, scope["path"].lstrip("/"))
        await answer(scope, receive, send)

    def _answer(self, path: str) -> Response:
        newsroom = self.room.newsroom
        frame = Frame(
            site=newsroom.site,
            locale=self.locale,
            environment=newsroom.environment(self.locale),
            path=path,
            query={},
            who="out",
            style=links.STYLE,
        )
        try:
            with templates.told():
                return asking.page(pages.sample(frame))
        except FeederError as error:
            _log.error("the page of test messages: %s", error)
            return asking.text("This is a test message; the link does nothing.", 200)
