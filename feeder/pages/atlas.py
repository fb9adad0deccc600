"""A map of places: a drawing from coordinates alone, over outlines of land and borders (Natural Earth, public domain).

The projection is Lambert's conformal conic on a sphere, tangent in the middle of the map (Snyder, Map Projections: A
Working Manual, 1987, section 15): at the latitudes of Kazakhstan and Xinjiang north is up and shapes are true. Lengths
are in kilometres until a drawing is made, then in its own units, of which it is WIDTH wide; y grows downwards.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import atan, atan2, ceil, cos, degrees, hypot, log, pi, radians, sin, tan
from pathlib import Path
from typing import Literal

from feeder.model import NamedPlace
from feeder.pages import shapes
from feeder.pages.shapes import Box, Point

WIDTH, HEIGHT = 320.0, 240.0

_EARTH = 6371.0  #: mean radius, km
_NEAR = 2500.0  #: km from the middle; what is further away would make a map on which nothing can be told apart
_CLOSEST, _STEP = 1900.0, 1.25  #: the narrowest map, km, and the next ones: neighbouring maps share their outlines
_AROUND = 3200.0  #: km across, for a single place
_ROOM = 1.5  #: of a map to the space its places take: names need some
_LETTERS = 12.0  #: size of the names
_EDGE = 3.0  #: between a name and the frame
_FINE = 0.7  #: how far an outline may be off
_OUTLINES = Path(__file__).with_name("outlines.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place to show."""

    place: NamedPlace
    stories: int = 1
    area: bool = False  #: a country, a region, a lake: it is named where it lies, and has no dot


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Where a name stands: the point of its base line that `anchor` tells."""

    x: float
    y: float
    anchor: Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A spot on a drawing."""

    spot: Spot
    name: str
    x: float
    y: float
    radius: float  #: 0: no dot
    label: Label | None  #: None: there is no room for its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A map, ready to be written as SVG."""

    land: str  #: path data in half units, even-odd
    borders: str  #: path data in half units
    marks: tuple[Mark, ...]  #: those with most stories last, so that they lie on top
    beyond: tuple[Spot, ...]  #: what the map does not name, in the order given
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True, slots=True)
class _Frame:
    """What part of the world a map shows."""

    longitude: int  #: of the middle, degrees
    latitude: int
    across: float  #: km


def drawing(spots: Sequence[Spot]) -> Drawing | None:
    """The map on which most of the spots lie close together; None when none of them has a place on it."""
    known = [spot for spot in spots if _on_outlines(spot)]
    together = _together([spot for spot in known if not spot.area] or known)
    return _drawn(_frame(together), spots) if together else None


def around(spot: Spot, *others: Spot) -> Drawing | None:
    """Where one place lies, and the others that are near. Places of one neighbourhood share their outlines."""
    if not _on_outlines(spot):
        return None
    longitude, latitude = _degrees(spot)
    frame = _Frame(round(longitude / 6) * 6, round(latitude / 4) * 4, _AROUND * (2 if spot.area else 1))
    return _drawn(frame, [spot, *others])


def _degrees(spot: Spot) -> Point:
    return spot.place.longitude or 0.0, spot.place.latitude or 0.0


def _on_outlines(spot: Spot) -> bool:
    box = _outlines().box
    located = spot.place.longitude is not None and spot.place.latitude is not None
    return located and shapes.inside(_degrees(spot), box)


# --- the frame -------------------------------------------------------------------------------------


def _together(spots: Sequence[Spot]) -> list[Spot]:
    """Those around the one from which the stories of all others are nearest."""
    if not spots:
        return []
    centre = min(spots, key=lambda one: sum(_apart(one, other) * other.stories for other in spots))
    return [spot for spot in spots if _apart(centre, spot) <= _NEAR]


def _apart(a: Spot, b: Spot) -> float:
    """Kilometres between two spots, as the crow flies (haversine)."""
    (x1, y1), (x2, y2) = ([radians(value) for value in _degrees(spot)] for spot in (a, b))
    half = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return 2 * _EARTH * atan((half / max(1 - half, 1e-12)) ** 0.5)


def _frame(spots: Sequence[Spot]) -> _Frame:
    """The smallest of the usual frames that holds the spots."""
    longitudes, latitudes = zip(*map(_degrees, spots), strict=True)
    middle = _Frame(round(_middle(longitudes)), round(_middle(latitudes)), _CLOSEST)
    flat = [_cone(middle).flat(*_degrees(spot)) for spot in spots]
    wide = 2 * max(max(abs(x), abs(y) * WIDTH / HEIGHT) for x, y in flat)
    least = 3 if all(spot.area for spot in spots) else 0  # a country is wider than a town
    steps = max(least, ceil(log(max(wide * _ROOM, 1.0) / _CLOSEST, _STEP)))
    return _Frame(middle.longitude, middle.latitude, _CLOSEST * _STEP**steps)


