"""Issues to be looked at: drafted for the page, weighed by SpamAssassin when asked, sent to one address as a test."""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol, get_args

import msgspec
from starlette.responses import Response

from feeder import addresses, spam
from feeder.editors import pages
from feeder.editors.facts import Preview, Score, Sheet
from feeder.editors.pages import Frame, Look, Scheme, View, Width
from feeder.editors.reasons import gettext
from feeder.errors import AddressError, FeederError, NotFound, TransportError
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.overview import digests, trial
from feeder.language import locales
from feeder.model import Issue, Week
from feeder.store import Store
from feeder.web.editors import asking
from feeder.web.editors.asking import Asked

_SCORES = 64  #: that are remembered
_TESTS = 30  #: messages within an hour
_HOUR = timedelta(hours=1)
_LOOKS = {"view": get_args(View), "width": get_args(Width), "scheme": get_args(Scheme)}


class Schedule(Protocol):
    """When digests are made; the clock's to say."""

    def next_due(self, after: datetime) -> datetime:
        """The first moment after this one at which a digest is due."""

    def week_for(self, due: datetime) -> Week:
        """The week that the digest of that moment tells of."""


class Issues:
    """Asked from several threads."""

    def __init__(
        self,
        newsroom: Newsroom,
        store: Store,
        clock: Callable[[], datetime],
        chance: Callable[[int], bytes],
        schedule: Schedule,
    ) -> None:
        self.newsroom, self.store, self.clock, self.chance, self.schedule = newsroom, store, clock, chance, schedule
        self._scores: OrderedDict[str, Score] = OrderedDict()
        self._sent: deque[datetime] = deque()
        self._lock = Lock()

    def coming(self) -> Week:
        """The week that the next digest tells of."""
        return self.schedule.week_for(self.schedule.next_due(self.clock()))

    # --- looking ---

    def page(self, asked: Asked, frame: Frame) -> Response:
        preview = self._preview(_week(asked), frame)
        sheets = self._weighed(preview.sheets, ask=asked.query.get("check") == "1")
        shown = pages.digest(frame, replace(preview, sheets=sheets), _look(asked), spam_there=spam.is_there())
        return asking.page(shown)

    def message(self, asked: Asked, frame: Frame) -> Response:
        """A sheet's message, to be opened in a mail program."""
        preview = self._preview(_week(asked), frame)
        sheet = next((one for one in preview.sheets if one.issue.locale == asked.params.get("name")), None)
        if sheet is None:
            raise NotFound("there is no such issue")
        return asking.file(sheet.message, "message/rfc822", f"{sheet.issue.id}.eml")

    def _preview(self, week: Week, frame: Frame) -> Preview:
        zone, now = self.newsroom.site.zone, self.clock()
        due = self.schedule.next_due(week.span(zone)[1] - timedelta(microseconds=1))
        with self.store.read() as connection:
            return digests.of_week(connection, self.newsroom, week, due if due > now else None, frame.locale)

    # --- SpamAssassin ---

    def _weighed(self, sheets: Sequence[Sheet], *, ask: bool) -> tuple[Sheet, ...]:
        """The sheets with their scores, as far as they are known; `ask` for the others, all at once."""
        with ThreadPoolExecutor(max_workers=max(1, len(sheets))) as pool:
            return tuple(pool.map(lambda one: replace(one, score=self._score(one.message, ask=ask)), sheets))

    def _score(self, message: bytes, *, ask: bool) -> Score | None:
        key = hashlib.sha256(message).hexdigest()
        with self._lock:
            known = self._scores.get(key)
        if known or not ask or (found := spam.score(message)) is None:
            return known
        score = Score(points=found.points, limit=found.limit, rules=found.rules)
        with self._lock:
            self._scores[key] = score
            while len(self._scores) > _SCORES:
                self._scores.popitem(last=False)
        return score

    # --- a test message ---

    def test(self, asked: Asked, frame: Frame) -> Response:
        """Send the issue to the address that was typed, and say what became of it. The address is not kept."""
        week = _week(asked)
        preview = self._preview(week, frame)
        wanted = [one for one in preview.sheets if one.issue.locale in asked.fields("language")]
        told, trouble, words = self._try(asked.field("address"), [one.issue for one in wanted], frame)
        sheets = self._weighed(preview.sheets, ask=False)
        shown = pages.digest(
            frame,
            replace(preview, sheets=sheets),
            Look(),
            spam_there=spam.is_there(),
            told=told,
            trouble=trouble,
            words=words,
        )
        return asking.page(shown, 200 if told else 422)

    def _try(self, typed: str, issues: Sequence[Issue], frame: Frame) -> tuple[str, str, str]:
        """What became of it: the good news, or what is wrong, with the server's words."""

        def say(message: str, **values: object) -> str:
            return locales.text(frame.locale, message, **values)

        if not issues:
            return "", say(gettext("Choose a language for the test.")), ""
        try:
            address = addresses.parse(typed)
        except AddressError:
            return "", say(gettext("This is no mail address; write one as name@example.org.")), ""
        if not self._may_send(len(issues)):
            return "", say(gettext("Too many tests were sent within the hour. Wait a little.")), ""
        try:
            for issue in issues:
                trial.send(self.newsroom, issue, address, self.chance(8).hex())
        except TransportError as error:
            return "", say(gettext("The mail server did not take the message:")), str(error)
        except FeederError as error:
            return "", say(gettext("The test could not be sent:")), str(error).replace(address, "…")
        names = locales.join(frame.locale, [locales.autonym(one.locale) for one in issues])
        if not self.newsroom.config.mail.smtp_url.startswith("smtp"):
            return (
                say(
                    gettext("No mail server is configured, so the test lies in a folder: {languages}."), languages=names
                ),
                "",
                "",
            )
        return say(gettext("The test is on its way: {languages}."), languages=names), "", ""

    def _may_send(self, number: int) -> bool:
        now = self.clock()
        with self._lock:
            while self._sent and now - self._sent[0] > _HOUR:
                self._sent.popleft()
            if len(self._sent) + number > _TESTS:
                return False
            self._sent.extend([now] * number)
            return True


def _week(asked: Asked) -> Week:
    try:
        week = Week.parse(asked.params.get("week", ""))
        _ = week.previous(), Week.of(week.sunday + timedelta(days=1))  # the calendar has a first and a last week
    except (ValueError, OverflowError):
        raise NotFound("there is no such week") from None
    return week


def _look(asked: Asked) -> Look:
    """How the issue is looked at; what is unknown is as usual."""
    found = {name: asked.query.get(name, "") for name in ("view", "width", "scheme")}
    known = {name: value for name, value in found.items() if value in _LOOKS[name]}
    return msgspec.convert(known, Look)
