"""The story of an HTML page, parted from the site around it.

    tree -> loose text put into paragraphs -> trafilatura says which blocks are the story -> those, as the page wrote them

trafilatura knows stories from sites, but its own output merges lists, loses languages and paragraphs that are one link;
so it only chooses, and the markup stays the page's. Deterministic; nothing is fetched, no clock is read.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lxml import etree

from feeder import markup
from feeder.articles.html_pages import html_pictures
from feeder.errors import ArticleError
from feeder.model import Dropped, Enclosure, Language

_LEAVES = ("p", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "td", "th", "dt", "dd")
_BLOCKS = frozenset(
    (*_LEAVES, "h1", "address", "article", "aside", "body", "center", "details", "div", "dl", "fieldset", "figure", "figcaption",
     "footer", "form", "header", "hr", "main", "nav", "ol", "section", "summary", "table", "tbody", "thead", "tfoot", "tr", "ul")
)  # fmt: skip
_FRAME_PARTS = ("thead", "tbody", "tfoot", "tr", "td", "th")
_FRAMES = ("table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl")  #: they hold blocks only
_INLINE = ("abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "small", "span",
           "strong", "sub", "sup", "time", "tt", "u", "var")  # fmt: skip
#: Elements in which no story stands.
_NEVER = (
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "form", "button", "select", "textarea",
    "nav", "aside", "footer", "head", "audio", "video", "canvas", "dialog",
)  # fmt: skip
_MENU = 0.8  #: share of letters inside links from which a row of them is a menu
_BESIDE = {"aside": "stands beside the story", "footer": "foot of the page", "nav": "navigation of the site"}
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|deck|standfirst|subtitle|excerpt|anons|announce|intro|lid|description|preview(?:[_-]text)?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"caption|(?:photo|img|image|picture)[_-]*(?:text|desc|author|credit|source|title)", re.IGNORECASE
)
_SMALL = 3  #: elements in a box that is a caption as a whole
_COMMENTS = re.compile(r"(?:^|\s)(?:comments?|disqus)(?:$|[\s_-])", re.IGNORECASE)
_OWNER = re.compile(r"(?:©|\(c\)|copyright\b|all rights reserved\b)", re.IGNORECASE)
_LONG = 60  #: letters from which a text inside another is no accident

logging.getLogger("trafilatura").addHandler(logging.NullHandler())  # what it grumbles about is not for a terminal


class Block:
    """A piece of the page that holds no other: a paragraph, a heading, an item."""

    def __init__(self, element: Any, reason: str = "") -> None:
        self.element, self.text = element, _text(element)
        self.tag, self.parent = element.tag, element.getparent()
        self.letters = letters_of(self.text)
        self.line = next((int(el.sourceline) for el in (*element.iter(), *element.iterancestors()) if el.sourceline), 0)
        self.story = False  #: whether it was taken for the story
        self.reason = reason  #: why it is not, when its element says so

    @property
    def parts(self) -> tuple[str, ...]:
        """Its text as its elements part it: the day, the name, the counter in a line of a page's head."""
        outer = self.element
        while len(outer) == 1 and not (outer.text or "").strip() and not (outer[0].tail or "").strip():
            outer = outer[0]
        pieces = [outer.text or "", *(piece for el in outer for piece in (_text(el), el.tail or ""))]
        return tuple(text for piece in pieces if any(map(str.isalnum, text := markup.line(piece))))

    @property
    def pictured(self) -> bool:
        """Whether the page says that it is the caption of a picture."""
        around = (self.element, self.parent) if self.siblings <= _SMALL else (self.element,)
        return any(el is not None and _CAPTION.search(f"{el.get('class') or ''}") for el in around)

    @property
    def siblings(self) -> int:
        return 0 if self.parent is None else len(self.parent)

    @property
    def link(self) -> str:
        """Where a block leads that is one link and nothing else; "" for others."""
        outer = next(
            (el for el in self.element.iterancestors("a") if letters_of(el.text_content()) == self.letters), None
        )
        return (outer.get("href") or "") if outer is not None else self.inner_link if self._is_link() else ""

    def _is_link(self) -> bool:
        return any(self.letters and letters_of(el.text_content()) == self.letters for el in self.element.iter("a"))

    @property
    def inner_link(self) -> str:
        """Of the links in a block the first."""
        return next((el.get("href") for el in self.element.iter("a") if el.get("href")), "")

    @property
    def times(self) -> str:
        """The letters of the times in it."""
        return "".join(letters_of(el.text_content()) for el in self.element.iter("time"))

    @property
    def lead(self) -> bool:
        """Whether the page says that it is the deck."""
        around = (self.element, *self.element.iterancestors("div", "header", "section"))
        return any(_LEAD.search(f"{el.get('class') or ''} {el.get('itemprop') or ''}") for el in around[:2])

    @property
    def comment(self) -> bool:
        """Whether it stands where readers write."""
        around = (el for el in self.element.iterancestors() if el.tag not in ("html", "body"))
        return any(_COMMENTS.search(f"{el.get('class') or ''} {el.get('id') or ''}") for el in around)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The blocks of a page; `Block.story` tells which may be the story."""

    root: Any
    blocks: tuple[Block, ...]  #: in order
    beside: tuple[tuple[Block, ...], ...]  #: of each element in which no story stands
    caption: str  #: of the first picture that stands with the story; "" when it has none
    marks: Mapping[Any, html_pictures.Found]  #: the element in the place of each picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A story as its page wrote it."""

    html: str  #: not safe yet; with marks where its pictures stand
    pictures: tuple[Enclosure, ...]  #: one for each mark, with its number
    dropped: tuple[Dropped, ...]  #: what is no picture


