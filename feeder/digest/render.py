"""The stories of a week as an issue: subject, HTML that holds in mail programs, plain text, and the same as a page.

The lead comes first, then a chart of the places, then the others under their headings (`sections`), then what earlier
issues told and is amended since (`amendments`). Notices of the publishers are collected at the end, each once.

Nothing remote is in a message: loading a picture would tell a server who reads, and when. A picture that the site wants
is attached to the message itself.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup

from feeder import markup
from feeder.digest import amendments, sections, styles
from feeder.digest.amendments import Told
from feeder.digest.sections import Item
from feeder.language import dates, locales
from feeder.model import PREFERENCES, UNSUBSCRIBE, Attached, Entry, Issue, Locale, Notice, Site, Week

BYTES = 98_000  #: of an issue's HTML at most: Gmail cuts at 102 kB, and a subscriber's addresses are to come
_SUMMARIES = (200, 140, 90, 0)  #: code points, tried in turn where an issue is longer
_COLUMNS = 76  #: of plain text; a quoting ">" still fits into 78
_WIDTH = 536  #: pixels between the margins, for a picture
_CHANGES = ("retraction", "correction")
_KINDS = ("safety", "legal", "other")
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The lead's picture as the templates see it."""

    url: str  #: where the page finds it, absolute
    cid: str  #: where the message has it
    width: int  #: pixels, as shown
    height: int
    alt: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Material:
    """What an issue is made from."""

    site: Site
    locale: Locale
    week: Week
    entries: Sequence[Entry]  #: in their order, the lead first; one at least
    environment: Environment
    told: Sequence[Told] = ()  #: what earlier issues told and is amended since
    languages: Sequence[Locale] = ()  #: in which the same issue exists
    sections: str = "places"  #: or "topics"
    image: bytes = b""  #: of the lead's first enclosure, when the message is to have it


def render(made_of: Material) -> Issue:
    """The issue, whose html and text have every amendment between marks, and its page, which has them all."""
    site, locale, week = made_of.site, made_of.locale, made_of.week
    values, html = _fitting(made_of)
    return Issue(
        id=f"{week}-{locale}",
        week=week,
        locale=locale,
        subject=_subject(locale, week),
        html=html,
        text=_text(made_of, values),
        page=amendments.variant(_page(made_of, values), range(len(made_of.told))),
        stories=tuple(entry.story for entry in made_of.entries),
        amendments=tuple(one.amendment for one in made_of.told),
        url=address(site, locale, week),
        dated=week.span(site.zone)[1].astimezone(site.zone),
        attached=_attached(made_of),
    )


def address(site: Site, locale: Locale, week: Week) -> str:
    """Absolute URL of an issue's page."""
    return f"{site.base_url}/{locale}/digest/{week}/"


def message(made_of: Material) -> str:
    """The HTML of the message alone, whatever its size."""
    return _mail(made_of, _values(made_of, made_of.entries))


def _fitting(made_of: Material) -> tuple[Values, str]:
    """The message, and the values it is made from: with shorter summaries where it would be cut otherwise."""
    values = _values(made_of, made_of.entries)
    html = _mail(made_of, values)
    for length in _SUMMARIES:
        if len(html.encode()) <= BYTES:
            break
        short = [replace(one, summary=markup.summary(one.summary, length=length)) for one in made_of.entries]
        values = _values(made_of, short)
        html = _mail(made_of, values)
    return values, html


def _subject(locale: Locale, week: Week) -> str:
    return locales.text(locale, "Weekly digest: {range}", range=dates.week_range(week, locale))


def _picture(made_of: Material) -> Picture | None:
    """The lead's own picture; one of unknown size would make the text jump, and Outlook would show it as large as it is."""
    file = next(iter(made_of.entries[0].enclosures), None)
    if not (made_of.image and file and file.width and file.height):
        return None
    width = min(file.width, _WIDTH)
    return Picture(
        url=f"{made_of.site.base_url}/{file.path}",
        cid=f"{hashlib.sha256(made_of.image).hexdigest()[:16]}@{urlsplit(made_of.site.base_url).hostname}",
        width=width,
        height=max(1, round(file.height * width / file.width)),
        alt=file.alt,
        caption=file.caption,
    )


def _attached(made_of: Material) -> tuple[Attached, ...]:
    if shown := _picture(made_of):
        return (Attached(cid=shown.cid, type=made_of.entries[0].enclosures[0].type, data=made_of.image),)
    return ()


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


# --- what the templates get; docs/templates.md has the list ---------------------------------------


