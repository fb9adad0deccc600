"""Text, Markdown and HTML into safe HTML, plain text and summaries. Pure.

The allow-list holds what a news story needs; scripts, styles, frames, forms, event handlers and remote images do not
pass (a remote image tells its server who reads). Links open http, https and mailto only. Where a picture stands, a mark
stands instead, `<figure data-picture="1"></figure>`; `feeder.articles.pictures` puts the site's own pictures there.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import urljoin

import nh3
from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

SUMMARY_LENGTH = 280  #: code points
SLUG_LENGTH = 80  #: ASCII characters

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4",
    "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "time", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"lang", "xml:lang", "dir"},
    "a": {"href", "hreflang", "title"},
    "abbr": {"title"},
    "figure": {"data-picture"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
# C0 and C1 controls but tab and line ends, surrogates, noncharacters (XML 1.0, 2.2 Char), byte order marks inside a text,
# and the bidi overrides and isolates that can show a text in another order than it is read
_NONCHARACTERS = "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_UNSAFE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ud800-\udfff"
    + _NONCHARACTERS
    + "]"
)
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


# --- text -----------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """NFC, line ends as "\\n", without characters that XML forbids or that reorder what is read."""
    return unicodedata.normalize("NFC", _without_unsafe(text))


def _without_unsafe(text: str) -> str:
    return text if _is_everyday(text) else _UNSAFE.sub("", _LINE_ENDS.sub("\n", text))


def _is_everyday(text: str) -> bool:
    """Whether nothing needs a search: most texts have no other unprintable character than "\\n" and a no-break space."""
    return text.replace("\n", "").replace("\xa0", "").isprintable()


def removed(*texts: str) -> tuple[str, ...]:
    """What `clean` and `sanitise` take out of texts, in a line for each kind. A byte order mark is no news to anybody."""
    odd = (text for text in texts if not _is_everyday(text))
    found = [letter for text in odd for letter in _UNSAFE.findall(text) if letter != "\ufeff"]
    turns = sum(_REORDERING.match(letter) is not None for letter in found)
    kinds = (
        (turns, "invisible character{s} that change{v} the reading order"),
        (len(found) - turns, "control character{s}"),
    )
    return tuple(
        f"{count} {kind.format(s='s' * (count > 1), v='s' * (count == 1))} {'was' if count == 1 else 'were'} removed"
        for count, kind in kinds
        if count
    )


def line(text: str) -> str:
    """One clean line: every run of white space is one space."""
    return " ".join(clean(text).split())


# --- HTML -----------------------------------------------------------------------------------------


def sanitise(html: str, base: str = "") -> str:
    """Safe HTML in NFC. Relative links are resolved against `base`, or dropped when there is none."""
    safe: str = nh3.clean(
        _without_unsafe(html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math"},
        link_rel="nofollow noopener",
        attribute_filter=functools.partial(_attribute, base),
    )
    # what references such as "&#x202e;" stood for is there only now; and ">" and U+0338 are one letter in NFC, so that
    # the tag would be open: whoever normalises later must find nothing to join
    bare = _without_unsafe(safe.replace("&nbsp;", "\xa0")).replace(">\u0338", ">&#824;")
    return unicodedata.normalize("NFC", _XML_LANG.sub(_plain_lang, bare) if "xml:lang" in bare else bare)


def _plain_lang(match: re.Match[str]) -> str:
    """XHTML's attribute means nothing in HTML, where there is `lang`; what says both means the latter."""
    own = re.search(r' lang="[^"]*"', match.group())
    return match["head"] + match["tail"] if own else f'{match["head"]} lang="{match["code"]}"{match["tail"]}'


_XML_LANG = re.compile(r'(?P<head><[^<>]*?) xml:lang="(?P<code>[^"]*)"(?P<tail>[^<>]*>)')
_LANGUAGE_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?P<script>-[a-z]{4})?(?P<region>-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*",
    re.IGNORECASE | re.ASCII,
)
_LANGUAGE_NAMES = {"eng": "en", "kaz": "kk", "kz": "kk", "rus": "ru"}  #: what pages write for the tags of our languages


