"""A WebSub hub, told over HTTP that a feed has changed. The one address feeder itself speaks to for that.

The recommendation (W3C, 23 January 2018) leaves open how a publisher tells its hub; hubs have kept what PubSubHubbub 0.3
said, a form with `hub.mode=publish` and the topic, which some call `hub.url` and others `hub.topic`. Each topic is a
request of its own: PHP, in which many hubs are written, keeps only the last of several fields of one name.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlencode

from feeder import markup
from feeder.errors import HubError

Ping = Callable[[str], None]  #: tells of one topic, an absolute URL; raises HubError


def pinging(hub: str, *, limit: float = 5.0) -> Ping:
    """How to tell the hub at this URL. No ping takes longer than `limit` seconds, whatever the hub or the net does.

    Each is made in a thread that can be left behind: looking up a name knows no limit, and a slow answer can go on for ever.
    """

    def ping(topic: str) -> None:
        answer: SimpleQueue[HubError | None] = SimpleQueue()
        Thread(target=lambda: answer.put(_post(hub, topic, limit)), name="ping", daemon=True).start()
        try:
            error = answer.get(timeout=limit)
        except Empty:
            raise HubError(f"no answer within {limit:g} seconds", general=True) from None
        if error:
            raise error

    return ping


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A hub that moved is the operator's to look at: what it leads to may be anybody's."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(hub: str, topic: str, limit: float) -> HubError | None:
    """Tell, and say what went wrong."""
    form = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode()
    request = urllib.request.Request(hub, data=form, headers={"User-Agent": "feeder"})  # noqa: S310  checked: http(s)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=limit):
            return None
    except urllib.error.HTTPError as error:
        with error:
            return _refusal(error.code)
    except urllib.error.URLError as error:
        return HubError(f"cannot be reached: {getattr(error.reason, 'strerror', None) or error.reason}", general=True)
    except (OSError, HTTPException, ValueError) as error:
        return HubError(f"no answer: {markup.line(str(error))[:200] or type(error).__name__}", general=True)


def _refusal(code: int) -> HubError:
    """What an answer that is no success means."""
    said = f"answered {code}"
    if 300 <= code < 400:
        return HubError(f"{said} and leads elsewhere; set feeds.hub to where it is now", general=True)
    return HubError(said, general=code in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE))
