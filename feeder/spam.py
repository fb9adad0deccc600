"""What SpamAssassin says of a message, where it is installed: an editor's look, never a condition for anything.

Only the tests that need no network run (`-L`), in an empty home folder, with neither its memory of earlier mail nor the
settings of the machine's user. Nothing of the message leaves the machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

SECONDS = 30.0  #: that it may take
_OPTIONS = ("-L", "-t", "-x", "--cf=use_bayes 0", "--cf=use_auto_whitelist 0", "--cf=report_safe 0")
#: A message that was never sent has no Received fields.
_UNSENT = ("--cf=score NO_RELAYS 0", "--cf=score NO_RECEIVED 0")
_STATUS = re.compile(r"^X-Spam-Status: \w+, score=(-?[\d.]+) required=([\d.]+)", re.MULTILINE)
_RULE = re.compile(r"^ *(-?\d+(?:\.\d+)?) ([A-Z][A-Z0-9_]+) +(\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Points and what they are for."""

    points: float
    limit: float  #: from which a message is called spam
    rules: tuple[tuple[float, str, str], ...]  #: points, name and description of each rule that counts, the worst first


def is_there() -> bool:
    """Whether a score can be had on this machine."""
    return shutil.which("spamassassin") is not None


def score(message: bytes, seconds: float = SECONDS) -> Verdict | None:
    """The verdict on a message; None when there is no SpamAssassin, or it fails, or takes too long."""
    program = shutil.which("spamassassin")
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="feeder-spam-") as home:
        try:
            done = subprocess.run(  # noqa: S603  our own words, and a message on its stdin
                [program, *_OPTIONS, *_UNSENT],
                input=message,
                capture_output=True,
                check=False,
                timeout=seconds,
                env={"PATH": os.environ.get("PATH", ""), "HOME": home, "LC_ALL": "C.UTF-8"},
                cwd=home,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    return _verdict(done.stdout.decode("utf-8", errors="replace"))


def _verdict(report: str) -> Verdict | None:
    found = _STATUS.search(report)
    if found is None:
        return None
    rules = ((float(points), name, what.strip()) for points, name, what in _RULE.findall(report))
    counting = sorted((rule for rule in rules if rule[0]), key=lambda rule: (-rule[0], rule[1]))
    return Verdict(points=float(found[1]), limit=float(found[2]), rules=tuple(dict.fromkeys(counting)))
