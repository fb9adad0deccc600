"""The story of an HTML page, parted from the site around it.

    tree -> loose text put into paragraphs -> trafilatura says which blocks are the story -> those, as the page wrote them

trafilatura knows stories from sites, but its own output merges lists, loses languages and paragraphs that are one link;
so it only chooses, and the markup stays the page's. Deterministic; nothing is fetched, no clock is read.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from feeder import markup
from feeder.articles import html_pictures
from feeder.errors import ArticleError
from feeder.model import Dropped, Enclosure

_LEAVES = ("p", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "td", "th", "dt", "dd")
_BLOCKS = frozenset(
    (*_LEAVES, "h1", "address", "article", "aside", "body", "center", "details", "div", "dl", "fieldset", "figure", "figcaption",
     "footer", "form", "header", "hr", "main", "nav", "ol", "section", "summary", "table", "tbody", "thead", "tfoot", "tr", "ul")
)  # fmt: skip
_FRAMES = ("table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl")  #: they hold blocks only
_INLINE = ("abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "small", "span",
           "strong", "sub", "sup", "time", "tt", "u", "var")  # fmt: skip
#: Elements in which no story stands.
_NEVER = (
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "form", "button", "select", "textarea",
    "nav", "aside", "footer", "head", "audio", "video", "canvas", "dialog",
)  # fmt: skip
_MENU = 0.8  #: share of letters inside links from which a row of them is a menu
_OWNER = re.compile(r"(?:©|\(c\)|copyright\b|all rights reserved\b)", re.IGNORECASE)
_AUTHOR = re.compile(r"(?:by\s|авторы?:\s)", re.IGNORECASE)
_BYLINE = 120  #: code points of the longest line that says who wrote
_LONG = 60  #: letters from which a text inside another is no accident

logging.getLogger("trafilatura").addHandler(logging.NullHandler())  # what it grumbles about is not for a terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What was found."""

    html: str  #: as the page wrote it, with marks where pictures stand; not safe yet
    caption: str  #: of the first picture that stands with the story; "" when it has none
    dropped: tuple[Dropped, ...]  #: blocks that stood beside the story and may have been taken for it
    pictures: tuple[Enclosure, ...] = ()  #: one for each mark, with its number


def read(tree: Any, title: str, authors: Iterable[str] = ()) -> Story:
    """The story on a page; `title` is not repeated in it, nor a line above it that names `authors` or the day.

    Raises ArticleError when there is none.
    """
    root = copy.deepcopy(tree)
    caption = _caption(root)
    for element in [el for el in root.iter() if _is_foreign(el)]:
        element.drop_tree()
    found = html_pictures.mark(root)
    _gather_loose(root)
    leaves = [_Leaf(el) for el in root.iter(*_LEAVES) if not any(True for _ in el.iterdescendants(*_LEAVES))]
    stories = [leaf for leaf in leaves if not _is_chrome(leaf)]
    chosen = _below_byline(_chosen(stories, _Known(root), _letters(title)), [_letters(name) for name in authors])
    if not chosen:
        raise ArticleError("no story was found on the page; save its text as .txt or .md", field="body")
    dropped = tuple(_dropped(leaf, _letters(title)) for leaf in leaves if leaf.letters and leaf not in chosen)
    marks, pictures, none = html_pictures.of_story(root, found, [leaf.element for leaf in chosen])
    html = _cut_out(root, [*(leaf.element for leaf in chosen), *marks])
    return Story(html=html, caption=caption, dropped=dropped + none, pictures=pictures)


class _Leaf:
    """A block without blocks inside."""

    def __init__(self, element: Any) -> None:
        self.element, self.text = element, markup.line(element.text_content())
        self.letters = _letters(self.text)
        self.line = element.sourceline or 0


def _is_chrome(leaf: _Leaf) -> bool:
    """Whether a block is a row of links, or says whose the page is."""
    links = [_letters(link.text_content()) for link in leaf.element.iter("a")]
    menu = len(links) > 1 and len("".join(links)) >= len(leaf.letters) * _MENU
    return (menu and not _is_sentence(leaf)) or _OWNER.match(leaf.text) is not None


def _dropped(leaf: _Leaf, title: str) -> Dropped:
    reason = "repeats the title" if leaf.letters == title else "is not part of the story"
    return Dropped(line=leaf.line, text=leaf.text, reason=reason)


def _is_foreign(element: Any) -> bool:
    """Whether an element is hidden, or of a sort in which no story stands."""
    if not isinstance(element.tag, str):
        return True  # a comment
    style = (element.get("style") or "").replace(" ", "").lower()
    hidden = "hidden" in element.attrib or element.get("aria-hidden") == "true" or "display:none" in style
    return (element.tag in _NEVER or hidden) and element.tag not in ("html", "body")


def _caption(root: Any) -> str:
    """A picture's caption counts inside <article> or <main>, where such are; there may be other stories' pictures around."""
    scope = next(root.iter("article"), None)
    scope = scope if scope is not None else next(root.iter("main"), root)
    return next((text for el in scope.iter("figcaption") if (text := markup.line(el.text_content()))), "")


# --- loose text -----------------------------------------------------------------------------------


