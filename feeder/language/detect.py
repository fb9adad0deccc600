"""Which of our languages a text is in, when nobody says: by its letters and its commonest words. Pure.

Better no answer than a wrong one: a neighbour of ours (Kyrgyz, Uzbek, Ukrainian, Kazakh in Latin letters) gets None.
"""

from __future__ import annotations

import re

from feeder.model import Language

_KAZAKH = re.compile("[әғқңөұүһі]+")
_KAZAKH_ALONE = re.compile("[әғқұі]+")  #: without the letters that Kyrgyz has too
_RUSSIAN_ALONE = re.compile("[ыэё]")  #: Bulgarian, Serbian, Macedonian do without
_CYRILLIC = re.compile("[а-яё]+")
_FOREIGN = re.compile("[ўҳҗѓїєґӣӯҷђјљњћџќѕ]+")  #: of Cyrillic alphabets that are not ours
_LATIN = re.compile("[a-z]+")
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    ("the", "of", "and", "to", "in", "a", "is", "that", "for", "on", "was", "with", "as", "at", "by", "from", "has", "have", "it")
)  # fmt: skip

#: The commonest words, less those that another of our languages writes the same ("не", "он", "бар").
_COMMON = {
    "en": "he she they we i you not are were be this but had who will an or",
    "kk": (
        "және мен бен пен деп деді дейді деген үшін бұл осы сол ол еді екен емес туралы болып болды болған болады жоқ кейін"
        " бойынша біз сіз олар бірақ қазір да де ғана керек бір сондай барлық дейін арқылы айтты қарсы өз оның біздің менің"
        " жатыр отыр тұр"
    ),
    "ru": (
        "и в на что с по к от за для из это как был была были было она они мы его её ее их я вы но же бы или только уже если"
        " когда до у о об нас вас нам все всё так есть чтобы сказал сказала который которые без мне меня не"
    ),
}
_WORDS = {
    code: frozenset(words.split()) | (_ENGLISH if code == "en" else frozenset()) for code, words in _COMMON.items()
}
_SHARED = frozenset(
    ("да", "не", "мен", "о", "у", "с", "к", "в", "я", "i", "a")
)  #: they prove nothing against another language

_LETTERS = 20  #: fewer tell nothing
_SAMPLE = 20_000  #: code points that are looked at
_KAZAKH_SHARE = 0.05  #: of Cyrillic letters; running Kazakh has 0.15 to 0.30, Russian with Kazakh names stays below
_FOREIGN_SHARE = 0.005
_ENGLISH_SHARE = 0.08  #: of words; running English has 0.25 and more, a headline may have less
#: Of words, how many are a language's commonest in a passage that plainly is in it. Kazakh inflects, and has fewer.
_PLAIN_SHARES = {"en": 0.2, "kk": 0.03, "ru": 0.12}
_PURE = 0.95  #: of letters in one alphabet
_KAZAKH_WORDS = 0.4  #: of the words of running Kazakh have a letter of its own; running Russian with names 0.1


def language_of(text: str) -> Language | None:
    """ "en", "kk", "ru", or None when the text is too short, or in none of them."""
    sample = text[:_SAMPLE].lower()
    kazakh, plain, latin = (_count(letters, sample) for letters in (_KAZAKH, _CYRILLIC, _LATIN))
    cyrillic = kazakh + plain
    if latin + cyrillic < _LETTERS:
        return None
    if latin > cyrillic:
        return "en" if _is_english(sample) else None
    return _cyrillic(sample, kazakh, cyrillic)


def plainly(text: str) -> Language | None:
    """The language of a short passage when its letters and its words say the same, and nothing speaks against it; else None.

    Meant for a quotation within a story: mixed lines ("«Не хочу», — деді ол") and names give None.
    """
    language = language_of(text)
    words = [word.casefold() for word in _WORD.findall(text)]
    if language is None or not _is_pure(text):
        return None
    common = [word for word in words if word in _WORDS[language]]
    strange = {word for other in _WORDS if other != language for word in words if word in _WORDS[other] - _SHARED}
    if strange or len(set(common)) < 2 - (language == "kk") or len(common) < len(words) * _PLAIN_SHARES[language]:
        return None
    kazakh = sum(_KAZAKH.search(word) is not None for word in words)
    right = kazakh >= len(words) * _KAZAKH_WORDS if language == "kk" else kazakh <= len(words) * _KAZAKH_WORDS / 4
    return language if right else None


def _is_pure(text: str) -> bool:
    """Whether all but a few letters are of one alphabet."""
    sample = text.lower()
    latin, cyrillic = _count(_LATIN, sample), _count(_CYRILLIC, sample) + _count(_KAZAKH, sample)
    return max(latin, cyrillic) >= (latin + cyrillic) * _PURE


def _count(letters: re.Pattern[str], text: str) -> int:
    """How many letters of a kind there are; found in runs, which is several times faster than one by one."""
    return sum(map(len, letters.findall(text)))


def _is_english(text: str) -> bool:
    words = _WORD.findall(text)
    return sum(word in _ENGLISH for word in words) >= len(words) * _ENGLISH_SHARE


def _cyrillic(text: str, kazakh: int, letters: int) -> Language | None:
    if _count(_FOREIGN, text) > letters * _FOREIGN_SHARE:
        return None
    if kazakh > letters * _KAZAKH_SHARE:
        return "kk" if _count(_KAZAKH_ALONE, text) > kazakh // 4 else None
    return "ru" if letters < 200 or _RUSSIAN_ALONE.search(text) else None
