"""tools/slim.py: what the image leaves out of feeder's dependencies is not missed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from doors import ROOT, built, environment, line, tree

PACKAGES = Path(sysconfig.get_path("purelib"))


@pytest.fixture
def slim(tmp_path: Path) -> Path:
    """Babel with nothing but what the image has of it, and other packages' tests gone."""
    for name in ("babel", "tld"):
        shutil.copytree(PACKAGES / name, tmp_path / "packages" / name)
    subprocess.run([sys.executable, ROOT / "tools" / "slim.py", tmp_path / "packages"], check=True)
    return tmp_path / "packages"


def test_other_languages_tests_and_caches_are_gone(slim: Path) -> None:
    names = {path.stem for path in (slim / "babel" / "locale-data").glob("*.dat")}
    assert {"root", "en", "kk", "kk_KZ", "ru"} <= names
    assert {name.partition("_")[0] for name in names} == {"root", "en", "kk", "ru"}
    left = [path for path in slim.rglob("*") if path.name in ("tests", "__pycache__") or path.suffix == ".pyi"]
    assert left == []
    assert (PACKAGES / "tld" / "tests").is_dir()


def test_a_site_is_the_same_to_the_byte_without_them(slim: Path, site: Path) -> None:
    """Feeds, pages, dates and numbers in three languages."""
    done = subprocess.run(
        line("build", "--strict", site=site),
        env=environment(PYTHONPATH=str(slim)),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    shown = subprocess.run(
        [sys.executable, "-c", "import babel; print(babel.__file__)"],
        env=environment(PYTHONPATH=str(slim)),
        capture_output=True,
        encoding="utf-8",
    )
    assert Path(shown.stdout.strip()).is_relative_to(slim)
    ours = {name: digest for name, (_, digest) in tree(site / "data" / "public").items()}
    theirs = {name: digest for name, (_, digest) in tree(built() / "data" / "public").items()}
    assert ours == theirs
