"""Real programs for tests: the command line, the server; and the sample site for them to work on.

    run("build", "--json", site=copy)      a finished process, its output as text
    sample(tmp_path)                       a copy of the sample site, not yet built
    built()                                a built copy, shared by all tests: look, do not touch
    with Server(sample(tmp_path)) as web   `feeder serve` on a free port, stopped by SIGTERM

Programs that are not part of feeder (a browser, a feed reader) are asked for with `need`: without them a test is
skipped, or fails when FEEDER_TEST_REQUIRE=1 says that they ought to be here.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, NoReturn, Self

import pytest

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
LOCALES = ("en", "kk", "ru")
PATIENCE = 30.0  #: seconds that a test waits for what should be done in one or two


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what steers feeder, and with an encoding that can say everything."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FEEDER_", "PYTHONIO", "LC_"))}
    return {**kept, "PYTHONUTF8": "1", **more}


def line(*args: str | Path, site: Path | None = None) -> list[str]:
    named = ["--site", str(site)] if site else []
    return [sys.executable, "-m", "feeder", *named, *map(str, args)]


def run(
    *args: str | Path,
    site: Path | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> subprocess.CompletedProcess[str]:
    """A finished `feeder` with its output as text."""
    return subprocess.run(
        line(*args, site=site),
        cwd=cwd,
        env=environment(**(env or {})),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def sample(folder: Path) -> Path:
    """A copy of the sample site in `folder`, not yet built."""
    site = folder / "site"
    site.mkdir(parents=True)
    shutil.copy(SEEDS / "feeder.toml", site)
    shutil.copytree(SEEDS / "articles", site / "articles")
    return site


def built() -> Path:
    """The sample site, built once for all tests."""
    site, done = _built()
    assert done.returncode == 0, done.stderr
    return site


@functools.cache
def _built() -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = Path(tempfile.mkdtemp(prefix="feeder-built-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    site = sample(folder)
    return site, run("build", site=site)


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file below a folder with its time and its bytes: equal trees were not touched."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in paths
    }


def need(program: str) -> str:
    """The path of a program, or the end of the test."""
    found = shutil.which(program)
    if found is None:
        missing(f"{program} is not installed")
    return found


def missing(what: str) -> NoReturn:
    """Skip, or fail where everything ought to be there."""
    if os.environ.get("FEEDER_TEST_REQUIRE") == "1":
        pytest.fail(what)
    pytest.skip(what)


def until(true: Callable[[], object], what: str) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited {PATIENCE:.0f} s for {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Message
    body: bytes


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def fetch(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """One request, redirects not followed, errors as answers. Keyword names become headers: accept_language="kk"."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=body, headers=named, method=method)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=PATIENCE) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


class Server:
    """`feeder serve` as a process of its own."""

    def __init__(self, site: Path, port: int = 0, options: Sequence[str] = ("--no-reload",), **env: str) -> None:
        self.site, self.env, self.port, self.options = site, env, port or free_port(), options
        self.url = ""
        self.log: list[str] = []

    def __enter__(self) -> Self:
        env = {"FEEDER_BASE_URL": f"http://127.0.0.1:{self.port}", **self.env}
        self.process = subprocess.Popen(
            line("serve", "--port", str(self.port), *self.options, site=self.site),
            env=environment(**env),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert self.process.stderr is not None
        self.reader = threading.Thread(target=self._read, args=(self.process.stderr,))
        self.reader.start()
        try:
            until(lambda: self.url or self.process.poll() is not None, "the server")
            assert self.url, self.log
        except BaseException:
            self.__exit__()  # nobody else would stop it
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.stop()

    def _read(self, stream: IO[str]) -> None:
        for text in stream:
            self.log.append(text.rstrip("\n"))
            if match := re.search(r"on (http://\S+)/ ", text):
                self.url = match[1]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, wait, and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=PATIENCE)
        self.reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code

    def get(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        return fetch(self.url + path, method, body, **headers)
