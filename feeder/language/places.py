"""The gazetteer: places, their names in each language, and the days on which a name was valid.

`gazetteer.tsv` has one row for the current names of a place and one for each period of former names, with the same id.
Readers see the names of the catalog `places` (msgid = the place's id, for a former name "ID@VALID_FROM", or
"ID@..VALID_TO" when its beginning is not known); where the catalog is silent, the columns of the file.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from feeder.errors import NotFound
from feeder.language import folding, locales
from feeder.language.kazakh_latin import spellings
from feeder.model import DatedName, Locale, NamedPlace, Place, PlaceId

FILE = Path(__file__).with_name("gazetteer.tsv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The names of one place from `since` (None: always) to `until`, exclusive (None: still valid): a row of the file."""

    message: str  #: msgid in the catalog `places`
    since: date | None
    until: date | None
    texts: Mapping[Locale, str]

    def holds(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


class Gazetteer:
    """Places by id and by name. Places keep the order of the file."""

    def __init__(self, places: Iterable[Place], periods: Mapping[PlaceId, tuple[Period, ...]]) -> None:
        self._places = {place.id: place for place in places}
        self._periods = periods

    def all(self) -> tuple[Place, ...]:
        return tuple(self._places.values())

    def get(self, id: PlaceId) -> Place:
        try:
            return self._places[id]
        except KeyError:
            raise NotFound(f"no place {id!r} in the gazetteer; `feeder places list` shows them all") from None

    def name(self, id: PlaceId, locale: Locale, on: date | None = None) -> str:
        """The name in `locale` that was official on that day; the current one when `on` is None or no row holds the day."""
        return _text(self._period(id, on), locale)

    def display(self, id: PlaceId, locale: Locale, on: date | None = None) -> str:
        """The name of that day, with today's when they differ: "Нұр-Сұлтан (қазіргі Астана)"."""
        then, now = self.name(id, locale, on), self.name(id, locale)
        if then == now:
            return now
        words = locales.catalog(locale)
        note = words.gettext("now {name}").format(name=now)
        return words.gettext("{name} ({note})").format(name=then, note=note)

    def named(self, id: PlaceId, locale: Locale, on: date | None = None) -> NamedPlace:
        place = self.get(id)
        name = self.display(id, locale, on)
        return NamedPlace(id=id, name=name, country=place.country, latitude=place.latitude, longitude=place.longitude)

    def resolve(self, name_or_id: str, language: str | None = None) -> PlaceId | None:
        """The place meant by an id or by any spelling of a name, in any language; `language` decides between namesakes.

        None when there is no such name. Without a language: current names before former ones, names before
        variants, Kazakhstan before the rest of the world, then the order of the file.
        """
        if name_or_id in self._places:
            return name_or_id
        found = self._spellings.get(folding.key(name_or_id), ())
        best = min(found, key=lambda one: (language is not None and one[0] != language, *one[1:3]), default=None)
        return best[3] if best else None

    def _period(self, id: PlaceId, on: date | None) -> Period:
        self.get(id)
        current, *former = self._periods[id]
        return current if on is None else next((period for period in former if period.holds(on)), current)

    @functools.cached_property
    def _spellings(self) -> dict[str, list[tuple[Locale, int, tuple[bool, int], PlaceId]]]:
        """Folded name -> (language, rank, (abroad, order), id), the smaller the better."""
        index: dict[str, list[tuple[Locale, int, tuple[bool, int], PlaceId]]] = {}
        home = {place.id: (place.country != "KZ", order) for order, place in enumerate(self._places.values())}
        spelled = [(place.id, *one) for place in self._places.values() for one in _spelled(place)]
        keys = folding.keys([text for *_, text in spelled])
        for key, (id, locale, rank, _) in zip(keys, spelled, strict=bool(spelled)):
            index.setdefault(key, []).append((locale, rank, home[id], id))
        return index


def bare(name: str) -> str:
    """A name without the note that tells it from a namesake: "Georgia (U.S. state)" -> "Georgia"."""
    return name.partition(" (")[0]


def _spelled(place: Place) -> Iterator[tuple[Locale, int, str]]:
    """Every spelling with its language and rank: 0 current, 1 former, 2 variant, 3 the name without its note, Latin Kazakh."""
    for locale, names in place.names.items():
        for number, name in enumerate(names):
            yield locale, min(number, 1), name.text
        yield from ((locale, 2, text) for text in place.variants.get(locale, ()))
        yield from ((locale, 3, bare(name.text)) for name in names if bare(name.text) != name.text)
    for name in place.names.get("kk", ()):
        yield from (("kk", 3, text) for text in spellings(name.text))


def _text(period: Period, locale: Locale) -> str:
    """The catalog's name, or the file's. The msgid is never empty: gettext("") would answer with the catalog's header."""
    found = locales.catalog(locale, "places").gettext(period.message)
    return period.texts[locale] if found in ("", period.message) else found


# --- the file -------------------------------------------------------------------------------------


@functools.cache
def gazetteer() -> Gazetteer:
    """feeder's own gazetteer, read once."""
    return read(FILE)


def read(path: Path) -> Gazetteer:
    """The gazetteer of a file: UTF-8, tab-separated, one heading row, no quoting."""
    heading, *lines = path.read_text(encoding="utf-8").splitlines()
    columns = heading.split("\t")
    groups: dict[PlaceId, list[dict[str, str]]] = {}
    for line in lines:
        row = dict(zip(columns, line.split("\t"), strict=True))
        groups.setdefault(row["id"], []).append(row)
    ordered = {id: sorted(group, key=_newest_first) for id, group in groups.items()}
    places = [_place(group) for group in ordered.values()]
    return Gazetteer(places, {id: tuple(map(_read_period, group)) for id, group in ordered.items()})


def _newest_first(row: dict[str, str]) -> tuple[bool, int]:
    until = _day(row["valid_to"])
    return (row["name_status"] == "former", -until.toordinal() if until else 0)


def _place(rows: list[dict[str, str]]) -> Place:
    head = rows[0]
    return Place(
        id=head["id"],
        kind=head["kind"],
        country=head["cc"],
        latitude=_degrees(head["lat"]),
        longitude=_degrees(head["lon"]),
        names={locale: tuple(_dated(row, locale) for row in rows) for locale in locales.LOCALES},
        variants={locale: tuple(filter(None, head[f"variants_{locale}"].split("|"))) for locale in locales.LOCALES},
    )


def _dated(row: dict[str, str], locale: Locale) -> DatedName:
    return DatedName(text=row[locale], since=_day(row["valid_from"]), until=_day(row["valid_to"]))


def _read_period(row: dict[str, str]) -> Period:
    former = row["name_status"] == "former"
    message = f"{row['id']}@{row['valid_from'] or '..' + row['valid_to']}" if former else row["id"]
    texts = {locale: row[locale] for locale in locales.LOCALES}
    return Period(message=message, since=_day(row["valid_from"]), until=_day(row["valid_to"]), texts=texts)


def _degrees(text: str) -> float | None:
    return float(text) if text else None


def _day(text: str) -> date | None:
    """The first day of "1993", "2019-01" or "2022-06-08"."""
    if not text:
        return None
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return date(year, month, day)
