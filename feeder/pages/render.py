"""The static pages of a site: values in, the bytes of one HTML page out (UTF-8, no script, no foreign request).

Templates lie in `templates/pages/`. Each gets, besides the globals of `feeder.language.templates`:

    site, title, formats     of the whole site; `title` is the site's in this locale
    paths, to(path), near(url)    the module `feeder.pages.links`; the href of a path; the href of an address
    og                       for each locale its name in the Open Graph protocol
    addresses, canonical, default    what the head declares: absolute URLs by language, of this page, of the chooser

Entries are expected newest publication first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from jinja2 import BaseLoader, Environment
from markupsafe import Markup

from feeder.language import dates
from feeder.model import Entry, Locale, NamedPlace, NamedTopic, PlaceId, Site, Tombstone, Week
from feeder.pages import atlas, front, links, social
from feeder.pages.atlas import Drawing, Spot
from feeder.pages.front import week_of

LISTED = 50  #: entries on one page; with SUMMARIES this keeps a page under 50 kB
PLACES = 20  #: places on a front page, those with most stories
PREVIEWED = 10  #: entries of a feed that a person sees who opens it
SUMMARIES = 8  #: entries shown with their summary; later ones are a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What all pages of one locale share."""

    site: Site
    locale: Locale
    environment: Environment  #: of `feeder.language.templates`, for the same locale and the site's zone
    formats: tuple[links.Format, ...] = links.FORMATS  #: feed formats that are published, the preferred one first


def index(
    layout: Layout,
    entries: Sequence[Entry],
    places: Sequence[NamedPlace],
    *,
    areas: Collection[PlaceId] | None = None,
    months: Sequence[tuple[date, int]] = (),
) -> bytes:
    """A language's front page: the lead story, the stories by week, the places they are about.

    `areas`: the places that are no point on a map (None: no map); `months`: first day and number of stories, newest first.
    """
    site, shown = layout.site, entries[:LISTED]
    return page(
        layout,
        "index",
        links.home(layout.locale),
        addresses=_all_locales(site, links.home),
        default=links.address(site, links.CHOOSER),
        lead=_lead(shown, site.zone),
        weeks=_weeks(shown, site.zone),
        summaries={entry.id for entry in shown[:SUMMARIES]},
        places=places[:PLACES],
        counts=_counts(entries),
        week_map=front.week_map(shown, places, areas, site.zone) if areas is not None else None,
        months=months if len(months) > 1 else (),
        most=max((stories for _, stories in months), default=1),
    )


def story(layout: Layout, entry: Entry, *, work: Locale | None = None) -> bytes:
    """A story's page. Of a fallback, search engines are sent to the page in the text's own language.

    `work`: the language in which it appeared first.
    """
    site, foreign = layout.site, entry.language != entry.locale
    path = links.story(entry.locale, entry.slug)
    own = {} if foreign else {entry.locale: entry.url}
    versions = {**entry.sisters, **own}
    return page(
        layout,
        "story",
        path,
        addresses={code: versions[code] for code in site.locales if code in versions},
        canonical=entry.sisters.get(entry.language, entry.url) if foreign else entry.url,
        entry=entry,
        foreign=entry.language if foreign else None,
        event_iso=dates.iso(entry.event_date) if entry.event_date else None,
        # the store keeps bodies sanitised (nh3); what is left to do here is to find the site's own images
        body=Markup(links.near_images(entry.html, site, links.up(path))),  # noqa: S704
        sources=[(publisher, url) for publisher, url in _sources(entry) if publisher or links.web(url)],
        web=links.web,
        host=links.host,
        linked_data=social.news_article(entry, site, work=work),
    )


def _sources(entry: Entry) -> list[tuple[str, str]]:
    """Publisher and address of every source of the story, that of the text shown first."""
    return [(entry.publisher, entry.original), *((credit.publisher, credit.url) for credit in entry.credits)]


