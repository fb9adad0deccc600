"""The page that says what is kept of subscribers: built from the columns that the store really has, and the settings.

The words stand in `templates/pages/privacy.html.j2`, with the columns they speak of; `unsaid` tells which have none.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from feeder.pages import links, render
from feeder.pages.render import Layout

_COLUMN = re.compile(r"\b(?:subscriber|suppressed|rate|bounce|delivery)\.[a-z_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """How a site keeps its subscribers."""

    columns: tuple[str, ...]  #: of the tables that have to do with persons, as the store has them: "subscriber.email"
    encrypted: bool  #: addresses are kept encrypted, with a key that is not in the store
    days: int  #: after which who did not confirm is forgotten
    bounces: bool  #: messages that come back are read
    contact: str = ""  #: whom to ask, a mail address


def privacy(layout: Layout, practice: Practice) -> bytes:
    """What is kept, why, and for how long."""
    return render.page(
        layout,
        "privacy",
        links.privacy(layout.locale),
        addresses={code: links.address(layout.site, links.privacy(code)) for code in layout.site.locales},
        practice=practice,
        kept=lambda names: not set(practice.columns).isdisjoint(names.split()),
    )


def unsaid(source: str, columns: Collection[str]) -> list[str]:
    """The columns of which a template says nothing."""
    return sorted(set(columns) - set(_COLUMN.findall(source)))