def _gather_loose(root: Any) -> None:
    """Put text that stands beside blocks, or between two line breaks, into paragraphs of its own."""
    for element in [el for el in root.iter("p") if _breaks(el)]:
        element.tag = "div"
    for element in [el for el in root.iter(*_BLOCKS) if el.tag not in _FRAMES]:
        if element.tag not in _LEAVES or _breaks(element) or any(child.tag in _BLOCKS for child in element):
            _gather(element)


def _breaks(element: Any) -> bool:
    return any(
        br.getnext() is not None and br.getnext().tag == "br" and not (br.tail or "").strip()
        for br in element.iter("br")
    )


def _gather(element: Any) -> None:
    nodes = list(_nodes(element))
    for child in list(element):
        element.remove(child)
    element.text, run, breaks = None, None, 0
    for node in nodes:
        breaks = breaks + 1 if not isinstance(node, str) and node.tag == "br" else breaks if _blank(node) else 0
        if not isinstance(node, str) and node.tag in _BLOCKS:
            element.append(node)
            run = None
        elif breaks > 1:
            _end(run)
            run = None
        elif run is not None or not (_blank(node) or breaks):
            run = etree.SubElement(element, "p") if run is None else run
            _append(run, node)


def _end(run: Any) -> None:
    """The first of two line breaks goes as well."""
    if run is not None and len(run) and run[-1].tag == "br" and _blank(run[-1].tail or ""):
        run.remove(run[-1])


def _nodes(element: Any) -> Iterator[Any]:
    """Text and children in order, each tail cut off and given by itself."""
    yield element.text or ""
    for child in element:
        tail, child.tail = child.tail, None
        yield child
        yield tail or ""


def _blank(node: Any) -> bool:
    return isinstance(node, str) and not node.strip()


def _append(element: Any, node: Any) -> None:
    if not isinstance(node, str):
        element.append(node)
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + node
    else:
        element.text = (element.text or "") + node


# --- the choice -----------------------------------------------------------------------------------


class _Known:
    """The blocks that trafilatura takes for the story, without white space: it moves that about."""

    def __init__(self, root: Any) -> None:
        import trafilatura  # a fifth of a second to import, and only saved pages need it

        simple = copy.deepcopy(root)
        for mark in list(simple.iter("figure")):
            mark.drop_tree()
        etree.strip_tags(simple, *_INLINE)  # it parts a paragraph at some of them
        found = trafilatura.extract(
            simple, output_format="html", include_links=True, include_formatting=True, include_comments=False,
            include_images=False, favor_precision=True, deduplicate=False,
        )  # fmt: skip
        lines = markup.paragraphs(found) if found else ()
        self.blocks = {_letters(line) for line in lines}
        self.whole = "".join(_letters(line) for line in lines)

    def has(self, text: str) -> bool:
        return text in self.blocks or (len(text) >= _LONG and text in self.whole)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", markup.clean(text))


def _chosen(leaves: list[_Leaf], known: _Known, title: str) -> list[_Leaf]:
    """The leaves that are the story: what is known, and whole sentences that stand between as siblings."""
    marked = [bool(leaf.letters) and known.has(leaf.letters) and leaf.letters != title for leaf in leaves]
    if True not in marked:
        return []
    first, last = marked.index(True), len(marked) - marked[::-1].index(True)
    sure = {leaf for leaf, mark in zip(leaves, marked, strict=True) if mark}
    parents = {leaf.element.getparent() for leaf in sure if leaf.element.tag == "p"}
    between = (leaf for leaf in leaves[first:last] if leaf.letters != title and _is_sentence(leaf))
    sure.update(leaf for leaf in between if leaf.element.getparent() in parents)
    return [leaf for leaf in leaves if leaf in sure]


def _below_byline(leaves: list[_Leaf], authors: list[str]) -> list[_Leaf]:
    """Without the lines above the first sentence that only say who wrote, and when."""
    start = next((number for number, leaf in enumerate(leaves) if _is_sentence(leaf)), len(leaves))
    return [leaf for leaf in leaves[:start] if not _is_byline(leaf, authors)] + leaves[start:]


def _is_byline(leaf: _Leaf, authors: list[str]) -> bool:
    times = "".join(_letters(el.text_content()) for el in leaf.element.iter("time"))
    named = _AUTHOR.match(leaf.text) or any(name and name in leaf.letters for name in authors)
    return leaf.letters == times or bool(len(leaf.text) <= _BYLINE and named)


def _is_sentence(leaf: _Leaf) -> bool:
    """Whether a paragraph says something, be it one link, and does not only lead elsewhere."""
    return leaf.element.tag == "p" and leaf.text.endswith((".", "!", "?", "…", "»", "”", '"'))


def _cut_out(root: Any, chosen: list[Any]) -> str:
    """The chosen blocks within the lists, tables and quotations they stand in, and nothing else."""
    inside = {element for leaf in chosen for element in leaf.iter()}
    around = {element for leaf in chosen for element in leaf.iterancestors()} - inside
    for element in [el for el in root.iterdescendants() if el not in inside and el not in around]:
        element.drop_tree()
    for element in around:
        element.text = None
        for child in element:
            child.tail = None
    return "\n".join(etree.tostring(child, encoding="unicode", method="html") for child in root)
