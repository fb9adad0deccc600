"""What a server says, in a line that may stand in a log: nothing in it shows to whom a message went. Pure."""

from __future__ import annotations

import re

from feeder import markup

LONGEST = 300  #: characters of a line

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']*@[^\s<>()\[\],;:\"']*")


def told(text: str, *secrets: str) -> str:
    """`text` in one line, without addresses and without the secrets; of a secret that is an address, without its halves."""
    line = markup.line(text[: 4 * LONGEST])
    for part in sorted({part for secret in secrets for part in (secret, *secret.split("@"))}, key=len, reverse=True):
        if part:
            line = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "…", line, flags=re.IGNORECASE)
    return _ADDRESS.sub("…", line)[:LONGEST].strip()
