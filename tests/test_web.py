"""What the site answers over HTTP: to browsers, feed readers, mail providers, and to those who probe."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin

import brotli
import httpx2
import pytest
from doors import LOCALES, Server, built, fetch
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from feeder.model import Locale
from feeder.outputs.disk import Disk
from feeder.web import wishes
from feeder.web.app import application
from feeder.web.kept import Shelf, read

Headers = dict[str, str]
FEED, STORY = "/kk/feed.atom", "/kk/stories/qulja-commemoration"


class Newsroom:
    """A site's state as `feeder serve` tells it to the application."""

    well = True
    facts: dict[str, Any] = {"last_success": "2026-11-16T03:00:00+00:00", "failing": []}  # noqa: RUF012  never changed

    def health(self) -> tuple[bool, dict[str, Any]]:
        return self.well, self.facts

    open = True

    def form(self, locale: Locale) -> tuple[int, bytes]:
        return 200, b"form"

    def ask(self, locale: Locale, fields: Mapping[str, str], network: str) -> tuple[int, bytes]:
        self.asked = (locale, dict(fields), network)
        return 200, b"asked"

    def confirm(self, locale: Locale, token: str, *, act: bool) -> tuple[int, bytes]:
        return 200, b"thanks" if act else b"sure?"

    def leave(self, locale: Locale, token: str, *, act: bool) -> tuple[int, bytes]:
        return 200, f"<!DOCTYPE html><html lang={locale}><title>{'gone' if act else 'sure?'}</title>".encode()

    def preferences(self, locale: Locale, token: str, fields: Mapping[str, str] | None) -> tuple[int, bytes]:
        return 200, b"as they are" if fields is None else b"saved"


@pytest.fixture
def newsroom() -> Newsroom:
    return Newsroom()


def client_of(root: Path, newsroom: Newsroom, languages: tuple[Locale, ...] = LOCALES) -> TestClient:
    return TestClient(application(root, languages, newsroom.health, newsroom), follow_redirects=False)


