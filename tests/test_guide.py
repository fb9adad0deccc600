"""docs/configuration.md says of every key what the model says: name, type, default, variable."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from types import ModuleType
from typing import Any

import msgspec
import pytest
from doors import ROOT

from feeder import config
from feeder.config import Config

GUIDE = ROOT / "docs" / "configuration.md"


@pytest.fixture
def tool() -> ModuleType:
    """tools/docs.py, which makes the tables."""
    spec = importlib.util.spec_from_file_location("docs_tool", ROOT / "tools" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def documented() -> dict[str, list[str]]:
    """The rows of the guide's tables: key -> [type, default, environment]."""
    rows = re.findall(
        r"^\| `([\w.]+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \| ([^|]+) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {key: [part.strip() for part in rest] for key, *rest in rows}


def keys_of(table: type, prefix: str = "") -> dict[str, Any]:
    """Every key with its default, `...` when it must be given."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(table):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            found |= keys_of(field.type, f"{prefix}{field.name}.")
        else:
            made = field.default_factory() if callable(field.default_factory) else field.default
            found[f"{prefix}{field.name}"] = ... if field.required else made
    return found


def test_the_guide_names_every_key_and_no_other() -> None:
    tables = {"sources": config.SourceConfig, "topics": config.TopicConfig}
    inner = {f"{name}.{key}" for name, table in tables.items() for key in keys_of(table)}
    assert set(documented()) == keys_of(Config).keys() - tables.keys() | inner


def every() -> dict[str, Any]:
    """Every key with its default, those of one source and one topic too."""
    found = keys_of(Config)
    for name, table in (("sources", config.SourceConfig), ("topics", config.TopicConfig)):
        del found[name]
        found |= {f"{name}.{key}": default for key, default in keys_of(table).items()}
    return found


def test_the_guide_s_defaults_are_the_code_s() -> None:
    for key, default in every().items():
        shown = documented()[key][1]
        if default is ...:
            assert shown == "must be given"
        elif default == "":
            assert shown  # in words
        else:
            value = list(default) if isinstance(default, tuple) else default
            assert shown == f"`{msgspec.json.encode(value).decode()}`".replace('","', '", "'), key


def test_the_guide_s_types_are_the_code_s() -> None:
    """By the value that holds, where there is one that tells."""
    words = {bool: "truth", int: "number", tuple: "list", dict: "table"}
    for key, default in every().items():
        kind = documented()[key][0]
        if default not in ("", ...):
            assert kind in (words.get(type(default), "text"), "text or table"), key
    assert {documented()[key][0] for key in ("title", "description", "feeds.rights")} == {"text or table"}
    assert documented()["base_url"][0] == documented()["mail.smtp_url"][0] == "text"


def test_the_guide_s_variables_are_the_code_s() -> None:
    variables = {".".join(key.path): key.variable for key in config.keys()}  # noqa: SIM118  a function of the module
    for key, (_, _, variable) in documented().items():
        if key.startswith(("sources.", "topics.")):
            assert variable == "none"
        elif key in variables:
            assert f"`{variables[key]}`" in variable
        else:
            assert f"`{variables[key + '.kk']}`" in variable


def test_the_guide_s_example_is_a_configuration() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert config.parse(example, {}, str).digest.schedule == "fri 18:00"


# --- the tool that makes the tables ---


def test_the_tables_are_those_that_the_tool_makes() -> None:
    """`./dev docs` would change nothing."""
    done = subprocess.run(
        [sys.executable, "tools/docs.py", "--check"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| `feeds.window` | number | `50` |", "| `feeds.window` | number | `60` |"),
        ("| `feeds.window` | number |", "| `feeds.window` | text |"),
        ("`FEEDER_FEEDS_WINDOW`", "`FEEDER_WINDOW`"),
        ("| `storage.output` |", "| `storage.putout` |"),
        ("| `pages.map` | truth | `true` |", "| `pages.map` | truth | yes |"),
    ],
)
def test_whatever_drifts_is_brought_back(tool: ModuleType, old: str, new: str) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    spoilt = guide.replace(old, new)
    assert spoilt != guide
    assert old in tool.regenerated(spoilt)
    assert new not in tool.regenerated(spoilt)


def test_what_a_key_means_and_a_default_in_words_are_the_writer_s(tool: ModuleType) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    told = guide.replace("how many entries a feed holds", "how long a feed is").replace(
        "| feeder's own |", "| our own |"
    )
    assert told != guide
    assert tool.regenerated(told) == told


def test_a_key_that_the_guide_lacks_comes_with_the_model_s_comment(tool: ModuleType) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    without = re.sub(r"^\| `mail.rate` .*\n", "", guide, flags=re.MULTILINE)
    made = tool.regenerated(without)
    row = (
        "| `mail.rate` | number | `0` | messages a minute; 0: as fast as the server takes them | `FEEDER_MAIL_RATE` |\n"
    )
    assert row in made
    with pytest.raises(ValueError, match="has no table for mail"):
        tool.regenerated(re.sub(r"^\| `mail\..*\n", "", guide, flags=re.MULTILINE))
