"""What feeder needs to know of an image: its type and its size in pixels. Pure; nothing is decoded."""

from __future__ import annotations

import struct

#: Formats every feed reader and browser shows; by suffix.
TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp"}

_JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # start-of-frame markers (ITU-T T.81, table B.1)


def suffix(data: bytes) -> str:
    """The suffix of the format the bytes are in, whatever their file is called: ".jpg"; "" for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return ".gif"
    if data.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    return ".webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels; (0, 0) when the header does not tell."""
    try:
        return _READERS[suffix(data)](data)
    except (KeyError, struct.error, IndexError):
        return 0, 0


def _png(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _gif(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack("<HH", data[6:10])
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while data[at] == 0xFF:
        if data[at + 1] == 0xFF:  # markers may be padded (T.81, B.1.1.2)
            at += 1
            continue
        marker, length = struct.unpack(">BH", data[at + 1 : at + 4])
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0


def _webp(data: bytes) -> tuple[int, int]:
    """The three forms of WebP (RFC 9649, section 2): lossy, lossless, extended."""
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    return 0, 0


_READERS = {".png": _png, ".gif": _gif, ".jpg": _jpeg, ".webp": _webp}
