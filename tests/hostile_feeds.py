"""Hostile feeds, made on the spot: RSS, Atom and JSON Feed with everything that breaks parsers, readers and browsers.

    cases(address, secret) -> Case(name, data, whole)

Every document has a good entry before and one after what is tried, called `good(name)`; in a `whole` one both must be
published. `address` is a server that must never be asked for anything, `secret` a file whose words must never be seen.
"""

# ruff: noqa: E501  an attack is easier to judge in one piece

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from hostile import STORY, markup_attacks, words

TEXT = STORY["en"]
_ATOM = 'xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xmlns:xi="http://www.w3.org/2001/XInclude"'
_RSS = 'version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
_DAY = "2026-11-10T09:00:00+05:00"
_RFC_DAY = "Tue, 10 Nov 2026 09:00:00 +0500"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One hostile document."""

    name: str  #: and what is tried
    data: bytes
    whole: bool = True  #: its other entries must be read; else it may be refused as a whole


def good(name: str) -> tuple[str, str]:
    """The titles of the entries before and after what a case tries."""
    return f"Good news before {name}", f"Good news after {name}"


def cases(address: str, secret: Path) -> Iterator[Case]:
    """Every case, always the same ones in the same order."""
    yield from _markup(address, secret)
    yield from _words(secret)
    yield from _entities(address, secret)
    yield from _structures(address, secret)
    yield from _links(address, secret)
    yield from _dates()
    yield from _json_types()
    yield from _json_documents()
    yield from _bytes()
    yield from _sizes()


# --- documents ----------------------------------------------------------------------------------------


def rss(name: str, inside: str, *, head: str = "", whole: bool = True, title: str | None = None) -> Case:
    """An item with `inside` between two good ones."""
    own = f"<title>{escape(title if title is not None else f'A bridge {name}')}</title>" if title != "" else ""
    items = "".join(
        f"<item>{one}</item>" for one in (_rss_good(name, 0), f"<guid>x-{name}</guid>{own}{inside}", _rss_good(name, 1))
    )
    text = f"{head}<rss {_RSS}><channel><title>Wire</title><language>en</language>{items}</channel></rss>"
    return Case(name=f"rss-{name}", data=text.encode("utf-8", "surrogatepass"), whole=whole)


def _rss_good(name: str, number: int) -> str:
    title = good(f"rss-{name}")[number]
    return f'<title>{title}</title><guid isPermaLink="false">tag:good.example.org,2026:rss-{name}-{number}</guid><pubDate>{_RFC_DAY}</pubDate><description>{title}. {TEXT}</description>'


def atom(
    name: str, inside: str, *, head: str = "", root: str = "", whole: bool = True, title: str | None = None
) -> Case:
    own = f"<title>{escape(title if title is not None else f'A bridge {name}')}</title>"
    entries = "".join(
        f"<entry>{one}</entry>"
        for one in (
            _atom_good(name, 0),
            f"<id>tag:bad.example.org,2026:{name}</id>{own}<updated>{_DAY}</updated>{inside}",
            _atom_good(name, 1),
        )
    )
    text = f'{head}<feed {_ATOM} {root} xml:lang="en"><title>Wire</title><id>tag:wire.example.org,2026:x</id><updated>{_DAY}</updated>{entries}</feed>'
    return Case(name=f"atom-{name}", data=text.encode("utf-8", "surrogatepass"), whole=whole)


def _atom_good(name: str, number: int) -> str:
    title = good(f"atom-{name}")[number]
    return f"<id>tag:good.example.org,2026:atom-{name}-{number}</id><title>{title}</title><updated>{_DAY}</updated><content>{title}. {TEXT}</content>"


def as_json(name: str, *items: Any, more: str = "", **feed: Any) -> Case:
    """A JSON Feed with these items between two good ones; `more` is put into the document as it is."""
    ends = [
        {
            "id": f"tag:good.example.org,2026:json-{name}-{number}",
            "title": title,
            "content_text": f"{title}. {TEXT}",
            "date_published": _DAY,
        }
        for number, title in enumerate(good(f"json-{name}"))
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Wire",
        "language": "en",
        "items": [ends[0], *items, ends[1]],
        **feed,
    }
    text = json.dumps(document)
    return Case(name=f"json-{name}", data=(text[:-1] + more + "}").encode())


def _item(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"tag:bad.example.org,2026:json-{name}",
        "title": f"A bridge {name}",
        "content_html": f"<p>{TEXT}</p>",
        "date_published": _DAY,
        **fields,
    }


# --- what stands in entries ---------------------------------------------------------------------------


def _markup(address: str, secret: Path) -> Iterator[Case]:
    """Each attack on browsers in each place where a feed can have HTML."""
    for number, (name, attack) in enumerate(markup_attacks(address, secret)):
        html = f"<p>{TEXT}</p>{attack}<p>{TEXT}</p>"
        yield rss(name, f"<description>{escape(html)}</description>")
        if number % 3 == 0:
            yield rss(
                f"encoded-{name}",
                f"<content:encoded><![CDATA[{html.replace(']]>', ']]]]><![CDATA[>')}]]></content:encoded>",
            )
            yield as_json(name, _item(name, content_html=html, summary=attack))
        elif number % 3 == 1:
            yield atom(
                name, f'<content type="html">{escape(html)}</content><summary type="html">{escape(attack)}</summary>'
            )
        else:
            yield atom(
                f"raw-{name}",
                f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{html}</div></content>',
                whole=False,
            )


def _words(secret: Path) -> Iterator[Case]:
    """Texts that must stay texts wherever a feed has some."""
    for name, attack in words(secret).items():
        text, said = escape(attack), escape(f"{attack} {name}")
        yield rss(
            f"words-{name}",
            f"<title>{said}</title><description>{TEXT} {escape(text)}</description><author>{text}</author><dc:creator>{text}</dc:creator>"
            f"<category>{text}</category><link>{text}</link><source url='{text}'>{text}</source><enclosure url='{text}' type='{text}' length='{text}'/>",
            title="",
            whole=_is_xml(attack),
        )
        yield atom(
            f"words-{name}",
            f'<content type="text">{TEXT} {text}</content><author><name>{text}</name><uri>{text}</uri><email>{text}</email></author>'
            f'<category term="{text}" label="{text}"/><link href="{text}" hreflang="{text}" type="{text}"/><rights>{text}</rights>',
            title=f"{attack} {name} a",
            whole=_is_xml(attack),
        )
        yield as_json(
            f"words-{name}",
            _item(f"words-{name}", id=attack, title=f"{attack} {name} j", content_html="", content_text=f"{TEXT} {attack}", url=attack, tags=[attack],
                  authors=[{"name": attack, "url": attack, "avatar": attack}], image=attack, language="en"),
        )  # fmt: skip


def _is_xml(text: str) -> bool:
    """Whether a document may hold the text; with a NUL or half a surrogate it is as broken as it looks."""
    return all(
        letter in "\t\n\r" or (letter >= " " and not "\ud800" <= letter <= "\udfff" and letter not in "\ufffe\uffff")
        for letter in text
    )


# --- XML ----------------------------------------------------------------------------------------------


def _entities(address: str, secret: Path) -> Iterator[Case]:
    """Bombs, files and servers behind entities, and all else that a parser may be told to fetch."""
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 12))
    doctypes = {
        "laughs": f'[<!ENTITY l0 "ha">{laughs}<!ENTITY x "&l11;">]', "quadratic": f'[<!ENTITY x "{"a" * 100_000}">]', "file": f'[<!ENTITY x SYSTEM "file://{secret}">]',
        "path": f'[<!ENTITY x SYSTEM "{secret}">]', "server": f'[<!ENTITY x SYSTEM "{address}/x">]', "public": f'[<!ENTITY x PUBLIC "-//x" "{address}/x">]',
        "parameter": f'[<!ENTITY % p SYSTEM "{address}/x.dtd"> %p; <!ENTITY x "y">]', "dtd": f'SYSTEM "{address}/feed.dtd" [<!ENTITY x "y">]', "endless": "[" + "<!ENTITY x 'y'>" * 3000 + "]",
        "circle": '[<!ENTITY x "&y;"><!ENTITY y "&x;">]', "unclosed": '[<!ENTITY x "y"', "markup": '[<!ENTITY x "</title><script>alert(1)</script><title>">]',
        "element": '[<!ELEMENT rss (x*)><!ATTLIST item onclick CDATA "alert(1)"><!ENTITY x "y">]', "notation": f'[<!NOTATION n SYSTEM "{address}/n"><!ENTITY x SYSTEM "{secret}" NDATA n>]',
    }  # fmt: skip
    for name, doctype in doctypes.items():
        for make, root in ((rss, "rss"), (atom, "feed")):
            many = "&x;" * (500 if name == "quadratic" else 3)
            inside = f"<description>{TEXT} {many}</description><summary>{TEXT} {many}</summary>"
            yield make(f"entity-{name}", inside, head=f'<?xml version="1.0"?><!DOCTYPE {root} {doctype}>', whole=False)
    told = {
        "stylesheet": f'<?xml-stylesheet type="text/xsl" href="{address}/x.xsl"?>', "css": f'<?xml-stylesheet href="{address}/x.css"?>', "php": "<?php system('id') ?>",
        "many-pi": "<?x y?>" * 5000, "comment": f"<!-- {'-' * 50_000} -->", "version": '<?xml version="9.9" encoding="utf-8" standalone="maybe"?>', "twice": '<?xml version="1.0"?>' * 3,
    }  # fmt: skip
    for name, head in told.items():
        yield rss(
            f"head-{name}", f"<description>{TEXT}</description>", head=head, whole=name not in ("version", "twice")
        )
    yield atom(
        "xinclude",
        f'<xi:include href="file://{secret}" parse="text"/><content>{TEXT} <xi:include href="{address}/i" parse="text"/></content>',
    )
    yield atom("src", f'<content type="text/html" src="{address}/s"/><summary>{TEXT}</summary>')
    yield atom("src-file", f'<content type="text/plain" src="file://{secret}"/><summary>{TEXT}</summary>')
    yield rss(
        "iframe-options",
        f"<description>{TEXT}</description><comments>{address}/c</comments><image><url>{address}/i</url></image>",
    )
    yield rss(
        "cloud",
        f"<description>{TEXT}</description></item><cloud domain='{address}' port='80' path='/'/><textInput><link>{address}</link></textInput><item>",
    )


def _structures(address: str, secret: Path) -> Iterator[Case]:
    """Documents of strange shape, and much of one thing."""
    body = f"<description>{TEXT}</description>"
    encoded = base64.b64encode(b"<script>alert(1)</script><p>bridge</p>").decode()
    shapes = {
        "categories": body + "".join(f"<category>tag{number}</category>" for number in range(10_000)), "authors": body + "<author>A B</author>" * 10_000,
        "guids": body + "<guid>x</guid>" * 10_000, "links": body + f"<link>{address}</link>" * 5_000, "enclosures": body + f'<enclosure url="{address}/e.mp3"/>' * 5_000,
        "descriptions": body * 3_000, "titles": body + "<title>A</title>" * 5_000, "media": body + f'<media:content url="{address}/m.jpg"/><media:thumbnail url="{address}/t.jpg"/>' * 2_000,
        "attributes": body + "<x " + " ".join(f'a{number}="1"' for number in range(10_000)) + "/>", "attribute": body + f'<x a="{"a" * 500_000}"/>',
        "name": body + f"<{'x' * 100_000}/>", "deep": body + "<x>" * 20_000 + "</x>" * 20_000, "namespaces": body + "".join(f'<x xmlns:n{number}="urn:{number}"/>' for number in range(3_000)),
        "nested": body + f"<item><title>A bridge inside</title><guid>inner</guid>{body}</item>", "channel": body + f"<channel><item>{body}</item></channel>",
        "prefix": body + "<unknown:x>y</unknown:x>", "prefixes": body.replace("description", "wrong:description"), "cdata": f"<description><![CDATA[{TEXT} ]]]]><![CDATA[> more]]></description>",
        "cdata-open": body + "<x><![CDATA[ y ]]></x>", "long-guid": body + f"<guid>{'g' * 100_000}</guid>", "empty": "", "nothing": "<title/><description/><guid/><link/>",
        "same-as-good": body + '<guid isPermaLink="false">tag:good.example.org,2026:rss-structure-same-as-good-9</guid>',
        "html": "<description><html><body><p>" + TEXT + "</p></body></html></description>", "one-line": f"<description>{'word ' * 50_000}</description>",
    }  # fmt: skip
    for name, inside in shapes.items():
        yield rss(f"structure-{name}", inside, whole=name not in ("nested", "channel", "namespaces"))
    content = f"<content>{TEXT}</content>"
    others = {
        "categories": content + "".join(f'<category term="tag{number}"/>' for number in range(10_000)), "links": content + f'<link rel="enclosure" href="{address}/e"/>' * 5_000,
        "alternates": content + "".join(f'<link rel="alternate" hreflang="x{number}" href="https://example.org/{number}"/>' for number in range(3_000)),
        "base64": f'<content type="text/html" mode="base64">{encoded}</content><summary>{TEXT}</summary>', "base64-bad": f'<content type="image/png">%%%</content><summary>{TEXT}</summary>',
        "base64-huge": f'<content type="application/octet-stream">{"QUFB" * 50_000}</content><summary>{TEXT}</summary>', "svg": f'<content type="image/svg+xml"><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg></content><summary>{TEXT}</summary>',
        "xhtml-deep": f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{"<b>" * 2_000}{TEXT}{"</b>" * 2_000}</div></content>', "entry": content + f"<entry><id>inner</id><title>A</title>{content}</entry>",
        "feed": content + f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{content}</entry></feed>', "source": content + f"<source><id>x</id><title>{'y' * 100_000}</title></source>",
        "lang": content.replace("<content", '<content xml:lang="../../kk"'), "lang-long": content.replace("<content", f'<content xml:lang="{"k" * 50_000}"'), "type-long": content.replace("<content", f'<content type="{"t" * 50_000}"'),
        "updated-many": content + f"<updated>{_DAY}</updated>" * 5_000, "names": content + f"<author><name>{'A ' * 50_000}</name></author>" + "<contributor><name>B C</name></contributor>" * 3_000,
        "multipart": f'<content type="multipart/alternative"><content type="text/html">{TEXT}</content></content><summary>{TEXT}</summary>',
    }  # fmt: skip
    for name, inside in others.items():
        yield atom(f"structure-{name}", inside, whole=name not in ("entry", "feed"))
    for number, base in enumerate(
        (
            "javascript:alert(1)//",
            "data:text/html,",
            "http://[",
            f"file://{secret}",
            "../" * 2000,
            "\u202e",
            "https://a b/",
        )
    ):
        yield atom(f"base-{number}", f'{content}<link href="x"/>', root=f'xml:base="{escape(base)}"')
    entries = "".join(
        f"<item><title>Bridge {number}</title><guid>n{number}</guid>{body}</item>" for number in range(400)
    )
    yield rss("structure-entries", f"{body}</item>{entries}<item>{body}")
    whole = rss("structure-cut", body).data
    for number in range(1, 8):
        yield Case(name=f"cut-{number}", data=whole[: len(whole) * number // 8], whole=False)
    for name, data in {"empty": b"", "spaces": b" \n" * 5_000, "root": b"<rss/>", "only-open": b"<rss><channel><item><title>", "page": b"<!doctype html><html><body><p>x</p></body></html>",
                       "two": whole + whole, "atom-in-rss": whole.replace(b"<channel>", b'<feed xmlns="http://www.w3.org/2005/Atom"><channel>'), "json-then-xml": b"{}" + whole, "opml": b"<opml><body><outline xmlUrl='x'/></body></opml>",
                       "soap": b"<soap:Envelope xmlns:soap='x'><soap:Body/></soap:Envelope>", "text": TEXT.encode(), "upper": whole.upper(), "plist": b"<plist><dict/></plist>", "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"}.items():  # fmt: skip
        yield Case(name=f"document-{name}", data=data, whole=False)


def _links(address: str, secret: Path) -> Iterator[Case]:
    """Addresses that lead where no reader of the site should be led."""
    links = ("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java&#10;script:alert(1)", "\x01javascript:alert(1)", "vbscript:x", "data:text/html,&lt;script&gt;alert(1)&lt;/script&gt;", f"file://{secret}", str(secret),
             "//[", "http://[::1", "https://a b/", "http://\u202emoc.elgoog/", "feed:javascript:alert(1)", "tel:112", "../../../etc/passwd", "https://user:pass@example.org/", "https://example.org/" + "x" * 50_000,
             "https://example.org/&quot;onclick=alert(1)", "https://example.org/'&gt;&lt;script&gt;", "https://example.org/%0d%0aBcc:x", "https://example.org/\r\nBcc: everyone@example.org", "https://пример.испытание/", "HTTPS://EXAMPLE.ORG", "?", "#")  # fmt: skip
    for number, link in enumerate(links):
        whole = "\x01" not in link
        yield rss(
            f"address-{number}",
            f'<description>{TEXT}</description><link>{link}</link><guid isPermaLink="true">{link}</guid><comments>{link}</comments>',
            whole=whole,
        )
        yield atom(
            f"address-{number}",
            f'<content>{TEXT}</content><link href="{link}"/><link rel="related" href="{link}"/><link rel="alternate" hreflang="kk" href="{link}"/><author><name>A B</name><uri>{link}</uri></author>',
            whole=whole,
        )


def _dates() -> Iterator[Case]:
    """Days that are none, and those at the ends of time."""
    days = ("0000-01-01", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:60-14:00", "99999-01-01", "-0001-01-01", "2026-02-30", "2026-13-01T25:61:61Z", "1e9", "1731200000",
            "2026-11-11T09:00:00+99:99", "2026-11-11T09:00:00 ../../etc/localtime", "Mon, 00 Xyz 0000 99:99:99 +9999", "Thu, 31 Dec 99999 23:59:59 GMT", "Sun, 06 Nov 94 08:49:37 ZZZ", "٢٠٢٦-١١-١١", "now", "2026-W99-9", "P1Y",
            "1" * 10_000, "2026-" * 5_000, "+" * 10_000, "T" * 10_000, "12:" * 5_000, "Tue, " * 5_000, "\u0000", "2026-11-10T09:00:00." + "9" * 5_000 + "Z")  # fmt: skip
    for number, day in enumerate(days):
        yield rss(
            f"day-{number}",
            f"<description>{TEXT} {day[:50]}</description><pubDate>{day}</pubDate><dc:date>{day}</dc:date>",
            whole=_is_xml(day),
        )
        yield atom(
            f"day-{number}",
            f"<content>{TEXT}</content><published>{day}</published><updated>{day}</updated>",
            whole=_is_xml(day),
        )
        yield as_json(f"day-{number}", _item(f"day-{number}", date_published=day, date_modified=day))


# --- JSON ---------------------------------------------------------------------------------------------


def _json_types() -> Iterator[Case]:
    """Every field of every wrong type."""
    wrong: tuple[Any, ...] = (
        None,
        True,
        0,
        -1,
        1.5,
        10**30,
        "",
        " ",
        [],
        {},
        [[[[]]]],
        {"a": {"b": []}},
        [None],
        ["x", 5, {}],
        "\ud800",
        "\x00\u202e",
        "x" * 100_000,
    )
    fields = (
        "id",
        "url",
        "external_url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "image",
        "banner_image",
        "date_published",
        "date_modified",
        "author",
        "authors",
        "tags",
        "language",
        "attachments",
        "_x",
    )
    for name in fields:
        items = [_item(f"type-{name}-{number}", **{name: value}) for number, value in enumerate(wrong)]
        yield as_json(f"type-{name}", *items)
    for name in (
        "title",
        "home_page_url",
        "feed_url",
        "description",
        "icon",
        "favicon",
        "author",
        "authors",
        "expired",
        "hubs",
        "version",
        "next_url",
        "user_comment",
    ):
        for number, value in enumerate(wrong[:14]):
            yield as_json(f"feed-{name}-{number}", _item(f"feed-{name}-{number}"), **{name: value})
    yield as_json("items", *wrong)
    for number, value in enumerate(wrong):
        yield Case(
            name=f"json-items-{number}",
            data=json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": value}).encode(),
            whole=False,
        )


def _json_documents() -> Iterator[Case]:
    """JSON that is a bomb, a riddle or none."""
    good_one = as_json("x", _item("x")).data
    documents = {
        "deep": b'{"items": ' + b"[" * 100_000, "deep-map": b'{"a":' * 50_000, "number": b'{"items": [' + b"9" * 100_000 + b"]}", "float": b'{"items": [1e999999999]}', "nan": b'{"items": [NaN, Infinity]}',
        "comment": b"{/* x */" + good_one[1:], "trailing": good_one[:-1] + b",}", "two": good_one + good_one, "jsonp": b"callback(" + good_one + b")", "prefix": b")]}'\n" + good_one, "list": b"[" + good_one + b"]", "string": b'"x"', "null": b"null",
        "mark": b"\xef\xbb\xbf" + good_one, "cut": good_one[:-20], "single": good_one.replace(b'"', b"'"), "nul": good_one.replace(b"bridge", b"bri\0dge"), "invalid": good_one.replace(b"bridge", b"bri\xff\xfedge"),
    }  # fmt: skip
    for name, data in documents.items():
        yield Case(name=f"json-document-{name}", data=data, whole=False)
    yield as_json("same", _item("same"), more=', "title": "Again", "title": ["x"]')
    yield as_json(
        "attachments",
        _item(
            "attachments",
            attachments=[{"url": "https://example.org/a.mp3", "mime_type": "x", "size_in_bytes": -1}] * 5_000,
        ),
    )
    yield as_json("tags", _item("tags", tags=[f"tag{number}" for number in range(10_000)]))
    yield as_json("authors", _item("authors", authors=[{"name": f"A {number}"} for number in range(5_000)]))
    yield as_json("entries", *(_item(f"entry-{number}", title=f"Bridge {number}") for number in range(300)))
    yield as_json("keys", _item("keys", **{f"key{number}": number for number in range(20_000)}))
    yield as_json("prototype", _item("prototype", __proto__={"x": 1}, constructor="x", toString="y"))


# --- bytes --------------------------------------------------------------------------------------------


def _bytes() -> Iterator[Case]:
    """What is no text, or a text in another encoding than it says."""
    chance = random.Random(11)
    noise = bytes(chance.randrange(256) for _ in range(5_000))
    text = rss("bytes", f"<description>{TEXT} мост</description>").data.decode()
    kinds = {
        "noise": noise, "zeros": b"\0" * 5_000, "in-noise": text.encode().replace(b"bridge", noise[:50]), "nul": text.encode().replace(b"e", b"e\0"), "overlong": text.encode().replace(b"bridge", b"\xc0\xbcscript\xc0\xbe"),
        "surrogates": text.encode().replace(b"bridge", b"\xed\xa0\x80\xed\xb0\x80"), "cut": text.encode()[:-1], "utf-16": text.encode("utf-16"), "utf-16-odd": text.encode("utf-16")[:-1], "utf-32": text.encode("utf-32"), "marks": b"\xef\xbb\xbf" * 300 + text.encode(),
        "utf-7": text.replace("<", "+ADw-").encode("utf-7", "replace"), "ebcdic": text.encode("cp500", "replace"), "mixed": text.encode() + text.encode("cp1251"), "gzip": b"\x1f\x8b\x08" + noise, "zip": b"PK\x03\x04" + noise, "escape": b"\x1b$B" + text.encode(),
    }  # fmt: skip
    for name, data in kinds.items():
        yield Case(name=f"bytes-{name}", data=data, whole=False)
    for codec in (
        "rot13",
        "zlib_codec",
        "base64_codec",
        "unicode_escape",
        "raw_unicode_escape",
        "idna",
        "punycode",
        "undefined",
        "mbcs",
        "utf-16",
        "utf-32",
        "utf-7",
        "cp65001",
        "x" * 5_000,
        "../../etc",
        "utf-8\x00",
        "hex",
        "bz2",
        "cp037",
        "iso-2022-jp",
        "hz",
        "latin-1",
        "ascii",
    ):
        yield Case(
            name=f"codec-{codec[:20].encode('ascii', 'replace').hex()[:24]}",
            data=f'<?xml version="1.0" encoding="{codec}"?>{text}'.encode(),
            whole=False,
        )
    for number, reference in enumerate(
        (
            "&#0;",
            "&#x1;",
            "&#xD800;",
            "&#xFFFF;",
            "&#x110000;",
            "&#99999999999999;",
            "&#-1;",
            "&#x;",
            "&",
            "&;",
            "&nosuch;",
            "&lt",
            "&amp;#0;",
            "&#x202e;",
            "&#xfeff;",
            "&#8232;",
        )
    ):
        yield rss(
            f"reference-{number}", f"<description>{TEXT} {reference} and {reference * 100}</description>", title=None
        )
        yield atom(f"reference-{number}", f"<content>{TEXT} {reference}</content><category term='{reference}'/>")
    for number, letter in enumerate(
        "\x01\x08\x0b\x0c\x1b\x7f\x80\x9f\ufffe\uffff\u202e\u2066\u2028\ufeff\u200d\U000e0001\U0001ffff"
    ):
        yield rss(
            f"letter-{number}", f"<description>{TEXT} bri{letter * 20}dge</description><category>a{letter}b</category>"
        )


def _sizes() -> Iterator[Case]:
    """Much of one thing, where a search looks again from every place."""
    units = ("<", ">", "&", "&amp;", "&lt;", "<b>", "</b>", "<p>", "<a b=", "<a b='", "<![CDATA[", "]]>", "]]", "<!--", "-->", "<?x ", "?>", "&#x", "&#", "<x ", "<x/>", "<:", "<x:y ", "='", "\"", "<item>", "</item>", "<entry>", "<!DOCTYPE ", "[<!ENTITY ",
             " ", "\n", "\r", "\u0338", "a ", "<br>", "<div><p>", "<table><tr><td>", "{", "[")  # fmt: skip
    for number, unit in enumerate(units):
        much = unit * (20_000 // len(unit))
        yield rss(f"much-{number}", f"<description>{TEXT} {much}</description>", whole=False)
        yield rss(f"much-told-{number}", f"<description>{escape(f'<p>{TEXT}</p> {much}')}</description>")
        yield atom(f"much-{number}", f'<content type="html">{escape(f"{TEXT} {much}")}</content>')
