"""The site's own templates: whether each stands in for one of feeder's, can be read, and still says what it has to say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinja2 import TemplateSyntaxError

from feeder.jobs.doctor.patient import Patient
from feeder.language import overrides
from feeder.model import Finding
from feeder.resources import folder

#: What a template must show, or something stops: who cannot leave calls the digest spam, and who cannot confirm never gets it.
_NEEDED = {
    "digest/digest.html.j2": ("unsubscribe",),
    "digest/digest.txt.j2": ("unsubscribe",),
}
_SHOWN = 4  #: names that are told


def templates(patient: Patient) -> Iterator[Finding]:
    own, packaged = patient.room.templates, folder("templates")
    if own is None:
        return
    if not own.is_dir():
        yield _finding("warning", f"pages.templates: there is no folder {own}", "feeder's own templates are used",
                       "make the folder, or take pages.templates out of feeder.toml")  # fmt: skip
        return
    files = sorted(path for path in own.rglob("*") if path.is_file() and not path.name.startswith("."))
    found = [one for path in files for one in _file(path, path.relative_to(own).as_posix(), packaged)]
    yield from found
    if not found:
        yield Finding(level="fine", subject="templates", what=f"{len(files)} of the site's own, all up to date")


def _file(path: Path, name: str, packaged: Path) -> Iterator[Finding]:
    original = packaged / name
    if path.suffix != ".j2":
        return
    try:
        own = overrides.parts(path.read_text(encoding="utf-8"))
    except (TemplateSyntaxError, UnicodeDecodeError) as error:
        where = (
            f"{name}:{error.lineno}: {error.message}" if isinstance(error, TemplateSyntaxError) else f"{name}: {error}"
        )
        yield _finding("blocker", where, "no page or message that needs it can be made", "correct the template")
        return
    if not original.is_file():
        return  # one that others of the site include
    lost = overrides.missing(own, overrides.parts(original.read_text(encoding="utf-8")))
    for needed in _NEEDED.get(name, ()):
        if repr(needed) in lost:
            yield _finding("blocker", f"{name} does not show {needed!r}",
                           "subscribers could not leave, and mail providers would take the digest for spam",
                           "put {{ " + needed + " }} into it, as feeder's own template does")  # fmt: skip
            return
    if lost:
        names = ", ".join(lost[:_SHOWN]) + (" …" if len(lost) > _SHOWN else "")
        yield _finding("note", f"{name} does without {names}, which feeder's own has",
                       "it may have been made from an older feeder's, and readers miss what came since",
                       f"compare it with {name} of this feeder")  # fmt: skip


def _finding(level: str, what: str, why: str, todo: str) -> Finding:
    return Finding(level=level, subject="templates", what=what, why=why, todo=todo)  # type: ignore[arg-type]  # a level
