"""Plane geometry: what is cut is inside, what is simplified is near, what is written can be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.pages import shapes
from feeder.pages.shapes import Point

BOX = (0.0, 0.0, 10.0, 10.0)
points = st.tuples(st.floats(-20, 30).map(lambda x: round(x, 3)), st.floats(-20, 30).map(lambda x: round(x, 3)))


def near(point: Point) -> bool:
    return -1e-6 <= point[0] <= 10 + 1e-6 and -1e-6 <= point[1] <= 10 + 1e-6


@given(st.lists(points, min_size=3, max_size=30))
def test_what_is_cut_lies_inside(line: list[Point]) -> None:
    assert all(near(point) for point in shapes.clipped_ring(line, BOX))
    assert all(near(point) for part in shapes.clipped_line(line, BOX) for point in part)


def test_a_ring_around_the_box_becomes_the_box() -> None:
    ring = [(-5.0, -5.0), (15.0, -5.0), (15.0, 15.0), (-5.0, 15.0)]
    assert set(shapes.clipped_ring(ring, BOX)) == {(0, 0), (10, 0), (10, 10), (0, 10)}
    assert shapes.area(shapes.clipped_ring(ring, BOX)) == 100
    assert shapes.clipped_ring([(20.0, 1.0), (30.0, 1.0), (30.0, 9.0)], BOX) == []


def test_a_line_that_leaves_and_returns_has_two_parts() -> None:
    line = [(2.0, 2.0), (2.0, 14.0), (8.0, 14.0), (8.0, 2.0)]
    assert shapes.clipped_line(line, BOX) == [[(2.0, 2.0), (2.0, 10.0)], [(8.0, 10.0), (8.0, 2.0)]]


@given(st.lists(points, min_size=2, max_size=40), st.floats(0.1, 5))
def test_a_simpler_line_keeps_its_ends_and_only_loses_points(line: list[Point], tolerance: float) -> None:
    made = shapes.simplified(line, tolerance)
    assert (made[0], made[-1]) == (line[0], line[-1])
    left = iter(line)
    assert all(point in left for point in made)


def test_what_is_nearer_than_the_tolerance_goes() -> None:
    line = [(0.0, 0.0), (5.0, 0.4), (10.0, 0.0), (12.0, 6.0)]
    assert shapes.simplified(line, 0.5) == [(0.0, 0.0), (10.0, 0.0), (12.0, 6.0)]
    assert shapes.simplified(line, 0.3) == line


@given(st.lists(points, min_size=2, max_size=20))
def test_path_data_leads_from_point_to_point(line: list[Point]) -> None:
    """Read as SVG reads it: an absolute start, then steps; the end is where the line ends, to a half."""
    text = shapes.path([line], closed=False)
    if not text:
        assert max(abs(x - line[0][0]) + abs(y - line[0][1]) for x, y in line) <= 2
        return
    numbers = [int(number) / 2 for number in re.findall(r"-?\d+", text)]
    assert sum(numbers[::2]) == pytest.approx(line[-1][0], abs=0.26)
    assert sum(numbers[1::2]) == pytest.approx(line[-1][1], abs=0.26)


def test_path_data_is_short() -> None:
    assert shapes.path([[(1.0, 2.0), (1.5, 2.0), (1.5, -0.5)]], closed=True) == "M2 4l1 0 0-5z"