def _values(made_of: Material, entries: Sequence[Entry]) -> Values:
    site, locale = made_of.site, made_of.locale
    items = [_item(entry, site) for entry in entries]
    return {
        "site": site,
        "locale": locale,
        "week": made_of.week,
        "subject": _subject(locale, made_of.week),
        "url": address(site, locale, made_of.week),
        "home": f"{site.base_url}/{locale}/",
        "privacy": f"{site.base_url}/{locale}/privacy/",
        "unsubscribe": UNSUBSCRIBE,
        "preferences": PREFERENCES,
        "items": items,
        "sections": sections.sections(items, locale, made_of.sections),
        "bars": sections.bars(items, locale),
        "notices": _notices(entries),
        "told": _by_kind(made_of.told),
        "autonyms": _AUTONYMS,
    }


def _item(entry: Entry, site: Site) -> Item:
    day = entry.published.astimezone(site.zone).date()
    apart = entry.event_date and entry.event_date != day.isoformat()
    return Item(
        entry=entry,
        byline=" · ".join(filter(None, [entry.dateline, _day(day, entry.locale), *entry.publishers])),
        event=_event(entry.event_date, entry.locale) if entry.event_date and apart else "",
        lang=_Lang.of(entry.locale)[entry.language],
    )


_day = functools.lru_cache(64)(dates.byline)
_event = functools.lru_cache(64)(dates.words)
_AUTONYMS = {code: locales.autonym(code) for code in locales.LOCALES}


class _Lang(dict[str, Markup]):
    """By language the attribute of words in it: none in the readers' own."""

    @classmethod
    @functools.cache
    def of(cls, locale: Locale) -> _Lang:
        return cls({locale: Markup()})

    def __missing__(self, language: str) -> Markup:
        made = self[language] = Markup(' lang="{}"').format(language)
        return made


class _Absolute(dict[str, str]):
    """Links of a message."""

    def __missing__(self, url: str) -> str:
        return url


class _Relative(dict[str, str]):
    """Links from an issue's page, three folders deep; other sites keep their addresses."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def __missing__(self, url: str) -> str:
        path = url.removeprefix(f"{self.base_url}/")
        return url if path == url else f"../../../{path}"


def _mail(made_of: Material, values: Values) -> str:
    shown = _picture(made_of)
    own = {"mail": True, "link": _Absolute(), "sisters": (), "source": f"cid:{shown.cid}" if shown else ""}
    return _html(made_of, {**values, **own, "picture": shown})


def _page(made_of: Material, values: Values) -> str:
    """The same without anything that belongs to one subscriber."""
    shown, link = _picture(made_of), _Relative(made_of.site.base_url)
    sisters = [
        (code, address(made_of.site, code, made_of.week)) for code in made_of.languages if code != made_of.locale
    ]
    own = {"mail": False, "link": link, "sisters": sisters, "source": link[shown.url] if shown else ""}
    return _html(made_of, {**values, **own, "picture": shown})


def _html(made_of: Material, values: Values) -> str:
    environment = styles.with_styles(made_of.environment)
    words = {"css": styles.stylesheet(made_of.environment), "lang": _Lang.of(made_of.locale), "mark": _mark}
    made = environment.get_template("digest/digest.html.j2").render({**values, **words})
    # a mail program cuts at about 102 kB: empty lines are not worth their bytes
    return "\n".join(line for line in made.split("\n") if line.strip()) + "\n"


def _mark(places: Iterable[int] = ()) -> Markup:
    return Markup(amendments.mark(places))  # noqa: S704  it is numbers only


def _text(made_of: Material, values: Values) -> str:
    plain = {**_plain_words(made_of.locale), "mark": amendments.signed_mark}
    template = made_of.environment.get_template("digest/digest.txt.j2")
    made = amendments.sealed(template.render({**values, **plain}))
    return re.sub(r"\n{4,}", "\n\n\n", made).strip() + "\n"


def _plain_words(locale: Locale) -> dict[str, Callable[..., str]]:
    """gettext for plain text: the environment's own escapes for HTML."""
    words = locales.catalog(locale)

    def plural(one: str, many: str, n: int, **values: object) -> str:
        return str(words.ngettext(one, many, n)).format(n=n, **values)

    return {"_": functools.partial(locales.text, locale), "ngettext": plural, "wrap": _wrap}


_LINE = re.compile(rf"[^ ].{{0,{_COLUMNS - 1}}}(?= |$)|[^ ]+")


def _wrap(text: str) -> str:
    """Lines of at most 76 characters, broken at spaces only: a word, a URL or a double name stays whole."""
    return "\n".join(_LINE.findall(" ".join(str(text).split("\n"))))
