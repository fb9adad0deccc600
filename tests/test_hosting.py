"""The documented configurations of nginx and Caddy answer as `feeder serve` does: one table, three servers."""

from __future__ import annotations

import gzip
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import brotli
import pytest
from doors import ROOT, Server, built, fetch, free_port, missing, need, until

from feeder.outputs.disk import Disk

STORY = "/kk/stories/qulja-commemoration/"
GONE = "/ru/stories/qulja-commemoration/"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "accept-ranges": "none",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site with the files that only some sites have."""
    site = Path(shutil.copytree(built(), tmp_path_factory.mktemp("hosting") / "site"))
    page = "<!DOCTYPE html><title>{}</title>".format
    extra = {
        "feed.atom": "<feed/>",
        "kk/archive/000001.atom": "<feed/>",
        GONE[1:] + "410.html": page("retracted") + " " * 2000,
        ".hidden": "SECRET",
    }
    Disk(site / "data" / "public").put({path: text.encode() for path, text in extra.items()})
    (site.parent / "secret.txt").write_text("SECRET", encoding="utf-8")
    return site


@contextmanager
def running(command: list[str], port: int) -> Iterator[str]:
    """A web server that answers; stopped in the end."""
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, process.communicate()
        try:
            return fetch(url + "/en/").status == 200
        except OSError:
            return False

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            until(answers, command[0])
            yield url
        finally:
            process.terminate()


@contextmanager
def nginx(site: Path, folder: Path) -> Iterator[str]:
    program, port = need("nginx"), free_port()
    if not BROTLI.exists():
        missing("libnginx-mod-http-brotli-static is not installed")
    text = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/srv/feeder/data/public", str(public(site)))
    paths = [f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    (folder / "site.conf").write_text(text, encoding="utf-8")
    user = f"user {pwd.getpwuid(os.getuid()).pw_name};" if os.getuid() == 0 else ""
    main = f"""load_module {BROTLI}; daemon off; pid {folder}/pid; error_log stderr crit; {user}
        events {{ }} http {{ {" ".join(paths)} include {folder}/site.conf; }}"""
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    with running([program, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")], port) as url:
        yield url


@contextmanager
def caddy(site: Path, folder: Path) -> Iterator[str]:
    program, port = need("caddy"), free_port()
    text = (ROOT / "docs" / "Caddyfile").read_text(encoding="utf-8")
    text = text.replace("news.example.org {", f"http://127.0.0.1:{port} {{").replace(
        "/srv/feeder/data/public", str(public(site))
    )
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + text, encoding="utf-8")
    with running([program, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")], port) as url:
        yield url


@contextmanager
def feeder(site: Path, folder: Path) -> Iterator[str]:
    copy = Path(shutil.copytree(site, folder / "site"))
    with Server(copy) as server:
        yield server.url


def public(site: Path) -> Path:
    return site / "data" / "public"


SERVERS = {"feeder": feeder, "nginx": nginx, "caddy": caddy}


@pytest.fixture(scope="module", params=list(SERVERS))
def url(request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ExitStack() as stack:
        yield stack.enter_context(SERVERS[request.param](site, tmp_path_factory.mktemp(request.param)))


DOCUMENT = {"sec_fetch_dest": "document"}
XML, HTML = "application/atom+xml; charset=utf-8", "text/html; charset=utf-8"

#: What is asked, with which headers; status, type, some bytes of the body, words of Vary, the whole of Cache-Control.
TABLE: list[tuple[str, dict[str, str], int, str, bytes, str, str]] = [
    ("/kk/feed.atom", {}, 200, XML, b"<feed", "Sec-Fetch-Dest, Accept-Encoding", "public, max-age=60"),
    ("/kk/feed.rss", {}, 200, "application/rss+xml; charset=utf-8", b"<rss", "Sec-Fetch-Dest", "public, max-age=60"),
    ("/kk/feed.json", {}, 200, "application/feed+json", b"{", "Sec-Fetch-Dest", "public, max-age=60"),
    ("/opml.xml", {}, 200, "text/x-opml; charset=utf-8", b"<opml", "Accept-Encoding", "public, max-age=60"),
    ("/style.css", {}, 200, "text/css; charset=utf-8", b"{", "Accept-Encoding", "public, max-age=60"),
    ("/copy.js", {}, 200, "text/javascript; charset=utf-8", b"clipboard", "Accept-Encoding", "public, max-age=60"),
    ("/kk/", {}, 200, HTML, b'lang="kk"', "Accept-Encoding", "public, max-age=60"),
    (STORY, {}, 200, HTML, b'lang="kk"', "Accept-Encoding", "public, max-age=60"),
    (STORY + "index.html", {}, 200, HTML, b'lang="kk"', "Accept-Encoding", "public, max-age=60"),
    (STORY, DOCUMENT, 200, HTML, b'lang="kk"', "Accept-Encoding", "public, max-age=60"),
    ("/kk/feed.atom", {"range": "bytes=0-3"}, 200, XML, b"</feed>", "Accept-Encoding", "public, max-age=60"),
    ("/kk/feed.atom", DOCUMENT, 200, HTML, "Бұл – жаңалықтар таспасы".encode(), "Sec-Fetch-Dest", "public, max-age=60"),
    ("/kk/feed.rss", DOCUMENT, 200, HTML, "Бұл – жаңалықтар таспасы".encode(), "Sec-Fetch-Dest", "public, max-age=60"),
    ("/kk/archive/000001.atom", DOCUMENT, 200, HTML, "Бұл – жаңалықтар таспасы".encode(), "Sec-Fetch-Dest", "public, max-age=60"),
    ("/kk/archive/000001.atom", {}, 200, XML, b"<feed", "Sec-Fetch-Dest", "public, max-age=60"),
    ("/kk/places/kz-almaty/feed.atom", DOCUMENT, 200, HTML, b'lang="kk"', "Sec-Fetch-Dest", "public, max-age=60"),
    ("/kk/places/kz-almaty/feed.atom", {}, 200, XML, b"<feed", "Sec-Fetch-Dest", "public, max-age=60"),
    ("/feed.atom", DOCUMENT, 200, HTML, b"This is a feed", "Sec-Fetch-Dest", "public, max-age=60"),
    ("/ru/feed.atom", DOCUMENT, 200, HTML, "Это лента новостей".encode(), "Sec-Fetch-Dest", "public, max-age=60"),
    (GONE, {}, 410, HTML, b"retracted", "Accept-Encoding", "public, max-age=60"),
    (GONE + "index.html", {}, 410, HTML, b"retracted", "Accept-Encoding", "public, max-age=60"),
    ("/kk/stories/nothing/", {}, 404, HTML, b'lang="kk"', "Accept-Language", "no-cache"),
    ("/ru/nothing", {"accept_language": "kk"}, 404, HTML, b'lang="ru"', "Accept-Language", "no-cache"),
    ("/nothing", {"accept_language": "kk-KZ"}, 404, HTML, b'lang="kk"', "Accept-Language", "no-cache"),
    ("/nothing", {}, 404, HTML, b'lang="en"', "Accept-Language", "no-cache"),
    ("/", {}, 200, HTML, "Қазақша".encode(), "Accept-Language", "public, max-age=60"),
    ("/", {"accept_language": "kk-Latn"}, 200, HTML, "Қазақша".encode(), "Accept-Language", "public, max-age=60"),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]} {' '.join(row[1].values())}")
def test_the_servers_agree(row: tuple[str, dict[str, str], int, str, bytes, str, str], url: str) -> None:
    """Status, type, body, what caches may do with it, and the headers that keep readers safe."""
    path, headers, status, kind, part, vary, cache = row
    answer = fetch(url + path, "GET", None, **headers)
    assert (answer.status, answer.headers["content-type"]) == (status, kind)
    assert part in answer.body
    assert set(vary.split(", ")) <= set(answer.headers["vary"].split(", "))
    assert answer.headers.get_all("vary") == [answer.headers["vary"]]
    assert answer.headers.get_all("cache-control") == [cache]
    for name, value in SAFE.items():
        assert answer.headers[name] == value or (name == "accept-ranges" and status != 200)
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("kk-KZ,kk;q=0.9,en;q=0.8", "kk"),
        ("de, ru;q=0.9", "ru"),
        ("en", "en"),
        ("kk-Cyrl-KZ", "kk"),
        ("kk-Latn, ru", "ru"),
    ],
)
def test_the_root_leads_to_the_readers_language(wish: str, language: str, url: str) -> None:
    answer = fetch(url + "/", accept_language=wish)
    assert (answer.status, answer.headers["location"].rpartition(url)[2].strip("/")) == (302, language)
    assert "Accept-Language" in answer.headers["vary"]
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(("name", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
@pytest.mark.parametrize("path", ["/kk/feed.atom", "/kk/", GONE, "/kk/nothing"])
def test_packed_copies_are_sent(path: str, name: str, unpack: Callable[[bytes], bytes], url: str) -> None:
    """Of files, folders and pages for what is gone; of the same text."""
    plain, packed = fetch(url + path), fetch(url + path, accept_encoding=name)
    assert packed.headers["content-encoding"] == name
    assert unpack(packed.body) == plain.body
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert packed.status == plain.status


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_a_copy_that_is_still_good_is_not_sent_again(encoding: str, url: str) -> None:
    """By its tag, strong or weak or in a list, or by its date; HEAD tells the tag without the body."""
    first = fetch(url + "/kk/feed.atom", accept_encoding=encoding)
    tag = first.headers["etag"].removeprefix("W/")
    for form in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = fetch(url + "/kk/feed.atom", accept_encoding=encoding, if_none_match=form)
        assert (again.status, again.body) == (304, b"")
        assert "Sec-Fetch-Dest" in again.headers["vary"]
    assert fetch(url + "/kk/feed.atom", if_modified_since=first.headers["last-modified"]).status == 304
    head = fetch(url + "/kk/feed.atom", "HEAD", accept_encoding=encoding)
    assert (head.status, head.headers["etag"], head.body) == (200, first.headers["etag"], b"")


def test_encodings_have_tags_of_their_own(url: str) -> None:
    tags = {fetch(url + "/kk/feed.atom", accept_encoding=name).headers["etag"] for name in ("identity", "gzip", "br")}
    assert len(tags) == 3


def test_a_folder_without_its_slash_leads_there(url: str) -> None:
    answer = fetch(f"{url}{STORY[:-1]}")
    assert answer.status == 308
    assert answer.headers["location"].endswith("qulja-commemoration/")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_published_files_can_only_be_read(method: str, url: str) -> None:
    answer = fetch(url + "/kk/feed.atom", method, b"")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    ["/.hidden", "/%2ehidden", "/kk/feed.atom.gz", "/kk/feed.atom.br", "/%2e%2e/%2e%2e/secret.txt", "/..%2f..%2fsecret.txt",
     "/kk/..%5c..%5csecret.txt", "/kk/%00", "/" + "a" * 400, "/%ff%fe", "/.tmp-x"],
)  # fmt: skip
def test_nothing_else_is_sent(path: str, url: str) -> None:
    answer = fetch(url + path)
    assert answer.status in (400, 404)
    assert b"SECRET" not in answer.body


def test_pictures_may_be_kept_for_ever(url: str, site: Path) -> None:
    (picture,) = (public(site) / "media").iterdir()
    answer = fetch(f"{url}/media/{picture.name}", accept_encoding="gzip, br")
    assert answer.body == picture.read_bytes()
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "content-encoding" not in answer.headers