def find(tree: Any, title: str) -> Found:
    """The blocks of a page; `title` is none of the story's. Raises ArticleError when no story is there."""
    found = _taken_apart(tree)
    stories = [leaf for leaf in found.blocks if not _is_chrome(leaf)]
    for leaf in _chosen(stories, _Known(found.root), letters_of(title)):
        leaf.story = True
    if not any(leaf.story for leaf in found.blocks):
        raise ArticleError("no story was found on the page; save its text as .txt or .md", field="body")
    return found


def whole(tree: Any, title: str) -> Found:
    """The blocks of a piece of HTML that is a story without a site around it; `title` is none of the story's."""
    found = _taken_apart(tree)
    for leaf in found.blocks:
        leaf.story = bool(leaf.letters) and leaf.letters != letters_of(title)
    return found


def _taken_apart(tree: Any) -> Found:
    """The blocks of a page, none yet said to be the story."""
    root = copy.deepcopy(tree)
    caption = _caption(root)
    foreign = [el for el in root.iter() if _is_foreign(el)]
    beside = tuple(_beside(el) for el in foreign if el.tag in _BESIDE and not _is_hidden(el))
    for element in foreign:
        element.drop_tree()
    marks = html_pictures.mark(root)
    _gather_loose(root)
    return Found(root=root, blocks=tuple(_leaves(root)), beside=beside, caption=markup.line(caption), marks=marks)


def cut_out(found: Found, kept: Sequence[Block], language: Language) -> Cut:
    """The kept blocks and the pictures among them. What a <div> says of their language they say themselves."""
    for block in kept:
        around = next(
            (code for el in block.element.iterancestors() if (code := _lang(el)) and el.tag not in ("html", "body")), ""
        )
        if around and not _lang(block.element) and markup.language_tag(around) != language:
            block.element.set("lang", around)
    elements = [block.element for block in kept]
    marks, pictures, none = html_pictures.of_story(found.root, found.marks, elements) if elements else ([], (), ())
    return Cut(html=_cut_out(found.root, [*elements, *marks]), pictures=pictures, dropped=none)


def _text(element: Any) -> str:
    """The text of an element as one line; a line break parts words."""
    if element.tag == "br" or next(element.iter("br"), None) is None:
        return markup.line(element.text_content())
    return markup.line("".join(f"{' ' if el.tag == 'br' else ''}{text}" for el, text in _pieces(element)))


def _pieces(element: Any) -> Iterator[tuple[Any, str]]:
    for event, one in etree.iterwalk(element, events=("start", "end")):
        if event == "start" and isinstance(one.tag, str):
            yield one, one.text or ""
        elif event == "end" and one is not element:
            yield element, one.tail or ""


def _lang(element: Any) -> str:
    return element.get("lang") or element.get("xml:lang") or ""


def _leaves(root: Any) -> list[Block]:
    return [Block(el) for el in root.iter(*_LEAVES) if not any(True for _ in el.iterdescendants(*_LEAVES))]


def _beside(element: Any) -> tuple[Block, ...]:
    """The blocks of an element beside the story; a menu is one."""
    own = copy.deepcopy(element)
    for inner in [el for el in own.iterdescendants() if _is_foreign(el) and el.tag not in _BESIDE]:
        inner.drop_tree()
    reason = _BESIDE[element.tag]
    if element.tag == "nav":
        menu = Block(own, reason)
        menu.text = " · ".join(text for part in own.itertext() if (text := markup.line(part)))
        return (menu,)
    _gather(own)
    _gather_loose(own)
    found = tuple(_leaves(own))
    for block in found:
        block.reason = reason
    return found


def _is_chrome(leaf: Block) -> bool:
    """Whether a block is a row of links, or says whose the page is."""
    links = [letters_of(link.text_content()) for link in leaf.element.iter("a")]
    menu = len(links) > 1 and len("".join(links)) >= len(leaf.letters) * _MENU
    return (menu and not _is_sentence(leaf)) or _OWNER.match(leaf.text) is not None


def _is_foreign(element: Any) -> bool:
    """Whether an element is hidden, or of a sort in which no story stands."""
    if not isinstance(element.tag, str):
        return True  # a comment
    return (element.tag in _NEVER or _is_hidden(element)) and element.tag not in ("html", "body")


