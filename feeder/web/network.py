"""Whose request it is, as far as is needed to count: one IPv4 address, or one IPv6 network of 64 bits.

Behind a proxy the connection is the proxy's, and the reader stands in X-Forwarded-For. Anybody can write that header, so
only what a trusted proxy has added counts: the last address in it that is no proxy of ours. This machine is always trusted,
for nobody else can connect from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.types import Scope

Network = IPv4Network | IPv6Network


def of(scope: Scope, proxies: Sequence[Network]) -> str:
    """The network that a request comes from; "" when nobody can tell."""
    client = scope.get("client")
    found = _address(client[0]) if client else None
    for before in reversed(_forwarded(scope["headers"])):
        if found is None or not _trusted(found, proxies):
            break
        found = _address(before)
    return _counted(found) if found else ""


def _forwarded(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """X-Forwarded-For, the nearest last; several headers are one list."""
    lines = (value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for")
    return [part.strip() for line in lines for part in line.split(",")]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address with or without a port; one of IPv4 in IPv6 is IPv4."""
    bare = text.strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _trusted(address: IPv4Address | IPv6Address, proxies: Sequence[Network]) -> bool:
    return address.is_loopback or any(address in network for network in proxies)


def _counted(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((address, 64), strict=False))
