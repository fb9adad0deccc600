"""What is derived from the site's secret: how an address is found, sealed and linked to without being shown.

    keys = Keys(secret)
    keys.hash(email)                       finds an address without showing it
    keys.token("unsubscribe", name, 0)     stands in a link; tells nothing, and nobody else can make it
    keys.seal(email, name)                 the address as the store keeps it

Each use has a key of its own, derived from the secret by HMAC, so that what one shows says nothing of another. Nothing
here is by chance: the same input gives the same bytes.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from feeder.errors import StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

Purpose = Literal["confirm", "unsubscribe", "preferences"]

NAME = 16  #: letters of a subscriber's opaque name: 80 bits in base32
TOKEN = 32  #: characters of every token, so that all links of an issue are of one length
_PLAIN, _SEALED = b"\0", b"\1"
_NAME_BYTES = 10
#: the digits of base32 (RFC 4648) as Python counts them
_DIGITS = str.maketrans("abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdefghijklmnopqrstuv")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_STAMP = re.compile(r"[A-Za-z0-9_-]{32}")
_TIME_BYTES = 5  #: of a form's stamp: seconds since 1970


class Keys:
    """The keys of one site. `secret`: 32 bytes of chance or more, as text; `encrypt`: addresses are sealed."""

    def __init__(self, secret: str, *, encrypt: bool = False) -> None:
        self._secret, self.encrypt = secret.encode(), encrypt
        self._keys: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"<Keys encrypt={self.encrypt}>"

    def hash(self, email: str) -> str:
        """32 hexadecimal digits by which an address is found, however it is written."""
        same = unicodedata.normalize("NFC", email).casefold()
        return self._mac("address", same)[:16].hex()

    def of_network(self, network: str) -> str:
        """The same for a network that asks, to count by for an hour."""
        return self._mac("network", network)[:16].hex()

    def token(self, purpose: Purpose, name: str, epoch: int) -> str:
        """The end of a link for one subscriber and one purpose, 32 characters of URL-safe base64."""
        return base64.urlsafe_b64encode(_packed(name) + self._proof(purpose, name, epoch)).decode("ascii")

    def valid(self, token: str, purpose: Purpose, name: str, epoch: int) -> bool:
        """Whether a token is the one of a subscriber, a purpose and a generation; in constant time."""
        return _TOKEN.fullmatch(token) is not None and hmac.compare_digest(token, self.token(purpose, name, epoch))

    def message_id(self, issue: str, name: str, domain: str) -> str:
        """Stable for an issue and a subscriber, and nobody who sees it in a log can tell whose it is."""
        return f"{self._mac('message', f'{issue} {name}')[:16].hex()}@{domain}"

    def stamp(self, moment: datetime) -> str:
        """When a form was given out, in a form that nobody else can make."""
        packed = int(moment.timestamp()).to_bytes(_TIME_BYTES, "big")
        return base64.urlsafe_b64encode(packed + self._mac("form", packed.hex())[: 24 - _TIME_BYTES]).decode("ascii")

    def stamped(self, stamp: str) -> datetime | None:
        """The moment of a stamp; None when it is not ours."""
        if not _STAMP.fullmatch(stamp):
            return None
        packed = base64.urlsafe_b64decode(stamp)[:_TIME_BYTES]
        moment = datetime.fromtimestamp(int.from_bytes(packed, "big") % (1 << 37), UTC)  # some year before 6326
        return moment if hmac.compare_digest(stamp, self.stamp(moment)) else None

    def seal(self, email: str, name: str) -> bytes:
        """An address as the store keeps it; bound to its subscriber when it is encrypted (AES-SIV, RFC 5297)."""
        if not self.encrypt:
            return _PLAIN + email.encode()
        return _SEALED + self._cipher.encrypt(email.encode(), [name.encode()])

    def unseal(self, kept: bytes, name: str) -> str:
        """The address again, however it was kept. Raises StoreError when it was sealed with another key."""
        if kept[:1] == _PLAIN:
            return kept[1:].decode()
        return _opened(self._cipher, kept[1:], name.encode()).decode()

    def as_kept(self, kept: bytes) -> bool:
        """Whether an address is kept as `seal` would keep it now."""
        return (kept[:1] == _SEALED) is self.encrypt

    def _proof(self, purpose: str, name: str, epoch: int) -> bytes:
        return self._mac(purpose, f"{name} {epoch}")[:14]

    def _mac(self, use: str, text: str) -> bytes:
        return hmac.digest(self._key(use), text.encode(), "sha256")

    def _key(self, use: str) -> bytes:
        if use not in self._keys:
            self._keys[use] = _derived(self._secret, use)
        return self._keys[use]

    @functools.cached_property
    def _cipher(self) -> AESSIV:
        return _aes(self._key("seal"))


def locked(secret: str, key: str) -> str:
    """The site's secret as the store keeps it when the operator holds a key to it: in one line of ASCII."""
    return base64.b64encode(_aes(_derived(key.encode(), "lock")).encrypt(secret.encode(), [b"secret"])).decode("ascii")


def unlocked(kept: str, key: str) -> str:
    """The secret again. Raises StoreError when another key locked it."""
    return _opened(_aes(_derived(key.encode(), "lock")), base64.b64decode(kept), b"secret").decode()


def name_of(token: str) -> str | None:
    """The opaque name in a token, not checked yet; None when it is no token at all."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        return _letters(base64.urlsafe_b64decode(token)[:_NAME_BYTES])
    except binascii.Error:
        return None


def new_name(chance: bytes) -> str:
    """An opaque name from at least 10 bytes of chance."""
    return _letters(hashlib.sha256(chance).digest()[:_NAME_BYTES])


def _derived(secret: bytes, use: str) -> bytes:
    return hmac.digest(secret, f"feeder {use}".encode(), "sha512")


def _aes(key: bytes) -> AESSIV:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # 30 ms, which a site without encryption keeps

    return AESSIV(key)


def _opened(cipher: AESSIV, sealed: bytes, bound_to: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        return bytes(cipher.decrypt(sealed, [bound_to]))
    except InvalidTag:
        raise StoreError(
            "the subscribers of this store are locked with another key; set subscribers.key to the one it was"
        ) from None


def _packed(name: str) -> bytes:
    """Base32 in small letters; the library's own way takes 20 times as long, and every message has two such names."""
    return int(name.translate(_DIGITS), 32).to_bytes(_NAME_BYTES, "big")


def _letters(packed: bytes) -> str:
    return base64.b32encode(packed).decode("ascii").lower()
