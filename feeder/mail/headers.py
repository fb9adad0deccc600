"""Header fields as bytes-to-be: ASCII, folded, and never more fields than were asked for.

The standard library's writer loses spaces between encoded words, encodes long URIs and, before 3.12.4, lets a
title such as "=?utf-8?Q?x=0D=0ABcc:...?=" start a field of its own. So the few forms a digest needs are written here:

    unstructured("Subject", title)                  RFC 5322, 2.2.3, and RFC 2047
    mailbox("From", name, "desk@example.org")       RFC 5322, 3.4
    phrase_with("List-Id", name, "<id.example>")    RFC 2919
    plain("List-Unsubscribe", "<https://...>")      kept on one line
    recipient("reader@example.net")                 an address as it stands in To: and goes to the mail server

Each field comes without its final line end; lines are folded at 76 octets where there is a place to fold.
"""

from __future__ import annotations

import base64
import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence

from feeder import markup
from feeder.errors import AddressError, ConfigError

LONGEST = 998  #: octets of any line (RFC 5322, 2.1.1)
LINE = 76  #: octets of a line that holds an encoded word (RFC 2047, 2)
WORD = 75  #: octets of an encoded word, delimiters included

_START = {"B": "=?utf-8?B?", "Q": "=?utf-8?Q?"}
_END = "?="
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_LIST_ID = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_HOST}")  # RFC 5321, 4.1.2, without quoted strings and literals
# what may stand for itself in the Q encoding of a phrase, the strictest of the three places (RFC 2047, 5)
_BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def clean(text: str) -> str:
    """One line without controls, in which no receiver can find an encoded word that we did not write."""
    return markup.line(text).replace("=?", "= ?")


def plain(name: str, value: str) -> str:
    """A field that is ASCII already and must stay whole: an URI inside is neither folded nor encoded."""
    if not value.isascii() or not value.isprintable():
        raise ConfigError(f"the mail header {name} can hold only printable ASCII, not {value!r}")
    field = f"{name}: {value}"
    if len(field) > LONGEST:
        raise ConfigError(f"the mail header {name} is {len(field)} letters long; mail allows {LONGEST}")
    return field


def unstructured(name: str, text: str) -> str:
    """A field of free text."""
    safe, room = clean(text), LINE - len(name) - 2
    words = safe.split(" ")
    if safe.isascii() and max(map(len, words)) <= room:
        return _fold(name, words)
    return _fold(name, encoded_words(safe, room))


def mailbox(name: str, display: str, address: str) -> str:
    """A field with one address: `From: "Steppe, Example" <desk@example.org>`."""
    return phrase_with(name, display, f"<{mail_address(address)}>")


def phrase_with(name: str, phrase: str, last: str) -> str:
    """A field of a phrase, quoted or encoded as needed, and one ASCII token after it."""
    return _fold(name, [*_phrase(clean(phrase), room=LINE - len(name) - 2), last])


def mail_address(text: str) -> str:
    """The address of a sender as it goes on the wire, its domain in ASCII. Raises ConfigError when it is none."""
    try:
        address = recipient(text)
    except AddressError as error:
        raise ConfigError(str(error)) from None
    if not address.isascii():
        raise ConfigError(f"{text!r} is not a mail address that every server takes; write it in Latin letters")
    return address


def recipient(text: str) -> str:
    """An address as it goes on the wire: the domain in ASCII (RFC 5890), the part before it as it is.

    That part may be in any script (RFC 6531); not every mail server takes such. Raises AddressError.
    """
    if _ADDRESS.fullmatch(text):
        return text
    local, _, domain = unicodedata.normalize("NFC", text).rpartition("@")
    address = f"{local}@{_a_labels(domain)}"
    if not _ADDRESS.fullmatch("".join(map(_as_latin, address))):
        raise AddressError(f"{text!r} is not a mail address; write it as name@example.org")
    return address


def _a_labels(domain: str) -> str:
    """The domain as the DNS has it; "" when it can have no such. IDNA 2008: the older rules lead some to other hosts."""
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii") if domain else ""
    except idna.IDNAError:
        return ""


def _as_latin(character: str) -> str:
    """A letter that stands for any printable one beyond ASCII (RFC 6532, 3.2)."""
    return character if character.isascii() or not character.isprintable() or character.isspace() else "x"


def list_id(text: str) -> str:
    """A list's id, dots and atoms (RFC 2919, 2). Raises ConfigError for anything else."""
    if not _LIST_ID.fullmatch(text):
        raise ConfigError(f"{text!r} is not a list id; write it as digest-en.news.example.org")
    return text


@functools.lru_cache(maxsize=64)  # one issue has thousands of recipients and one subject
def encoded_words(text: str, room: int = WORD) -> tuple[str, ...]:
    """`text` as encoded words, base64 or quoted, whichever is shorter; the first fits into `room` octets.

    White space between them is dropped by the reader, so every space is inside a word; no character is cut in two.
    """
    choices = (tuple(_words(text, kind, min(room, WORD))) for kind in ("Q", "B"))
    return min(choices, key=lambda words: sum(map(len, words)))


def _words(text: str, kind: str, room: int) -> Iterator[str]:
    chunk = b""
    for character in text:
        longer = chunk + character.encode()
        if chunk and len(_word(longer, kind)) > room:
            yield _word(chunk, kind)
            longer, room = character.encode(), WORD
        chunk = longer
    if chunk:
        yield _word(chunk, kind)


def _word(data: bytes, kind: str) -> str:
    coded = base64.b64encode(data).decode("ascii") if kind == "B" else "".join(map(_quoted, data))
    return _START[kind] + coded + _END


def _quoted(octet: int) -> str:
    if octet == ord(" "):
        return "_"
    return chr(octet) if octet in _BARE else f"={octet:02X}"


def _phrase(text: str, room: int) -> Sequence[str]:
    if _ATOMS.fullmatch(text) and all(len(word) <= room for word in text.split()):
        return text.split()
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return [quoted] if text.isascii() and len(quoted) <= room else encoded_words(text, room)


def _fold(name: str, words: Sequence[str]) -> str:
    """The words with single spaces between them, a new line before one that would pass column 76."""
    lines = [f"{name}:"]
    for number, word in enumerate(words):
        if number and len(lines[-1]) + 1 + len(word) > LINE:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)
