"""Pages that show themselves again when they changed: for an editor or translator at this machine, never for readers.

Served pages get one script more, from the server itself; published files have nothing of it.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from starlette.types import Receive, Scope, Send

SCRIPT, CHANGES = "/-/reload.js", "/-/changes"
_TAG = f'<script src="{SCRIPT}" defer></script>'.encode()
_END = b"</body>"


class Live:
    """What open pages listen to (server-sent events); `tell` may be called from any thread."""

    script = (Path(__file__).parent / "reload.js").read_bytes()
    allowed = "; connect-src 'self'"  #: what the pages' Content-Security-Policy needs more

    def __init__(self) -> None:
        self.number = 0
        self.closed = False
        self.listeners: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def add(self, page: bytes) -> bytes:
        """A page with the script."""
        before, end, after = page.rpartition(_END)
        return before + _TAG + end + after if end else page + _TAG

    def tell(self) -> None:
        """The site has changed."""
        self.number += 1
        self._wake()

    def close(self) -> None:
        """No page is to wait any longer: the server stops."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        for loop, event in tuple(self.listeners):
            loop.call_soon_threadsafe(event.set)

    async def changes(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One event at once and one for each change; its text differs from start to start of the server, too."""
        kinds = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": kinds})
        event = asyncio.Event()
        listener = (asyncio.get_running_loop(), event)
        gone = asyncio.ensure_future(_disconnected(receive))
        self.listeners.add(listener)
        try:
            while not (self.closed or gone.done()):
                event.clear()
                text = f"retry: 300\ndata: {os.getpid()}.{self.number}\n\n"
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
                waiting = asyncio.ensure_future(event.wait())
                await asyncio.wait((waiting, gone), return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.listeners.discard(listener)
            gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