@pytest.fixture
def web(newsroom: Newsroom) -> Iterator[TestClient]:
    """The built sample site."""
    with client_of(built() / "data" / "public", newsroom) as client:
        yield client


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of its files, to change."""
    return Path(shutil.copytree(built() / "data" / "public", tmp_path / "public"))


# --- files ---------------------------------------------------------------------------------------

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".json": "application/feed+json",
    ".xml": "text/x-opml; charset=utf-8",
    ".png": "image/png",
}


def test_every_published_file_is_served_as_what_it_is(web: TestClient) -> None:
    """Bytes as on the disk, a type a feed reader accepts, a tag, a date and the rules of a page without foreign scripts."""
    root = built() / "data" / "public"
    paths = [path for path in root.rglob("*") if path.is_file() and path.suffix not in (".br", ".gz")]
    assert {path.suffix for path in paths} == set(TYPES)
    for path in paths:
        answer = web.get(f"/{path.relative_to(root).as_posix()}")
        assert answer.status_code == 200
        assert answer.content == path.read_bytes()
        assert answer.headers["content-type"] == TYPES[path.suffix]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["etag"]
        assert answer.headers["last-modified"].endswith(" GMT")


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "gif", "webp", "bin"])
def test_every_kind_of_image_has_its_type(suffix: str, copy: Path, newsroom: Newsroom) -> None:
    """What we do not know is served as bytes, never as something a browser would run."""
    (copy / "media" / f"a.{suffix}").write_bytes(b"<script>")
    answer = client_of(copy, newsroom).get(f"/media/a.{suffix}")
    known = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
    assert answer.headers["content-type"] == known.get(suffix, "application/octet-stream")


def test_feeds_are_asked_for_again_after_a_minute_images_never(web: TestClient) -> None:
    """The name of a file in media/ holds the hash of its bytes."""
    assert web.get(FEED).headers["cache-control"] == "public, max-age=60"
    (image,) = (built() / "data" / "public" / "media").iterdir()
    assert "immutable" in web.get(f"/media/{image.name}").headers["cache-control"]


def test_head_is_get_without_the_body(web: TestClient) -> None:
    """A link checker learns type, size and tag."""
    full, head = web.get(FEED), web.head(FEED)
    assert head.status_code == 200
    for name in ("content-type", "content-length", "etag", "last-modified", "vary", "cache-control"):
        assert head.headers[name] == full.headers[name]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_published_files_can_only_be_read(method: str, web: TestClient) -> None:
    """405 tells which methods there are."""
    answer = web.request(method, FEED)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


# --- copies that are still good ------------------------------------------------------------------


def tag(web: TestClient) -> str:
    return str(web.get(FEED, headers={"accept-encoding": "identity"}).headers["etag"])


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', 'W/"other" ,W/{tag}', "*"])
def test_a_copy_that_is_still_good_is_not_sent_again(form: str, web: TestClient) -> None:
    """304 for the tag, weak or strong, alone or in a list; it has no body and keeps the headers a cache needs."""
    first = web.get(FEED)
    again = web.get(FEED, headers={"if-none-match": form.format(tag=tag(web))})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("cache-control", "vary", "last-modified"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["etag"] == tag(web)


def test_tags_in_two_headers_are_one_list(web: TestClient) -> None:
    """RFC 9110, 5.3."""
    assert web.get(FEED, headers=[("if-none-match", '"x"'), ("if-none-match", tag(web))]).status_code == 304


@pytest.mark.parametrize("form", ['"other"', "", "rubbish", '"*"'])
def test_another_tag_gets_the_whole_file(form: str, web: TestClient) -> None:
    """Also when the date alone would have said that nothing changed: the tag decides."""
    headers = {"if-none-match": form, "if-modified-since": web.get(FEED).headers["last-modified"]}
    assert web.get(FEED, headers=headers).status_code == 200


def test_a_date_serves_readers_that_keep_no_tags(web: TestClient) -> None:
    """304 from the second of the change on."""
    known = web.get(FEED).headers["last-modified"]
    assert web.get(FEED, headers={"if-modified-since": known}).status_code == 304
    assert web.get(FEED, headers={"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}).status_code == 304
    assert web.get(FEED, headers={"if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT"}).status_code == 200


@pytest.mark.parametrize(
    "text", ["", "yesterday", "Mon, 01 Jan 0001 00:00:00 -0000", "Mon, 99 Jan 2001 99:99:99 GMT", "1e9"]
)
def test_a_date_that_is_none_is_ignored(text: str, web: TestClient) -> None:
    """Never an error, and never a 304 for nothing."""
    assert web.get(FEED, headers={"if-modified-since": text}).status_code == 200


def test_a_tag_is_of_the_bytes_and_not_of_the_file(copy: Path, newsroom: Newsroom) -> None:
    """A file written again with the same bytes keeps its tag, so two machines agree; other bytes have another."""
    client, path = client_of(copy, newsroom), copy / "kk" / "feed.atom"
    client.headers["accept-encoding"] = "identity"
    before = client.get(FEED).headers["etag"]
    os.utime(path, (1, 1))
    assert client.get(FEED).headers["etag"] == before
    path.write_bytes(path.read_bytes().replace(b"</feed>", b"\n</feed>"))
    after = client.get(FEED)
    assert after.headers["etag"] != before
    assert client.get(FEED, headers={"if-none-match": before}).content == after.content


UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


def packed(web: TestClient, wish: str, path: str = FEED) -> tuple[httpx2.Headers, bytes]:
    """What is sent for an Accept-Encoding, as it is sent."""
    with web.stream("GET", path, headers={"accept-encoding": wish}) as answer:
        return answer.headers, b"".join(answer.iter_raw())


@pytest.mark.parametrize("name", ["br", "gzip"])
def test_the_packed_copy_for_those_who_take_it(name: str, web: TestClient) -> None:
    """It lies beside the file: the same text, smaller, with a tag of its own; every tag is answered with 304."""
    plain, body = packed(web, "identity")
    headers, raw = packed(web, name)
    assert "content-encoding" not in plain
    assert headers["content-encoding"] == name
    assert UNPACK[name](raw) == body
    assert len(raw) == int(headers["content-length"]) < len(body) / 2
    assert headers["etag"] == plain["etag"][:-1] + f'-{name}"'
    for tag in (headers["etag"], plain["etag"]):
        assert web.get(FEED, headers={"if-none-match": tag}).status_code == 304
    assert "Accept-Encoding" in plain["vary"]
    assert headers["vary"] == plain["vary"]


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("gzip;q=0, *;q=0.1", "br"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity;q=0, *;q=0.1", "br"),
        ("gzip;q=0.2, *;q=0", "gzip"),
        ("gzip;q=0", ""),
        ("identity", ""),
        ("", ""),
        ("deflate", ""),
        ("br;q=0, gzip;q=0.0, *", ""),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0", ""),  # nothing else was named: better a plain answer than none
        ("gzip;q=rubbish", ""),
    ],
)
def test_the_reader_chooses_the_encoding(wish: str, name: str, web: TestClient) -> None:
    """q=0 is a refusal, the best q wins, and of equals the smallest."""
    assert packed(web, wish)[0].get("content-encoding", "") == name


def test_a_copy_of_another_moment_is_not_sent(copy: Path, newsroom: Newsroom) -> None:
    """Between the old copies and the new ones the file itself is sent; the new copies are used as soon as they lie there."""
    client, path = client_of(copy, newsroom), copy / "kk" / "feed.atom"
    assert packed(client, "br")[0]["content-encoding"] == "br"
    path.write_bytes(b"new " * 500)
    assert packed(client, "br")[1] == packed(client, "gzip")[1] == b"new " * 500
    Disk(copy).put({"kk/feed.atom": b"newer " * 500})
    assert brotli.decompress(packed(client, "br")[1]) == b"newer " * 500


def test_a_packed_copy_has_no_address_of_its_own(web: TestClient, copy: Path, newsroom: Newsroom) -> None:
    """It is the file in another form; an archive that the newsroom put there is a file."""
    assert (built() / "data" / "public" / "kk" / "feed.atom.gz").is_file()
    assert web.get(f"{FEED}.gz").status_code == web.get(f"{FEED}.br").status_code == 404
    (copy / "dump.tar.gz").write_bytes(b"packed")
    assert client_of(copy, newsroom).get("/dump.tar.gz").content == b"packed"


def test_a_part_is_refused_politely(web: TestClient) -> None:
    """The whole file, and word that parts are not to be had."""
    answer = web.get(FEED, headers={"range": "bytes=0-9", "accept-encoding": "identity"})
    assert (answer.status_code, answer.headers["accept-ranges"]) == (200, "none")
    assert answer.content == (built() / "data" / "public" / FEED[1:]).read_bytes()


def test_a_large_file_is_sent_and_not_kept(copy: Path, newsroom: Newsroom) -> None:
    """What is kept in memory is bounded, whatever is asked for."""
    shelf = Shelf(room=10_000)
    for number in range(9):
        (copy / f"{number}.txt").write_bytes(b"%d" % number * 1000)
        read_one = read(copy / f"{number}.txt", status=200, common={}, lacks=(), change=None)
        shelf.put((str(number), False), read_one)
    assert shelf.taken <= 10_000
    assert shelf.get(("8", False)) is not None
    assert shelf.get(("0", False)) is None
    (copy / "large.bin").write_bytes(bytes(5 << 20))
    client = client_of(copy, newsroom)
    assert len(client.get("/large.bin").content) == len(client.get("/large.bin").content) == 5 << 20


# --- feeds in a browser, stories that are gone, links ----------------------------------------------

DOCUMENT = {"sec-fetch-dest": "document"}


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("kk/feed.atom", "kk/feed.html"),
        ("ru/feed.rss", "ru/feed.html"),
        ("en/feed.json", "en/feed.html"),
        ("kk/archive/000001.atom", "kk/feed.html"),
        ("kk/places/kz-almaty/feed.atom", "kk/places/kz-almaty/index.html"),
        ("ru/topics/courts/feed.atom", "ru/topics/courts/index.html"),
        ("feed.atom", "feed.html"),
    ],
)
def test_a_person_who_opens_a_feed_is_shown_a_page(path: str, page: str, copy: Path, newsroom: Newsroom) -> None:
    """Where there is one; a feed reader gets the feed; and caches keep the two apart."""
    client = client_of(copy, newsroom)
    feed = copy / path
    feed.parent.mkdir(parents=True, exist_ok=True)
    feed.write_bytes(b"<feed/>")
    (copy / page).unlink(missing_ok=True)
    assert client.get(f"/{path}", headers=DOCUMENT).content == b"<feed/>"
    (copy / page).write_bytes(b"<p>How to subscribe")
    shown = client.get(f"/{path}", headers=DOCUMENT)
    assert (shown.content, shown.headers["content-type"]) == (b"<p>How to subscribe", TYPES[".html"])
    assert client.get(f"/{path}", headers={**DOCUMENT, "if-none-match": shown.headers["etag"]}).status_code == 304
    for wish in ({}, {"sec-fetch-dest": "empty"}, {"sec-fetch-dest": "iframe"}):
        plain = client.get(f"/{path}", headers=wish)
        assert plain.content == b"<feed/>"
        assert plain.headers["vary"] == shown.headers["vary"] == "Sec-Fetch-Dest, Accept-Encoding"
        assert plain.headers["etag"] != shown.headers["etag"]


def test_other_pages_do_not_depend_on_who_asks(web: TestClient) -> None:
    """A picture opened as a document is a picture, and a story a story."""
    assert web.get(f"{STORY}/", headers=DOCUMENT).headers["vary"] == "Accept-Encoding"


def test_a_retracted_story_is_gone(copy: Path, newsroom: Newsroom) -> None:
    """410 with its page, from the moment that lies there, never 304; and it may come back."""
    client, folder = client_of(copy, newsroom), copy / STORY[1:]
    tag = client.get(f"{STORY}/").headers["etag"]
    (folder / "410.html").write_bytes(b"<p>Retracted")
    for path in (f"{STORY}/", f"{STORY}/index.html"):
        answer = client.get(path, headers={"if-none-match": "*"})
        assert (answer.status_code, answer.content) == (410, b"<p>Retracted")
        assert answer.headers["content-type"] == TYPES[".html"]
    (folder / "410.html").unlink()
    assert client.get(f"{STORY}/", headers={"if-none-match": tag}).status_code == 304


def test_a_path_can_have_a_link_header(copy: Path, newsroom: Newsroom) -> None:
    """For the hub of a feed; in the 304, too, and not on the page that shows it to people."""
    (copy / "kk" / "feed.html").write_bytes(b"page")
    hub = '<https://hub.example.net/>; rel="hub"'
    links = {"kk/feed.atom": hub}
    client = TestClient(application(copy, LOCALES, newsroom.health, newsroom, links.get))
    answer = client.get(FEED)
    assert answer.headers["link"] == hub
    assert client.get(FEED, headers={"if-none-match": answer.headers["etag"]}).headers["link"] == hub
    assert "link" not in client.get(FEED, headers=DOCUMENT).headers
    assert "link" not in client.get("/ru/feed.atom").headers


# --- pictures --------------------------------------------------------------------------------------


def test_images_are_not_packed_again(web: TestClient) -> None:
    """They are packed already."""
    (image,) = (built() / "data" / "public" / "media").iterdir()
    answer = web.get(f"/media/{image.name}", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers


# --- languages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("kk", "kk"),
        ("kk-KZ", "kk"),
        ("kk-Cyrl-KZ,ru;q=0.9", "kk"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-US,en;q=0.5", "en"),
        ("en;q=0.5, ru;q=0.7, kk;q=0.6", "ru"),
        ("ru, kk", "ru"),
        ("de, fr;q=0.9, kk;q=0.1", "kk"),
        ("RU;Q=1.0", "ru"),
        ("ru ; q=0.5 , en ; q = 0.4", "ru"),
        ("kk-Latn-KZ, ru;q=0.5", "ru"),  # who reads Latin letters is not given Cyrillic unasked
        ("kk;q=0, ru;q=0.1", "ru"),
    ],
)
def test_the_root_leads_to_the_language_the_reader_likes_best(wish: str, language: str, web: TestClient) -> None:
    """A temporary redirect, by weight and then by order."""
    answer = web.get("/", headers={"accept-language": wish})
    assert (answer.status_code, answer.headers["location"]) == (302, f"{language}/")
    assert answer.headers["vary"] == "Accept-Language"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("wish", ["", "*", "de", "kk-Latn", "kk-Arab-CN", "kk;q=0", ";;,=,", "kk;q=abc", "q=1", "ug"])
def test_who_wishes_for_nothing_we_have_is_asked(wish: str, web: TestClient) -> None:
    """The chooser, with all languages; a cache may not show it to the next reader, who may have a wish."""
    answer = web.get("/", headers={"accept-language": wish})
    assert answer.status_code == 200
    assert all(name in answer.text for name in ("English", "Қазақша", "Русский"))
    assert "Accept-Language" in answer.headers["vary"]


def test_the_root_never_leads_to_a_page_that_is_not_there(copy: Path, newsroom: Newsroom) -> None:
    """A site that publishes feeds only has no pages to lead to."""
    shutil.rmtree(copy / "kk")
    assert client_of(copy, newsroom).get("/", headers={"accept-language": "kk"}).status_code == 200


@given(st.text(alphabet="kru-*;q=0.1, \tenZ\x00é"))
def test_any_wish_has_an_answer(header: str) -> None:
    """A language of the site or none, whatever is sent."""
    assert wishes.language(header, ("en", "kk", "ru")) in ("en", "kk", "ru", None)


# --- addresses -----------------------------------------------------------------------------------


def page_language(text: str) -> str:
    return text.partition('<html lang="')[2][:2]


@pytest.mark.parametrize(
    ("path", "wish", "language"),
    [
        ("/kk/stories/nothing/", "ru", "kk"),  # the address says which
        ("/ru/nothing", "", "ru"),
        ("/nothing", "kk-KZ", "kk"),  # else the reader does
        ("/nothing", "", "en"),  # else the site's first
        ("/kz/", "", "en"),
    ],
)
def test_a_wrong_address_is_told_in_the_language_of_the_address(
    path: str, wish: str, language: str, web: TestClient
) -> None:
    """A page with ways on, not a blank."""
    answer = web.get(path, headers={"accept-language": wish})
    assert answer.status_code == 404
    assert page_language(answer.text) == language
    assert answer.headers["cache-control"] == "no-cache"


def test_a_wrong_address_is_told_even_before_the_first_build(tmp_path: Path, newsroom: Newsroom) -> None:
    """An empty folder has no page for it."""
    answer = client_of(tmp_path, newsroom).get("/kk/")
    assert (answer.status_code, answer.text) == (404, "Not found\n")


def test_a_browser_that_asks_for_an_icon_is_not_sent_a_page(copy: Path, newsroom: Newsroom) -> None:
    """Nothing, kept for a day; a site that has an icon shows it."""
    client = client_of(copy, newsroom)
    assert (client.get("/favicon.ico").status_code, client.get("/favicon.ico").content) == (204, b"")
    (copy / "favicon.ico").write_bytes(b"icon")
    assert client.get("/favicon.ico").content == b"icon"
    assert client.get("/favicon.ico").headers["content-type"] == "image/x-icon"


@pytest.mark.parametrize("path", ["/kk", STORY, "/ru/places/kz-almaty", "/en/feeds"])
@pytest.mark.parametrize("prefix", ["http://news.example.org", "https://proxy.example.org/deep/news"])
def test_a_folder_without_its_slash_leads_there(path: str, prefix: str, web: TestClient) -> None:
    """Relative, so that it holds under any prefix a proxy puts before us."""
    answer = web.get(path)
    assert answer.status_code == 308
    assert urljoin(prefix + path, answer.headers["location"]) == f"{prefix}{path}/"
    assert web.get(f"{path}/").status_code == 200


def test_a_redirect_keeps_the_query(web: TestClient) -> None:
    """A link with a mark of its own still works."""
    assert web.get("/kk?from=a%20b&c").headers["location"] == "./kk/?from=a%20b&c"


def test_a_folder_with_any_name_leads_to_itself(copy: Path, newsroom: Newsroom) -> None:
    """Names in Kazakh, with a colon or a percent sign: no header is broken, no other address meant."""
    for name in ("құлжа", "a:b", "100%", "a b", 'q"'):
        (copy / "kk" / name).mkdir()
        (copy / "kk" / name / "index.html").write_text("here", encoding="utf-8")
        path = f"/kk/{quote(name)}"
        where = urljoin(path, client_of(copy, newsroom).get(path).headers["location"])
        assert unquote(where) == f"/kk/{name}/"
        assert client_of(copy, newsroom).get(where).text == "here"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/kk/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/kk/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/%252e%252e%252fsecret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/file:///etc/passwd",
        "/C:/windows/win.ini",
        "/.hidden",
        "/kk/.hidden",
        "/.tmp-x",
        "/link.txt",
        "/out/secret.txt",
        "/%00",
        "/kk/feed.atom%00.html",
        "/" + "a" * 300,
        "/kk/" + "a/" * 2000,
        "/kk/feed.atom/",
        "/media",
        "/media/",
    ],
)
def test_nothing_outside_the_published_files_is_ever_sent(path: str, copy: Path, newsroom: Newsroom) -> None:
    """However the way out is spelled: a wrong address like any other."""
    (copy.parent / "secret.txt").write_text("SECRET", encoding="utf-8")
    (copy / ".hidden").write_text("SECRET", encoding="utf-8")
    (copy / "kk" / ".hidden").write_text("SECRET", encoding="utf-8")
    (copy / ".tmp-x").write_text("SECRET", encoding="utf-8")
    (copy / "link.txt").symlink_to(copy.parent / "secret.txt")
    (copy / "out").symlink_to(copy.parent)
    answer = client_of(copy, newsroom).get(f"http://testserver{path}")
    assert answer.status_code == 404
    assert "SECRET" not in answer.text


# --- leaving, health -----------------------------------------------------------------------------


def test_a_look_at_the_page_to_leave_does_nothing(web: TestClient) -> None:
    """Mail scanners open every link: only the button acts."""
    answer = web.get("/kk/unsubscribe/any-token")
    assert answer.status_code == 200
    assert "sure?" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("body", [b"List-Unsubscribe=One-Click", b""])
def test_a_mail_provider_leaves_in_one_click(body: bytes, web: TestClient) -> None:
    """RFC 8058: one POST, no cookie asked for, no redirect, no question."""
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = web.post("/ru/unsubscribe/any-token", content=body, headers=kind)
    assert answer.status_code == 200
    assert "gone" in answer.text
    assert "set-cookie" not in answer.headers


def test_every_token_gets_the_same_answer(web: TestClient) -> None:
    """So nobody learns who reads this."""
    assert web.post("/kk/unsubscribe/a").content == web.post("/kk/unsubscribe/b").content


@pytest.mark.parametrize("path", ["/kz/unsubscribe/token", "/kk/unsubscribe/", "/kk/unsubscribe/a/b"])
def test_there_is_nothing_to_leave_elsewhere(path: str, web: TestClient) -> None:
    """A language we do not have, an address without its token."""
    assert web.get(path).status_code == 404


def test_health_is_green_when_all_is_well(web: TestClient) -> None:
    """And never kept by a cache."""
    answer = web.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", **Newsroom.facts}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"


def test_health_is_red_when_it_is_not(web: TestClient, newsroom: Newsroom) -> None:
    """A status that a container's health check and a load balancer understand."""
    newsroom.well = False
    answer = web.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")


