"""The feeder.toml of a new site: it explains itself in the operator's language, and every line of it can be used."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from doors import run

from feeder import config
from feeder.cli import init
from feeder.language import detect

#: Keys that the file does not show, and why.
LEFT_OUT = {
    "subscribers.key": "a secret, which belongs into a file of its own; the file says so",
    "metrics.token": "the same, for who watches over many sites",
    "editors.token": "the same, for editors who are elsewhere",
    "editors.trust_proxy": "only right together with a proxy that asks for a password; docs/editors.md tells how",
    "storage.keep_raw": "housekeeping, of use to nobody on the first day",
}
_KEY = re.compile(r"^#(?=[\w\[])", re.MULTILINE)  #: the sign before a setting; a note has a space behind it


def text(lang: str) -> str:
    return (init.NEW_SITE / f"feeder.{lang}.toml").read_text(encoding="utf-8")


def opened(lang: str) -> dict[str, Any]:
    """The file with every setting uncommented."""
    return tomllib.loads(_KEY.sub("", text(lang)))


def keys(table: Mapping[str, Any], prefix: str = "") -> set[str]:
    """Its keys as the guide names them."""
    found: set[str] = set()
    for name, value in table.items():
        tables = None if prefix else value if name == "sources" else value.values() if name == "topics" else None
        if tables is not None:
            found |= {f"{name}.{key}" for one in tables for key in one}
        elif isinstance(value, dict) and name not in ("title", "description", "fallback"):
            found |= keys(value, f"{name}.")
        else:
            found.add(f"{prefix}{name}")
    return found


def model() -> dict[str, Any]:
    """Every key of the model with its default."""
    found: dict[str, Any] = {}
    many = {"sources": config.SourceConfig, "topics": config.TopicConfig}
    for field in msgspec.structs.fields(config.Config):
        table = many.get(field.name) or field.type
        if isinstance(table, type) and issubclass(table, msgspec.Struct):
            found |= {f"{field.name}.{inner.name}": inner.default for inner in msgspec.structs.fields(table)}
        else:
            found[field.name] = field.default
    return found


@pytest.mark.parametrize("lang", init.LANGUAGES)
def test_the_file_is_a_configuration_as_it_is_and_with_every_setting_in_use(lang: str) -> None:
    as_it_is = config.parse(text(lang), {}, str)
    assert [source.path for source in as_it_is.sources] == ["articles"]
    every = config.parse(_KEY.sub("", text(lang)), {}, str)
    assert [source.kind for source in every.sources] == ["folder", "feed"]
    assert every.mail.smtp_url
    assert every.topics


@pytest.mark.parametrize("setting", sorted({line for line in text("en").splitlines() if _KEY.match(line)}))
def test_each_setting_can_be_used_alone(setting: str) -> None:
    """But those of the second source and of the topic, which need the line that begins them."""
    lines = text("en").splitlines()
    for number, found in enumerate(lines):
        if found == setting:
            within = max((n for n in range(number + 1) if re.match(r"#?\[", lines[n])), default=0)
            for at in {number, within} | ({within + 1, within + 2} if lines[within] == "#[[sources]]" else set()):
                lines[at] = _KEY.sub("", lines[at])
            break
    config.parse("\n".join(lines), {}, str)


def test_every_key_of_the_model_is_shown_or_left_out_for_a_reason() -> None:
    shown = keys(opened("en"))
    assert shown & LEFT_OUT.keys() == set()
    assert shown - model().keys() == set()
    assert model().keys() - shown - LEFT_OUT.keys() == set()


def test_a_setting_shows_the_value_that_holds_anyway() -> None:
    """Where there is one; the rest are examples, and the line above says so."""
    every = opened("en")
    for key, default in model().items():
        section, _, name = key.rpartition(".")
        if section in ("sources", "topics") or default in ("", (), {}) or default is msgspec.NODEFAULT:
            continue
        value = every.get(section, {}).get(name) if section else every.get(name)
        if value is not None and key not in ("title", "description", "fallback"):
            assert value == (list(default) if isinstance(default, tuple) else default), key


def test_the_three_files_say_the_same() -> None:
    """Notes differ, settings do not, nor does the place of any line that is none."""
    bare = {lang: re.sub(r"^# .*\n", "", text(lang), flags=re.MULTILINE) for lang in init.LANGUAGES}
    assert bare["kk"] == bare["ru"] == bare["en"]


@pytest.mark.parametrize("lang", init.LANGUAGES)
def test_its_notes_are_in_one_language_and_in_lines_that_fit(lang: str) -> None:
    notes = [found[2:] for found in text(lang).splitlines() if found.startswith("# ")]
    assert detect.language_of(" ".join(notes)) == lang
    assert [found for found in text(lang).splitlines() if len(found) > 140] == []


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({"LANG": "kk_KZ.UTF-8"}, "kk"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru"}, "ru"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "kk_KZ.UTF-8"}, "kk"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "kk_KZ.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": ""}, "ru"),
    ],
)
def test_the_operator_s_locale_chooses(environ: dict[str, str], lang: str) -> None:
    assert init.language(environ) == lang


def test_the_command_goes_by_the_locale_and_the_option_goes_over_it(tmp_path: Path) -> None:
    run("init", "one", cwd=tmp_path, env={"LC_ALL": "kk_KZ.UTF-8"})
    run("init", "two", "--lang", "ru", cwd=tmp_path, env={"LC_ALL": "kk_KZ.UTF-8"})
    assert (tmp_path / "one" / "feeder.toml").read_text(encoding="utf-8") == text("kk")
    assert (tmp_path / "two" / "feeder.toml").read_text(encoding="utf-8") == text("ru")
