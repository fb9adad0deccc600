"""Type and size of an image from its first bytes."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import images

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 360) + b"\x08\x02\0\0\0"
GIF = b"GIF89a" + struct.pack("<HH", 640, 360) + b"\0\0\0"
_FRAME = b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", 360, 640) + b"\x03" + b"\0" * 9
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 9 + b"\xff\xff\xfe\x00\x04ab" + _FRAME + b"\xff\xd9"
LOSSY = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", 640, 360)
LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 639 | 359 << 14)
EXTENDED = b"RIFF\0\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0" + (639).to_bytes(3, "little") + (359).to_bytes(3, "little")
ALL = {"png": (PNG, ".png"), "gif": (GIF, ".gif"), "jpeg": (JPEG, ".jpg"), "lossy": (LOSSY, ".webp"),
       "lossless": (LOSSLESS, ".webp"), "extended": (EXTENDED, ".webp")}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_type_and_size_are_read_from_the_header(name: str) -> None:
    data, suffix = ALL[name]
    assert images.suffix(data) == suffix
    assert images.size(data) == (640, 360)
    assert suffix in images.TYPES


@pytest.mark.parametrize("name", ALL)
def test_a_file_cut_short_has_no_size_and_does_no_harm(name: str) -> None:
    data, _ = ALL[name]
    for end in range(len(data)):
        assert images.size(data[:end]) in ((0, 0), (640, 360))


@pytest.mark.parametrize("data", [b"", b"<html>", b"<svg xmlns=''>", b"%PDF-1.7", b"BM", b"RIFF\0\0\0\0WAVE"])
def test_what_is_no_image_of_ours_has_no_type(data: bytes) -> None:
    assert images.suffix(data) == ""
    assert images.size(data) == (0, 0)


@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8X"]), st.binary())
def test_any_bytes_have_a_size(head: bytes, rest: bytes) -> None:
    width, height = images.size(head + rest)
    assert width >= 0
    assert height >= 0


def test_the_sample_site_s_pictures_are_known() -> None:
    pictures = [
        path for path in (Path(__file__).parents[1] / "seeds" / "articles").rglob("*") if path.suffix in images.TYPES
    ]
    assert pictures
    for path in pictures:
        assert min(images.size(path.read_bytes())) > 0