def _middle(values: Sequence[float]) -> float:
    return (min(values) + max(values)) / 2


@dataclass(frozen=True, slots=True)
class _Cone:
    """The projection of a frame: kilometres east and south of its middle."""

    n: float  #: the cone's constant: the sine of the latitude at which it touches
    scale: float
    south: float  #: the radius of the parallel through the middle
    longitude: float  #: of the middle, degrees

    def flat(self, longitude: float, latitude: float) -> Point:
        rho = self.scale / tan(pi / 4 + radians(latitude) / 2) ** self.n
        theta = self.n * radians(longitude - self.longitude)
        return rho * sin(theta), rho * cos(theta) - self.south

    def round(self, x: float, y: float) -> Point:
        """The way back, to degrees."""
        theta = atan2(x, y + self.south)
        return self.longitude + degrees(theta / self.n), self.latitude(hypot(x, y + self.south))

    def latitude(self, rho: float) -> float:
        """Of the parallel with this radius, degrees."""
        return degrees(2 * atan((self.scale / rho) ** (1 / self.n)) - pi / 2)


def _cone(frame: _Frame) -> _Cone:
    touch = radians(max(frame.latitude, 10))
    n = sin(touch)
    scale = _EARTH * tan(pi / 4 + touch / 2) ** n * cos(touch) / n
    south = scale / tan(pi / 4 + radians(frame.latitude) / 2) ** n
    return _Cone(n, scale, south, frame.longitude)


# --- the drawing -----------------------------------------------------------------------------------


def _drawn(frame: _Frame, spots: Sequence[Spot]) -> Drawing:
    land, borders = _background(frame)
    marks = _marks(frame, spots)
    named = {mark.spot.place.id for mark in marks if mark.label}
    beyond = tuple(spot for spot in spots if spot.place.id not in named)
    return Drawing(land=land, borders=borders, marks=tuple(reversed(marks)), beyond=beyond)


def _to_drawing(frame: _Frame) -> Callable[[float, float], Point]:
    flat, scale = _cone(frame).flat, WIDTH / frame.across

    def at(longitude: float, latitude: float) -> Point:
        x, y = flat(longitude, latitude)
        return x * scale + WIDTH / 2, y * scale + HEIGHT / 2

    return at


@functools.lru_cache(128)
def _background(frame: _Frame) -> tuple[str, str]:
    """Path data of land and borders; all languages share them."""
    at, outlines, region = _to_drawing(frame), _outlines(), _region(frame)
    sheet: Box = (-2, -2, WIDTH + 2, HEIGHT + 2)
    rings = (shapes.clipped_ring(ring, region) for ring in outlines.near(outlines.land, region))
    land = (shapes.clipped_ring([at(*point) for point in ring], sheet) for ring in rings)
    lines = (part for line in outlines.near(outlines.borders, region) for part in shapes.clipped_line(line, region))
    borders = (part for line in lines for part in shapes.clipped_line([at(*point) for point in line], sheet))
    return (
        shapes.path([_fine([*ring, ring[0]]) for ring in land if ring and shapes.area(ring) > 2], closed=True),
        shapes.path([_fine(line) for line in borders], closed=False),
    )


def _fine(line: list[Point]) -> list[Point]:
    return shapes.simplified(line, _FINE)


def _region(frame: _Frame) -> Box:
    """The degrees around all that a frame shows, and some more: what lies outside need not be projected.

    An edge cut along a parallel becomes a straight line, so the southern one lies where even that is out of sight.
    """
    cone, x, y = _cone(frame), frame.across / 2, frame.across / 2 * HEIGHT / WIDTH
    edge = [cone.round(*at) for at in ((x, -y), (0, -y), (x, y))]
    wide = max(longitude for longitude, _ in edge) - frame.longitude + 2
    south = (y + cone.south) / cos(min(cone.n * radians(wide), 1.3))
    return frame.longitude - wide, cone.latitude(south) - 1, frame.longitude + wide, max(top for _, top in edge) + 2


# --- the names -------------------------------------------------------------------------------------


def _marks(frame: _Frame, spots: Sequence[Spot]) -> list[Mark]:
    """The spots inside the frame, those with most stories first, who also choose first where their names stand."""
    at, sheet = _to_drawing(frame), (4.0, 4.0, WIDTH - 4, HEIGHT - 4)
    inside = [(spot, at(*_degrees(spot))) for spot in sorted(spots, key=_rank) if _on_outlines(spot)]
    here = [(spot, point) for spot, point in inside if shapes.inside(point, sheet)]
    taken = [_around(point, _radius(spot) + 1) for spot, point in here if not spot.area]
    return [_mark(spot, point, taken) for spot, point in here]


