"""Kazakh names in Latin letters, by the alphabets of 2018 ("Qaraǵandy") and 2021 ("Qarağandy"): to recognise, not to print."""

from __future__ import annotations

from collections.abc import Iterator

_BOTH = dict(zip("абвгдезклмнопрстфыэңқ", "abvgdezklmnoprstfyeñq", strict=True))
_2018 = _BOTH | dict(
    zip(
        "әғжийіңөуүұхһчшщцюяьъё",
        [
            "á",
            "ǵ",
            "j",
            "ı",
            "ı",
            "i",
            "ń",
            "ó",
            "ý",
            "ú",
            "u",
            "h",
            "h",
            "ch",
            "sh",
            "sh",
            "ts",
            "ıý",
            "ıa",
            "",
            "",
            "ıo",
        ],
        strict=True,
    )
)
_2021 = _BOTH | dict(
    zip(
        "әғжийіөуүұхһчшщцюяьъё",
        ["ä", "ğ", "j", "i", "i", "ı", "ö", "u", "ü", "ū", "h", "h", "ch", "ş", "ş", "ts", "iu", "ia", "", "", "io"],
        strict=True,
    )
)


def spellings(name: str) -> Iterator[str]:
    """The name of a Kazakh text in both alphabets, in lower case: "Шымкент" -> "shymkent", "şymkent"."""
    for alphabet in (_2018, _2021):
        yield "".join(alphabet.get(letter, letter) for letter in name.lower())
