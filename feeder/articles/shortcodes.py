"""Commands inside a text that only another generator can carry out: Hugo's shortcodes, Liquid tags of Jekyll.

A figure becomes a Markdown image. Of the others the words between opening and end stay; the commands go, and an editor is
told. None is ever printed as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from feeder import markup

#: Where a note begins and how it ends, in Liquid and in Hugo.
_COMMENT = re.compile(r"\{%-?\s*comment\b[^{}]*%\}|\{\{[<%-]?\s*/\*")
_ENDS = {"%": re.compile(r"\{%-?\s*endcomment\s*-?%\}"), "*": re.compile(r"\*/\s*[>%-]?\}\}")}
_SHORTCODE = re.compile(
    r"\{\{(?P<open>[<%])\s*(?P<end>/?)\s*(?P<name>[\w./-]+)(?P<rest>(?:\"[^\"{}]*\"|`[^`{}]*`|[^\"`{}])*?)/?\s*[%>]\}\}"
)
_TAG = re.compile(r"\{%-?\s*(?P<name>\w+)(?:[^{}%]|%(?!\})|\{\{[^{}]*\}\})*%\}")
_OUTPUT = re.compile(r"\{\{-?(?P<rest>[^{}]*?)-?\}\}")
#: kramdown's and python-markdown's classes and sizes, "{: .wide}", and Hugo's names of headings, "{#why}"
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}|(?<=[ \t])\{#[\w-]+\}[ \t]*$", re.MULTILINE)
_PARAMETER = re.compile(r"""([\w-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|`([^`]*)`|'([^']*)'|([^\s"'`]+))""")
_QUOTED_PATH = re.compile(r"""\s*["']([^"']+)["']\s*\|\s*(?:relative_url|absolute_url|prepend\b.*)\s*""")
_PICTURES = frozenset(("figure", "img", "image", "imgproc"))


def carried_out(text: str) -> tuple[str, tuple[str, ...]]:
    """A Markdown text without commands, and a problem for each kind of command that was left out."""
    if "{" not in text:
        return text, ()
    left: dict[str, None] = {}

    def shortcode(match: re.Match[str]) -> str:
        values = _parameters(match["rest"])
        if match["name"].casefold() in _PICTURES and values.get("src"):
            return _image(values)
        if not match["end"]:
            left[f"{{{{{match['open']} {match['name']} {'>' if match['open'] == '<' else '%'}}}}}"] = None
        return ""

    def tag(match: re.Match[str]) -> str:
        if not match["name"].startswith("end"):
            left[f"{{% {match['name']} %}}"] = None
        return ""

    def output(match: re.Match[str]) -> str:
        if quoted := _QUOTED_PATH.fullmatch(match["rest"]):
            return quoted[1]
        if match["rest"].strip() not in ("site.url", "site.baseurl"):  # before the path of a picture they say nothing
            left[f"{{{{ {markup.line(match['rest'])[:60]} }}}}"] = None
        return ""

    text = _without_comments(text)
    for pattern, made in ((_SHORTCODE, shortcode), (_TAG, tag), (_OUTPUT, output)):
        text = pattern.sub(made, text)
    return _ATTRIBUTES.sub("", text), tuple(map(_told, left))


def _without_comments(text: str) -> str:
    """What stands between the marks of a note is for editors; one that does not end is none."""
    kept, at, ends = list[str](), 0, dict(_ENDS)
    while opening := _COMMENT.search(text, at):
        kind = "*" if opening[0].endswith("*") else "%"
        closing = ends[kind].search(text, opening.end()) if kind in ends else None
        if closing is None:
            ends.pop(kind, None)  # there is none further on either
        kept.append(text[at : opening.start() if closing else opening.end()])
        at = (closing or opening).end()
    return "".join(kept) + text[at:]


def _told(command: str) -> str:
    return f"{command} in the text was left out: only the program that it was written for can carry it out; write it as Markdown"


def _parameters(text: str) -> Mapping[str, str]:
    """`src="a.jpg" alt="A bridge"`; the first value of each name."""
    found: dict[str, str] = {}
    for name, value in _named(text):
        found.setdefault(name.casefold(), markup.line(value))
    return found


def _named(text: str) -> Iterator[tuple[str, str]]:
    for name, double, raw, single, bare in _PARAMETER.findall(text):
        yield name, double.replace('\\"', '"') or raw or single or bare


def _image(values: Mapping[str, str]) -> str:
    """A figure as a Markdown image; its heading is said before its caption, whose picture it is behind."""
    parts = [_plain(values.get(name, "")) for name in ("title", "caption", "attr")]
    words = " ".join(part if part[-1] in ".!?…:»”" else f"{part}." for part in parts if part)
    source = re.sub(r"([\\<>])", r"\\\1", values["src"])
    return f'![{_escaped(values.get("alt", ""))}](<{source}> "{_escaped(words)}")'


def _plain(text: str) -> str:
    """The words of a caption, which Hugo takes for Markdown."""
    return markup.line(markup.plain(markup.sanitise(markup.from_markdown(text))))


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]()<>\"!&~|])", r"\\\1", text)