def place(
    layout: Layout,
    place: NamedPlace,
    entries: Sequence[Entry],
    former: Sequence[str],
    locales: Sequence[Locale] | None = None,
    *,
    country: NamedPlace | None = None,
    area: bool | None = None,
) -> bytes:
    """A place's page: its stories and its former names. `locales`: languages in which the page exists (None: all).

    `country`: in which it lies, where that has a page; `area`: it is no point on a map (None: no map).
    """
    site = layout.site
    there = site.locales if locales is None else [code for code in site.locales if code in locales]
    shown = entries[:LISTED]
    return page(
        layout,
        "place",
        links.place(layout.locale, place.id),
        addresses={code: links.address(site, links.place(code, place.id)) for code in there},
        place=place,
        country=country,
        drawing=_around(place, country, area=area) if area is not None else None,
        entries=shown,
        former=former,
        total=len(entries),
        summaries={entry.id for entry in shown[:SUMMARIES]},
    )


def _around(place: NamedPlace, country: NamedPlace | None, *, area: bool) -> Drawing | None:
    others = (Spot(place=country, area=True),) if country else ()
    return atlas.around(Spot(place=place, stories=4, area=area), *others)


def topic(
    layout: Layout,
    topic: NamedTopic,
    entries: Sequence[Entry],
    locales: Sequence[Locale],
    feed: bool = True,
) -> bytes:
    """A topic's page: its stories. `locales`: languages in which the page exists; `feed`: whether it has one."""
    site, shown = layout.site, entries[:LISTED]
    return page(
        layout,
        "topic",
        links.topic(layout.locale, topic.key),
        addresses={code: links.address(site, links.topic(code, topic.key)) for code in site.locales if code in locales},
        topic=topic,
        feed=feed,
        entries=shown,
        total=len(entries),
        summaries={entry.id for entry in shown[:SUMMARIES]},
    )


def feeds_page(layout: Layout, places: Sequence[NamedPlace], topics: Sequence[NamedTopic] = ()) -> bytes:
    """How to subscribe, and the address of every feed: this language first, then the others, then places and topics."""
    own, others = layout.locale, [code for code in layout.site.locales if code != layout.locale]
    return page(
        layout,
        "feeds",
        links.feeds(layout.locale),
        addresses=_all_locales(layout.site, links.feeds),
        languages=[own, *others],
        places=places,
        topics=topics,
    )


def feed_preview(layout: Layout, entries: Sequence[Entry]) -> bytes:
    """What a person sees who opens a feed: what it is, how to subscribe, its newest stories. Its links start from the host."""
    site = layout.site
    return page(
        layout,
        "feed",
        links.feed_preview(layout.locale),
        root=links.base(site),
        addresses=_all_locales(site, links.feed_preview),
        canonical="",
        feed=links.address(site, links.feed(layout.locale, layout.formats[0])),
        entries=entries[:PREVIEWED],
        summaries=frozenset(),
    )


def combined_preview(site: Site, environments: Mapping[Locale, Environment]) -> bytes:
    """The same for the feed in all languages: each says in its own words what it is."""
    first = site.locales[0]
    layout = Layout(site=site, locale=first, environment=environments[first])
    return page(
        layout,
        "feed_combined",
        links.COMBINED_PREVIEW,
        root=links.base(site),
        addresses={},
        canonical="",
        feed=links.address(site, links.COMBINED),
        titles=_first_of_each({code: site.titles[code] for code in site.locales}),
        doors=[_door(site, code, environments[code], "feed_door", links.base(site)) for code in site.locales],
    )


def digest_archive(layout: Layout, issues: Sequence[tuple[Week, str]]) -> bytes:
    """All issues of the digest: week and subject, in the order given."""
    path = links.digests(layout.locale)
    return page(layout, "digests", path, addresses=_all_locales(layout.site, links.digests), issues=issues)


def chooser(site: Site, environments: Mapping[Locale, Environment]) -> bytes:
    """The site's root: one door for each language, each in its own words. `environments`: one for each locale."""
    first = site.locales[0]
    layout = Layout(site=site, locale=first, environment=environments[first])
    return page(
        layout,
        "chooser",
        links.CHOOSER,
        addresses=_all_locales(site, links.home),
        default=links.address(site, links.CHOOSER),
        titles=_first_of_each({code: site.titles[code] for code in site.locales}),
        doors=[_door(site, code, environments[code], "chooser_door", "") for code in site.locales],
    )


