"""Mail addresses as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeder import addresses
from feeder.errors import AddressError


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("reader@example.org", "reader@example.org"),
        ("  Reader+news@EXAMPLE.org\n", "Reader+news@example.org"),
        ("рысбек@пошта.қаз", "рысбек@пошта.қаз"),
        ("x@xn--e1afmkfd.xn--p1ai", "x@пример.рф"),
        ("X@Пример.РФ", "X@пример.рф"),
        ("reader@mail.test", "reader@mail.test"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    """The domain in small letters and its own script; the name before it as typed, in any script."""
    assert addresses.parse(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "nonsense", "a@b", "a@@example.org", "a b@example.org", "reader@example..org", "@example.org",
        "reader@", '"q q"@example.org', "reader@[192.0.2.1]", "root@localhost", "reader@example.onion",
        "a" * 65 + "@example.org", "a@" + "b" * 250 + ".org", "x" * 10_000, "Reader <reader@example.org>",
        "reader@example.org\r\nBcc: other@example.net", "a@example.org,b@example.org", "ә" * 40 + "@" + "ә" * 60 + ".org",
        "reader@exa\u200bmple.org", "reader\0@example.org", "reader@xn--.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_being_repeated(typed: str) -> None:
    """One line that says what to write; what was typed may be a person's, so it is not in it."""
    with pytest.raises(AddressError) as error:
        addresses.parse(typed)
    assert not error.value.disposable
    assert "\n" not in str(error.value)
    assert len(typed.strip()) < 3 or typed.strip() not in str(error.value).replace("name@example.org", "")
    assert "example.org" in str(error.value)


@pytest.mark.parametrize("domain", ["mailinator.com", "Mailinator.COM", "box.yopmail.com", "temp-mail.ru"])
def test_addresses_that_do_not_last_are_refused(domain: str) -> None:
    """Those of subdomains too."""
    with pytest.raises(AddressError) as error:
        addresses.parse(f"reader@{domain}")
    assert error.value.disposable


def test_a_site_refuses_more_domains() -> None:
    """Also those written in another script or with capitals; and not those that only end alike."""
    assert addresses.parse("reader@example.net")
    for domain in ("example.net", "mail.example.net", "пример.рф"):
        with pytest.raises(AddressError, match="thrown away"):
            addresses.parse(f"reader@{domain}", ["Example.NET", "xn--e1afmkfd.xn--p1ai"])
    assert addresses.parse("reader@myexample.net", ["example.net"])


@pytest.mark.parametrize(
    ("email", "shown"),
    [("reader@example.org", "r…@e….org"), ("a@b.co.uk", "a…@b….uk"), ("ә@пошта.қаз", "ә…@п….қаз"), ("", "…")],
)
def test_an_address_is_shown_masked(email: str, shown: str) -> None:
    """Enough for its owner to recognise, too little for anybody else."""
    assert addresses.mask(email) == shown


@given(st.text(max_size=100))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    """Nothing that is typed is an error of ours; what is taken is taken again as it is."""
    try:
        kept = addresses.parse(text)
    except AddressError:
        return
    assert addresses.parse(kept) == kept
    assert kept.isprintable()
    assert " " not in kept


def test_the_list_of_domains_is_in_order() -> None:
    """Sorted, each once, in small letters: a change to it is easy to see."""
    lines = [line for line in addresses._DOMAINS.read_text("utf-8").splitlines() if line[0] != "#"]
    assert lines == sorted(set(lines))
    assert all(line == line.strip().lower() for line in lines)
