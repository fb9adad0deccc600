"""Kazakh names in Latin letters, by the alphabets of 2018 ("Qaraǵandy") and 2021 ("Qarağandy"): to recognise, not to print."""

from __future__ import annotations

from collections.abc import Iterator

_BOTH = dict(zip("абвгдезклмнопрстфыэқ", "abvgdezklmnoprstfyeq", strict=True))
_OTHERS = "әғжийіңөуүұхһчшщцюяьъё"
_LATIN_2018 = "á ǵ j ı ı i ń ó ý ú u h h ch sh sh ts ıý ıa _ _ ıo"  #: _: nothing
_LATIN_2021 = "ä ğ j i i ı ñ ö u ü ū h h ch ş ş ts iu ia _ _ io"
_ALPHABETS = tuple(
    str.maketrans(_BOTH | dict(zip(_OTHERS, latin.replace("_", "").split(" "), strict=True)))
    for latin in (_LATIN_2018, _LATIN_2021)
)


def spellings(name: str) -> Iterator[str]:
    """The name of a Kazakh text in both alphabets, in lower case: "Шымкент" -> "shymkent", "şymkent"."""
    for alphabet in _ALPHABETS:
        yield name.lower().translate(alphabet)