# --- the real server -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    site = Path(shutil.copytree(built(), tmp_path_factory.mktemp("web") / "site"))
    with Server(site) as running:
        yield running


def test_the_real_server_keeps_the_promises(server: Server) -> None:
    """Bytes, tag, 304, gzip, HEAD and redirects, seen by a plain HTTP client."""
    full = server.get(FEED)
    assert full.body == (server.site / "data" / "public" / "kk" / "feed.atom").read_bytes()
    assert full.headers["etag"] == f'"{hashlib.sha256(full.body).hexdigest()[:32]}"'
    again = server.get(FEED, if_none_match=full.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert gzip.decompress(server.get(FEED, accept_encoding="gzip").body) == full.body
    head = server.get(FEED, method="HEAD")
    assert (head.body, head.headers["content-length"]) == (b"", full.headers["content-length"])
    assert server.get(STORY).headers["location"] == "./qulja-commemoration/"
    assert server.get("/", accept_language="kk-KZ").headers["location"] == "kk/"
    assert server.get("/ru/no-such-page").status == 404
    for path in ("/..%2f..%2ffeeder.toml", "/%2e%2e/feeder.db", "//etc/passwd"):
        assert server.get(path).status == 404


def test_the_real_page_to_leave_is_in_the_readers_language(server: Server) -> None:
    """From the site's own templates, with a button that posts to where it stands."""
    for locale, word in (("en", "Unsubscribe"), ("kk", "Жазылудан бас тарту"), ("ru", "Отписаться")):
        page = server.get(f"/{locale}/unsubscribe/sample").body.decode()
        assert page_language(page) == locale
        assert word in page
        assert '<form method="post">' in page
        done = server.get(f"/{locale}/unsubscribe/sample", "POST", b"List-Unsubscribe=One-Click")
        assert done.status == 200
        assert '<form method="post">' not in done.body.decode()


def test_the_real_server_says_nothing_of_itself_and_notes_no_one(server: Server) -> None:
    """No name and version in the answers; no address and no request in the log, also of those who probe."""
    assert "server" not in server.get("/en/").headers
    assert "x-powered-by" not in server.get("/en/").headers
    for path in ("/healthz", "/en/", "/nowhere", "/%00", "/kk/unsubscribe/secret-token"):
        server.get(path, user_agent="Probe/1.0", x_forwarded_for="203.0.113.9")
    fetch(server.url + "/kk/unsubscribe/secret-token", "POST", b"x" * 100_000)
    said = [line for line in server.log if "Serving" not in line]
    for word in ("127.0.0.1", "203.0.113.9", "Probe", "secret-token", "GET", "404", "Traceback"):
        assert not any(word in line for line in said), said


def test_the_real_server_is_healthy(server: Server) -> None:
    """Green after the first build; the reasons of a failure would stay in the log."""
    answer = server.get("/healthz")
    assert answer.status == 200
    assert b'"status": "ok"' in answer.body
    assert str(server.site).encode() not in answer.body
