"""feeder goes to the open web and to what the operator allows, and is led nowhere else."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator

import pytest
from feed_server import FeedServer, served
from hypothesis import given
from hypothesis import strategies as st

from feeder.errors import FetchError
from feeder.sources.guard import Backend, Deadline, is_allowed, is_public, resolve, target


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with served() as running:
        yield running


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1",
        "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:db8::1", "fc00::1",
        "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "3fff::1", "5f00::1", "no address", "",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_open_web_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.216.34",
        "172.32.0.1",
        "2606:4700::1111",
        "2a00:1450::8a",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_an_address_of_the_open_web_is_not(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4).map(str))
def test_an_ipv4_address_is_judged_alike_however_it_is_wrapped(address: str) -> None:
    """Mapped into IPv6, or as a host without IPv4 sees it; other wrappings are refused altogether."""
    number = int(ipaddress.IPv4Address(address))
    mapped, nat64 = ipaddress.IPv6Address(0xFFFF00000000 + number), ipaddress.IPv6Address((0x64FF9B << 96) + number)
    assert is_public(str(mapped)) == is_public(str(nat64)) == is_public(address)
    assert not is_public(str(ipaddress.IPv6Address((0x2002 << 112) + (number << 80))))
    assert not is_public(str(ipaddress.IPv6Address(number)))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "0",
        "::1",
        "::ffff:127.0.0.1",
        "[::1]x",
    ],
)
def test_no_spelling_of_this_machine_gets_through(host: str) -> None:
    with pytest.raises(FetchError):
        resolve(host, 80, (), 5)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "javascript:alert(1)", "data:text/xml,<rss/>",
        "//x/", "", "https://", "http:///x", "https://example.org:22/", "https://example.org:8443/", "http://[::1", "https://u:p@example.org/",
        "https://example.org:99999/", "https://\ud800.example/", "http://" + "a" * 300 + ".example/",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        target(url)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 450


def test_an_address_is_put_into_the_form_of_the_net() -> None:
    """Letters of other alphabets in names and paths, no fragment, nothing that could end a line."""
    made = target("https://жаңалық.example/қала бойынша?q=а б&c=%20#end\r\nX: y")
    assert made.url.startswith("https://xn--")
    assert made.url.endswith(
        "/%D2%9B%D0%B0%D0%BB%D0%B0%20%D0%B1%D0%BE%D0%B9%D1%8B%D0%BD%D1%88%D0%B0?q=%D0%B0%20%D0%B1&c=%20"
    )
    assert target("HTTP://News.Example.ORG.:80/a?b").url == "http://news.example.org/a?b"
    assert target("http://[::1]:8080/", ("[::1]:8080",)).url == "http://[::1]:8080/"


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    """And what leaves is one line of printable ASCII without spaces."""
    for url in (text, f"https://example.org/{text}", f"https://{text}/"):
        try:
            made = target(url)
        except FetchError as error:
            told = str(error)
        else:
            told = made.url
            assert made.url.isascii()
            assert made.url.isprintable()
            assert " " not in made.url
        assert "\n" not in told


def test_the_operator_opens_one_host_and_port_and_no_other() -> None:
    assert is_allowed("127.0.0.1", 8080, ("127.0.0.1:8080",))
    assert not is_allowed("127.0.0.1", 8081, ("127.0.0.1:8080",))
    assert not is_allowed("127.0.0.2", 8080, ("127.0.0.1:8080",))
    assert not is_allowed("localhost", 8080, ("127.0.0.1:8080",))
    assert is_allowed("intranet.example", 80, ("Intranet.example",))
    assert not is_allowed("intranet.example", 8080, ("intranet.example",))
    assert is_allowed("::1", 8080, ("[::1]:8080",))
    assert not is_allowed("127.0.0.1", 8080, ())


def test_the_connection_is_made_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, server: FeedServer
) -> None:
    """A name that answers differently the second time is asked once only."""
    asked: list[str] = []
    port = int(server.host.partition(":")[2])

    def once(host: str, *_: object, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    backend = Backend((f"two-faced.example:{port}",), Deadline(5))
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: once(host) if "two-faced" in host else real(host, *rest, **more),
    )
    stream = backend.connect_tcp("two-faced.example", port, 5)
    assert stream.get_extra_info("server_addr")[:2] == ("127.0.0.1", port)
    stream.close()
    assert asked == ["two-faced.example"]


def test_one_closed_address_among_open_ones_closes_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(FetchError, match=r"10\.0\.0\.1, an address that is not on the open web"):
        resolve("mixed.example", 80, (), 5)


def test_a_name_that_never_resolves_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(20))
    with pytest.raises(FetchError, match="not resolved in time"):
        resolve("slow.example", 80, (), 0.1)
    released.set()


def test_no_socket_of_the_machine_is_opened() -> None:
    with pytest.raises(FetchError, match="no socket"):
        Backend((), Deadline(1)).connect_unix_socket("/var/run/docker.sock")
