"""docs/running.md: the service, the lines for cron and the composed containers are what they are said to be."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from doors import ROOT, environment, need, run, tree

from feeder import config

GUIDE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
UNIT = (ROOT / "docs" / "feeder.service").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
FEEDER = Path(sys.executable).with_name("feeder")


def variables() -> set[str]:
    """Every variable that feeder reads."""
    names = {key.variable for key in config.keys()}  # noqa: SIM118  a function of the module
    return names | {f"{name}_FILE" for name in names} | {"FEEDER_DATA", "FEEDER_LOG"}


@pytest.mark.parametrize("text", [GUIDE, UNIT, COMPOSE], ids=["guide", "unit", "compose"])
def test_every_variable_named_is_one_that_feeder_reads(text: str) -> None:
    named = set(re.findall(r"\bFEEDER_[A-Z_]+", text))
    assert named
    assert named <= variables()


# --- systemd ---


@pytest.fixture(params=["as it is", "with secrets"])
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The service, with programs and folders that are here."""
    text = UNIT if request.param == "as it is" else re.sub(r"^#(?=[A-Z])", "", UNIT, flags=re.MULTILINE)
    assert (text == UNIT) == (request.param == "as it is")
    path = tmp_path / "feeder.service"
    path.write_text(
        text.replace("/opt/feeder/bin/feeder", str(FEEDER)).replace("/srv/news", str(tmp_path)), encoding="utf-8"
    )
    return path


def analyze(*line: str | Path) -> subprocess.CompletedProcess[str]:
    tool = need("systemd-analyze")
    return subprocess.run(
        [tool, "--no-pager", *map(str, line)], env=environment(), capture_output=True, encoding="utf-8"
    )


def test_systemd_understands_the_service(unit: Path) -> None:
    """Every line of it."""
    done = analyze("verify", unit)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_service_can_do_little(unit: Path) -> None:
    """systemd's own measure of what it is exposed to: 1.5 of 10 at most."""
    done = analyze("security", "--offline=true", "--threshold=15", unit)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_service_stops_later_than_feeder() -> None:
    """feeder needs ten seconds at most."""
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    assert int(seconds) > 10


# --- cron ---


def crontab() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The variables of the guide's crontab, and each command with the times it is for."""
    (block,) = re.findall(r"```cron\n(.*?)```", GUIDE, re.DOTALL)
    variables = dict(re.findall(r"^([A-Z_]+)=(.*)$", block, re.MULTILINE))
    lines = re.findall(r"^((?:\S+ ){4}\S+)\s+feeder\s+(.+)$", block, re.MULTILINE)
    assert len(variables) + len(lines) == len(block.splitlines())
    return variables, lines


def test_the_lines_for_cron_are_whole() -> None:
    """Days by name, for numbers mean other days elsewhere; no %, which cron takes for the end of a line."""
    _, lines = crontab()
    assert [times.split()[4] for times, _ in lines] == ["*", "mon"]
    assert "%" not in "".join(command for _, command in lines)


def test_cron_builds_and_sends_once_and_says_nothing_when_all_is_well(tmp_path: Path) -> None:
    """In the environment that cron gives: a bare PATH, sh, no locale. What is wrong comes out, and only that."""
    site = tmp_path / "news"
    run("init", site)
    day = (datetime.now(UTC) - timedelta(days=7)).date()
    (site / "articles" / f"{day}-picket.kk.md").write_text(
        "---\ntitle: Пикет\n---\n\nАлматыда пикет өтті.\n", encoding="utf-8"
    )
    places = {"/opt/feeder/bin/feeder": str(FEEDER), "/srv/news": str(site), "/var/lib/feeder": str(tmp_path / "data")}
    secret = tmp_path / "smtp_url"
    secret.write_text(f"maildir:{tmp_path / 'mail'}\n", encoding="utf-8")
    variables, lines = crontab()
    variables = {"HOME": str(tmp_path), "LOGNAME": "feeder", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin", **variables}
    variables |= {"FEEDER_DATA": str(tmp_path / "data"), "FEEDER_MAIL_SMTP_URL_FILE": str(secret)}
    variables["FEEDER_DIGEST_HOLD_AFTER"] = "200"  # whatever day it is: cron would have come in time

    def cron(command: str) -> str:
        for place, here in places.items():
            command = command.replace(place, here)
        done = subprocess.run(["/bin/sh", "-c", command], cwd="/", env=variables, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    env = {"FEEDER_DATA": str(tmp_path / "data")}
    assert cron(lines[0][1]) == ""
    for locale in ("en", "kk", "ru"):
        added = run("subscribers", "add", f"{locale}@example.org", "--lang", locale, "--confirmed", site=site, env=env)
        assert added.returncode == 0, added.stderr
    told = cron(lines[1][1])
    sent = tree(tmp_path / "mail")
    assert len(sent) == 3, told
    assert (tmp_path / "data" / "public" / "kk" / "index.html").is_file()
    cron(lines[1][1])
    assert tree(tmp_path / "mail") == sent
    (site / "articles" / "bad.en.md").write_text("---\npublished: someday\n---\n", encoding="utf-8")
    assert "bad.en.md" in cron(lines[0][1])


# --- containers together ---


def compose(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@pytest.mark.parametrize("secrets", [False, True])
def test_the_composed_containers_are_whole(secrets: bool) -> None:
    """Every volume and secret that is used is described; only feeder starts unless more is asked for; it is sealed."""
    text = re.sub(r"^( +)# (?=FEEDER_|secrets:)", r"\1", COMPOSE, flags=re.MULTILINE) if secrets else COMPOSE
    made = compose(text)
    services = made["services"]
    assert [name for name, one in services.items() if "profiles" not in one] == ["feeder"]
    for one in services.values():
        mounted = {volume.partition(":")[0] for volume in one.get("volumes", ())}
        assert {name for name in mounted if not name.startswith(".")} <= made["volumes"].keys()
        assert set(one.get("secrets", ())) <= made["secrets"].keys()
    feeder = services["feeder"]
    assert feeder["read_only"] is True
    assert feeder["cap_drop"] == ["ALL"]
    assert int(feeder["stop_grace_period"].removesuffix("s")) > 10
    assert all(port.startswith("127.0.0.1:") for port in feeder["ports"])
    files = {value for name, value in feeder["environment"].items() if name.endswith("_FILE")}
    assert files == {f"/run/secrets/{name}" for name in feeder.get("secrets", ())}
    assert bool(files) == secrets


def test_what_the_image_is_built_from_is_sent_to_the_builder_and_nothing_else() -> None:
    """.dockerignore lets pass what the Dockerfile copies, and not the site, its data, or git's."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert lines[0] == "*"
    assert {name for names in copied for name in names.split()} == allowed
    assert all((ROOT / name).exists() for name in allowed)


def test_the_dockerfile_has_no_bad_habits(tmp_path: Path) -> None:
    """hadolint finds nothing."""
    done = subprocess.run(
        [need("hadolint"), "--no-color", ROOT / "Dockerfile"], cwd=tmp_path, capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (0, "")
