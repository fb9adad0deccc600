"""The map in `feeder/__init__.py` is the building: imports point only to floors below, rooms on one floor are strangers."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import feeder

ROOT = Path(feeder.__file__).parent


def floors() -> dict[str, int]:
    """Room -> floor, read from the table in the map."""
    rows = re.findall(r"^    (\d) \w+ +(.+)$", feeder.__doc__ or "", re.MULTILINE)
    return {room: int(number) for number, rooms in rows for room in rooms.split()}


def rooms() -> set[str]:
    """The modules and packages directly in feeder."""
    entries = (path for path in ROOT.iterdir() if not path.name.startswith((".", "__pycache__", "_data")))
    return {path.stem for path in entries if path.name not in ("__init__.py", "py.typed")}


def imports(path: Path) -> list[str]:
    """The rooms a file imports from, wherever in the file it does so."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "feeder" else [node.module]
            )
            found += names
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path} imports relatively"
    return [name.split(".")[1] for name in found if name.startswith("feeder.")]


def test_every_room_is_on_the_map() -> None:
    """A new module has a floor before it has a user."""
    assert rooms() == set(floors())


def test_imports_point_only_downwards() -> None:
    """No arrow upwards, none sideways, so no circle."""
    table = floors()
    wrong = []
    for path in sorted(ROOT.rglob("*.py")):
        own = path.relative_to(ROOT).parts[0].removesuffix(".py")
        if own == "__init__":
            continue
        wrong += [
            f"{path.relative_to(ROOT)} (floor {table[own]}) imports {other} (floor {table[other]})"
            for other in imports(path)
            if other in table and other != own and table[other] >= table[own]
        ]
    assert wrong == []


def test_outside_formats_stay_in_their_rooms() -> None:
    """Only feeds/ knows feedgen, only language/ knows Babel, only store/ knows alembic."""
    owners = {
        "feedgen": "feeds",
        "babel": "language",
        "alembic": "store",
        "apscheduler": "scheduler",
    }
    for path in ROOT.rglob("*.py"):
        own = path.relative_to(ROOT).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                owner = owners.get(name.split(".")[0])
                assert owner in (None, own), f"{path.relative_to(ROOT)} imports {name}"
