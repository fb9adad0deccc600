"""Text, Markdown and HTML into safe HTML, plain text and summaries. Pure.

The allow-list holds what a news story needs; scripts, styles, frames, forms, event handlers and remote images do not
pass (a remote image tells its server who reads). Links open http, https and mailto only.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from html import escape
from urllib.parse import urljoin

import nh3
from lxml import html as lxml_html
from markdown_it import MarkdownIt

SUMMARY_LENGTH = 280  #: code points

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4",
    "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "time", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "hreflang", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
# C0 and C1 controls but tab and line ends, surrogates, noncharacters (XML 1.0, 2.2 Char), and the bidi overrides that can
# show a text in another order than it is read
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)


def clean(text: str) -> str:
    """NFC, line ends as "\\n", without characters that XML forbids or that reorder what is read."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNSAFE.sub("", unified))


def line(text: str) -> str:
    """One clean line: every run of white space is one space."""
    return " ".join(clean(text).split())


def sanitise(html: str, base: str = "") -> str:
    """Safe HTML. Relative links are resolved against `base`, or dropped when there is none."""
    safe: str = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math"},
        link_rel="nofollow noopener",
        attribute_filter=functools.partial(_attribute, base),
    )
    return safe


def _attribute(base: str, tag: str, name: str, value: str) -> str | None:
    if tag != "a" or name != "href" or re.match(r"[a-z][a-z0-9+.-]*:", value, re.IGNORECASE):
        return value
    return urljoin(base, value) if base else None


@functools.cache
def _commonmark() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])


def from_markdown(text: str) -> str:
    """CommonMark with tables; raw HTML is shown as text. Headings start at h2: the page's h1 is the title."""
    tokens = _commonmark().parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(4, max(2, int(token.tag[1])))}"
    html: str = _commonmark().renderer.render(tokens, _commonmark().options, {})
    return html


def from_text(text: str) -> str:
    """Paragraphs separated by blank lines, as HTML."""
    return "\n".join(f"<p>{escape(line(part), quote=False)}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())


def paragraphs(html: str) -> tuple[str, ...]:
    """The blocks of safe HTML as plain lines, in order."""
    if not html.strip():
        return ()
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    for br in root.iter("br"):
        br.tail = "\n" + (br.tail or "")
    blocks = [el for el in root.iter(*_BLOCKS) if not any(True for _ in el.iterdescendants(*_BLOCKS))]
    texts = [line("".join(el.itertext())) for el in blocks] or [line("".join(root.itertext()))]
    return tuple(text for text in texts if text)


_BLOCKS = ("p", "li", "h2", "h3", "h4", "blockquote", "pre", "td", "th", "dt", "dd", "figcaption")


def plain(html: str) -> str:
    """Safe HTML as plain text, blocks separated by a blank line."""
    return "\n\n".join(paragraphs(html))


def summary(*texts: str) -> str:
    """The first text that is not empty, cut to 280 characters at the end of a sentence, or else of a word."""
    text = line(next((part for part in texts if part.strip()), ""))
    if len(text) <= SUMMARY_LENGTH:
        return text
    head = text[:SUMMARY_LENGTH]
    ends = [match.end() for match in re.finditer(r"[.!?…][»”\")]?(?=\s)", head)]
    if ends and ends[-1] >= SUMMARY_LENGTH // 3:
        return head[: ends[-1]]
    return head[: SUMMARY_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:–—-") + "…"


_LATIN = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "gh", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "ң": "ng", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "kh", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "і": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip


def slug(text: str) -> str:
    """ASCII words joined by hyphens; Kazakh and Russian letters are transliterated, none is lost. "" when nothing is left."""
    latin = "".join(_LATIN.get(letter, letter) for letter in text.casefold())
    folded = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", folded.replace("'", "")).strip("-")[:80].rstrip("-")
