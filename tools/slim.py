"""Take out of this Python's packages what feeder never asks for: data of other languages, tests, sources of C.

python tools/slim.py            the packages of the Python that runs it; the Dockerfile does this
python tools/slim.py FOLDER     those in a folder
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

LOCALES = ("en", "kk", "ru")
_TESTS = ("tests", "test")  #: folders that packages bring along; sqlalchemy.testing is code, and stays
_SOURCES = {".c", ".cpp", ".h", ".pxd", ".pyi", ".pyx"}


def unused(packages: Path) -> Iterator[Path]:
    """Files and folders that can go."""
    for data in sorted((packages / "babel" / "locale-data").glob("*.dat")):
        if data.stem != "root" and data.stem.partition("_")[0] not in LOCALES:
            yield data
    for path in sorted(packages.rglob("*")):
        tests = path.name in _TESTS and path.parent != packages
        if tests or path.name == "__pycache__" if path.is_dir() else path.suffix in _SOURCES:
            yield path


def main(packages: Path) -> None:
    for path in list(unused(packages)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)  # it may have been in a folder that is gone


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else Path(sysconfig.get_path("purelib")))