def moved(layout: Layout, url: str) -> bytes:
    """What stands at the old path of a story whose slug changed: a page that leads to `url` (absolute, on this site)."""
    path = links.story(layout.locale, "moved")  # any slug: all stories lie at the same depth
    return page(layout, "moved", path, addresses={}, canonical=url, url=url)


def retracted(layout: Layout, url: str, gone: Tombstone, sisters: Mapping[Locale, str]) -> bytes:
    """What stands at the address of a retracted story. `sisters`: absolute URLs of the same in other languages."""
    path = links.story(layout.locale, "gone")  # any slug: all stories lie at the same depth
    return page(layout, "retracted", path, addresses=dict(sisters), canonical=url, gone=gone)


def not_found(layout: Layout) -> bytes:
    """The answer to a wrong address. It is shown at any depth, so its links start from the host."""
    return page(layout, "not_found", "", root=links.base(layout.site), addresses={}, canonical="")


def stylesheet(environment: Environment) -> bytes:
    """`style.css` as it is published; a site's own templates folder may have another."""
    return _source(environment, links.STYLE)


def script(environment: Environment) -> bytes:
    """`copy.js` as it is published: where it runs, addresses get a button that copies them."""
    return _source(environment, links.COPY)


def _source(environment: Environment, name: str) -> bytes:
    loader = environment.loader
    assert isinstance(loader, BaseLoader)
    return loader.get_source(environment, f"pages/{name}")[0].encode("utf-8")


def page(
    layout: Layout,
    name: str,
    path: str,
    *,
    addresses: Mapping[Locale, str],
    canonical: str | None = None,
    default: str = "",
    root: str | None = None,
    **values: object,
) -> bytes:
    """One page from its template. `path`: where it lies; `root`: its way to the site's root, where that is another."""
    site = layout.site
    root = links.up(path) if root is None else root
    text = layout.environment.get_template(f"pages/{name}.html.j2").render(
        site=site,
        title=site.titles[layout.locale],
        formats=layout.formats,
        paths=links,
        to=links.to(root),
        near=links.near(site, root),
        address=lambda path: links.address(site, path),
        addresses=addresses,
        canonical=links.address(site, path) if canonical is None else canonical,
        default=default,
        og=social.TERRITORIES,
        **values,
    )
    return text.encode("utf-8")


def _all_locales(site: Site, path: Callable[[Locale], str]) -> dict[Locale, str]:
    return {code: links.address(site, path(code)) for code in site.locales}


def _weeks(entries: Iterable[Entry], zone: ZoneInfo) -> list[tuple[Week, list[Entry]]]:
    return [(week, list(group)) for week, group in groupby(entries, key=lambda entry: week_of(entry, zone))]


def _lead(entries: Sequence[Entry], zone: ZoneInfo) -> Entry | None:
    """The newest story with an image in the newest week; without images the newest story."""
    newest = [entry for entry in entries if week_of(entry, zone) == week_of(entries[0], zone)]
    return next((entry for entry in newest if entry.enclosures), newest[0] if newest else None)


def _counts(entries: Iterable[Entry]) -> Counter[str]:
    return Counter(place.id for entry in entries for place in entry.places)


def _first_of_each(texts: Mapping[Locale, str]) -> dict[Locale, str]:
    """Texts without repetitions: a newsroom with one name for all languages is named once."""
    kept: dict[Locale, str] = {}
    for code, text in texts.items():
        if text not in kept.values():
            kept[code] = text
    return kept


def _door(site: Site, locale: Locale, environment: Environment, name: str, root: str) -> Markup:
    """What one language has to say on a page of all languages."""
    template = environment.get_template(f"pages/{name}.html.j2")
    # a rendered template with autoescape is markup
    return Markup(template.render(site=site, paths=links, to=links.to(root)))  # noqa: S704
