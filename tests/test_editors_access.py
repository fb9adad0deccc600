"""Who is let into the editors' room, and who finds nothing there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder.web.editors.access import ALL_TRIES, HOURS, PAUSE, TRIES, Access, Caller

TOKEN = "a-token-of-the-newsroom-42"
NOW = 1_800_000_000.0
HERE = Caller(address="127.0.0.1", network="127.0.0.1", version="1.1", secure=False, headers={"host": "127.0.0.1:8000"})
AWAY = replace(HERE, address="192.0.2.7", network="192.0.2.7", headers={"host": "news.example.org"})


def access(token: str = TOKEN, *, trust_proxy: bool = False) -> Access:
    return Access(token, b"c" * 32, trust_proxy=trust_proxy)


def with_cookie(caller: Caller, value: str, door: Access) -> Caller:
    return replace(caller, headers={**caller.headers, "cookie": f"other=1; {door.name(caller)}={value}"})


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "localhost", "[::1]:8000"])
def test_who_sits_at_the_machine_needs_no_token(host: str) -> None:
    """With a token or without one."""
    for token in ("", TOKEN):
        assert access(token).door(replace(HERE, headers={"host": host}), NOW) == "here"


@pytest.mark.parametrize("host", ["news.example.org", "rebound.example.net:8000", "127.0.0.1.example.net", "", "[::1"])
def test_a_name_that_was_turned_to_this_machine_opens_nothing(host: str) -> None:
    """A page elsewhere can have its own name lead to 127.0.0.1, and would read what the editor sees (DNS rebinding)."""
    assert access("").door(replace(HERE, headers={"host": host}), NOW) == "shut"


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "via", "x-real-ip"]
)
def test_what_a_proxy_brings_is_not_from_this_machine(header: str) -> None:
    """Whatever it says of the address; unless the operator trusts the proxy to ask for a password."""
    caller = replace(HERE, headers={**HERE.headers, header: "127.0.0.1"})
    assert access("").door(caller, NOW) == "shut"
    assert access().door(caller, NOW) == "asked"
    assert access("", trust_proxy=True).door(caller, NOW) == "here"
    assert access("", trust_proxy=True).door(replace(caller, address="192.0.2.7"), NOW) == "shut"


def test_no_browser_speaks_http_1_0() -> None:
    """But a proxy in its first setting does, and tells nothing else of itself."""
    assert access("").door(replace(HERE, version="1.0"), NOW) == "shut"


def test_from_elsewhere_there_is_nothing_without_a_token() -> None:
    assert access("").door(AWAY, NOW) == "shut"
    assert access().door(AWAY, NOW) == "asked"
    assert access("").door(replace(AWAY, headers={"host": "127.0.0.1:8000"}), NOW) == "shut"
    assert access("").door(replace(AWAY, address=""), NOW) == "shut"


def test_a_cookie_is_good_for_half_a_day_and_for_one_token() -> None:
    """A new token signs everybody out."""
    door = access()
    caller = with_cookie(AWAY, door.cookie(NOW, b"1234567890123456"), door)
    assert door.door(caller, NOW + HOURS * 3600 - 1) == "in"
    assert door.door(caller, NOW + HOURS * 3600 + 1) == "asked"
    assert access("another-token-of-the-newsroom").door(caller, NOW) == "asked"
    assert access("").door(caller, NOW) == "shut"


@given(st.text(max_size=90))
def test_no_other_cookie_opens(value: str) -> None:
    """Whatever it is; not even one that is signed by nobody."""
    door = access()
    assert door.door(with_cookie(AWAY, value, door), NOW) == "asked"


def test_a_cookie_that_was_changed_is_none() -> None:
    door = access()
    good = door.cookie(NOW, b"1234567890123456")
    end, rest = good.split(".", 1)
    for bad in (f"{int(end) + 9999}.{rest}", good[:-1] + ("0" if good[-1] != "0" else "1"), "." + rest, end):
        assert door.door(with_cookie(AWAY, bad, door), NOW) == "asked"


def test_a_cookie_over_https_is_bound_to_the_host() -> None:
    """`__Host-` cookies are refused over http and cannot be set by a neighbour."""
    door = access()
    assert door.name(AWAY) == "feeder-editors"
    assert door.name(replace(AWAY, secure=True)) == "__Host-feeder-editors"
    proxied = replace(AWAY, headers={**AWAY.headers, "x-forwarded-proto": "https"})
    assert door.name(proxied) == "__Host-feeder-editors"


def test_wrong_tokens_tire() -> None:
    """One network after ten; then it has to wait. Others are not made to."""
    door, other = access(), replace(AWAY, network="198.51.100.1")
    for _ in range(TRIES):
        assert not door.is_tired(AWAY, NOW)
        assert not door.is_token("wrong", AWAY, NOW)
    assert door.is_tired(AWAY, NOW)
    assert not door.is_tired(other, NOW)
    assert not door.is_tired(AWAY, NOW + PAUSE + 1)
    assert door.is_token(f" {TOKEN}\n", other, NOW)


def test_many_networks_tire_together() -> None:
    door = access()
    for number in range(ALL_TRIES):
        door.is_token("wrong", replace(AWAY, network=str(number // 5)), NOW)
    assert door.is_tired(AWAY, NOW)


def test_memory_holds_no_address() -> None:
    door = access()
    door.is_token("wrong", AWAY, NOW)
    assert "192.0.2.7" not in repr(vars(door))


def test_a_form_is_our_own() -> None:
    """Its proof belongs to the cookie and to the process; a page elsewhere cannot send it even with the proof."""
    door = access()
    caller = with_cookie(AWAY, door.cookie(NOW, b"1234567890123456"), door)
    proof = door.proof(caller)
    assert door.is_own_form(proof, caller)
    assert not door.is_own_form("", caller)
    assert not door.is_own_form(proof, AWAY)
    assert not Access(TOKEN, b"d" * 32).is_own_form(proof, caller)
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example.net"}):
        assert not door.is_own_form(proof, replace(caller, headers={**caller.headers, **headers}))
    for headers in ({"sec-fetch-site": "same-origin"}, {"origin": "https://news.example.org"}, {"origin": "null"}):
        assert door.is_own_form(proof, replace(caller, headers={**caller.headers, **headers}))


def test_without_a_token_no_text_is_the_token() -> None:
    assert not access("").is_token("", AWAY, NOW)
