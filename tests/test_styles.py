"""A stylesheet put into the tags: the promises of feeder.digest.styles."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment
from walk import write

from feeder.digest.styles import read, with_styles
from feeder.errors import TemplateError
from feeder.language.templates import environment, told

CSS = """
/* A comment with .a{color:red} in it. */
.a{margin:0;color:#111}
.b, .c{color:#222}
.c{padding:1px 2px}
:root{color-scheme:light dark}
@media (max-width:620px){
.a{color:#333!important}
  .d{padding:0!important}
}
"""


def test_rules_for_classes_are_put_into_the_tags() -> None:
    styles = read(CSS)
    assert styles["a"] == ' class="a" style="margin:0;color:#111"'
    assert styles["c"] == ' style="color:#222;padding:1px 2px"'


def test_of_two_classes_the_later_named_wins() -> None:
    """Also over what a shorthand said before it."""
    styles = read(".a{padding-top:1px;color:#111}.b{padding:2px;color:#222}")
    assert styles["a b"] == ' style="padding-top:1px;padding:2px;color:#222"'
    assert styles["b a"] == ' style="padding:2px;padding-top:1px;color:#111"'


def test_what_holds_on_some_screens_only_stays_in_the_sheet() -> None:
    assert read(CSS).sheet == (
        ":root{color-scheme:light dark}\n@media (max-width:620px){.a{color:#333!important}.d{padding:0!important}}"
    )


def test_a_class_stays_on_a_tag_only_where_the_sheet_speaks_of_it() -> None:
    styles = read(CSS)
    assert styles["b d"] == ' class="d" style="color:#222"'
    assert styles["d"] == ' class="d"'


def test_a_class_without_a_rule_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"the class 'tilte' has no rule in digest/digest.css.j2"):
        read(CSS)["a tilte"]


def test_a_quotation_mark_cannot_end_the_attribute() -> None:
    assert read('.a{font-family:"Noto Sans"}')["a"] == ' style="font-family:&#34;Noto Sans&#34;"'


def own(folder: Path, **files: str) -> Environment:
    """The environment of a site with templates of its own."""
    for name, text in files.items():
        write(folder / "digest" / f"{name}.j2", text)
    return with_styles(environment("en", ZoneInfo("Asia/Almaty"), folder))


def test_styles_are_constants_of_a_compiled_template(tmp_path: Path) -> None:
    """Rendered without a stylesheet at hand."""
    made = own(tmp_path, **{"digest.css": ".a{color:#111}", "page.html": 'x <p{{ css["a"] }}>{{ n }}</p>'})
    assert made.get_template("digest/page.html.j2").render(n="<") == 'x <p style="color:#111">&lt;</p>'


def test_a_changed_stylesheet_is_used_at_once(tmp_path: Path) -> None:
    """By a process that compiled its templates before; and another site's is another."""
    page = {"page.html": '<p{{ css["a"] }}>'}
    made = own(tmp_path / "one", **{"digest.css": ".a{color:#111}", **page})
    assert made.get_template("digest/page.html.j2").render() == '<p style="color:#111">'
    own(tmp_path / "one", **{"digest.css": ".a{color:#222222}"})
    assert made.get_template("digest/page.html.j2").render() == '<p style="color:#222222">'
    other = own(tmp_path / "two", **{"digest.css": ".a{color:#333}", **page})
    assert other.get_template("digest/page.html.j2").render() == '<p style="color:#333">'


def test_a_mistake_is_one_line_with_its_place(tmp_path: Path) -> None:
    made = own(tmp_path, **{"digest.css": ".a{color:#111}", "page.html": '\n<p{{ css["b"] }}>'})
    with (
        pytest.raises(TemplateError, match=r"digest/page.html.j2:2: the class 'b' has no rule in digest/digest.css.j2"),
        told(),
    ):
        made.get_template("digest/page.html.j2").render()
