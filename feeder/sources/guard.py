"""Which addresses feeder goes to: the open web on its usual ports, and what the operator allows by name.

A feed, and each page and redirect it names, is somebody else's word. Without a guard it could have feeder ask machines
that only feeder can reach: its own host, the newsroom's network, the address at which a cloud hands out keys. So every
address that a name resolves to is looked at, and the connection is made to the very address that was looked at:
a name that answers differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpcore2

from feeder.errors import FetchError

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+(?:%[a-z0-9]+)?", re.IGNORECASE)  #: a name, or an address of IPv6
#: Networks that Python, in one version or another, takes for the open web, and which are not, or hide another address.
_CLOSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4",
        "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
        "fc00::/7", "fe80::/10", "fec0::/10",
    )
)  # fmt: skip  # RFC 6890 and its registries; Azure's host; IPv4-compatible, local NAT64, Teredo and its block, 6to4, site-local
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  #: how a host without IPv4 sees the web: the last 32 bits are the address


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address feeder may ask, in the form the net uses."""

    url: str  #: ASCII, without a fragment
    host: str
    port: int
    path: str  #: with the query
    secure: bool


def target(url: str, allow_hosts: Iterable[str] = ()) -> Target:
    """The parts of an address. Raises FetchError for one that is not http or https, or on a port that nobody allowed."""
    try:
        parts = urlsplit(url)
        host = _ascii((parts.hostname or "").rstrip("."))
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:  # UnicodeError is one
        raise FetchError(f"{_short(url)} is no address") from None
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
        raise FetchError(f"{_short(url)} is not on the web; feeder fetches http and https only")
    if parts.username or parts.password:
        raise FetchError(f"{_short(url)} holds a name or a password, and feeder sends none")
    if port not in _PORTS.values() and not is_allowed(host, port, allow_hosts):
        raise FetchError(f'{host}:{port} is no port of the web; if it is meant, write allow_hosts = ["{host}:{port}"]')
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (
        f"?{quote(parts.query, safe='/%:@!$&()*+,;=~?[]')}" if parts.query else ""
    )
    shown = f"[{host}]" if ":" in host else host
    default = port == _PORTS[parts.scheme]
    whole = f"{parts.scheme}://{shown}{'' if default else f':{port}'}{path}"
    return Target(url=whole, host=host, port=port, path=path, secure=parts.scheme == "https")


def _ascii(host: str) -> str:
    """A name as it is asked for (RFC 3490); an address stays what it is. Raises UnicodeError for what no name can be."""
    return host if ":" in host else host.encode("idna").decode("ascii")


def _short(url: str) -> str:
    return repr(url if len(url) <= 100 else url[:99] + "…")


def is_allowed(host: str, port: int, allow_hosts: Iterable[str]) -> bool:
    """Whether the operator opened this very host and port; without a port those of the web are meant."""
    shown = f"[{host}]" if ":" in host else host
    names = {f"{shown}:{port}".casefold(), *({shown.casefold()} if port in _PORTS.values() else ())}
    return any(name.casefold() in names for name in allow_hosts)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open web, and no other one hides in it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.version == 6 and found in _NAT64:
        found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if any(found.version == network.version and found in network for network in _CLOSED):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_private or found.is_unspecified)


def resolve(host: str, port: int, allow_hosts: Iterable[str], seconds: float) -> list[str]:
    """The addresses of a host, each looked at. Raises FetchError when one of them is not of the open web."""
    found = _looked_up(host, port, seconds)
    closed = [address for address in found if not is_public(address)]
    if closed and not is_allowed(host, port, allow_hosts):
        raise FetchError(
            f"{host} is {closed[0]}, an address that is not on the open web; if it is meant,"
            f' write allow_hosts = ["{host}:{port}"]'
        )
    return found


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """What the system says of a name; its resolver has no limit of its own, so it is asked aside."""
    answers: list[Any] = []

    def ask() -> None:
        try:
            answers.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.append(error)

    asked = threading.Thread(target=ask, daemon=True)
    asked.start()
    asked.join(max(seconds, 0.1))
    if not answers:
        raise FetchError(f"the name {host} was not resolved in time")
    if isinstance(answers[0], Exception):
        raise FetchError(f"the name {host} cannot be resolved; is it right?")
    return list(dict.fromkeys(str(info[4][0]) for info in answers[0]))


# --- the wire -------------------------------------------------------------------------------------


class Deadline:
    """A moment by which all must be done, however slowly it drips."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._end = clock, clock() + seconds
        self.told = f"took longer than {seconds:.0f} seconds"

    @property
    def is_over(self) -> bool:
        return self._clock() >= self._end

    def left(self, most: float | None = None) -> float:
        """Seconds that are left, at most `most`. Raises FetchError when there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise FetchError(self.told)
        return left if most is None else min(left, most)


class Backend(httpcore2.NetworkBackend):
    """Connects to the addresses that were looked at, and to nothing else."""

    def __init__(self, allow_hosts: tuple[str, ...], deadline: Deadline) -> None:
        self._allow_hosts, self._deadline, self._wire = allow_hosts, deadline, httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address that takes it. TLS still asks for the name."""
        failure: Exception = FetchError(f"the name {host} has no address")
        for address in resolve(host, port, self._allow_hosts, self._deadline.left(timeout)):
            try:
                stream = self._wire.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
                return _Timed(stream, self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Any = None
    ) -> httpcore2.NetworkStream:
        raise FetchError("feeder connects to no socket of this machine")

    def sleep(self, seconds: float) -> None:
        time.sleep(self._deadline.left(seconds))


class _Timed(httpcore2.NetworkStream):
    """A connection each step of which ends with the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Timed(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
