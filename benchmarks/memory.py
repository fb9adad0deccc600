"""How much memory `feeder serve` holds: idle, and after as many builds as a week has, simulated.

    python benchmarks/memory.py [--stories 300] [--builds 2000]

A site of so many stories in three languages is served in a process of its own. Then one article is changed again and again,
and each change is a build: the pages and feeds it touches are made anew, as in a newsroom that never sleeps. Between, the
pages that readers ask for are fetched, and /healthz and /metrics, as a watchman would. Printed: resident memory in MB at the
start, every tenth of the way, and the growth over the second half.
"""

from __future__ import annotations

import argparse
import importlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

sites: Any = importlib.import_module("build")  # benchmarks/build.py
ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 600.0  #: seconds for the first build


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--stories", type=int, default=300)
    options.add_argument("--builds", type=int, default=2000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        sites.make_site(site, given.stories)
        line = [sys.executable, "-m", "feeder", "--site", str(site), "serve", "--port", "0", "--no-reload"]
        with subprocess.Popen(line, cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8") as process:  # noqa: S603  ours
            try:
                measure(process, site, url_of(process), given.builds)
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=30)


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"on (http://\S+)/ ", line):
            return found[1]
    raise SystemExit("the server did not start")


def measure(process: subprocess.Popen[str], site: Path, url: str, builds: int) -> None:
    assert process.stderr is not None
    threading.Thread(target=process.stderr.read, daemon=True).start()  # or its log would fill the pipe
    time.sleep(3)
    print(f"idle: {resident(process.pid):.1f} MB")
    seen = []
    for number in range(1, builds + 1):
        change(site, url, number)
        if number % 10 == 0:
            for path in ("/healthz", "/metrics", "/kk/", "/en/feed.atom", "/ru/feed.json"):
                fetch(url + path)
        if number % max(1, builds // 10) == 0:
            seen.append(resident(process.pid))
            print(f"after {number} builds: {seen[-1]:.1f} MB", flush=True)
    print(f"growth over the second half: {seen[-1] - seen[len(seen) // 2]:+.1f} MB")


def change(site: Path, url: str, number: int) -> None:
    """Save one article and wait until readers have it."""
    path = site / "articles" / f"story-00000.{sites.LANGUAGES[number % 3]}.md"
    text = re.sub(r"\n\nBuild \d+\.\n", "\n", path.read_text(encoding="utf-8"))
    part = path.with_name(f".{path.name}")
    part.write_text(f"{text}\n\nBuild {number}.\n", encoding="utf-8")
    part.replace(path)
    end = time.monotonic() + PATIENCE
    while f"Build {number}.".encode() not in fetch(f"{url}/{sites.LANGUAGES[number % 3]}/feed.atom"):
        if time.monotonic() > end:
            raise SystemExit(f"build {number} was not seen")
        time.sleep(0.02)


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310  of our own server
        body: bytes = answer.read()
        return body


def resident(pid: int) -> float:
    """MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    main()
