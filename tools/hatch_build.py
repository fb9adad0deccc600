"""Build hook: compile translations/*/LC_MESSAGES/*.po into the wheel. Nothing is written into the checkout."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: read_po() fills a missing date with the minute of the build; wheels of one checkout should be equal
_NO_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)


class CompileCatalogs(BuildHookInterface[Any]):
    """Adds feeder/_data/translations/LOCALE/LC_MESSAGES/DOMAIN.mo for each catalog."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # a checkout compiles its catalogs when it loads them, so they are never stale
        root, self.compiled = Path(self.root), Path(tempfile.mkdtemp())
        for source in sorted((root / "translations").glob("*/LC_MESSAGES/*.po")):
            name = source.relative_to(root).with_suffix(".mo")
            target = self.compiled / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as po, target.open("wb") as mo:
                catalog = read_po(po, locale=source.parts[-3])
                catalog.creation_date = _NO_CLOCK
                write_mo(mo, catalog)
            build_data["force_include"][str(target)] = f"feeder/_data/{name.as_posix()}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        shutil.rmtree(getattr(self, "compiled", ""), ignore_errors=True)
