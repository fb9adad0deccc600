"""The log: for people at a terminal, for machines elsewhere, and never anybody's address: the promises of feeder.cli.logs."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doors import Server, fetch, run, sample
from hypothesis import given
from hypothesis import strategies as st

from feeder.cli import logs
from feeder.errors import ConfigError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """The logging of this process, given back to pytest."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.getLogger("feeder").setLevel(logging.NOTSET)
    logging.captureWarnings(False)


def told(form: str = "json", **environ: str) -> tuple[io.StringIO, logging.Logger]:
    stream = io.StringIO()
    logs.start(form, stream, environ)
    return stream, logging.getLogger("feeder")


def line(stream: io.StringIO) -> dict[str, Any]:
    (one,) = stream.getvalue().splitlines()
    found: dict[str, Any] = json.loads(one)
    return found


def test_a_machine_gets_one_object_a_line() -> None:
    stream, log = told()
    log.info("digest of week %s:\n%d queued", "2026-W46", 3, extra={"week": "2026-W46", "queued": 3})
    found = line(stream)
    assert found.pop("time").endswith("+00:00")
    assert found == {"level": "info", "logger": "feeder", "message": "digest of week 2026-W46:\n3 queued",
                     "week": "2026-W46", "queued": 3}  # fmt: skip


def test_a_person_gets_a_line_with_the_time() -> None:
    stream = Terminal()
    logs.start("auto", stream)
    logging.getLogger("feeder").info("Қазақша хабар")
    assert stream.getvalue().endswith(" Қазақша хабар\n")
    assert stream.getvalue()[4] == "-"


@pytest.mark.parametrize(
    ("form", "terminal", "variable", "is_json"),
    [
        ("auto", True, "", False),
        ("auto", False, "", True),
        ("json", True, "", True),
        ("text", False, "", False),
        ("text", False, "json", True),
        ("json", False, "text", False),
        ("json", True, "auto", False),
    ],
)
def test_the_form_follows_the_terminal_the_configuration_and_the_variable(
    form: str, terminal: bool, variable: str, is_json: bool
) -> None:
    stream = Terminal() if terminal else io.StringIO()
    logs.start(form, stream, {"FEEDER_LOG": variable})
    logging.getLogger("feeder").info("hello")
    assert stream.getvalue().startswith("{") == is_json


def test_a_form_that_is_none_is_refused_in_one_line() -> None:
    with pytest.raises(ConfigError, match="FEEDER_LOG is 'yaml'; write auto, text or json"):
        told(FEEDER_LOG="yaml")


@pytest.mark.parametrize("name", ["uvicorn.error", "apscheduler.executors.default", "sqlalchemy.pool", "py.warnings"])
def test_libraries_go_through_the_same_log(name: str) -> None:
    """Whatever handlers they made for themselves before."""
    logging.getLogger(name.partition(".")[0]).addHandler(logging.StreamHandler(io.StringIO()))
    stream, _ = told()
    if name == "py.warnings":
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            logging.captureWarnings(True)
            warnings.warn("reader@example.org is old", stacklevel=1)
    else:
        logging.getLogger(name).error("reader@example.org failed")
    found = line(stream)
    assert found["logger"] == name
    assert "reader" not in str(found)


def test_a_defect_comes_with_its_traceback_and_without_the_address_in_it() -> None:
    stream, log = told()
    try:
        raise RuntimeError("cannot write to айгүл@пошта.қаз")
    except RuntimeError:
        log.exception("mail: failed")
    found = line(stream)
    assert "RuntimeError: cannot write to [address]" in found["error"]
    assert "пошта" not in stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "reader@example.org", "<reader@example.org>,", '"a reader"@example.org', "reader%40example.org",
        "mailto:reader@example.org",
        "smtps://reader:hush@mail.example.org:465", "READER@EXAMPLE.ORG", "reader@[192.0.2.7]", "reader+tag@example.org",
        "reader＠example.org", "оқырман@example.kz",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["json", "text"])
def test_addresses_are_struck_out_however_they_are_written(text: str, form: str) -> None:
    stream, log = told(form)
    log.warning("refused %s by the server", text, extra={"to": [text], "more": {text: 1}})
    said = stream.getvalue()
    assert "[address]" in said
    assert not any(part in said.lower() for part in ("reader", "hush", "оқырман", "192.0.2"))
    assert "refused" in said
    assert "by the server" in said


@given(address=st.emails(), before=st.text(max_size=20), after=st.text(max_size=20))
def test_no_address_gets_through(address: str, before: str, after: str) -> None:
    """Whatever stands around it."""
    for form in (logs.Text(), logs.Json()):
        record = logging.makeLogRecord({"msg": "%s %s %s", "args": (before, address, after), "levelname": "INFO"})
        said = form.format(record)
        assert address not in said
        assert json.dumps(address)[1:-1] not in said


@given(st.text(alphabet=st.characters(exclude_characters="@＠%"), max_size=60))
def test_what_is_no_address_is_left_alone(text: str) -> None:
    assert logs.masked(text) == text


def test_feeder_serve_writes_json_where_nobody_watches_and_names_no_reader(tmp_path: Path) -> None:
    """Each line of the real process is an object; requests are not in it at all."""
    with Server(sample(tmp_path), FEEDER_SCHEDULE_BUILD_EVERY="1") as server:
        (server.site / "articles" / "broken.en.md").write_text(
            "---\npublished: reader@example.org\n---\n", encoding="utf-8"
        )
        fetch(server.url + "/en/?secret=1", user_agent="Reader 1.0")
        while not any("broken.en.md" in text for text in server.log):
            pass
        server.stop()
    lines = [json.loads(text) for text in server.log]
    assert {one["logger"] for one in lines} == {"feeder"}
    assert not any(word in text for text in server.log for word in ("reader@", "Reader 1.0", "secret", "127.0.0.1 -"))


def test_commands_that_end_speak_to_people(tmp_path: Path) -> None:
    """`feeder build` in a script has lines, not objects."""
    site = sample(tmp_path)
    (site / "articles" / "broken.en.md").write_text("---\npublished: someday\n---\n", encoding="utf-8")
    done = run("build", site=site)
    assert done.stderr.startswith("articles/broken.en.md:2")
