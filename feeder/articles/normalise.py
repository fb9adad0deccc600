"""Article -> Entry: the one place where a story is put into the readers' words. Pure."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from feeder import markup
from feeder.articles import foreign, notices, pictures
from feeder.articles.event_dates import event_texts, events
from feeder.language import dates, locales, mentions
from feeder.language.places import Gazetteer
from feeder.model import Article, Edtf, Entry, Language, Locale, Markup, Mention, NamedTopic, PlaceId, Site

PLACES_SHOWN = 5
_TITLE_WEIGHT, _DECK_WEIGHT = 3, 2
#: Kinds from the most to the least specific; a reader looks for the town before the country.
_COARSE = ("region", "autonomous_region", "province", "country", "macroregion", "continent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the store decides about an entry: it is minted once and outlives every change of the text."""

    id: str
    slug: str
    published: datetime
    updated: datetime


def body_html(article: Article) -> str:
    """The story's body as safe HTML, with marks where pictures stand."""
    return _html(article.markup, article.body, article.url)


@functools.lru_cache(maxsize=64)  # asked for as often as its blocks are, see markup.blocks
def _html(kind: Markup, body: str, url: str) -> str:
    if kind == "markdown":
        return markup.sanitise(markup.from_markdown(body), url)
    if kind == "text":
        return markup.from_text(body)
    return body  # sanitised when it was read


def paragraphs(article: Article) -> tuple[str, ...]:
    """The body's blocks as plain lines."""
    return markup.paragraphs(body_html(article))


def texts(article: Article) -> tuple[str, ...]:
    """Title, deck, captions, dateline and paragraphs: where a place counts. Notices and related links count for nothing."""
    dateline = article.dateline.text if article.dateline else ""
    head = (article.title, article.deck, " ".join(_captions(article)), dateline)
    return (*head, *paragraphs(article))


def with_event(article: Article) -> Article:
    """The article with the date of its main event, found in the text when nobody stated it; never invented."""
    if article.event_date:
        return article
    dateline = article.dateline.text if article.dateline else ""
    first, *rest = paragraphs(article) or ("",)
    said: list[tuple[event_texts.Where, str]] = [("title", article.title), ("deck", article.deck)]
    said += [("caption", caption) for caption in _captions(article)[:1]]  # later ones may be of older pictures
    said += [("body", text) for text in (dateline + first, *rest)]
    published = article.published.date() if article.published else None
    found = events.main_event(said, article.language, published)
    if found.evidence and found.inferred is None:  # something speaks against a year: an editor should know
        return replace(article, event_date=found.stated, problems=(*article.problems, found.evidence))
    return replace(article, event_date=found.stated, event_inferred=found.inferred, event_evidence=found.evidence)


def _captions(article: Article) -> tuple[str, ...]:
    """The article's own, or that of its image, then those inside its body; each once."""
    own = [one.caption for one in article.enclosures if not one.inside]
    inner = [one.caption for one in article.enclosures if one.inside]
    captions = (*([article.caption] if article.caption else own), *inner)
    return tuple(dict.fromkeys(caption for caption in captions if caption))


def mentioned(article: Article, gazetteer: Gazetteer) -> tuple[tuple[str, tuple[Mention, ...]], ...]:
    """Each text of the article with the mentions in it."""
    return tuple((text, mentions.find(text, article.language, gazetteer)) for text in texts(article))


def stated_places(article: Article, gazetteer: Gazetteer) -> tuple[tuple[PlaceId, ...], tuple[str, ...]]:
    """The places the editor named, as ids, and a problem for each name that is not in the gazetteer."""
    found = {name: gazetteer.resolve(name, article.language) or gazetteer.resolve(name) for name in article.places}
    problems = tuple(
        f"the place {name!r} is not in the gazetteer; check its spelling" for name, id_ in found.items() if not id_
    )
    return tuple(dict.fromkeys(id_ for id_ in found.values() if id_)), problems


def salience(article: Article, gazetteer: Gazetteer) -> tuple[tuple[PlaceId, int], ...]:
    """Places with their weight, the heaviest first: what the editor stated, else mentions, those in the title three times."""
    stated, _ = stated_places(article, gazetteer)
    if stated:
        return tuple((place, 1000 - rank) for rank, place in enumerate(stated))
    weights: Counter[PlaceId] = Counter()
    for position, (_, found) in enumerate(mentioned(article, gazetteer)):
        weight = {0: _TITLE_WEIGHT, 1: _DECK_WEIGHT}.get(position, 1)
        weights.update({mention.place: 0 for mention in found})
        for mention in found:
            weights[mention.place] += weight if mention.kind == "place" else 0
    return tuple(sorted(((place, n) for place, n in weights.items() if n), key=lambda pair: (-pair[1], pair[0])))


