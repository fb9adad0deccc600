"""How messages leave: to a mail server, or into a folder to be looked at.

    transport = open_transport("smtps://…")     a thread has its own
    transport.send(sender, to, message, before_end=mark)

`before_end` is called when all of a message but its very end is out: what fails before was not taken, what fails after
may have been. A failure is one of `feeder.errors.TransportError`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Transport(Protocol):
    """One way out, used by one thread at a time."""

    def send(self, sender: str, to: str, message: bytes, *, name: str, before_end: Callable[[], None]) -> None:
        """Hand over one message; `sender` is the return path, `name` the delivery's own, for transports that write files.

        Raises NotNow, Never, Unknown, Unreachable.
        """

    def close(self) -> None:
        """Let go of the connection; nothing is lost by it."""
