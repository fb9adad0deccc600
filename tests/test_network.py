"""Whose request it is, behind proxies that can be trusted and those that cannot."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.web import network

PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8:ff::/48"))


def of(client: str | None, *forwarded: str) -> str:
    headers = [(b"x-forwarded-for", one.encode("latin-1", "replace")) for one in forwarded]
    scope = {"type": "http", "client": (client, 5) if client else None, "headers": [(b"host", b"x"), *headers]}
    return network.of(scope, PROXIES)


@pytest.mark.parametrize(
    ("client", "forwarded", "found"),
    [
        ("192.0.2.1", (), "192.0.2.1"),
        ("192.0.2.1", ("198.51.100.7",), "192.0.2.1"),  # anybody can write the header
        ("10.1.2.3", ("198.51.100.7",), "198.51.100.7"),
        ("127.0.0.1", ("198.51.100.7",), "198.51.100.7"),  # a proxy on this machine
        ("::1", ("198.51.100.7",), "198.51.100.7"),
        (
            "10.1.2.3",
            ("203.0.113.9, 198.51.100.7, 10.9.9.9",),
            "198.51.100.7",
        ),  # the first is the reader's own invention
        ("10.1.2.3", ("203.0.113.9", "198.51.100.7"), "198.51.100.7"),
        ("10.1.2.3", (), "10.1.2.3"),
        ("10.1.2.3", ("unknown",), ""),
        ("10.1.2.3", ("198.51.100.7:4711",), "198.51.100.7"),
        ("10.1.2.3", ('"[2001:db8:1:2:3::4]:4711"',), "2001:db8:1:2::/64"),
        ("2001:db8:ff::1", ("2001:db8:1:2:ffff::9",), "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3::4", (), "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", (), "192.0.2.1"),
        ("fe80::1%eth0", (), "fe80::/64"),
        (None, (), ""),
        ("testclient", (), ""),
    ],
)
def test_the_reader_is_the_last_who_is_no_proxy_of_ours(
    client: str | None, forwarded: tuple[str, ...], found: str
) -> None:
    """One IPv4 address, or the network of one household in IPv6."""
    assert of(client, *forwarded) == found


@given(st.text(max_size=60))
def test_no_header_is_trouble(text: str) -> None:
    """Whatever is written there."""
    assert isinstance(of("127.0.0.1", text), str)