def _is_hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return "hidden" in element.attrib or element.get("aria-hidden") == "true" or "display:none" in style


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
    for element in [el for el in root.iter("p", "td") if _is_list(el)]:
        if element.tag == "p":
            element.tag = "div"
        _gather(element, lines=True)


def _breaks(element: Any) -> bool:
    return any(
        br.getnext() is not None and br.getnext().tag == "br" and not (br.tail or "").strip()
        for br in element.iter("br")
    )


def _is_list(element: Any) -> bool:
    """Whether line breaks part links, as in a list of other news, and no sentences."""
    if element.find("br") is None or any(child.tag in _BLOCKS for child in element):
        return False
    rows, links = [""], 0
    for node in (element, *element):
        own = (node.text or "") if node is element else "".join(node.itertext())
        if node.tag == "br":
            rows.append("")
        else:
            rows[-1] += own
        rows[-1] += "" if node is element else node.tail or ""
        links += node.tag == "a"
    said = [row.strip() for row in rows if row.strip()]
    return links > 0 and links * 2 >= len(said) - 1 and not any(row.endswith((".", "!", "?", ",")) for row in said)


def _gather(element: Any, *, lines: bool = False) -> None:
    nodes = list(_nodes(element))
    for child in list(element):
        element.remove(child)
    element.text, run, breaks = None, None, 0
    for node in nodes:
        breaks = breaks + 1 if not isinstance(node, str) and node.tag == "br" else breaks if _blank(node) else 0
        if not isinstance(node, str) and node.tag in _BLOCKS:
            element.append(node)
            run = None
        elif breaks > 1 or (lines and breaks):
            _end(run)
            run = None
        elif run is not None or not (_blank(node) or breaks):
            run = etree.SubElement(element, "p") if run is None else run
            _append(run, node)


def _end(run: Any) -> None:
    """The first of two line breaks goes as well."""
    last = None if run is None else next(run.iterchildren(reversed=True), None)
    if last is not None and last.tag == "br" and _blank(last.tail or ""):
        run.remove(last)


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
    elif (last := next(element.iterchildren(reversed=True), None)) is not None:  # its length would be counted each time
        last.tail = (last.tail or "") + node
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
        self.blocks = {letters_of(line) for line in lines}
        self.whole = "".join(letters_of(line) for line in lines)

    def has(self, text: str) -> bool:
        return text in self.blocks or (len(text) >= _LONG and text in self.whole)


def letters_of(text: str) -> str:
    """What of a text tells whether another is the same: no white space, no marks, no capitals."""
    return re.sub(r"[\W_]+", "", markup.clean(text)).casefold()


def _chosen(leaves: list[Block], known: _Known, title: str) -> list[Block]:
    """The leaves that are the story: what is known, and whole sentences that stand between as siblings."""
    marked = [bool(leaf.letters) and known.has(leaf.letters) and leaf.letters != title for leaf in leaves]
    if True not in marked:
        return []
    first, last = marked.index(True), len(marked) - marked[::-1].index(True)
    sure = {leaf for leaf, mark in zip(leaves, marked, strict=True) if mark}
    parents = {leaf.element.getparent() for leaf in sure if leaf.element.tag == "p"}
    between = (leaf for leaf in leaves[first:last] if leaf.letters != title and _is_sentence(leaf))
    sure.update(leaf for leaf in between if leaf.element.getparent() in parents)
    sure.update(leaf for leaf, below in pairwise(leaves) if below in sure and _heads(leaf, below, title))
    return [leaf for leaf in leaves if leaf in sure]


def _heads(leaf: Block, below: Block, title: str) -> bool:
    """Whether a block is the heading of the one below it."""
    return leaf.tag in ("h2", "h3", "h4", "h5", "h6") and leaf.letters != title and leaf.parent is below.parent


def _is_sentence(leaf: Block) -> bool:
    """Whether a paragraph says something, be it one link, and does not only lead elsewhere."""
    return leaf.element.tag == "p" and leaf.text.endswith((".", "!", "?", "…", "»", "”", '"'))


def _is_layout(table: Any, chosen: list[Any]) -> bool:
    """Whether a table only puts the page in columns: all that is the story's stands in one of its cells, as blocks."""
    cells = [next(el for el in (leaf, *leaf.iterancestors()) if el.tag in ("td", "th", "caption", "table")) for leaf in chosen
             if table in leaf.iterancestors()]  # fmt: skip
    return len(set(cells)) == 1 and cells[0] not in chosen


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
    for table in [el for el in around if el.tag == "table" and _is_layout(el, chosen)]:
        for element in [table, *(el for el in table.iterdescendants(*_FRAME_PARTS) if el in around)]:
            element.tag = "div"
    return "\n".join(etree.tostring(child, encoding="unicode", method="html") for child in root)
