"""The progress bar: how far, how fast, how long still."""

from __future__ import annotations

import pytest

from feeder.cli.progress import Bar, pace, silent


class Ticking:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bar_tells_speed_and_remaining_time_once_it_can() -> None:
    """Not in the first two seconds, when both would jump."""
    clock, drawn = Ticking(), list[str]()
    bar = Bar("#.", drawn.append, clock)
    bar("sending", 0, 1000)
    clock.now += 1
    bar("sending", 100, 1000)
    assert drawn[-1] == f"sending    [{'#' * 3}{'.' * 27}]  10 %"
    clock.now += 1
    bar("sending", 200, 1000)
    assert drawn[-1] == f"sending    [{'#' * 6}{'.' * 24}]  20 %  100/s  0:08 left"
    bar("other", 0, 0)
    assert drawn[-1] == f"other      [{'#' * 30}] 100 %"


def test_a_bar_is_drawn_when_it_looks_different() -> None:
    """Of ten thousand messages in a second, ten lines at most are for the speed alone."""
    clock, drawn = Ticking(), list[str]()
    bar = Bar("#.", drawn.append, clock)
    for done in range(10_000):
        clock.now += 0.0001
        bar("sending", done, 1_000_000)
    assert 2 <= len(drawn) <= 12


@pytest.mark.parametrize(
    ("done", "left", "seconds", "said"),
    [
        (0, 10, 60, ""),
        (10, 10, 1.9, ""),
        (5000, 95_000, 4, "  1,250/s  1:16 left"),
        (10, 590, 60, "  10/min  59:00 left"),
        (100, 40_000, 10, "  10/s  1:06:40 left"),
        (100, 0, 10, "  10/s"),
    ],
)
def test_pace(done: int, left: int, seconds: float, said: str) -> None:
    """A slow work is counted by the minute."""
    assert pace(done, left, seconds) == said


def test_what_nobody_watches_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    silent("sending", 1, 2)
    assert capsys.readouterr() == ("", "")
