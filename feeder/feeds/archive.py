"""Archive documents (RFC 5005, section 4): what a full one becomes when an entry is retracted.

A full archive document never changes, whatever becomes of its entries: readers fetch it once. Only what was taken back
goes, and its tombstone (RFC 6721) comes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lxml import etree

from feeder.feeds.repairs import TOMBSTONES, tombstone
from feeder.model import Tombstone

SIZE = 100  #: entries in a full document


def document(number: int) -> int:
    """In which document the entry with this number stands; both count from 1."""
    return (number - 1) // SIZE + 1


_ATOM = "{http://www.w3.org/2005/Atom}"


def revised(document: bytes, kept: Collection[str], gone: Sequence[Tombstone]) -> bytes | None:
    """The document with only the entries whose ids are `kept`, as they are, and with these tombstones.

    None when it cannot be read, or lacks one of them: then it is to be made anew.
    """
    try:
        root = etree.fromstring(
            document, etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
        )
    except etree.XMLSyntaxError:
        return None
    entries = {str(entry.findtext(f"{_ATOM}id")): entry for entry in root.iter(f"{_ATOM}entry")}
    if not set(kept) <= entries.keys():
        return None
    for old in (*root.findall(f"{{{TOMBSTONES}}}deleted-entry"), *(entries[id_] for id_ in entries.keys() - set(kept))):
        root.remove(old)
    first = next(iter(root.findall(f"{_ATOM}entry")), None)
    place = len(root) if first is None else root.index(first)
    for number, one in enumerate(gone):
        root.insert(place + number, tombstone(one))
    made: bytes = etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)
    return made
