"""How the stories of an issue are grouped, and how many each place has.

By places: a story stands under the country of its first place, or under a region of that country when two or more stories
name it, or when the country has only one story: "Xinjiang" says more than "China". By topics: it stands under that of its
topics which most stories of the issue have, if at least two have it. Stories without such a heading close the issue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feeder.errors import NotFound
from feeder.language.places import gazetteer
from feeder.model import Entry, Language, Locale, PlaceId

_BARS = 7  #: rows of the chart; what has fewer stories is counted together


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A story with what templates would have to work out."""

    entry: Entry
    byline: str  #: place, day of publication, publishers
    event: str  #: when it happened, in words; "" when that is the day of publication, or not known
    lang: str  #: the attribute of its words, where they are not in the readers' language


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Stories under one heading."""

    name: str  #: "" for stories without a place or a topic
    language: Language  #: of the name
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of the chart."""

    name: str  #: of the place; "" for all others together
    stories: int
    share: int  #: length of the bar in hundredths of the longest, at least 1


def sections(items: Sequence[Item], locale: Locale, by: str = "places") -> tuple[Section, ...]:
    """The stories after the lead, in the order in which their headings first occur; `by`: "places" or "topics"."""
    found = _by_topics(items) if by == "topics" else _by_places(items)
    names = {"": ("", locale), **(_topic_names(items) if by == "topics" else _place_names(found, locale))}
    lead = next(iter(found))  # the lead is the first story of the first heading
    rest = {key: same[1:] if key == lead else same for key, same in found.items()}
    keys = sorted((key for key in rest if rest[key]), key=lambda key: not key)
    return tuple(Section(name=names[key][0], language=names[key][1], items=tuple(rest[key])) for key in keys)


def bars(items: Sequence[Item], locale: Locale) -> tuple[Bar, ...]:
    """How many stories each place has, the most first; nothing when there are not two places to compare."""
    found = _by_places(items)
    names = _place_names(found, locale)
    counted = sorted(((names[key][0], len(found[key])) for key in names), key=lambda pair: -pair[1])
    if len(counted) > _BARS:
        counted = [*counted[: _BARS - 1], ("", sum(n for _, n in counted[_BARS - 1 :]))]
    longest = max((n for _, n in counted), default=1)
    rows = [Bar(name=name, stories=n, share=max(1, n * 100 // longest)) for name, n in counted]
    return tuple(rows) if len(rows) > 1 else ()


Groups = Mapping[str, list[Item]]
Names = Mapping[str, tuple[str, Language]]


def _by_places(items: Sequence[Item]) -> Groups:
    told = [(item, _country(item.entry), _regions(item.entry)) for item in items]
    stories = Counter(place for _, country, regions in told for place in (country, *regions))
    found: dict[str, list[Item]] = {}
    for item, country, regions in told:
        telling = (region for region in regions if stories[region] > 1 or stories[country] == 1)
        found.setdefault(next(telling, country), []).append(item)
    return found


def _place_names(groups: Groups, locale: Locale) -> Names:
    return {place: (gazetteer().name(place, locale), locale) for place in groups if place}


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


def _by_topics(items: Sequence[Item]) -> Groups:
    stories = Counter(topic.key for item in items for topic in item.entry.topics)
    found: dict[str, list[Item]] = {}
    for item in items:
        shared = [topic.key for topic in item.entry.topics if stories[topic.key] > 1]
        found.setdefault(max(shared, key=stories.__getitem__, default=""), []).append(item)
    return found


def _topic_names(items: Sequence[Item]) -> Names:
    return {topic.key: (topic.label, topic.language) for item in items for topic in item.entry.topics}
