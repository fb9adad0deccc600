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
import unicodedata
from typing import Literal

from feeder.errors import StoreError

Purpose = Literal["confirm", "unsubscribe", "preferences"]

NAME = 16  #: letters of a subscriber's opaque name: 80 bits in base32
TOKEN = 32  #: characters of every token, so that all links of an issue are of one length
_PLAIN, _SEALED = b"\0", b"\1"
_NAME_BYTES = 10


class Keys:
    """The keys of one site. `secret`: 32 bytes of chance or more, as text; `encrypt`: addresses are sealed."""

    def __init__(self, secret: str, *, encrypt: bool = False) -> None:
        self._secret, self.encrypt = secret.encode(), encrypt
        self._keys: dict[str, bytes] = {}

    def hash(self, email: str) -> str:
        """32 hexadecimal digits by which an address is found, however it is written."""
        same = unicodedata.normalize("NFC", email).casefold()
        return self._mac("address", same)[:16].hex()

    def of_network(self, network: str) -> str:
        """The same for a network that asks, to count by; of a day or less."""
        return self._mac("network", network)[:16].hex()

    def token(self, purpose: Purpose, name: str, epoch: int) -> str:
        """The end of a link for one subscriber and one purpose, 32 characters of URL-safe base64."""
        return base64.urlsafe_b64encode(_packed(name) + self._proof(purpose, name, epoch)).decode("ascii")

    def valid(self, token: str, purpose: Purpose, name: str, epoch: int) -> bool:
        return hmac.compare_digest(token.encode(), self.token(purpose, name, epoch).encode())

    def message_id(self, issue: str, name: str, domain: str) -> str:
        """Stable for an issue and a subscriber, and nobody who sees it in a log can tell whose it is."""
        return f"{self._mac('message', f'{issue} {name}')[:16].hex()}@{domain}"

    def seal(self, email: str, name: str) -> bytes:
        """An address as the store keeps it; bound to its subscriber when it is encrypted (AES-SIV, RFC 5297)."""
        if not self.encrypt:
            return _PLAIN + email.encode()
        return _SEALED + self._cipher.encrypt(email.encode(), [name.encode()])

    def unseal(self, kept: bytes, name: str) -> str:
        """Raises StoreError when it was sealed with another key."""
        if kept[:1] == _PLAIN:
            return kept[1:].decode()
        from cryptography.exceptions import InvalidTag

        try:
            return bytes(self._cipher.decrypt(kept[1:], [name.encode()])).decode()
        except InvalidTag:
            raise StoreError(
                "addresses are encrypted with another key; set subscribers.key to the one it was"
            ) from None

    def _proof(self, purpose: str, name: str, epoch: int) -> bytes:
        return self._mac(purpose, f"{name} {epoch}")[:14]

    def _mac(self, use: str, text: str) -> bytes:
        return hmac.digest(self._key(use), text.encode(), "sha256")

    def _key(self, use: str) -> bytes:
        if use not in self._keys:
            self._keys[use] = hmac.digest(self._secret, f"feeder {use}".encode(), "sha512")
        return self._keys[use]

    @functools.cached_property
    def _cipher(self):  # type: ignore[no-untyped-def]  # its type would import cryptography for everyone
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        return AESSIV(self._key("seal"))


def name_of(token: str) -> str | None:
    """The opaque name in a token, not checked yet; None when it is no token at all."""
    if len(token) != TOKEN or not token.isascii():
        return None
    try:
        return base64.b32encode(base64.urlsafe_b64decode(token)[:_NAME_BYTES]).decode("ascii").lower()
    except (ValueError, binascii.Error):
        return None


def new_name(chance: bytes) -> str:
    """An opaque name from at least 10 bytes of chance."""
    return base64.b32encode(hashlib.sha256(chance).digest()[:_NAME_BYTES]).decode("ascii").lower()


def _packed(name: str) -> bytes:
    return base64.b32decode(name.upper())
