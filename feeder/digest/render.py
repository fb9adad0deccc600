"""The stories of a week as an issue: subject, HTML that holds in mail programs, and plain text.

    render(...) -> Issue | None     the message; None when there is no story
    page(...)   -> str | None       the same as a page for browsers, without anything that belongs to one subscriber

The lead comes first. The others stand under the country of their first place, or under a region of that country when
two or more stories name it, or when the country has only one story: "Xinjiang" says more than "China". Stories
without a place close the issue. Notices of the publishers are collected at the end, each once.

Nothing remote is in a message, not even an image: loading it would tell a server who reads, and when.
"""

from __future__ import annotations

import functools
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby

import css_inline
from jinja2 import Environment
from markupsafe import Markup

from feeder.digest import amendments
from feeder.digest.amendments import Told
from feeder.errors import NotFound
from feeder.language import dates, locales
from feeder.language.places import gazetteer
from feeder.model import PREFERENCES, UNSUBSCRIBE, Entry, Issue, Locale, Notice, PlaceId, Site, Week

_COLUMNS = 76  #: of plain text; a quoting ">" still fits into 78
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)
_CHANGES = ("retraction", "correction")
_KINDS = ("safety", "legal", "other")

Group = tuple[str, tuple[Entry, ...]]  # heading, or "" for stories without a place


def render(
    *,
    site: Site,
    locale: Locale,
    week: Week,
    entries: Sequence[Entry],
    environment: Environment,
    told: Sequence[Told] = (),
) -> Issue | None:
    """The issue of `week` for the readers of `locale`; `entries` in their order, the lead first; `told`: what earlier
    issues told and is amended since, between the marks of `amendments`."""
    if not entries:
        return None
    values = _values(site, locale, week, entries, told) | {
        "mail": True,
        "link": str,
        "unsubscribe": UNSUBSCRIBE,
        "preferences": PREFERENCES,
    }
    return Issue(
        id=f"{week}-{locale}",
        week=week,
        locale=locale,
        subject=_subject(locale, week),
        html=_html(environment, values),
        text=_text(environment, values),
        stories=tuple(entry.story for entry in entries),
        amendments=tuple(one.amendment for one in told),
        url=address(site, locale, week),
        dated=week.span(site.zone)[1].astimezone(site.zone),
    )


def page(
    *,
    site: Site,
    locale: Locale,
    week: Week,
    entries: Sequence[Entry],
    environment: Environment,
    languages: Sequence[Locale] = (),
    told: Sequence[Told] = (),
) -> str | None:
    """The page at `address`; `languages` are those in which the same issue exists."""
    if not entries:
        return None
    sisters = [(code, address(site, code, week)) for code in languages if code != locale]
    relative = functools.partial(_relative, site.base_url)
    values = _values(site, locale, week, entries, told) | {"mail": False, "link": relative, "sisters": sisters}
    return amendments.variant(_html(environment, values), range(len(told)))


def address(site: Site, locale: Locale, week: Week) -> str:
    """Absolute URL of an issue's page."""
    return f"{site.base_url}/{locale}/digest/{week}/"


def groups(rest: Sequence[Entry], locale: Locale) -> tuple[Group, ...]:
    """The stories after the lead under their headings, in the order in which the headings first occur."""
    stories = Counter(place for entry in rest for place in (_country(entry), *_regions(entry)))
    found: dict[PlaceId, list[Entry]] = {}
    for entry in rest:
        country = _country(entry)
        telling = (region for region in _regions(entry) if stories[region] > 1 or stories[country] == 1)
        found.setdefault(next(telling, country), []).append(entry)
    placeless = found.pop("", [])
    named = [(gazetteer().name(place, locale), tuple(same)) for place, same in found.items()]
    return (*named, *([("", tuple(placeless))] if placeless else []))


def _country(entry: Entry) -> PlaceId:
    """The id of the country of the first place, "" when there is none."""
    country = entry.places[0].country.lower() if entry.places else ""
    return country if _kind(country) else ""


