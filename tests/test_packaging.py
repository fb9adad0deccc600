"""The package: a wheel that runs without the checkout, built from the checkout or from the source archive alike."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from datetime import UTC, datetime
from gettext import GNUTranslations
from importlib.metadata import EntryPoint
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from doors import LOCALES, ROOT, environment

import feeder
from feeder.cli import COMMANDS

PROFILES = {path.name for path in (ROOT / "feeder" / "articles" / "publishers").glob("*.toml")}


def hatch(kind: str, project: Path, to: Path) -> Path:
    """One file, built by the project's own rules."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(to)],
        cwd=project,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    (made,) = to.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    return hatch("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive."""
    return hatch("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh virtual environment with the wheel, and with the dependencies of this one but not its feeder."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True, timeout=60)
    (packages,) = home.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as files:
        files.extractall(packages)
    # a line in a .pth file adds a folder, and does not read the .pth files in it: the checkout stays out of sight
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home / "bin" / "python"


def ask(python: Path, *args: str, cwd: Path) -> str:
    """What a program of the fresh environment prints, started in another folder than the checkout."""
    env = {name: value for name, value in environment().items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [python, *args], cwd=cwd, env={**env, "PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as files:
        return set(files.namelist())


def test_the_wheel_holds_all_that_the_program_reads() -> None:
    """The list of what is not code, so that nothing of it is forgotten below."""
    code = ROOT / "feeder"
    suffixes = {path.suffix for path in code.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert suffixes <= {".py", ".toml", ".tsv", ".json", ".md", ".js", ".txt", ".typed", ""}
    assert PROFILES


def test_the_wheel_is_the_package_its_templates_and_its_compiled_catalogs(wheel: Path) -> None:
    """Every file of the package, and nothing of the workshop: no .po, no tests, no sample site, no caches."""
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "feeder").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    templates = {
        f"feeder/_data/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    }
    catalogs = {
        f"feeder/_data/translations/{locale}/LC_MESSAGES/{domain}.mo"
        for locale in LOCALES
        for domain in ("messages", "places")
    }
    own = {name for name in names(wheel) if ".dist-info/" not in name}
    assert own == package | templates | catalogs


def test_catalogs_in_the_wheel_say_what_the_translators_wrote(wheel: Path) -> None:
    """Every message, with its plurals and contexts: compiled from the .po of now, never stale."""
    with zipfile.ZipFile(wheel) as files:
        for locale, domain in product(LOCALES, ("messages", "places")):
            name = f"translations/{locale}/LC_MESSAGES/{domain}"
            compiled = GNUTranslations(io.BytesIO(files.read(f"feeder/_data/{name}.mo")))
            with (ROOT / f"{name}.po").open("rb") as po:
                written = [message for message in read_po(po) if message.id and not message.fuzzy]
            assert written
            for message in written:
                assert said(compiled, message) in (message.string, (message.string,)), (name, message.id)


def said(catalog: GNUTranslations, message: Message) -> object:
    """What a compiled catalog answers to a message; all its forms, when it has several."""
    if not isinstance(message.id, str):
        one, many = message.id
        numbers = (1, 2, 5)[: len(message.string or ())]
        return tuple(catalog.ngettext(one, many, n) for n in numbers)
    return catalog.pgettext(message.context, message.id) if message.context else catalog.gettext(message.id)


def test_the_wheel_names_its_command_its_licence_and_its_python(wheel: Path) -> None:
    """And the record of its files is whole, or pip would complain."""
    (record,) = (name for name in names(wheel) if name.endswith(".dist-info/RECORD"))
    with zipfile.ZipFile(wheel) as files:
        listed = {row[0] for row in csv.reader(io.StringIO(files.read(record).decode()))}
        metadata = files.read(record.replace("RECORD", "METADATA")).decode()
        scripts = files.read(record.replace("RECORD", "entry_points.txt")).decode()
    assert listed == names(wheel)
    assert f"\nVersion: {feeder.__version__}\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "\nLicense-Expression: Apache-2.0\n" in metadata
    assert any(name.endswith("licenses/LICENSE") for name in listed)
    (script,) = (text.partition(" = ")[2] for text in scripts.splitlines() if text.startswith("feeder = "))
    assert callable(EntryPoint("feeder", script, "console_scripts").load())


def test_the_installed_program_is_not_the_checkouts(installed: Path, tmp_path: Path) -> None:
    """Or the tests below would prove nothing."""
    where = Path(ask(installed, "-c", "import feeder; print(feeder.__file__)", cwd=tmp_path).strip())
    assert where.is_relative_to(installed.parents[1])
    assert not where.is_relative_to(ROOT)


def test_the_installed_program_answers(installed: Path, tmp_path: Path) -> None:
    """Its version and its help, from any folder."""
    assert ask(installed, "-m", "feeder", "--version", cwd=tmp_path) == f"feeder {feeder.__version__}\n"
    text = ask(installed, "-m", "feeder", "--help", cwd=tmp_path)
    assert all(f"\n  {name} " in text for name in COMMANDS)


def test_the_installed_program_makes_and_builds_a_site(installed: Path, tmp_path: Path) -> None:
    """The new site, the gazetteer, the migrations, the templates and the catalogs are all found inside the wheel."""
    ask(installed, "-m", "feeder", "init", "new", cwd=tmp_path)
    ask(installed, "-m", "feeder", "--site", "new", "build", "--strict", cwd=tmp_path)
    public = tmp_path / "new" / "data" / "public"
    for locale, all_stories, name in (
        ("en", "All stories", "Almaty"),
        ("kk", "Барлық материалдар", "Алматы"),
        ("ru", "Все материалы", "Алматы"),
    ):
        page = (public / locale / "index.html").read_text(encoding="utf-8")
        assert all_stories in page
        assert name in page
        assert (public / locale / "places" / "kz-almaty" / "feed.atom").is_file()
    assert not list(Path(installed.parents[1]).rglob("*.po"))


def test_the_installed_program_knows_its_publishers(installed: Path, tmp_path: Path) -> None:
    """Their profiles are data, and data is forgotten first."""
    code = (
        "from pathlib import Path; import feeder.articles.publishers as p;"
        "print(*sorted(path.name for path in Path(p.__file__).parent.glob('*.toml')))"
    )
    assert set(ask(installed, "-c", code, cwd=tmp_path).split()) == PROFILES
    page = tmp_path / "page.txt"
    page.write_text("A headline of a page\n\nALMATY -- Something happened in Almaty today.\n", encoding="utf-8")
    assert "kz-almaty" in ask(installed, "-m", "feeder", "explain", "page.txt", "--json", cwd=tmp_path)


def test_the_source_archive_makes_the_same_wheel(source: Path, wheel: Path, tmp_path: Path) -> None:
    """Whoever builds from it, as distributions do, gets the same files with the same bytes."""
    with tarfile.open(source) as archive:
        safely: dict[str, Any] = (
            {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        )  # not in 3.11.0 to 3.11.3
        archive.extractall(tmp_path / "source", **safely)
    (project,) = (tmp_path / "source").iterdir()
    again = hatch("wheel", project, tmp_path / "wheel")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        for name in one.namelist():
            if not name.endswith("RECORD"):
                assert one.read(name) == other.read(name), name


def test_the_source_archive_is_the_checkout_without_what_is_made(source: Path) -> None:
    """Tests and translations are in it; a built site, caches and compiled catalogs are not."""
    with tarfile.open(source) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    for name in (
        "pyproject.toml",
        "dev",
        "requirements.lock",
        "tests/doors.py",
        "translations/kk/LC_MESSAGES/messages.po",
    ):
        assert name in inside
    assert "seeds/feeder.toml" in inside
    made = [name for name in inside if name.startswith("seeds/data") or name.endswith((".mo", ".pyc", ".db"))]
    assert made == []


def test_no_clock_gets_into_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """Two builds are the same bytes, also minutes apart: a compiled catalog does not say when it was compiled."""
    assert hatch("wheel", ROOT, tmp_path).read_bytes() == wheel.read_bytes()
    now = str(datetime.now(UTC).year)
    with zipfile.ZipFile(wheel) as files:
        for name in files.namelist():
            if name.endswith(".mo"):
                header = GNUTranslations(io.BytesIO(files.read(name))).info()
                assert now not in header.get("pot-creation-date", ""), name


def test_nothing_is_left_in_the_checkout(wheel: Path, source: Path) -> None:
    """A build writes where it was told to."""
    assert not {"dist", "build"} & {path.name for path in ROOT.iterdir()}
    assert wheel.parent != source.parent != ROOT
