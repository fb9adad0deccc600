"""Who is let into the editors' room. Pure but for a count of wrong tokens, which is kept in memory.

1. Whoever sits at this machine: the connection is from a loopback address, the request names the machine by a loopback
   name (a page elsewhere whose name was turned to 127.0.0.1 names itself, RFC 9110, 7.2), and no proxy has touched it.
2. Whoever has signed in with the operator's token: a cookie, signed with a key that is made of the token.
3. Nobody else. Without a token there is no room, and the answer is that of any wrong address.

A proxy that tells nothing of itself cannot be told from an editor at this machine; docs/editors.md says what it must tell.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

Door = Literal["here", "in", "asked", "shut"]  #: "asked": the token opens it; "shut": there is nothing here

HOURS = 12  #: that a cookie is good for
TRIES = 10  #: wrong tokens from one network within `PAUSE`
ALL_TRIES = 300  #: from all of them
PAUSE = 600.0  #: seconds
_NETWORKS = 1000  #: counted at once
#: What proxies say of themselves.
_PROXIED = (
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "via",
    "cf-connecting-ip",
)
_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What a request says of where it comes from."""

    address: str  #: of the other end of the connection; "" unknown
    network: str  #: of whoever asks, see `feeder.web.network`; wrong tokens are counted by it
    version: str  #: of HTTP: "1.1"
    secure: bool  #: whether it came over https
    headers: Mapping[str, str]  #: names in small letters

    @property
    def proxied(self) -> bool:
        """No browser speaks HTTP/1.0; proxies in their first setting do."""
        return self.version == "1.0" or any(name in self.headers for name in _PROXIED)

    @property
    def local(self) -> bool:
        try:
            return ip_address(self.address).is_loopback
        except ValueError:
            return False

    @property
    def names_this_machine(self) -> bool:
        try:
            return urlsplit(f"//{self.headers.get('host', '')}").hostname in _NAMES
        except ValueError:
            return False

    @property
    def over_https(self) -> bool:
        """As the browser sees it; what a proxy says counts only for the cookie's own safety."""
        return self.secure or self.headers.get("x-forwarded-proto", "").split(",")[-1].strip() == "https"

    @property
    def from_elsewhere(self) -> bool:
        """Whether the browser says that another site has sent it (Fetch Metadata; Origin, RFC 6454)."""
        if site := self.headers.get("sec-fetch-site"):
            return site not in ("same-origin", "none")
        origin = self.headers.get("origin", "null")  # our pages tell no referrer, so a browser may say "null"
        return origin != "null" and urlsplit(origin).netloc.lower() != self.headers.get("host", "").lower()


class Access:
    """The door of one server. `chance`: 32 bytes or more, of this process."""

    def __init__(self, token: str, chance: bytes, *, trust_proxy: bool = False) -> None:
        self.token, self.trust_proxy = token, trust_proxy
        self._chance = chance
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def door(self, caller: Caller, now: float) -> Door:
        """`now`: seconds since the epoch."""
        if caller.local and caller.proxied and self.trust_proxy:
            return "here"
        if caller.local and not caller.proxied and caller.names_this_machine:
            return "here"
        if not self.token:
            return "shut"
        return "in" if self._is_good(_cookie(caller, self.name(caller)), now) else "asked"

    def name(self, caller: Caller) -> str:
        """Of the cookie; the prefix has browsers refuse it over http and from other hosts (RFC 6265bis, 4.1.3)."""
        return "__Host-feeder-editors" if caller.over_https else "feeder-editors"

    # --- signing in ---

    def is_token(self, given: str, caller: Caller, now: float) -> bool:
        """Whether this is the token, in a time that does not tell how much of it is right. A wrong one counts."""
        right = bool(self.token) and hmac.compare_digest(_hash(given), _hash(self.token))
        if not right:
            self._count(caller, now)
        return right

    def is_tired(self, caller: Caller, now: float) -> bool:
        """Whether too many wrong tokens came of late, from this network or from all."""
        for times in self._wrong.values():
            times[:] = [time for time in times if now - time < PAUSE]
        return len(self._wrong.get(self._of(caller), ())) >= TRIES or sum(map(len, self._wrong.values())) >= ALL_TRIES

    def _count(self, caller: Caller, now: float) -> None:
        self._wrong.setdefault(self._of(caller), []).append(now)
        self._wrong.move_to_end(self._of(caller))
        while len(self._wrong) > _NETWORKS:
            self._wrong.popitem(last=False)

    def _of(self, caller: Caller) -> str:
        """Not even memory holds addresses."""
        return hmac.digest(self._chance, caller.network.encode(), "sha256").hex()

    def cookie(self, now: float, chance: bytes) -> str:
        """The value of a new cookie: when it ends, some chance, and the proof that it is ours."""
        words = f"{int(now) + HOURS * 3600}.{chance.hex()}"
        return f"{words}.{self._signed(words)}"

    def _is_good(self, value: str, now: float) -> bool:
        words, _, proof = value.rpartition(".")
        if not hmac.compare_digest(proof.encode(), self._signed(words).encode()):
            return False
        end = words.partition(".")[0]
        return end.isascii() and end.isdigit() and len(end) <= 12 and now < int(end)

    def _signed(self, words: str) -> str:
        key = hmac.digest(self.token.encode(), b"feeder editors cookie", "sha256")
        return hmac.digest(key, words.encode(), "sha256").hex()

    # --- forms ---

    def proof(self, caller: Caller) -> str:
        """What stands in a form: only a page that could be read knows it. It changes with the process and the cookie."""
        return hmac.digest(self._chance, f"form {_cookie(caller, self.name(caller))}".encode(), "sha256").hex()

    def is_own_form(self, given: str, caller: Caller) -> bool:
        return not caller.from_elsewhere and hmac.compare_digest(given.encode(), self.proof(caller).encode())


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.strip().encode()).digest()


def _cookie(caller: Caller, name: str) -> str:
    try:
        found = SimpleCookie(caller.headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found and found.value.isascii() else ""
