"""The desk of `feeder serve`: what the pages of subscribers show and do. The web hands over texts and gets pages.

Whoever asks, for whatever address, gets the same answer in the same time: what became of it is told by a letter, which is
made and sent by somebody else (`post`). An action is done before its page is made, so that a broken template keeps nobody
on the list.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feeder import addresses
from feeder.errors import AddressError, FeederError
from feeder.jobs.keys import Chance
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.subscribers import consent
from feeder.jobs.subscribers.consent import Request
from feeder.keys import Keys, new_name
from feeder.language import templates
from feeder.model import Locale
from feeder.pages import forms
from feeder.pages.forms import Trouble
from feeder.store import Store

FORM = "2026-1"  #: wording of the page on which people consent; another one when it says something else
SOONEST, LATEST = timedelta(seconds=2), timedelta(days=1)  #: between a form and its answer; programs are faster

Fields = Mapping[str, str]  #: of a form that was sent
Page = tuple[int, bytes]  #: status and HTML

_STATUS: Mapping[Trouble, int] = {"malformed": 422, "disposable": 422, "again": 422, "busy": 429}
_log = logging.getLogger("feeder")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """See above; for several threads."""

    store: Store
    room: Newsroom
    keys: Keys
    clock: Callable[[], datetime]
    chance: Chance
    post: Callable[[Request], bool]  #: takes a request to be answered by a letter; False when it has too many
    kept: dict[Hashable, bytes] = field(default_factory=dict)  #: the last good page of each kind, for broken templates

    @property
    def open(self) -> bool:
        """Whether people can subscribe by themselves."""
        return self.room.config.subscribers.open

    def form(self, locale: Locale) -> Page:
        """The page to subscribe."""
        return 200, self._form(locale)

    def ask(self, locale: Locale, fields: Fields, network: str) -> Page:
        """Somebody sent the form."""
        typed, chosen = fields.get("email", ""), self._locale(fields, locale)
        if fields.get(forms.POT):
            return self._asked(locale, typed)  # no person saw that field
        trouble = self._untimely(fields.get("stamp", ""))
        try:
            email = addresses.parse(typed, self.room.config.subscribers.refuse)
        except AddressError as error:
            trouble, email = "disposable" if error.disposable else "malformed", ""
        if not trouble and not consent.may_ask(self.store, self.keys, network, self.clock()):
            trouble = "busy"
        if not trouble and not self.post(self._request(email, chosen, locale)):
            trouble = "busy"
        if trouble:
            return _STATUS[trouble], self._form(locale, email=typed[:254], chosen=chosen, trouble=trouble)
        return self._asked(locale, email)

    def _request(self, email: str, locale: Locale, read_in: Locale) -> Request:
        evidence = {"how": "page", "form": FORM, "locale": read_in}
        return Request(email=email, locale=locale, name=new_name(self.chance(16)), evidence=evidence)

    def _untimely(self, stamp: str) -> Trouble | None:
        """A form is answered after a while and before the next day; what has no stamp of ours comes from another site."""
        given = self.keys.stamped(stamp)
        return None if given and SOONEST <= self.clock() - given <= LATEST else "again"

    def _asked(self, locale: Locale, email: str) -> Page:
        days = self.room.config.subscribers.keep_pending
        with templates.told():
            return 200, forms.asked(self.room.layout(locale), email=email[:254].strip(), days=days)

    def _form(
        self, locale: Locale, *, email: str = "", chosen: Locale | None = None, trouble: Trouble | None = None
    ) -> bytes:
        stamp, layout = self.keys.stamp(self.clock()), self.room.layout(locale)
        with templates.told():
            return forms.subscribe(layout, stamp=stamp, email=email, chosen=chosen, trouble=trouble)

    def confirm(self, locale: Locale, token: str, *, act: bool) -> Page:
        """The link of a letter was opened, or its button pressed."""
        if act:
            consent.confirm(self.store, self.keys, token, self.clock())
        days = self.room.config.subscribers.keep_pending
        return self._plain(
            ("confirm", locale, act), lambda: forms.confirm(self.room.layout(locale), done=act, days=days)
        )

    def leave(self, locale: Locale, token: str, *, act: bool) -> Page:
        """The link of a digest was opened, or its button pressed, or a mail provider did that (RFC 8058)."""
        if act:
            consent.leave(self.store, self.keys, token, self.clock())
        return self._left(locale, done=act)

    def _left(self, locale: Locale, *, done: bool) -> Page:
        return self._plain(("leave", locale, done), lambda: forms.unsubscribe(self.room.layout(locale), done=done))

    def preferences(self, locale: Locale, token: str, fields: Fields | None) -> Page:
        """The link to preferences was opened (None), or its form sent."""
        if fields is not None and fields.get("do") == "leave":
            consent.leave(self.store, self.keys, token, self.clock(), "preferences")
            return self._left(locale, done=True)
        if fields is None:
            known = consent.look(self.store, self.keys, token)
            chosen, paused = (known.locale, known.state == "paused") if known else (locale, False)
        else:
            chosen, paused = self._locale(fields, locale), fields.get("paused") == "yes"
            consent.prefer(self.store, self.keys, token, self.clock(), locale=chosen, paused=paused)
        with templates.told():
            shown = forms.preferences(self.room.layout(locale), chosen=chosen, paused=paused, saved=fields is not None)
        return 200, shown

    def _locale(self, fields: Fields, default: Locale) -> Locale:
        chosen = fields.get("language", "")
        return chosen if chosen in self.room.site.locales else default

    def _plain(self, key: Hashable, make: Callable[[], bytes]) -> Page:
        """A page with nothing of a person on it; while its template is broken, the last good one."""
        try:
            with templates.told():
                self.kept[key] = make()
        except FeederError as error:
            _log.error("a page of subscribers: %s", error)
            if key not in self.kept:
                raise
        return 200, self.kept[key]
