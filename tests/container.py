#!/usr/bin/env python3
"""Build the image and run it as an operator would, on any Debian machine, as root, without a registry.

    apt-get install buildah podman runc debootstrap
    tests/container.py                      builds, runs, stops, starts again; a line for each thing that holds

The base image is asked for by its name alone (`--base`, by default the Dockerfile's). Where it is not in the storage
it is made from Debian's own packages: the same Python, the same name. Everything lies in a folder of its own, which goes
at the end (`--keep` leaves it; `--work` names it, and what is there is used again).

pytest does not collect this file: it takes minutes and needs root. `.ci/run` calls it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("buildah", "podman", "runc", "nsenter", "curl")
LIMIT_MB = 200  #: of what the image adds to its base
STOP = 10  #: seconds that a stop may take
PATIENCE = 120  #: seconds to wait for what should be done in a few
#: nothing may be written but the volume, not even /tmp; no capability, no new privileges; its own empty network
SEALED = (
    "--read-only",
    "--read-only-tmpfs=false",
    "--cap-drop",
    "all",
    "--security-opt",
    "no-new-privileges",
    "--network",
    "none",
)
#: some machines do not let runc raise limits
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")
WEEK = "2026-W46"  #: of the sample stories
SECRETS = ("FEEDER_MAIL_SMTP_URL=maildir:/data/mail",)


class Failed(Exception):  # noqa: N818  the word of the last line
    """What does not hold."""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def hold(true: object, what: str) -> None:
    """A line for what holds; the end for what does not."""
    if not true:
        raise Failed(what)
    say(f"ok   {what}")


def call(*line: str | Path, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(part) for part in line], env={**os.environ, **env}, capture_output=True, encoding="utf-8", errors="replace"
    )
    if check and done.returncode:
        raise Failed(f"{' '.join(map(str, line))}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done


class Engine:
    """buildah and podman with a storage of their own."""

    def __init__(self, work: Path, driver: str) -> None:
        self.work = work
        self.storage = ("--root", work / "storage", "--runroot", work / "run", "--storage-driver", driver)

    def buildah(self, *line: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        return call("buildah", *self.storage, *line, check=check, BUILDAH_ISOLATION="chroot")

    def podman(self, *line: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        # health checks are asked for here; without systemd there is no timer that could
        own = ("--cgroup-manager", "cgroupfs", "--runtime", "runc")
        return call("podman", *self.storage, *own, *line, check=check, DISABLE_HC_SYSTEMD="true")

    def size(self, image: str) -> int:
        """Bytes."""
        return int(json.loads(self.podman("image", "inspect", image).stdout)[0]["Size"])


# --- the base -------------------------------------------------------------------------------------


def base(engine: Engine, name: str) -> None:
    """The base image under its name, made from Debian's packages unless it is there."""
    if engine.podman("image", "exists", name, check=False).returncode == 0:
        say(f"     {name} is there")
        return
    if not shutil.which("debootstrap"):
        raise Failed(
            f"there is no image {name} and no debootstrap to make one; pull it, or: apt-get install debootstrap"
        )
    tree, release = engine.work / "base", os_release()
    packages = "ca-certificates,python3,python3-venv,python3-pip"
    say(f"     making {name} from Debian {release}; this takes two minutes")
    call("debootstrap", "--variant=minbase", f"--include={packages}", release, tree, mirror())
    for rubbish in ("var/cache/apt/archives", "var/lib/apt/lists"):
        shutil.rmtree(tree / rubbish)
    (tree / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    made = engine.buildah("from", "scratch").stdout.strip()
    engine.buildah("add", "-q", made, tree, "/")
    path = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
    engine.buildah("config", "--env", f"PATH={path}", "--env", "LANG=C.UTF-8", made)
    engine.buildah("commit", "-q", "--format", "docker", made, f"localhost/{name}")
    engine.buildah("rm", made)
    shutil.rmtree(tree)


def os_release() -> str:
    found = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise Failed("the base can be made on Debian only; elsewhere pull it")
    return found[1]


def mirror() -> str:
    """Where this machine has its packages from."""
    lists = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for one in lists:
        text = one.read_text(encoding="utf-8") if one.is_file() else ""
        if found := re.search(r"^(?:deb\b.*?|URIs:)\s(https?://\S+)", text, re.MULTILINE):
            return found[1]
    raise Failed("this machine names no mirror of Debian")


# --- the image ------------------------------------------------------------------------------------


def build(engine: Engine, name: str, options: Sequence[str]) -> None:
    start = time.monotonic()
    here = ("-v", "/etc/ssl/certs:/etc/ssl/certs:ro")  # so that pip trusts whom this machine trusts
    engine.buildah("build", "--pull=never", "--format", "docker", "--build-arg", f"BASE={name}", *here, *LIMITS, *options,
                   "-t", "localhost/feeder", ROOT)  # fmt: skip
    hold(True, f"the image is built ({time.monotonic() - start:.0f} s)")
    added = (engine.size("localhost/feeder") - engine.size(name)) / 1e6
    hold(added < LIMIT_MB, f"it adds {added:.0f} MB to its base, and may add {LIMIT_MB}")


def look(engine: Engine, name: str) -> None:
    """What the image says of itself, and what is in it."""
    config = json.loads(engine.podman("image", "inspect", "localhost/feeder").stdout)[0]
    hold(config["User"] == "10001:10001", "its user is not root")
    hold(list(config["Config"]["Volumes"]) == ["/data"], "it has one volume, /data")
    hold(config["Config"]["Entrypoint"] == ["feeder"], "its entry point is feeder")
    hold(config["Healthcheck"]["Test"][0] == "CMD", "it has a health check that needs no shell")
    labels = {label.rpartition(".")[2] for label in config["Labels"]}
    hold({"title", "description", "version", "licenses"} <= labels, "its labels say what it is")
    before, after = files(engine, name), files(engine, "localhost/feeder")
    added = after - before
    hold(not [one for one in after if re.search(r"/(cc|gcc|c\+\+|ld|make)$", one)], "there is no compiler in it")
    hold(not [one for one in added if re.search(r"/(pip|setuptools|hatchling)/|/bin/pip", one)], "no pip of its own")
    hold(not [one for one in added if re.search(r"/tests?/", one)], "no tests")
    sources = {one for one in added if one.endswith(".py") and "/site-packages/" in one}
    compiled = {
        re.sub(r"__pycache__/([^/]+)\.cpython-\d+\.pyc$", r"\1.py", one) for one in added if one.endswith(".pyc")
    }
    hold(sources == compiled, f"each of its {len(sources)} modules is compiled once")


def files(engine: Engine, image: str) -> set[str]:
    container = engine.buildah("from", "--pull=never", image).stdout.strip()
    try:
        top = Path(engine.buildah("mount", container).stdout.strip())
        return {f"/{path.relative_to(top)}" for path in top.rglob("*") if not path.is_dir()}
    finally:
        engine.buildah("umount", container)
        engine.buildah("rm", container)


# --- running it -----------------------------------------------------------------------------------


def run(engine: Engine, site: Path, *line: str, name: str = "feeder") -> str:
    env = [part for secret in SECRETS for part in ("--env", secret)]
    mounts = ("-v", "data:/data", "-v", f"{site}:/site:ro")
    return engine.podman("run", "-d", "--name", name, *SEALED, *LIMITS, *env, *mounts, "localhost/feeder", *line).stdout


def healthy(engine: Engine) -> None:
    """Ask as an engine does, until the image's own check answers that all is well."""
    before = engine.podman("inspect", "--format", "{{.State.Healthcheck.Status}}", "feeder").stdout.strip()
    until(
        lambda: engine.podman("healthcheck", "run", "feeder", check=False).returncode == 0, "the health check", engine
    )
    after = engine.podman("inspect", "--format", "{{.State.Healthcheck.Status}}", "feeder").stdout.strip()
    hold(after == "healthy", f"its health check turns green ({before} -> {after})")


def until(true: Callable[[], bool], what: str, engine: Engine) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            logs = engine.podman("logs", "feeder", check=False)
            raise Failed(f"waited {PATIENCE} s for {what}\n{logs.stdout}{logs.stderr}")
        time.sleep(0.3)


def get(engine: Engine, path: str, *options: str) -> str:
    """A request from outside the container, inside its network."""
    pid = engine.podman("inspect", "--format", "{{.State.Pid}}", "feeder").stdout.strip()
    return call(
        "nsenter", f"--net=/proc/{pid}/ns/net", "curl", "-sS", "-i", *options, f"http://127.0.0.1:8000{path}"
    ).stdout


def stop(engine: Engine, code: int = 0, name: str = "feeder") -> None:
    start = time.monotonic()
    engine.podman("stop", "-t", str(3 * STOP), name)
    took = time.monotonic() - start
    ended = int(engine.podman("inspect", "--format", "{{.State.ExitCode}}", name).stdout)
    hold(took < STOP and ended == code, f"it stops when asked, in {took:.1f} s, with {ended}")


def published(engine: Engine) -> dict[str, tuple[int, str]]:
    """Every file on the volume but the store's own: time and hash."""
    top = Path(engine.podman("volume", "inspect", "--format", "{{.Mountpoint}}", "data").stdout.strip())
    kept = (path for path in sorted(top.rglob("*")) if path.is_file() and not path.name.startswith("feeder.db"))
    return {
        str(path.relative_to(top)): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in kept
    }


def inside(engine: Engine, *line: str, check: bool = True) -> str:
    done = engine.podman("exec", "feeder", "feeder", *line, check=check)
    return done.stdout + done.stderr


def serves(engine: Engine, site: Path) -> None:
    """From the first start to the last stop."""
    run(engine, site)
    healthy(engine)
    answer = get(engine, "/kk/feed.atom")
    hold("200 OK" in answer and "application/atom+xml" in answer and 'xml:lang="kk"' in answer, "a feed is fetched")
    etag = re.search(r'^etag: (".*?")', answer, re.MULTILINE | re.IGNORECASE)
    hold(etag and " 304 " in get(engine, "/kk/feed.atom", "-H", f"If-None-Match: {etag[1]}"), "and again: not modified")
    for locale in ("en", "kk", "ru"):
        inside(engine, "subscribers", "add", f"reader-{locale}@example.org", "--lang", locale, "--confirmed")
    saves(engine)
    sends(engine)
    stop(engine)
    before = published(engine)
    engine.podman("start", "feeder")
    healthy(engine)
    stop(engine)
    hold(
        before and published(engine) == before,
        f"started again on its volume, it writes none of {len(before)} files anew",
    )


def sends(engine: Engine) -> None:
    """The digest is sent, and a second time nobody gets it again."""
    line = ("digest", "--send", "--week", WEEK)
    said = inside(engine, *line)
    sent = letters(engine)
    hold(len(sent) == 3, f"the digest is sent to three subscribers{'' if len(sent) == 3 else f': {said}'}")
    inside(engine, *line)
    inside(engine, "digest", "--send", check=False)  # the week that was due last, or health would miss it from now on
    hold(letters(engine) == sent, "asked again, it sends nothing")


def letters(engine: Engine) -> list[str]:
    return [name for name in published(engine) if name.startswith("mail/new/")]


def saves(engine: Engine) -> None:
    """A backup while it serves; a restore is refused as long as it does."""
    inside(engine, "backup", "/data/saved.db")
    refused = inside(engine, "restore", "/data/saved.db", check=False)
    hold("stop every feeder" in refused, "a backup is made while it serves, and is not put back under its feet")


def returns(engine: Engine, site: Path) -> None:
    """A backup from before the digest was sent is put back when feeder is stopped; it is not sent again without a word."""
    engine.podman("rm", "feeder")
    mounts = ("-v", "data:/data", "-v", f"{site}:/site:ro")
    engine.podman("run", "--rm", *SEALED, *LIMITS, *mounts, "localhost/feeder", "restore", "/data/saved.db")
    before = letters(engine)
    run(engine, site)
    healthy(engine)
    inside(engine, "digest", "--send", "--week", WEEK, check=False)
    status = inside(engine, "status", check=False)
    hold(
        letters(engine) == before and "release --restored" in status,
        "put back, it holds what it would send, and says so",
    )
    stop(engine)


def waits(engine: Engine, site: Path) -> None:
    """Not only `serve` stops as the first process of a container, for which signals have no meaning of their own."""
    name = "reading"
    engine.podman("run", "-d", "-i", "--name", name, *SEALED, *LIMITS, "-v", f"{site}:/site:ro", "localhost/feeder",
                  "places", "find", "--lang", "kk")  # fmt: skip
    time.sleep(2)  # so that it waits for text, not for its modules
    stop(engine, 143, name)


@contextlib.contextmanager
def workshop(named: str, keep: bool) -> Iterator[Path]:
    work = Path(named) if named else Path(tempfile.mkdtemp(prefix="feeder-container-", dir="/var/tmp"))
    work.mkdir(parents=True, exist_ok=True)
    try:
        yield work
    finally:
        if not keep:
            shutil.rmtree(work, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--base", default="python:3.11-slim", help="name of the base image")
    parser.add_argument("--driver", default="overlay", help="storage driver; vfs works everywhere and is slow")
    parser.add_argument("--work", default="", metavar="DIR", help="where everything lies")
    parser.add_argument("--keep", action="store_true", help="leave it there")
    parser.add_argument("build_options", nargs="*", help="further options for buildah build, after --")
    given = parser.parse_args()
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        say(f"missing: {', '.join(missing)}; apt-get install buildah podman runc util-linux curl")
        return 2
    with workshop(given.work, given.keep) as work:
        return walk(Engine(work, given.driver), work, given.base, given.build_options)


def walk(engine: Engine, work: Path, name: str, options: Sequence[str]) -> int:
    site = work / "site"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(ROOT / "seeds", site, ignore=shutil.ignore_patterns("data"))
    try:
        base(engine, name)
        build(engine, name, options)
        look(engine, name)
        serves(engine, site)
        returns(engine, site)
        waits(engine, site)
    except Failed as error:
        say(f"FAIL {error}")
        return 1
    finally:
        engine.podman("rm", "-f", "-a", check=False)
        engine.podman("volume", "rm", "-f", "data", check=False)
    say("The image is built and works.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
