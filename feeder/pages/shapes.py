"""Plane geometry for maps: lines and rings are lists of (x, y), in whatever unit the caller has; all functions are pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

Point = tuple[float, float]
Box = tuple[float, float, float, float]  #: left, top, right, bottom: the smaller value first


def simplified(line: Sequence[Point], tolerance: float) -> list[Point]:
    """The line with fewer points, none of the others further from it than `tolerance` (Ramer, Douglas, Peucker)."""
    kept = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        far, where = _furthest(line, first, last)
        if far > tolerance:
            kept.add(where)
            spans += [(first, where), (where, last)]
    return [line[at] for at in sorted(kept)]


def _furthest(line: Sequence[Point], first: int, last: int) -> tuple[float, int]:
    """Distance and index of the point between two others that is furthest from the straight line through them."""
    (x1, y1), (x2, y2) = line[first], line[last]
    dx, dy = x2 - x1, y2 - y1
    length = (dx * dx + dy * dy) ** 0.5
    best, where = -1.0, first
    for at in range(first + 1, last):
        x, y = line[at][0] - x1, line[at][1] - y1
        far = abs(x * dy - y * dx) / length if length else (x * x + y * y) ** 0.5
        if far > best:
            best, where = far, at
    return best, where


def clipped_ring(ring: Sequence[Point], box: Box) -> list[Point]:
    """The part of a closed ring inside a box, closed along its edges (Sutherland, Hodgman); empty when nothing is."""
    part = list(ring)
    for axis, edge, sign in _sides(box):
        if not part:
            return part
        part = list(_cut_ring(part, axis, edge, sign))
    return part


def clipped_line(line: Sequence[Point], box: Box) -> list[list[Point]]:
    """The parts of an open line inside a box."""
    parts = [list(line)]
    for axis, edge, sign in _sides(box):
        parts = [piece for part in parts for piece in _cut_line(part, axis, edge, sign)]
    return parts


def _sides(box: Box) -> Iterator[tuple[int, float, int]]:
    """Each side of a box: axis, value, and the sign by which the inside is positive."""
    left, top, right, bottom = box
    yield from ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1))


def _cut_ring(ring: Sequence[Point], axis: int, edge: float, sign: int) -> Iterator[Point]:
    before = ring[-1]
    for point in ring:
        inside, was = (point[axis] - edge) * sign >= 0, (before[axis] - edge) * sign >= 0
        if inside != was:
            yield _crossing(before, point, axis, edge)
        if inside:
            yield point
        before = point


def _cut_line(line: Sequence[Point], axis: int, edge: float, sign: int) -> Iterator[list[Point]]:
    part: list[Point] = []
    before: Point | None = None
    for point in line:
        inside, was = (point[axis] - edge) * sign >= 0, bool(part)
        if before is not None and inside != was:
            part.append(_crossing(before, point, axis, edge))
        if inside:
            part.append(point)
        elif part:
            yield part
            part = []
        before = point
    if len(part) > 1:
        yield part


def _crossing(a: Point, b: Point, axis: int, edge: float) -> Point:
    share = (edge - a[axis]) / (b[axis] - a[axis])
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def inside(point: Point, box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def apart(a: Box, b: Box) -> bool:
    """Whether two boxes have nothing in common."""
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def area(ring: Sequence[Point]) -> float:
    """The area of a closed ring, always positive."""
    pairs = zip(ring, (*ring[1:], *ring[:1]), strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def path(lines: Sequence[Sequence[Point]], *, closed: bool) -> str:
    """SVG path data in half units, each step relative to the last; steps of nothing are left out."""
    return "".join(_subpath(line, closed=closed) for line in lines)


def _subpath(line: Sequence[Point], *, closed: bool) -> str:
    grid = [(round(x * 2), round(y * 2)) for x, y in line]
    steps = [(x - a, y - b) for (a, b), (x, y) in pairwise(grid)]
    moves = "".join(_pair(*step) for step in steps if step != (0, 0)).lstrip()
    return f"M{_pair(*grid[0]).lstrip()}l{moves}{'z' if closed else ''}" if moves else ""


def _pair(x: int, y: int) -> str:
    """Two numbers; a minus parts them as well as a space."""
    return f"{'' if x < 0 else ' '}{x}{'' if y < 0 else ' '}{y}"
