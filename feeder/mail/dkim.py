"""DKIM: the signature by which receivers know that a message is the domain's own (RFC 6376, and 8463 for Ed25519).

    signer = Signer(read_key(pem), domain="example.org", selector="feeder")
    signer.field(fields, body_hash, at) -> "DKIM-Signature: ..."     goes before the other fields
    signer.record() -> (name, text)                                  what the DNS must say

Head and body are signed in their relaxed form. From and the other fields that a reader sees are signed once more than they
are there, so that nobody can add another one; the whole body is signed (no `l=`). `at` is the time of the issue, and both
algorithms give the same signature for the same message, so a retry is the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from feeder.errors import ConfigError

Key = RSAPrivateKey | Ed25519PrivateKey

LEAST = 1024  #: bits of an RSA key that receivers accept (RFC 8301, 3.2); 2048 is what to use
#: Signed where they are there; those with a star once more than that.
_SIGNED = (
    "From*", "Reply-To*", "To*", "Subject*", "Date*", "Message-ID", "List-Id", "List-Unsubscribe",
    "List-Unsubscribe-Post", "List-Help", "List-Archive", "Content-Language", "MIME-Version*", "Content-Type*",
)  # fmt: skip
_RSA_FORM, _HASH = padding.PKCS1v15(), Prehashed(hashes.SHA256())


def read_key(pem: bytes) -> Key:
    """The private key in a PEM file. Raises ConfigError, which says what is there instead."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise ConfigError(
            "the key is locked with a password; write it without: openssl pkey -in KEY -out NEW"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        found = re.search(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----", pem)
        there = f"it holds a {found[1].decode().lower()}" if found else "no key is in it"
        raise ConfigError(f"{there}; it must be the PEM file of an RSA or Ed25519 private key") from None
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise ConfigError("the key is neither RSA nor Ed25519; make one: openssl genrsa -out KEY 2048")
    if isinstance(key, RSAPrivateKey) and key.key_size < LEAST:
        raise ConfigError(f"the RSA key has {key.key_size} bits; receivers want {LEAST} or more, better 2048")
    return key


class Signer:
    """Signs for one domain with one key. `selector`: the name under which the DNS has its public half."""

    def __init__(self, key: Key, *, domain: str, selector: str) -> None:
        self._key, self._domain, self._selector = key, domain, selector
        self._algorithm = "rsa-sha256" if isinstance(key, RSAPrivateKey) else "ed25519-sha256"

    def field(self, fields: Sequence[str], body: bytes, at: int) -> str:
        """The field DKIM-Signature of a message with these fields, without line end.

        `body`: SHA-256 of the relaxed body; `at`: seconds since 1970.
        """
        names, lines = _chosen(fields)
        unsigned = "".join((
            f"DKIM-Signature: v=1; a={self._algorithm}; c=relaxed/relaxed; d={self._domain};\r\n",
            f" s={self._selector}; t={at};\r\n h={_names(names)};\r\n",
            f" bh={base64.b64encode(body).decode('ascii')};\r\n b=",
        ))  # fmt: skip
        digest = hashlib.sha256("\r\n".join([*lines, _relaxed(unsigned)]).encode()).digest()
        return unsigned + _folded(base64.b64encode(self._sign(digest)).decode("ascii"))

    def _sign(self, digest: bytes) -> bytes:
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(digest, _RSA_FORM, _HASH)
        return self._key.sign(digest)  # RFC 8463, 3: of the hash, not of the text

    def record(self) -> tuple[str, str]:
        """The name of a TXT record in the DNS, and its text."""
        public = self._key.public_key()
        if isinstance(self._key, RSAPrivateKey):
            kind, form = "rsa", (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        else:
            kind, form = "ed25519", (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        text = base64.b64encode(public.public_bytes(*form)).decode("ascii")
        return f"{self._selector}._domainkey.{self._domain}", f"v=DKIM1; k={kind}; p={text}"


def zone_line(name: str, text: str) -> str:
    """The record as it stands in a zone file: no string of more than 255 octets (RFC 1035, 3.3.14)."""
    strings = " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
    return f"{name}. IN TXT ( {strings} )"


def _chosen(fields: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names to be signed in order, and the relaxed fields; a name that is not there stands for nobody may add it."""
    there = {field.partition(":")[0]: field for field in fields}  # we write no field twice
    names, lines = [], []
    for wanted in _SIGNED:
        name = wanted.rstrip("*")
        if name in there:
            names.append(name)
            lines.append(_relaxed(there[name]))
    return names + [name.rstrip("*") for name in _SIGNED if name.endswith("*")], lines


def _relaxed(field: str) -> str:
    """RFC 6376, 3.4.2, without line end."""
    name, _, value = field.partition(":")
    return f"{name.lower()}:{' '.join(value.split())}"


def _names(names: Sequence[str]) -> str:
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) > 66:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n  ".join(lines).rstrip(":")


def _folded(text: str) -> str:
    return "\r\n  ".join(text[at : at + 72] for at in range(0, len(text), 72))
