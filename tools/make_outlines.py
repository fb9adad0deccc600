"""Make `feeder/pages/outlines.json`, what maps are drawn over, from Natural Earth (public domain).

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/make_outlines.py package/countries-50m.json

Kept are land and borders between BOX; an arc that two countries share is a border, as in the data. Not drawn are the
lines around what has no country code of its own there, and those in UNDRAWN (see docs/data.md).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from feeder.pages import shapes
from feeder.pages.shapes import Box, Point

OUT = Path(__file__).resolve().parent.parent / "feeder" / "pages" / "outlines.json"
BOX: Box = (-12.0, 5.0, 150.0, 75.0)  #: degrees: Europe and Asia
TOLERANCE = 0.04  #: degrees; at the closest a map has 0.04 of them to a pixel
SMALLEST = 0.05  #: square degrees: smaller islands are left out
UNDRAWN: tuple[Box, ...] = ((32.5, 45.7, 35.2, 46.4),)  #: between Crimea and the rest of Ukraine
GRID = 50  #: steps in a degree


def main(source: Path) -> None:
    topology = json.loads(source.read_text(encoding="utf-8"))
    arcs = [simple(points) for points in unpacked(topology)]
    land = [ring for ring in rings(topology["objects"]["land"], arcs) if shapes.area(ring) >= SMALLEST]
    made: dict[str, Any] = {
        "grid": GRID,
        "land": [packed(ring) for ring in (shapes.clipped_ring(ring, BOX) for ring in land) if len(ring) > 3],
        "borders": [packed(part) for line in borders(topology, arcs) for part in shapes.clipped_line(line, BOX)],
    }
    OUT.write_text(json.dumps(made, separators=(",", ":")) + "\n", encoding="utf-8")
    print(OUT, OUT.stat().st_size, sum(len(line) // 2 for line in (*made["land"], *made["borders"])))


def unpacked(topology: dict[str, Any]) -> Iterator[list[Point]]:
    """The arcs in degrees (TopoJSON keeps the differences of whole numbers)."""
    (kx, ky), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * kx + tx, y * ky + ty))
        yield line


def simple(line: list[Point]) -> list[Point]:
    """Arc by arc, so that neighbours keep the same border; an arc that is a ring has no ends to keep."""
    if line[0] != line[-1]:
        return shapes.simplified(line, TOLERANCE)
    half = len(line) // 2
    return shapes.simplified(line[: half + 1], TOLERANCE)[:-1] + shapes.simplified(line[half:], TOLERANCE)


def rings(shape: dict[str, Any], arcs: Sequence[list[Point]]) -> Iterator[list[Point]]:
    for polygon in polygons(shape):
        for ring in polygon:
            yield [point for at in ring for point in (arcs[at] if at >= 0 else arcs[~at][::-1])[:-1]]


def polygons(shape: dict[str, Any]) -> Iterator[list[list[int]]]:
    if shape["type"] == "GeometryCollection":
        for part in shape["geometries"]:
            yield from polygons(part)
    elif shape["type"] == "MultiPolygon":
        yield from shape["arcs"]
    elif shape["type"] == "Polygon":
        yield shape["arcs"]


def borders(topology: dict[str, Any], arcs: Sequence[list[Point]]) -> Iterator[list[Point]]:
    used, nameless = Counter[int](), set[int]()
    for country in topology["objects"]["countries"]["geometries"]:
        own = set[int]()
        for polygon in polygons(country):
            own |= {max(at, ~at) for ring in polygon for at in ring}
        used.update(own)
        nameless |= own if "id" not in country else set()
    for at, times in sorted(used.items()):
        if times > 1 and at not in nameless and not undrawn(arcs[at]):
            yield arcs[at]


def undrawn(line: Iterable[Point]) -> bool:
    points = list(line)
    return any(all(shapes.inside(point, box) for point in points) for box in UNDRAWN)


def packed(line: Sequence[Point]) -> list[int]:
    """Whole steps of the grid, the first from nothing, the others from the point before."""
    grid = [(0, 0), *((round(x * GRID), round(y * GRID)) for x, y in line)]
    return [step for (a, b), (x, y) in pairwise(grid) for step in (x - a, y - b)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
