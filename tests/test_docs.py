"""What the documentation says is so: commands, options, files and links exist, keys are ours."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

import feeder
from feeder import cli, config

ROOT = Path(__file__).parents[1]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(path: Path, language: str) -> list[str]:
    """The fenced code blocks of a document."""
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def commands() -> list[tuple[str, list[str]]]:
    """Every call of feeder in a shell block, with the document it stands in."""
    found = []
    for path in DOCS:
        for block in blocks(path, "sh"):
            for line in block.splitlines():
                words = shlex.split(line.partition("|")[2] if line.startswith("echo") else line, comments=True)
                if words[:1] == ["feeder"]:
                    found.append((path.name, words[1:]))
    return found


@pytest.mark.parametrize(
    ("document", "words"), commands(), ids=lambda value: " ".join(value) if isinstance(value, list) else value
)
def test_every_command_in_the_docs_exists_with_its_options(document: str, words: list[str]) -> None:
    """A reader who copies a command gets what is promised, not a usage error."""
    context = click.Context(cli.group)
    command: click.Command = cli.group
    for word in [word for word in words if re.fullmatch(r"[a-z]+", word)]:
        inner = command.get_command(context, word) if isinstance(command, click.Group) else None
        command = inner or command
    assert command is not cli.group, f"{document}: feeder {' '.join(words)}"
    known = {option for one in (cli.group, command) for parameter in one.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_readme_shows_every_command() -> None:
    """What feeder --help lists, the README explains."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in cli.COMMANDS if f"feeder {name}" not in text] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_to_files_lead_somewhere(path: Path) -> None:
    """No document points at a file that is not there."""
    text = path.read_text(encoding="utf-8")
    targets = [
        target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not target.startswith(("http", "#", "mailto:"))
    ]
    assert [target for target in targets if not (path.parent / target.partition("#")[0]).exists()] == []


def test_the_configuration_in_the_readme_is_one() -> None:
    """The smallest feeder.toml of the README is accepted as it stands, and with what it shows further down."""
    least, *more = blocks(ROOT / "README.md", "toml")
    for block in ("", *more):
        tomllib.loads(block)
        assert config.parse(f"{least}\n{block}", {}, str).sources[0].path == "articles"


def test_dev_tells_its_commands_without_an_environment() -> None:
    """./dev alone prints its help and sets nothing up."""
    shown = subprocess.run([sys.executable, str(ROOT / "dev")], capture_output=True, text=True, check=True)
    for name in ("serve", "test", "check", "fmt", "catalogs", "docs", "lock"):
        assert f"./dev {name}" in shown.stdout


def test_nothing_names_a_registry() -> None:
    """Lock files and build files hold no address: a mirror or a closed network works as well."""
    locks = ("requirements.lock", "requirements-run.lock", "requirements-build.lock")
    for name in (*locks, "pyproject.toml", "Dockerfile", "compose.yaml", "tests/container.py", "dev", ".ci/run"):
        assert "https://" not in (ROOT / name).read_text(encoding="utf-8"), name


def test_the_container_runs_the_versions_that_were_tested() -> None:
    """The lock files pin the same versions, and a build needs little."""
    pins = [
        dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-run.lock", "requirements-build.lock")
    ]
    assert "alembic" in pins[1]
    assert "hatchling" in pins[2]
    assert pins[1].items() <= pins[0].items()
    assert pins[2].items() <= pins[0].items()
    assert len(pins[2]) < 12


def test_the_image_says_which_feeder_it_is() -> None:
    """The label and the package agree."""
    (label,) = re.findall(r'image\.version="([^"]+)"', (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert label == feeder.__version__
