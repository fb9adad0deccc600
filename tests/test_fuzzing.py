"""What fuzzers have found stays mended: each reader survives the bytes that were once too much for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzzing import TARGETS
from hypothesis import given, settings
from hypothesis import strategies as st

KEPT = Path(__file__).parent / "data" / "fuzz"
FOUND = sorted(path for path in KEPT.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_once_is_survived(path: Path) -> None:
    """An article, or one clear error; never anything else."""
    data = path.read_bytes()
    assert len(data) < 64 * 1024
    TARGETS[path.parent.name](data)


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
@settings(max_examples=40)
def test_any_bytes_are_survived(name: str, data: bytes) -> None:
    TARGETS[name](data)