def select_places(weights: Iterable[Iterable[tuple[PlaceId, int]]], gazetteer: Gazetteer) -> tuple[PlaceId, ...]:
    """At most five places of a story from the weights of its versions, the most specific first, then the heaviest."""
    total: Counter[PlaceId] = Counter()
    for version in weights:
        total.update(dict(version))
    best = sorted(total, key=lambda place: (-total[place], place))[:PLACES_SHOWN]
    return tuple(sorted(best, key=lambda place: (_coarseness(place, gazetteer), -total[place], place)))


def _coarseness(place: PlaceId, gazetteer: Gazetteer) -> int:
    kind = gazetteer.get(place).kind
    return _COARSE.index(kind) + 1 if kind in _COARSE else 0


def to_entry(
    article: Article,
    locale: Locale,
    site: Site,
    gazetteer: Gazetteer,
    *,
    identity: Identity,
    places: tuple[PlaceId, ...],
    topics: tuple[NamedTopic, ...] = (),
    slugs: Mapping[Locale, str],
) -> Entry:
    """The article as the readers of `locale` see it. `slugs` are those of every language the story really has."""
    html = body_html(article)
    day = name_day(article, identity.published, site)
    return Entry(
        id=identity.id,
        story=article.story,
        locale=locale,
        language=article.language,
        title=article.title,
        deck=article.deck,
        html=pictures.shown(foreign.mark(html, article.language), article.enclosures, site.base_url),
        summary=markup.summary(article.deck) or markup.summary(markup.lead(html), article.title),
        slug=identity.slug,
        url=story_url(site, locale, identity.slug),
        original=article.url,
        authors=article.authors,
        publisher=article.publisher,
        published=identity.published.astimezone(site.zone),
        updated=identity.updated.astimezone(site.zone),
        event_date=_event_date(article),
        dateline=dateline_words(article, locale, gazetteer, day),
        places=tuple(gazetteer.named(place, locale, day) for place in places),
        topics=topics,
        enclosures=tuple(
            replace(one, caption=one.caption or article.caption) for one in article.enclosures if not one.inside
        ),
        notices=notices.for_readers(article.notices, locale),
        corrections=article.corrections,
        related=article.related,
        label=_label(article.language, locale, slugs),
        sisters={other: story_url(site, other, slug) for other, slug in slugs.items() if other != locale},
    )


def _event_date(article: Article) -> Edtf | None:
    """As stated; a year that is only inferred is marked ("2019-02-03?") and shown as such."""
    if article.event_inferred and (article.event_date or "").startswith("X"):
        marked = (f"{end[:-1]}%" if end.endswith("~") else f"{end}?" for end in article.event_inferred.split("/"))
        return Edtf("/".join(marked))
    return article.event_date


def _label(language: Language, locale: Locale, slugs: Mapping[Locale, str]) -> str | None:
    """What the readers of a fallback are told about its language."""
    if language == locale:
        return None
    return locales.written_in(locale, language, only=len(slugs) <= 1)


def story_url(site: Site, locale: Locale, slug: str) -> str:
    return f"{site.base_url}/{locale}/stories/{slug}/"


def name_day(article: Article, published: datetime, site: Site) -> date:
    """The day whose place names hold: of the event where its year is known, else of publication."""
    match = re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", article.event_date or "")
    if match:
        month = int(match[2] or 1)
        return date(int(match[1]), _SEASONS.get(month, month), int(match[3] or 1))
    return published.astimezone(site.zone).date()


#: Months in which the seasons of EDTF level 1 begin: spring is 21.
_SEASONS = {21: 3, 22: 6, 23: 9, 24: 12}


def dateline_words(article: Article, locale: Locale, gazetteer: Gazetteer, day: date) -> str:
    """ "Алматы, Қазақстан", "Мәскеу (AsiaNews)"; "" without a dateline, or without a place in it that is known."""
    line = article.dateline
    if line is None:
        return ""
    names = [gazetteer.display(line.place, locale, day)] if line.place else []
    names += [gazetteer.name(line.country, locale, day)] if line.country and line.country != line.place else []
    agency = f" ({line.agency})" if line.agency else ""
    return ", ".join(names) + agency if names else ""


def date_words(entry: Entry) -> str:
    """The date a reader is shown first: of the event where it is known, else of publication."""
    if entry.event_date:
        return dates.words(entry.event_date, entry.locale)
    return dates.long(entry.published.date(), entry.locale)
