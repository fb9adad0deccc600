"""Images without what cameras and editors write into them: position, device, time, names, thumbnails. Pure; nothing is decoded.

A photograph from a protest that carries the position and the serial number of a telephone can send its author to prison.
What a picture needs to look right stays: colour profile, orientation, pixels.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

# JPEG segments that stay (ITU-T T.81, table B.1): all but application data and comments, of which the JFIF header, the
# colour profile (ICC.1, B.4) and Adobe's colour transform are needed
_APPLICATION = range(0xE0, 0xF0)
_KEPT_APPLICATION = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_COMMENT, _SCAN, _END = 0xFE, 0xDA, 0xD9
_STANDING_ALONE = {0x01, *range(0xD0, 0xD8)}

_PNG_DROPPED = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}  # PNG 3rd edition, 11.3
_WEBP_DROPPED = {b"EXIF", b"XMP "}  # RFC 9649, 2.7.1.5
_GIF_IMAGE, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, 0x3B  # GIF89a, appendix A
_GIF_CONTROL, _GIF_APPLICATION = 0xF9, 0xFF
_GIF_LOOPS = (
    b"NETSCAPE2.0",
    b"ANIMEXTS1.0",
)  #: how often an animation is shown; other applications keep XMP and profiles
_WEBP_FLAGS = 0b1100  # "there is EXIF", "there is XMP"


def strip(data: bytes) -> bytes:
    """The same picture without metadata; what is no JPEG, PNG, WebP or GIF comes back as it is.

    Raises ValueError when the file is damaged: what cannot be followed cannot be cleaned.
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return b"".join(_jpeg(data))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return data[:8] + b"".join(_png(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data.startswith((b"GIF87a", b"GIF89a")):
            return b"".join(_gif(data))
    except (struct.error, IndexError):
        raise ValueError("the image is cut short or damaged") from None
    return data


def _jpeg(data: bytes) -> Iterator[bytes]:
    """Segments in their order; everything behind the end of the picture, such as a second one, is gone."""
    yield data[:2]
    at, turned = 2, b""
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:  # markers may be padded (T.81, B.1.1.2)
            at += 1
        if data[at] != 0xFF:
            raise ValueError("the image is damaged")
        marker = data[at + 1]
        if marker == _END:
            yield data[at : at + 2]
            return
        end = at + 2 if marker in _STANDING_ALONE else at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        segment = data[at:end]
        if marker == 0xE1 and not turned:
            turned = _orientation(segment)
            yield turned
        elif _stays(marker, segment):
            yield segment
        at = end
        if marker == _SCAN:
            at = _after_scan(data, end)
            yield data[end:at]


def _stays(marker: int, segment: bytes) -> bool:
    if marker in _APPLICATION:
        return marker in _KEPT_APPLICATION and segment[4:].startswith(_KEPT_APPLICATION[marker])
    return marker != _COMMENT


def _after_scan(data: bytes, at: int) -> int:
    """Where the marker behind entropy-coded data stands; a 0xFF inside is followed by 0 or is a restart marker."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise IndexError
        if data[at + 1] != 0 and data[at + 1] not in _STANDING_ALONE:
            return at
        at += 2


def _orientation(segment: bytes) -> bytes:
    """An Exif segment that says which side is up and nothing else; b"" when the picture stands upright anyway."""
    if segment[4:10] != b"Exif\0\0":
        return b""
    tiff = segment[10:]
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (directory,) = struct.unpack(order + "I", tiff[4:8])
        (count,) = struct.unpack(order + "H", tiff[directory : directory + 2])
        for n in range(count):
            tag, _, _, value = struct.unpack(order + "HHIH", tiff[directory + 2 + 12 * n : directory + 12 + 12 * n])
            if tag == 0x0112 and 2 <= value <= 8:
                return _exif_with(value)
    except struct.error:
        pass  # unreadable metadata is dropped like any other
    return b""


def _exif_with(orientation: int) -> bytes:
    body = b"Exif\0\0" + b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(data: bytes) -> Iterator[bytes]:
    at = 8
    while True:
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if len(data) < end:
            raise IndexError
        if kind not in _PNG_DROPPED:
            yield data[at:end]
        if kind == b"IEND":
            return
        at = end


def _webp(data: bytes) -> bytes:
    chunks = []
    at, end = 12, 8 + struct.unpack("<I", data[4:8])[0]
    if len(data) < end:
        raise IndexError
    while at < end:
        kind, length = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        chunk = data[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind not in _WEBP_DROPPED:
            chunks.append(chunk)
        at += 8 + length + length % 2
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(data: bytes) -> Iterator[bytes]:
    """Frames and what times them; comments, what programs keep for themselves, and what is behind the end are gone."""
    at = _gif_table(data[10], 13)
    yield data[:at]
    while data[at] != _GIF_END:
        if data[at] == _GIF_IMAGE:
            end = _gif_blocks(data, _gif_table(data[at + 9], at + 10) + 1)
            yield data[at:end]
        elif data[at] == _GIF_EXTENSION:
            end = _gif_blocks(data, at + 2)
            loops = data[at + 1] == _GIF_APPLICATION and data[at + 3 : at + 14] in _GIF_LOOPS
            if data[at + 1] == _GIF_CONTROL or loops:
                yield data[at:end]
        else:
            raise ValueError("the image is damaged")
        at = end
    yield data[at : at + 1]


def _gif_table(flags: int, at: int) -> int:
    """Where the table of colours ends that begins at a place, if there is one."""
    return at + (3 << (flags & 7) + 1 if flags & 0x80 else 0)


def _gif_blocks(data: bytes, at: int) -> int:
    """Where a row of sub-blocks ends: each begins with its length, and the last one is empty."""
    while data[at]:
        at += data[at] + 1
    return at + 1
