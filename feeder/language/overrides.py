"""A site's own template beside the one of feeder that it stands in for: what it was made without. Pure.

A template that was copied from an older feeder still renders, and says less than the feeder of today: no way to leave, no
notice of a correction. What the packaged one uses and the site's does not is told by name.
"""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Environment, nodes

_ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701  nothing is rendered with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a template is made of, by name."""

    blocks: frozenset[str]
    names: frozenset[str]  #: that it takes from what it is given, or from others: "entry", "unsubscribe"
    macros: frozenset[str]  #: that others may import from it


def parts(source: str) -> Parts:
    """Raises jinja2.TemplateSyntaxError."""
    tree = _ENVIRONMENT.parse(source)
    blocks = frozenset(one.name for one in tree.find_all(nodes.Block))
    macros = frozenset(one.name for one in tree.find_all(nodes.Macro))
    names = frozenset(one.name for one in tree.find_all(nodes.Name) if one.ctx == "load")
    return Parts(blocks=blocks, names=names, macros=macros)


def missing(own: Parts, packaged: Parts) -> list[str]:
    """What the packaged one has and the site's has not: blocks and macros that others fill or call, values it shows."""
    lost = [f"the block {name!r}" for name in sorted(packaged.blocks - own.blocks)]
    lost += [f"the macro {name!r}" for name in sorted(packaged.macros - own.macros)]
    return lost + [repr(name) for name in sorted(packaged.names - own.names - packaged.macros) if len(name) > 1]
