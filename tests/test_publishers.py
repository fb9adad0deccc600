"""What is peculiar to a publisher is data, checked when it is loaded."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feeder.articles import publishers
from feeder.articles.lines import fold, plain
from feeder.articles.text_pages import text_dump
from feeder.errors import ConfigError

PAGES = Path(__file__).parent / "data" / "pages"


SHIPPED = [
    "AFP", "ANI", "AP", "Abai.kz", "Amnesty International", "AsiaNews", "Azattyq", "BBC", "Bitter Winter",
    "CPJ", "Current Time", "Egemen Qazaqstan", "Eurasianet", "Exclusive.kz", "HRW", "Informburo.kz", "KazTAG",
    "Kazakhstan Today", "Kazinform", "Mediazona", "Orda.kz", "Qamshy.kz", "RFA", "RFE/RL", "Reuters",
    "Sputnik Kazakhstan", "Tengrinews", "The Astana Times", "The Diplomat", "UHRP", "Ult.kz", "Vlast",
    "Zakon.kz",
]  # fmt: skip
WITHOUT_A_ZONE = {
    "AFP",
    "AP",
    "Amnesty International",
    "BBC",
    "Mediazona",
    "Reuters",
}  #: their pages show the reader's own clock, or none


def test_the_shipped_profiles_are_sound() -> None:
    assert sorted(profile.name for profile in publishers.profiles()) == SHIPPED
    for profile in publishers.profiles():
        rules = publishers.rules(profile)
        assert rules.publisher == profile.name
        assert isinstance(rules.zone, ZoneInfo) != (profile.name in WITHOUT_A_ZONE)


def test_no_name_belongs_to_two_publishers() -> None:
    owners: dict[str, set[str]] = {}
    for profile in publishers.profiles():
        for name in (profile.name, profile.full_name, *profile.aliases, *profile.agencies):
            owners.setdefault(fold(name), set()).add(profile.name)
    assert {name: owner for name, owner in owners.items() if len(owner) > 1} == {}


def test_a_page_with_one_publisher_s_sign_has_no_other_s() -> None:
    """Signs and mentions are of one publisher: no golden page of somebody else has them."""
    for path in PAGES.glob("*.txt"):
        expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
        lines = [plain(line) for line in path.read_text(encoding="utf-8").split("\n")]
        for profile in publishers.profiles():
            if profile.name != expected["publisher"]:
                hits = [line for line in lines for sign in profile.signs if re.search(sign, line, re.IGNORECASE)]
                assert hits == [], (path.stem, profile.name)


@pytest.mark.parametrize("name", ["RFE/RL", "rfe/rl", "Radio Free Europe/Radio Liberty", "rferl.org"])
def test_a_publisher_is_found_by_any_of_its_names(name: str) -> None:
    found = publishers.find(name)
    assert found is not None
    assert found.name == "RFE/RL"


def test_a_name_nobody_bears_finds_nobody() -> None:
    assert publishers.find("The Invented Steppe Gazette") is None
    assert publishers.find("") is None


@pytest.mark.parametrize(
    ("lines", "language", "agency", "name"),
    [
        (["She told RFE/RL about it."], "en", "", "RFE/RL"),
        (["She told RFE/RL about it."], "en", "Xinhua", None),
        (["She told RFE/RL about it."], "en", "Reuters", "Reuters"),
        (["Subscribe to Asia News updates"], "en", "Reuters", "AsiaNews"),
        (["She told RFE/RL about it."], "en", "AsiaNews", "AsiaNews"),
        (["She told RFE/RL about it.", "Subscribe to Asia News updates"], "en", "", "AsiaNews"),
        (["Ол Азаттыққа айтты."], "kk", "", "Azattyq"),
        (["Она сказала Азаттыку об этом."], "ru", "", "Azattyq"),
        (["Олар азаттыққа ұмтылды."], "kk", "", None),
        (["A plain sentence."], "en", "", None),
    ],
)
def test_a_publisher_is_known_by_clear_signs_before_mentions(
    lines: list[str], language: str, agency: str, name: str | None
) -> None:
    found = publishers.identify(lines, language=language, agency=agency)
    assert (found.name if found else None) == name


def test_a_mention_does_not_count_against_the_editor_s_word() -> None:
    assert publishers.identify(["She told RFE/RL about it."], language="en", mentions=False) is None


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('name = "A"\ncolour = "red"', "colour"),
        ('zone = "Europe/Rome"', "name"),
        ('name = "A"\nzone = "Europe/Atlantis"', "zone"),
        ('name = "A"\ndate_order = "ymd"', "date_order"),
        ('name = "A"\npromos = ["(open"]', "promos"),
        ('name = "A"\nbylines = ["^by .*$"]', "bylines"),
        ('name = "A"\n[[notices]]\nstart = "a"\nfollow = "b"\nend = "c"', "end"),
        ("name = ", "a.toml"),
    ],
)
def test_a_wrong_profile_is_an_error_naming_file_and_key(tmp_path: Path, toml: str, told: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        publishers.load(path)
    assert "a.toml" in str(error.value)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the profiles that a test may add to."""
    caches: list[Any] = [
        publishers.profiles, publishers.general, publishers.rules, publishers.agencies, publishers.names
    ]  # fmt: skip
    copy = tmp_path / "publishers"
    shutil.copytree(publishers.FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    monkeypatch.setattr(publishers, "FOLDER", copy)
    for cache in caches:
        cache.cache_clear()
    yield copy
    for cache in caches:
        cache.cache_clear()


def test_a_new_publisher_is_a_new_file_and_no_code(folder: Path) -> None:
    profile = 'name = "Gazette"\nzone = "Asia/Almaty"\ndate_order = "mdy"\nsigns = ["^the steppe at your door$"]\n'
    (folder / "gazette.toml").write_text(profile, encoding="utf-8")
    text = "Lanterns by the gate\n\n03/04/2022\n\nThe day began early.\n\nThe steppe at your door\n"
    page = text_dump.read(text, language="en")
    assert page.publisher == "Gazette"
    assert page.published is not None
    assert page.published.isoformat() == "2022-03-04T00:00:00+06:00"
