"""A published picture does not tell where, when and with what it was taken."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import image_metadata, images

SAMPLE = Path(__file__).parents[1] / "seeds" / "articles" / "images" / "framed-photographs.png"
PLACE = b"43.2389N 76.8897E"
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34\xff\xd0\x56" + b"\xff\xd9"
FRAME = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 4, 6) + b"\x01\x01\x11\x00"
JFIF = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int, order: str = ">") -> bytes:
    """An Exif segment with an orientation and a position."""
    head = b"MM\0*" if order == ">" else b"II*\0"
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return segment(
        0xE1, b"Exif\0\0" + head + struct.pack(order + "IH", 8, 1) + entry + struct.pack(order + "I", 0) + PLACE
    )


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + JFIF + b"".join(segments) + FRAME + SCAN


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_a_jpeg_keeps_its_pixels_and_loses_its_position() -> None:
    taken = jpeg(
        exif(1), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE), segment(0xFE, PLACE), segment(0xED, PLACE)
    )
    assert image_metadata.strip(taken) == jpeg()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_picture_taken_sideways_stays_upright(orientation: int, order: str) -> None:
    """Which side is up is the one thing of Exif that readers need."""
    clean = image_metadata.strip(jpeg(exif(orientation, order)))
    assert PLACE not in clean
    assert clean == jpeg(image_metadata._exif_with(orientation))
    assert image_metadata.strip(clean) == clean


def test_colours_stay_and_what_hangs_on_behind_the_picture_goes() -> None:
    """The colour profile and Adobe's transform are part of the look; telephones append a second picture with its own Exif."""
    profile, adobe = segment(0xE2, b"ICC_PROFILE\0\x01\x01profile"), segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")
    other = segment(0xE2, b"MPF\0" + PLACE)
    assert image_metadata.strip(jpeg(profile, other, adobe) + jpeg(exif(1))) == jpeg(profile, adobe)


def test_a_png_loses_texts_times_and_exif() -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 6, 4, 8, 2, 0, 0, 0))
    pixels, end = chunk(b"IDAT", zlib.compress(bytes(76))), chunk(b"IEND", b"")
    noise = b"".join(chunk(kind, PLACE) for kind in (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"))
    start = b"\x89PNG\r\n\x1a\n"
    assert image_metadata.strip(start + header + noise + pixels + end + PLACE) == start + header + pixels + end


def test_a_webp_loses_exif_and_xmp_and_says_so() -> None:
    def part(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    def file(flags: int, *parts: bytes) -> bytes:
        extended = part(b"VP8X", bytes([flags]) + b"\0\0\0" + (5).to_bytes(3, "little") + (3).to_bytes(3, "little"))
        body = b"WEBP" + extended + b"".join(parts)
        return b"RIFF" + struct.pack("<I", len(body)) + body

    picture = part(b"VP8L", b"\x2f" + b"\0" * 6)
    assert image_metadata.strip(file(0b11100, picture, part(b"EXIF", PLACE), part(b"XMP ", PLACE))) == file(
        0b10000, picture
    )


def test_the_sample_picture_is_still_the_same_picture() -> None:
    data = SAMPLE.read_bytes()
    clean = image_metadata.strip(data)
    assert images.size(clean) == images.size(data) == (1200, 675)
    assert clean.count(b"IDAT") == data.count(b"IDAT")


@pytest.mark.parametrize("data", [jpeg(exif(6)), SAMPLE.read_bytes()[:4000]], ids=["jpeg", "png"])
def test_a_damaged_picture_is_refused_not_published_uncleaned(data: bytes) -> None:
    for end in {len(data) // 2, len(data) - 2}:
        with pytest.raises(ValueError, match="damaged"):
            image_metadata.strip(data[:end])


@given(
    st.binary(max_size=300),
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBP", b"GIF89a", b""]),
)
def test_anything_at_all_gives_bytes_or_one_clear_error(body: bytes, head: bytes) -> None:
    try:
        clean = image_metadata.strip(head + body)
    except ValueError:
        return
    assert image_metadata.strip(clean) == clean
    assert io.BytesIO(clean).read() == clean


def test_an_animation_keeps_its_frames_and_loses_its_words_and_what_is_behind_it() -> None:
    """A comment, XMP of a program, and a script behind the end; the number of times it is shown stays."""

    def blocks(*parts: bytes) -> bytes:
        return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"

    head = b"GIF89a\x01\0\x01\0\x80\0\0" + b"\0\0\0\xff\xff\xff"
    loops = b"!\xff" + blocks(b"NETSCAPE2.0", b"\x01\0\0")
    frame = b"!\xf9" + blocks(b"\0\x0a\0\0") + b",\0\0\0\0\x01\0\x01\0\0\x02" + blocks(b"\x44\x01")
    words = b"!\xfe" + blocks(b"taken by A. Photographer") + b"!\xff" + blocks(b"XMP DataXMP", b"<x:xmpmeta>")
    dirty = head + loops + words + frame + words + frame + b";<script>alert(1)</script>"
    assert image_metadata.strip(dirty) == head + loops + frame + frame + b";"
    with pytest.raises(ValueError, match="damaged"):
        image_metadata.strip(dirty[:40])
    with pytest.raises(ValueError, match="damaged"):
        image_metadata.strip(head + b"/*<script>")
