"""The log of a running program: lines for a person at a terminal, JSON for machines, and never anybody's address.

    start("auto", sys.stderr)      every logger of the process, the libraries' too, goes through one handler

JSON has one object a line: time (UTC), level, logger, message, what else the caller gave as `extra`, and the traceback of
a defect as `error`. What looks like a mail address, or a name and password in an address of the web, is struck out of
everything on its way out, tracebacks and libraries' messages included.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from feeder.errors import ConfigError

MASK = "[address]"
_PART = r"[^\s<>\"(),;@＠]"
#: local part (quoted or not, with a name and password of a URL in front of it), an at sign however it is spelled, the rest
_ADDRESS = re.compile(rf"(?:\"[^\"\r\n]*\"|{_PART}*)(?:(?:@|＠|%40)+(?:\"[^\"\r\n]*\"|{_PART}*))+", re.IGNORECASE)
_USUAL = frozenset((*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"))
#: Libraries that bring handlers of their own, or would tell more than the operator asked for.
_LIBRARIES = ("uvicorn", "uvicorn.error", "uvicorn.access", "apscheduler", "sqlalchemy", "alembic", "watchfiles")


def masked(text: str) -> str:
    """The text without anything that looks like an address of a person, or a password in an address of a machine."""
    return _ADDRESS.sub(MASK, text)


class Text(logging.Formatter):
    """For a person: "2026-11-16 08:00:00 digest: 3 sent"; the level only when it is worth a look."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class Json(logging.Formatter):
    """For machines: one object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: value for name, value in vars(record).items() if name not in _USUAL and name not in told}
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(_clean(told), ensure_ascii=False, default=lambda value: masked(str(value)))


def _clean(value: Any) -> Any:
    """Every text in a value masked, names of fields too."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {masked(str(name)): _clean(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(one) for one in value]
    return value


class Handler(logging.StreamHandler[TextIO]):
    """By which it is known that the log has been started."""


def start(form: str, stream: TextIO | None = None, environ: Mapping[str, str] | None = None) -> Handler:
    """From now on everything goes through one handler. `form`: "auto", "text" or "json"; the variable FEEDER_LOG wins.

    Raises ConfigError.
    """
    stream = stream or sys.stderr
    wanted = (environ or {}).get("FEEDER_LOG") or form
    if wanted not in ("auto", "text", "json"):
        raise ConfigError(f"FEEDER_LOG is {wanted!r}; write auto, text or json")
    handler = Handler(stream)
    plain = wanted == "text" or (wanted == "auto" and stream.isatty())
    handler.setFormatter(Text() if plain else Json())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("feeder").setLevel(logging.INFO)
    for name in _LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    logging.captureWarnings(True)
    return handler


def started() -> bool:
    """Whether what is told belongs into a log, and not to a person who waits for a command to end."""
    return any(isinstance(handler, Handler) for handler in logging.getLogger().handlers)
