"""The pages at which people subscribe, confirm, choose and leave: shown at any depth, made when they are asked for.

They work without scripts. Nothing on them tells whether a link or an address is known.
"""

from __future__ import annotations

from typing import Literal

from feeder.model import Locale
from feeder.pages import links, render
from feeder.pages.render import Layout

Trouble = Literal["malformed", "disposable", "again", "busy"]  #: why a request to subscribe was not taken

POT = "website"  #: name of the field that people do not see and programs fill in


def subscribe(
    layout: Layout, *, stamp: str, email: str = "", chosen: Locale | None = None, trouble: Trouble | None = None
) -> bytes:
    """The form. `stamp`: when it was given out, signed; `email`, `chosen`: as typed before, when there was a trouble."""
    return render.page(
        layout,
        "subscribe",
        links.subscribe(layout.locale),
        root=links.base(layout.site),
        addresses={code: links.address(layout.site, links.subscribe(code)) for code in layout.site.locales},
        stamp=stamp,
        email=email,
        chosen=chosen or layout.locale,
        trouble=trouble,
        pot=POT,
    )


def asked(layout: Layout, *, email: str, days: int) -> bytes:
    """What everybody is told who asked, whatever is known of the address. `days`: how long the link in the letter is good."""
    return _page(layout, "subscribe_asked", email=email, days=days)


def confirm(layout: Layout, *, done: bool, days: int) -> bytes:
    """A button, and after it was pressed the word that it is done."""
    return _page(layout, "confirm", done=done, days=days)


def unsubscribe(layout: Layout, *, done: bool) -> bytes:
    """A button, and after it was pressed the word that it is done."""
    return _page(layout, "unsubscribe", done=done)


def preferences(layout: Layout, *, chosen: Locale, paused: bool, saved: bool) -> bytes:
    """Language and pause as they are, and a button to leave."""
    return _page(layout, "preferences", chosen=chosen, paused=paused, saved=saved)


def _page(layout: Layout, name: str, **values: object) -> bytes:
    root = links.base(layout.site)
    return render.page(layout, name, "", root=root, addresses={}, canonical="", default="", **values)
