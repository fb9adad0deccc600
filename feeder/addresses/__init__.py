"""Mail addresses: what is one, in one spelling; and how it is shown without being told.

    parse("Aigul@Пошта.ҚАЗ")   "Aigul@пошта.қаз"
    mask("reader@example.org")  "r…@e….org"

The domain is in small letters and in Unicode, also when it was typed as xn--…; the part before the @ stays as typed, and
may be in any script (RFC 6531). Whether the address exists is not asked: that would tell its mail server about the reader.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from pathlib import Path

from feeder.errors import AddressError

LONGEST, LONGEST_NAME = 254, 64  #: octets of an address and of what stands before its @ (RFC 5321, 4.5.3.1)
_DOMAINS = Path(__file__).with_name("disposable.txt")
_SURELY_TOO_LONG = 512  #: characters that are not even looked at


def parse(text: str, refused: Collection[str] = ()) -> str:
    """The address in `text`, in the one spelling in which it is kept. `refused`: more domains that are not written to.

    Raises AddressError, which does not repeat it.
    """
    from email_validator import EmailNotValidError, validate_email  # 40 ms, needed where an address is typed

    typed = text.strip()
    if len(typed) > _SURELY_TOO_LONG:
        raise AddressError("the address is too long; write one address, as name@example.org")
    try:
        # .test is there for trying things out (RFC 6761, 6.2): nothing sent there arrives anywhere
        found = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise AddressError(f"no mail address: {_in_one_line(error, typed)}; write it as name@example.org") from None
    except (UnicodeError, ValueError, IndexError):  # what the validator itself stumbles over
        raise AddressError("no mail address; write it as name@example.org") from None
    if len(found.normalized.encode()) > LONGEST or len(found.local_part.encode()) > LONGEST_NAME:
        raise AddressError("the address is longer than mail allows; write it as name@example.org")
    if is_disposable(found.ascii_domain, refused) or is_disposable(found.domain, refused):
        raise AddressError(
            "an address that is thrown away soon; write one that will be there next week", disposable=True
        )
    return found.normalized


def _in_one_line(error: Exception, typed: str) -> str:
    """What the validator says, without what was typed."""
    said = " ".join(str(error).split()).rstrip(".")
    for part in (typed, *typed.split("@")):
        said = said.replace(part, "…") if len(part) > 2 else said
    return said[:1].lower() + said[1:]


def is_disposable(domain: str, more: Collection[str] = ()) -> bool:
    """Whether addresses at a domain, or at one above it, are thrown away after a day."""
    labels = domain.casefold().split(".")
    above = {".".join(labels[start:]) for start in range(len(labels))}
    return not above.isdisjoint(_known()) or not above.isdisjoint(one.casefold() for one in more)


@functools.cache
def _known() -> frozenset[str]:
    lines = _DOMAINS.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def mask(email: str) -> str:
    """An address as lists and logs may show it: "r…@e….org"."""
    local, _, domain = email.rpartition("@")
    name, dot, top = domain.rpartition(".")
    return f"{local[:1]}…@{name[:1]}…{dot}{top}" if email else "…"