def _regions(entry: Entry) -> tuple[PlaceId, ...]:
    """The regions an entry names in the country of its first place."""
    country = entry.places[0].country if entry.places else ""
    here = (place.id for place in entry.places if place.country == country)
    return tuple(dict.fromkeys(place for place in here if _kind(place) == "region"))


def _kind(place: PlaceId) -> str:
    try:
        return gazetteer().get(place).kind
    except NotFound:
        return ""


def _subject(locale: Locale, week: Week) -> str:
    return locales.text(locale, "Weekly digest: {range}", range=dates.week_range(week, locale))


def _notices(entries: Sequence[Entry]) -> list[tuple[str, list[Notice]]]:
    """Every notice once, by kind, in the order of the issue; of those about one topic the first in the readers' language."""
    every: dict[object, Notice] = {}
    for entry in entries:
        for notice in entry.notices:
            if not notice.topic or notice.language == entry.locale:
                every.setdefault(notice.topic or notice, notice)
    ordered = sorted(every.values(), key=lambda notice: _KINDS.index(notice.kind))
    return [(kind, list(same)) for kind, same in groupby(ordered, key=lambda notice: notice.kind)]


def _by_kind(told: Sequence[Told]) -> list[tuple[str, list[tuple[int, Told]]]]:
    """The amendments with their places in the issue, retractions and corrections apart."""
    placed = sorted(enumerate(told), key=lambda pair: _CHANGES.index(pair[1].amendment.kind))
    return [(kind, list(same)) for kind, same in groupby(placed, key=lambda pair: pair[1].amendment.kind)]


def _values(
    site: Site, locale: Locale, week: Week, entries: Sequence[Entry], told: Sequence[Told]
) -> dict[str, object]:
    return {
        "site": site,
        "locale": locale,
        "week": week,
        "subject": _subject(locale, week),
        "url": address(site, locale, week),
        "home": f"{site.base_url}/{locale}/",
        "entries": entries,
        "groups": groups(entries[1:], locale),
        "notices": _notices(entries),
        "told": _by_kind(told),
        "mark": lambda places=(): Markup(amendments.mark(places)),  # noqa: S704  numbers only
    }


def _html(environment: Environment, values: dict[str, object]) -> str:
    made = environment.get_template("digest/digest.html.j2").render(values)
    # a mail program cuts at about 102 kB: indentation and empty lines are not worth their bytes
    inlined = _INLINER.inline(made).replace('<style data-css-inline="keep">', "<style>")
    return re.sub(r"\n\s*", "\n", inlined).strip() + "\n"


def _text(environment: Environment, values: dict[str, object]) -> str:
    plain = {**_plain_words(str(values["locale"])), "mark": amendments.signed_mark}
    made = amendments.sealed(environment.get_template("digest/digest.txt.j2").render(values | plain))
    return re.sub(r"\n{4,}", "\n\n\n", made).strip() + "\n"


def _plain_words(locale: Locale) -> dict[str, Callable[..., str]]:
    """gettext for plain text: the environment's own escapes for HTML."""
    words = locales.catalog(locale)

    def plural(one: str, many: str, n: int, **values: object) -> str:
        return str(words.ngettext(one, many, n)).format(n=n, **values)

    return {"_": functools.partial(locales.text, locale), "ngettext": plural, "wrap": _wrap}


def _wrap(text: str) -> str:
    """Lines of at most 76 characters, broken at spaces only: a word, a URL or a double name stays whole."""
    return "\n".join(textwrap.wrap(str(text), _COLUMNS, break_long_words=False, break_on_hyphens=False))


def _relative(base_url: str, url: str) -> str:
    """A link from an issue's page, three folders deep; other sites keep their addresses."""
    path = url.removeprefix(f"{base_url}/")
    return url if path == url else f"../../../{path}"
