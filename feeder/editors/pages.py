"""The editors' pages: facts in, the bytes of one HTML page out. Templates lie in `templates/editors/`.

A page is made for one request: its links are relative to its own path, so that it works behind any prefix of a proxy, and
`proof` stands in its forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote, urlencode

from jinja2 import BaseLoader, Environment

from feeder.editors import reasons
from feeder.editors.facts import (
    ArticleLine,
    Explained,
    LanguageSum,
    Listing,
    Preview,
    SourceLine,
    Status,
    StoryLine,
    Trouble,
)
from feeder.language import dates, locales
from feeder.model import Locale, Site, StoryKey, Week

LIMIT = 100_000  #: bytes of a message; Gmail cuts at about 102 kB
STYLE = "editors/style.css"

Who = Literal["here", "in", "out"]  #: at this machine; signed in with the token; neither
View = Literal["html", "text", "source"]
Width = Literal["phone", "desktop"]
Scheme = Literal["", "light", "dark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page of one request shares."""

    site: Site
    locale: Locale
    environment: Environment  #: of `feeder.language.templates`, for the same locale and the site's zone
    path: str  #: of the page: "editors/digest/2026-W46"
    query: Mapping[str, str]  #: as it was asked, without the language
    who: Who
    proof: str = ""  #: stands in forms, so that no other site can send them
    style: str = STYLE  #: path of the stylesheet

    def to(self, path: str) -> str:
        """The relative address of another page of this site, from its path."""
        return "../" * self.path.count("/") + quote(path)

    def at(self, **changed: str) -> str:
        """The address of this page with some of its query changed; "" takes a key away."""
        return "?" + urlencode({key: value for key, value in {**self.query, **changed}.items() if value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How an issue is looked at."""

    view: View = "html"
    width: Width = "phone"
    scheme: Scheme = ""


def articles(
    frame: Frame,
    listing: Listing[ArticleLine],
    wanted: object,
    counts: Mapping[str, int],
    sources: Sequence[SourceLine],
) -> bytes:
    """All articles with their state. `wanted`: what was asked for, with `kind`, `language`, `source` and `words`."""
    failing = [one for one in sources if one.trouble]
    shown = {"listing": listing, "wanted": wanted, "counts": counts, "sources": sources, "failing": failing}
    return _page(frame, "articles", at=lambda number: frame.at(page=str(number)), **shown)


def languages(frame: Frame, listing: Listing[StoryLine], sums: Sequence[LanguageSum], lacking: Locale) -> bytes:
    """The ledger of languages."""
    return _page(
        frame,
        "languages",
        listing=listing,
        sums=sums,
        lacking=lacking,
        at=lambda number, missing: frame.at(page="", missing=missing),
        page_at=lambda number: frame.at(page=str(number)),
    )


def quarantine(frame: Frame, troubles: Sequence[Trouble], sources: Sequence[SourceLine]) -> bytes:
    """What could not be read."""
    return _page(frame, "quarantine", troubles=troubles, failing=[one for one in sources if one.trouble])


def story(frame: Frame, key: StoryKey, found: Sequence[Explained], next_week: Week | None, next_why: str) -> bytes:
    """Why a story is as it is. `next_why`: why the issue of `next_week` would not have it; "" when it would."""
    return _page(frame, "story", story=key, found=found, next_week=next_week, next_why=next_why)


def digest(
    frame: Frame, preview: Preview, look: Look, *, spam_there: bool, told: str = "", trouble: str = "", words: str = ""
) -> bytes:
    """The issue of a week in every language, side by side.

    `told`, `trouble`: what became of a test message; `words`: what the mail server said to it.
    """
    week = preview.week
    following = Week.of(week.sunday + timedelta(days=1))

    def at(**changed: str | Week) -> str:
        """The same look at this week or another one."""
        to = str(changed.pop("week", "")) or str(week)
        query = frame.at(**{"check": "", **{key: str(value) for key, value in changed.items()}})
        return frame.to(f"editors/digest/{to}") + query.removesuffix("?")

    return _page(
        frame,
        "digest",
        preview=preview,
        previous=week.previous(),
        following=following,
        view=look.view,
        width=look.width,
        scheme=look.scheme,
        in_scheme=in_scheme,
        at=at,
        limit=LIMIT,
        spam_there=spam_there,
        told=told,
        trouble=trouble,
        trouble_words=words,
    )


def in_scheme(html: str, scheme: Scheme) -> str:
    """An issue as a browser in the light or in the dark shows it, whatever the browser's own is.

    A frame without rights does not take the scheme of the page around it.
    """
    if not scheme:
        return html
    chosen = {"dark": "all", "light": "not all"}[scheme]
    asked = re.sub(r"\(\s*prefers-color-scheme:\s*dark\s*\)", chosen, html)
    asked = re.sub(r"color-scheme:\s*light dark", f"color-scheme:{scheme}", asked)
    return re.sub(r'(<meta name="(?:supported-)?color-schemes?" content=")[^"]*"', rf'\1{scheme}"', asked)


def status(frame: Frame, facts: Status) -> bytes:
    """How it all runs."""
    sums = [sum(states.values()) for week in facts.weeks for states in week.issues.values()]
    moved = [number for one in facts.moves for number in (one.came, one.left)]
    return _page(frame, "status", status=facts, most=max([*sums, 1]), most_moved=max([*moved, 1]))


def login(frame: Frame, wish: str, trouble: str = "") -> bytes:
    """The form for the token. `wish`: the path that was asked for."""
    return _page(frame, "login", wish=wish, trouble=trouble)


def sample(frame: Frame) -> bytes:
    """Where the links of a test message lead."""
    return _page(frame, "sample")


def absent(frame: Frame, trouble: str) -> bytes:
    """The answer to a wrong address within the room."""
    return _page(frame, "absent", trouble=trouble)


def stylesheet(environment: Environment) -> bytes:
    """The readers' style, and what these pages need beside it."""
    loader = environment.loader
    assert isinstance(loader, BaseLoader)  # environments have one
    names = ("pages/style.css", "editors/editors.css")
    return "".join(loader.get_source(environment, name)[0] for name in names).encode()


def _page(frame: Frame, name: str, **values: object) -> bytes:
    template = frame.environment.get_template(f"editors/{name}.html.j2")
    return template.render(
        site=frame.site,
        title=frame.site.titles[frame.locale],
        who=frame.who,
        style=frame.style,
        proof=frame.proof,
        to=frame.to,
        switch={code: frame.at(lang=code) for code in frame.site.locales},
        **_words(frame),
        **values,
    ).encode()


def _words(frame: Frame) -> dict[str, Callable[..., object]]:
    """What templates say numbers, moments and reasons with."""
    locale, zone = frame.locale, frame.site.zone

    def decimal(number: float) -> str:
        return f"{number:.1f}".replace(".", "." if locale == "en" else ",").replace("-", "\N{MINUS SIGN}")

    def named(codes: Collection[Locale]) -> str:
        return locales.join(locale, [locales.autonym(code) for code in codes])

    def moment_of(text: str | None) -> str:
        return dates.date_time(datetime.fromisoformat(text).astimezone(zone), locale) if text else ""

    def event_of(account: Mapping[str, Any]) -> str:
        inferred = account["event_date_inferred"]
        found = account["event_date"] or (inferred["edtf"] if inferred else None)
        return dates.words(found, locale) if found else ""

    return {
        "moment_of": moment_of,
        "event_of": event_of,
        "decimal": decimal,
        "named": named,
        "said": lambda reason: reasons.said(reason, locale),
        "kilobytes": lambda number: -(-number // 1000),
        "gigabytes": lambda number: decimal(number / 1e9),
        "source_of": lambda message: message.decode("utf-8", errors="replace").replace("\r\n", "\n"),
    }