def language_tag(code: str) -> str | None:
    """A language tag (RFC 5646: language, script, region, variants) as it is usually written: "KZ" and "kk_kz" are Kazakh.

    None for what is no tag.
    """
    match = _LANGUAGE_TAG.fullmatch(code.strip().replace("_", "-"))
    if match is None:
        return None
    language, *rest = match.group().lower().split("-")
    parts = (
        part.title() if len(part) == 4 and part.isalpha() else part.upper() if len(part) == 2 else part for part in rest
    )
    return "-".join([_LANGUAGE_NAMES.get(language, language), *parts])


def _attribute(base: str, tag: str, name: str, value: str) -> str | None:
    if name == "data-picture":
        return value if re.fullmatch("[1-9][0-9]{0,3}", value) else None
    if name in ("lang", "xml:lang"):
        return language_tag(value)
    if tag != "a" or name != "href" or re.match(r"[a-z][a-z0-9+.-]*:", value, re.IGNORECASE):
        return value
    try:
        joined = urljoin(base, value) if base else ""
    except ValueError:  # "//[" is no address
        return None
    return joined if _ADDRESS.fullmatch(joined) else None  # nh3 has looked at the value only


_EMPTY = re.compile(r"<p>[ \n]*</p>\n")
#: What Pelican writes before the name of a file: "{filename}other.md", "|static|photo.jpg"; or nothing at all.
_FOREIGN = re.compile(r"(?:%7B|%7C|[{|])[a-z]+(?:%7D|%7C|[}|])|$", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[\w.:-]+(?:[/?#]\S*)?")
_BLOCKS = frozenset(
    ("p", "li", "h2", "h3", "h4", "blockquote", "pre", "td", "th", "dt", "dd", "figcaption", "ul", "ol", "dl", "table", "tr",
     "hr", "figure", "div")
)  # fmt: skip
_HEADINGS = frozenset(("h2", "h3", "h4"))


@functools.lru_cache(maxsize=64)  # an article is asked for its language, places, date, and an entry in each locale
def blocks(html: str) -> tuple[tuple[str, str], ...]:
    """The blocks of safe HTML in order, each as (tag of the innermost block, its text as one line)."""
    return tuple(_blocks(html))


def _blocks(html: str) -> Iterator[tuple[str, str]]:
    if not html.strip():
        return
    tag, parts = "div", [""]
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    for opened, part in itertools.chain(_walk(root), [("div", "")]):  # the last one closes what is open
        if opened:
            if text := line("".join(parts)):
                yield tag, text
            tag, parts = opened, []
        parts.append(part)


def _walk(root: Any) -> Iterator[tuple[str, str]]:
    """(tag, text) where a block begins or goes on after one inside it, ("", text) for the text between."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):  # a comment
            continue
        if event == "start":
            yield (element.tag if element.tag in _BLOCKS else ""), ("\n" if element.tag == "br" else element.text or "")
        elif element is not root:
            outer = next((one.tag for one in element.iterancestors() if one.tag in _BLOCKS), "div")
            yield (outer if element.tag in _BLOCKS else ""), element.tail or ""


def paragraphs(html: str) -> tuple[str, ...]:
    """The blocks of safe HTML as plain lines, in order; no text is lost."""
    return tuple(text for _, text in blocks(html))


def lead(html: str) -> str:
    """The first paragraph of a story that is not a heading; "" when there is none."""
    return next((text for tag, text in _blocks(html) if tag not in _HEADINGS), "")


def plain(html: str) -> str:
    """Safe HTML as plain text, blocks separated by a blank line."""
    return "\n\n".join(paragraphs(html))


# --- Markdown and text ------------------------------------------------------------------------------


def from_markdown(text: str) -> str:
    """CommonMark with tables, as HTML that still needs `sanitise`.

    Raw HTML is shown as text, but <span lang="kk"> is carried out, and comments, where editors leave notes, are not
    shown. The levels of the headings are moved so that the highest is h2: the page's h1 is the title. For each image there
    is a mark below its paragraph, with the number that it has in `markdown_images`.
    """
    levels = sorted({token.tag for token in _parsed(text) if token.type == "heading_open"})
    demoted = {tag: f"h{min(4, 2 + rank)}" for rank, tag in enumerate(levels)}
    tokens = list(_with_marks(_parsed(text), demoted))
    html: str = _commonmark().renderer.render(tokens, _commonmark().options, {})
    return _EMPTY.sub("", html)


def _with_marks(tokens: Iterable[Token], demoted: Mapping[str, str]) -> Iterator[Token]:
    """The tokens to be shown. A figure cannot stand in a paragraph or heading, so it comes below; in a table it stays."""
    number, waiting, opened = 0, list[Token](), ""
    for token in tokens:
        opened = token.type if token.nesting == 1 else opened
        yield _at_its_level(token, demoted)
        for child in token.children or ():
            if child.type == "image":
                number += 1
                waiting.append(Token("html_block", "", 0, content=f'<figure data-picture="{number}"></figure>\n'))
        if token.type in ("paragraph_close", "heading_close") or opened in ("td_open", "th_open"):
            yield from waiting
            waiting = []


def _at_its_level(token: Token, demoted: Mapping[str, str]) -> Token:
    """The token with its heading at the right level and without images; itself when there is nothing to change."""
    tag, children = demoted.get(token.tag, token.tag), token.children or []
    kept = _shown(children) if any(child.type in ("image", "link_open") for child in children) else children
    return token if tag == token.tag and kept is children else token.copy(tag=tag, children=token.children and kept)


def _shown(children: Iterable[Token]) -> list[Token]:
    """Without images, without links that held nothing else, and without links that only another program can follow."""
    kept: list[Token] = []
    foreign = False  # links do not stand in links (CommonMark, 6.3)
    for child in children:
        if child.type == "link_open":
            foreign = _FOREIGN.match(str(child.attrs.get("href", ""))) is not None
        if child.type == "image" or (foreign and child.type in ("link_open", "link_close")):
            continue
        if child.type == "link_close" and kept[-1].type == "link_open":
            kept.pop()
        else:
            kept.append(child)
    return kept


def markdown_images(text: str) -> tuple[tuple[str, str, str], ...]:
    """The images inside a Markdown text, in order: (address, alternative text, title)."""
    children = (child for token in _parsed(text) for child in token.children or ())
    return tuple(
        (str(child.attrs.get("src", "")), line(_words(child)), line(str(child.attrs.get("title", ""))))
        for child in children
        if child.type == "image"
    )


def _words(image: Token) -> str:
    """The words of an image's description (CommonMark, 6.4): its text without its marks."""
    breaks = ("softbreak", "hardbreak")
    return "".join(
        _words(one) if one.children else " " if one.type in breaks else one.content for one in image.children or ()
    )


def first_heading(text: str) -> tuple[str, str]:
    """(heading, rest) of a Markdown text that begins with a heading of the first level; else ("", text)."""
    tokens = _parsed(text)
    if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != "h1" or tokens[0].map is None:
        return "", text
    words = _commonmark().renderer.render([tokens[1]], _commonmark().options, {})
    rest = text.split("\n")[tokens[0].map[1] :]
    return plain(sanitise(words)), "\n".join(rest)


@functools.lru_cache(maxsize=8)  # a text is asked for its heading, its HTML and its images
def _parsed(text: str) -> tuple[Token, ...]:
    """The tokens of a Markdown text; whoever changes one changes a copy."""
    return tuple(_commonmark().parse(text))


@functools.cache
def _commonmark() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "comment", _comment_block, {"alt": interrupted})
    parser.inline.ruler.before("autolink", "comment", _comment_inline)
    parser.inline.ruler.before("autolink", "language", _language_inline)
    return parser


def _comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """<!-- over whole lines -->"""
    begin, limit = state.bMarks[start] + state.tShift[start], state.eMarks[end - 1]
    if state.is_code_block(start) or not state.src.startswith("<!--", begin):
        return False
    close = state.src.find("-->", begin + 4, limit)
    last = next((number for number in range(start, end) if close < state.eMarks[number]), -1)
    if close < 0 or last < 0 or state.src[close + 3 : state.eMarks[last]].strip():
        return False
    if not silent:
        state.line = last + 1
    return True


def _comment_inline(state: StateInline, silent: bool) -> bool:
    """<!-- within a line -->"""
    if not state.src.startswith("<!--", state.pos):
        return False
    close = state.src.find("-->", state.pos + 4, state.posMax)
    if close < 0:
        return False
    state.pos = close + 3
    return True


_SPAN = re.compile(
    r"""<span\s+lang\s*=\s*(?P<quote>["']?)(?P<code>[\w-]{2,35})(?P=quote)\s*>""", re.ASCII | re.IGNORECASE
)


def _language_inline(state: StateInline, silent: bool) -> bool:
    """<span lang="kk">the one piece of HTML that Markdown has no other way to say</span>"""
    match = _SPAN.match(state.src, state.pos, state.posMax)
    close = state.src.find("</span>", match.end(), state.posMax) if match else -1
    if match is None or close < 0:
        return False
    if not silent:
        state.push("span_open", "span", 1).attrSet("lang", match["code"])
        end, state.pos, state.posMax = state.posMax, match.end(), close
        state.md.inline.tokenize(state)
        state.posMax = end
        state.push("span_close", "span", -1)
    state.pos = close + len("</span>")
    return True


def from_text(text: str) -> str:
    """Paragraphs separated by blank lines, as safe HTML."""
    parts = (line(part) for part in re.split(r"\n\s*\n", text) if part.strip())
    return sanitise("\n".join(f"<p>{escape(part, quote=False)}</p>" for part in parts if part))


# --- summaries and slugs ------------------------------------------------------------------------------

_END = re.compile(r"(?P<word>[^\W_]*)(?P<mark>[.!?…]+)[»”’\")\]]*(?=\s)")
#: Words whose full stop ends no sentence; one and two letters never do ("U.S.", "г.", "ж.").
_SHORTENED = frozenset(
    ("mrs", "gen", "gov", "sen", "rep", "col", "sgt", "inc", "ltd", "jan", "feb", "aug", "sept", "oct", "nov", "dec", "обл",
     "тыс", "млн", "млрд", "руб", "кв", "просп", "мкр", "чел", "янв", "февр", "авг", "сент", "окт", "нояб", "дек", "көш", "мың")
)  # fmt: skip


def summary(*texts: str, length: int = SUMMARY_LENGTH) -> str:
    """The first text that is not empty, cut to 280 code points at the end of a sentence, or else of a word."""
    text = next((found for part in texts if (found := line(part))), "")
    if len(text) <= length or not length:
        return text if length else ""
    ends = list(_sentence_ends(text[: length + 1]))
    if ends and ends[-1] >= length // 3:
        return text[: ends[-1]]
    words = text[:length].rsplit(" ", 1)[0] if " " in text[:length] else text[: length - 1]
    return words.rstrip(" ,;:–—-") + "…"


def _sentence_ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        word = match["word"].casefold()
        if match["mark"] != "." or (len(word) > 2 and word not in _SHORTENED) or word.isdigit():
            yield match.end()


_LATIN = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "gh", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "ң": "ng", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "kh", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "і": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi", "ґ": "g", "ў": "u", "җ": "zh", "ҳ": "h",
}  # fmt: skip
_SIGNS = re.compile("['’ʼʻ`´ъь]")


@functools.lru_cache(maxsize=1024)  # a story has its slug in each locale
def slug(text: str) -> str:
    """ASCII words joined by hyphens; Kazakh and Russian letters are transliterated, none is lost. "" when nothing is left."""
    bare = _SIGNS.sub("", unicodedata.normalize("NFC", text).casefold())
    latin = "".join(_LATIN.get(letter, letter) for letter in bare)
    letters = _without_marks(unicodedata.normalize("NFKD", latin))
    words = re.sub(r"[^a-z0-9]+", "-", "".join(letters)).strip("-")
    return _shortened(words)


def _without_marks(text: str) -> Iterable[str]:
    return (letter for letter in text if not unicodedata.combining(letter))


def _shortened(words: str) -> str:
    """At most 80 characters, cut between words where there is one to cut at."""
    if len(words) <= SLUG_LENGTH:
        return words
    head = words[: SLUG_LENGTH + 1].rpartition("-")[0]
    return head if len(head) > SLUG_LENGTH // 2 else words[:SLUG_LENGTH].rstrip("-")
