"""The digest's stylesheet, put inline: a style attribute is all that many mail programs read.

    styles = read(css)
    styles["text first"] -> ' class="text" style="margin:0;font-size:16px;…"'     for a template to print in a tag
    styles.sheet         -> the rest, for <style>: what holds on narrow or dark screens only

    with_styles(environment) -> the environment, whose templates are compiled with `{{ css["text first"] }}` already printed

A rule for classes alone (`.text{…}`, `.text,.meta{…}`) goes inline; of two classes on one tag the later named wins. All
other rules go into the sheet, and only classes it speaks of stay on the tags: a message is cut at 102 kB. Styles are put
together when a template is compiled, not in each message.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping

from jinja2 import BaseLoader, Environment, TemplateSyntaxError
from markupsafe import Markup

SHEET = "digest/digest.css.j2"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"\s*([^{}]+?)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_CLASSES = re.compile(r"\.[A-Za-z][\w-]*(?:\s*,\s*\.[A-Za-z][\w-]*)*")
_BREAK = re.compile(r"\s*\n\s*")
_PRINTED = re.compile(r"\{\{ css\[\"([\w -]+)\"\] \}\}")
_NAME = re.compile(r"\.([A-Za-z][\w-]*)")


class Styles(dict[str, Markup]):
    """What to print for a list of classes; made when it is first asked for."""

    def __init__(self, inline: Mapping[str, Mapping[str, str]], sheet: str) -> None:
        super().__init__()
        self.sheet = Markup(sheet)  # noqa: S704  from a template of the site
        self._inline, self._spoken_of = inline, frozenset(_NAME.findall(sheet))

    def __missing__(self, classes: str) -> Markup:
        """The attributes of a tag with these classes. Raises ValueError for a class without any rule."""
        made = self[classes] = self._attributes(classes.split())
        return made

    def _attributes(self, names: list[str]) -> Markup:
        style: dict[str, str] = {}
        for name in names:
            if name not in self._inline and name not in self._spoken_of:
                raise ValueError(f"the class {name!r} has no rule in {SHEET}")
            for key, value in self._inline.get(name, {}).items():
                style.pop(key, None)  # the last one wins also over a shorthand, as in a stylesheet
                style[key] = value
        kept = " ".join(name for name in names if name in self._spoken_of)
        found = {"class": kept, "style": ";".join(f"{key}:{value}" for key, value in style.items())}
        return Markup().join(Markup(' {}="{}"').format(key, value) for key, value in found.items() if value)


@functools.lru_cache(8)
def read(css: str) -> Styles:
    """The rules of a stylesheet; at-rules hold rules and nothing deeper."""
    inline: dict[str, dict[str, str]] = {}
    rest = []
    for selector, body in _RULE.findall(_COMMENT.sub("", css)):
        if _CLASSES.fullmatch(selector):
            for name in _NAME.findall(selector):
                inline.setdefault(name, {}).update(_declarations(body))
        else:
            rest.append(f"{selector}{{{_BREAK.sub('', body)}}}")
    return Styles(inline, "\n".join(rest))


def _declarations(body: str) -> dict[str, str]:
    pairs = (one.partition(":") for one in body.split(";") if one.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}


@functools.lru_cache(8)
def with_styles(environment: Environment) -> Environment:
    """The environment for templates that print styles; it follows changes of the stylesheet too."""
    return environment.overlay(loader=_Loader(environment))


def stylesheet(environment: Environment) -> Styles:
    """That of the site, else feeder's."""
    return read(environment.get_template(SHEET).render())


class _Loader(BaseLoader):
    """Puts the styles into the source, so that they are constants of the compiled template, whose hash they move."""

    def __init__(self, environment: Environment) -> None:
        self._plain = environment

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        assert self._plain.loader is not None
        source, filename, fresh = self._plain.loader.get_source(environment, template)
        if not template.endswith(".html.j2"):
            return source, filename, fresh
        sheet = self._plain.get_template(SHEET)
        styles = read(sheet.render())

        def printed(match: re.Match[str]) -> str:
            try:
                return styles[match[1]]
            except ValueError as error:
                line = source.count("\n", 0, match.start()) + 1
                raise TemplateSyntaxError(str(error), line, template, filename) from None

        return _PRINTED.sub(printed, source), filename, lambda: (fresh is None or fresh()) and sheet.is_up_to_date