def _rank(spot: Spot) -> tuple[bool, int, str]:
    return spot.area, -spot.stories, spot.place.id


def _radius(spot: Spot) -> float:
    """The area of a dot grows with its stories."""
    return 0.0 if spot.area else min(2.4 + (spot.stories - 1) ** 0.5, 7.0)


def _around(point: Point, radius: float) -> Box:
    return point[0] - radius, point[1] - radius, point[0] + radius, point[1] + radius


def _mark(spot: Spot, point: Point, taken: list[Box]) -> Mark:
    """The spot with its name where nothing else is; its box is added to what is taken."""
    name, radius = spot.place.name.partition(" (")[0], _radius(spot)
    wide = width_of(name)
    free = (label for label in _stands(spot, point, wide) if _is_free(_box(label, wide), taken))
    label = next(free, None)
    if label:
        taken.append(_box(label, wide))
    return Mark(spot=spot, name=name, x=round(point[0], 1), y=round(point[1], 1), radius=round(radius, 1), label=label)


def _stands(spot: Spot, point: Point, wide: float) -> Iterator[Label]:
    """Where a name may stand, the best first: beside its dot, over and under it; a region's on the region."""
    (x, y), half, radius = point, _LETTERS * 0.36, _radius(spot)
    if spot.area:
        x = min(max(x, _EDGE + wide / 2), WIDTH - _EDGE - wide / 2)
        for down in (0.0, _LETTERS, -_LETTERS, 2 * _LETTERS, -2 * _LETTERS):
            yield _label(x, y + half + down, "middle")
        return
    aside, over, under = radius + 3, y - radius - 3, y + radius + _LETTERS * 0.85
    yield _label(x + aside, y + half, "start")
    yield _label(x - aside, y + half, "end")
    yield _label(x, over, "middle")
    yield _label(x, under, "middle")
    for shifted in (over + 2, under - 1, over - 8, under + 8):
        yield _label(x + radius, shifted, "start")
        yield _label(x - radius, shifted, "end")
        yield _label(x, shifted, "middle")


def _label(x: float, y: float, anchor: Literal["start", "middle", "end"]) -> Label:
    return Label(x=round(x, 1), y=round(y, 1), anchor=anchor)


def _box(label: Label, wide: float) -> Box:
    left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
    return left, label.y - _LETTERS * 0.8, left + wide, label.y + _LETTERS * 0.25


def _is_free(box: Box, taken: Sequence[Box]) -> bool:
    inside = box[0] >= _EDGE and box[1] >= _EDGE and box[2] <= WIDTH - _EDGE and box[3] <= HEIGHT - _EDGE
    return inside and all(shapes.apart(box, other) for other in taken)


def width_of(text: str) -> float:
    """About how wide a name is; rather too wide, for readers' fonts differ. No fonts are at hand here."""
    return _LETTERS * sum(_em(letter) for letter in text)


def _em(letter: str) -> float:
    if letter in "ijlIfrtіІ .,'’-–":
        return 0.36
    if letter.lower() in "mwшщжюыфмдю":
        return 0.86 if letter.islower() else 0.96
    return 0.64 if letter.islower() else 0.76


# --- the outlines ----------------------------------------------------------------------------------

_Shape = tuple[Box, list[Point]]  #: a line or ring in degrees, and the box around it


@dataclass(frozen=True, slots=True)
class _Outlines:
    land: Sequence[_Shape]
    borders: Sequence[_Shape]

    @property
    def box(self) -> Box:
        """What they cover."""
        lefts, tops, rights, bottoms = zip(*(box for box, _ in self.land), strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)

    @staticmethod
    def near(given: Sequence[_Shape], region: Box) -> Iterator[list[Point]]:
        return (line for box, line in given if not shapes.apart(box, region))


@functools.cache
def _outlines() -> _Outlines:
    """feeder's own outlines (`tools/make_outlines.py`), read once."""
    read = json.loads(_OUTLINES.read_text(encoding="utf-8"))
    return _Outlines(*([_unpacked(line, read["grid"]) for line in read[name]] for name in ("land", "borders")))


def _unpacked(steps: Sequence[int], grid: int) -> _Shape:
    line = [(x / grid, y / grid) for x, y in zip(accumulate(steps[::2]), accumulate(steps[1::2]), strict=True)]
    longitudes, latitudes = zip(*line, strict=True)
    return (min(longitudes), min(latitudes), max(longitudes), max(latitudes)), line
