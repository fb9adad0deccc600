"""Near-equal texts are found, different ones are told apart, and equal ones have equal sketches."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.articles.stories.sketches import KEPT, overlap, same_text, sketch


def words(seed: int, count: int) -> list[str]:
    """Invented words, other ones for each seed."""
    chance = random.Random(seed)
    return ["".join(chance.choices("абвгдеікқ", k=chance.randint(3, 9))) for _ in range(count)]


def text(seed: int, count: int = 300) -> str:
    return " ".join(words(seed, count))


@pytest.mark.parametrize("count", [60, 130, 400, 3000])
def test_a_cut_header_and_another_last_paragraph_are_the_same_text(count: int) -> None:
    report = text(1, count)
    agency, added = text(2, 6), text(3, count // 4)
    assert same_text(sketch(f"{agency}\n{report}"), sketch(f"{report}\n{added}"))


@pytest.mark.parametrize("count", [60, 130, 400, 3000])
def test_two_columns_that_open_and_close_alike_are_two(count: int) -> None:
    """A third of the words is the same every week."""
    head, foot = text(1, count // 6), text(2, count // 6)
    one, other = (f"{head}\n{text(seed, count * 2 // 3)}\n{foot}" for seed in (3, 4))
    assert not same_text(sketch(one), sketch(other))


def test_a_text_and_its_beginning_are_two() -> None:
    """Who shows the one would keep half of the other from readers."""
    whole = words(1, 400)
    assert not same_text(sketch(" ".join(whole)), sketch(" ".join(whole[:200])))


def test_short_texts_are_the_same_only_when_they_are_equal() -> None:
    assert same_text(sketch("Сот ертең сағат онда басталады."), sketch("сот   ертең, сағат онда БАСТАЛАДЫ"))
    assert not same_text(sketch("Сот ертең сағат онда басталады."), sketch("Сот ертең сағат тоғызда басталады."))
    assert same_text(sketch("Бар"), sketch("бар"))


def test_no_text_is_like_no_other() -> None:
    assert not same_text(sketch(""), sketch("—"))
    assert not same_text(b"", sketch("Бар"))
    assert overlap(b"", b"") == 0


@given(st.text(max_size=400), st.text(max_size=400))
def test_the_overlap_is_a_part_and_the_same_from_both_sides(one: str, other: str) -> None:
    first, second = sketch(one), sketch(other)
    assert 0 <= overlap(first, second) <= 1
    assert overlap(first, second) == overlap(second, first)
    assert same_text(first, second) == same_text(second, first)
    assert len(first) <= 4 * (KEPT + 1)


@pytest.mark.parametrize("shared", [0.0, 0.3, 0.5, 0.7, 0.9, 1.0])
def test_what_is_estimated_is_near_the_truth(shared: float) -> None:
    """Of long texts, whose sketches hold a part of them only."""
    common, rest = words(1, 2000), int(2000 * shared)
    one, other = sketch(" ".join(common)), sketch(" ".join(common[:rest] + words(2, 2000 - rest)))
    assert abs(overlap(one, other) - shared) < 0.12
