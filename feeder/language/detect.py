"""Which of our languages a text is in, by its letters, when nobody says."""

from __future__ import annotations

import re

from feeder.model import Language

_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_KAZAKH_SHARE = 0.03  #: of Cyrillic letters; running Kazakh has 0.10 to 0.20, Russian with Kazakh names stays below


def language_of(text: str) -> Language | None:
    """ "en", "kk", "ru", or None when the text has too few letters to tell."""
    kazakh, cyrillic, latin = (len(found.findall(text)) for found in (_KAZAKH, _CYRILLIC, _LATIN))
    letters = kazakh + cyrillic
    if latin + letters < 20:
        return None
    if latin > letters:
        return "en"
    return "kk" if kazakh > letters * _KAZAKH_SHARE else "ru"
