"""Decline the Russian names of the gazetteer: writes feeder/language/russian_forms.tsv.

    python tools/russian_forms.py            write the table
    python tools/russian_forms.py --check    exit 1 when it is not what the rules give
    python tools/russian_forms.py --compare  print where pymorphy3 disagrees (install it apart: it is no dependency)

A row: name, its forms in gen, dat, acc, ins, loc (alternatives joined by "|", "" when like the name), and its
adjective ("казахстанский") or "". The rules are those of the school grammar (Розенталь, "Склонение географических
названий"); what they cannot know stands in the lists below. Review the diff: it is what readers' texts are matched with.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

LANGUAGE = Path(__file__).resolve().parents[1] / "feeder" / "language"
CASES = ("gen", "dat", "acc", "ins", "loc")
Forms = tuple[tuple[str, ...], ...]  #: alternatives for each of CASES

FEMININE_SOFT = {
    "Казань",
    "Астрахань",
    "Сибирь",
    "Беларусь",
    "область",
    "Тюмень",
    "Пермь",
    "Рязань",
    "Тверь",
    "Керчь",
    "Хатлонь",
    *("Нахичевань", "Назрань", "Арысь", "Кубань", "Обь", "Познань", "Сарань"),
}
#: Chinese names that the press declines either way: "в Ухане", "в Ухани"
EITHER_SOFT = {"Ухань", "Сычуань", "Юньнань", "Хэнань", "Хунань", "Хайнань", "Цзинань", "Сиань", "Далянь"}
FROZEN = {"обл.", "г."}
PLURAL: dict[str, tuple[str, ...]] = {
    "Нидерланды": ("Нидерландов", "Нидерландам", "Нидерланды", "Нидерландами", "Нидерландах"),
    "Штаты": ("Штатов", "Штатам", "Штаты", "Штатами", "Штатах"),
    "Эмираты": ("Эмиратов", "Эмиратам", "Эмираты", "Эмиратами", "Эмиратах"),
    "территории": ("территорий", "территориям", "территории", "территориями", "территориях"),
}
PLURAL |= {
    noun + ending: tuple(noun + case for case in cases)
    for noun, ending, cases in (
        *(
            (noun, "ы", ("", "ам", "ы", "ами", "ах"))
            for noun in ("Филиппин", "Афин", "Чебоксар", "Каракум", "Кызылкум")
        ),
        *(
            (noun, "ы", ("", "ам", "ы", "ами", "ах"))
            for noun in ("Балкан", "Канн", "стран", "Сейшел", "Багам", "Комор")
        ),
        *((noun, "ы", ("ов", "ам", "ы", "ами", "ах")) for noun in ("Бермуд", "Челн", "Кульсар", "район", "Штат")),
        ("Мальдив", "ы", ("", "ам", "ы", "ами", "ах")),
        ("Хим", "ки", ("ок", "кам", "ки", "ками", "ках")),
        *((noun, "а", ("", "ам", "а", "ами", "ах")) for noun in ("ворот",)),
        *((noun, "а", ("ов", "ам", "а", "ами", "ах")) for noun in ("остров", "Остров")),
        *((noun, "и", ("", "ам", "и", "ами", "ах")) for noun in ("Салоник",)),
        *((noun, "и", ("ев", "ям", "и", "ями", "ях")) for noun in ("Гимала",)),
        *((noun, "а", ("", "ам", "а", "ами", "ах")) for noun in ("озёр", "озер")),
        *((noun, "ы", ("", "ам", "ы", "ами", "ах")) for noun in ("гор",)),
    )
}
ADJECTIVAL = {
    *("Рудный", "Грозный", "Верный", "Волжский", "Глубокое", "Переметное", "Перемётное", "Беловодское", "Самарское"),
    *("Новоишимское", "Саксаульский", "Боровской", "Большенарымское", "Тарановское", "Семиозерное", "Боконбаевское"),
    *("Урицкий", "Батамшинский", "Убаганское", "Новоишимский", "Индерборский", "Боровое", "Молодёжный"),
}  #: towns that decline like adjectives
HEADS_FIRST = {
    *("Республика", "область", "округ", "озеро", "город", "г.", "район", "край", "река", "хребет", "пик", "перевал"),
    *("пустыня", "плато", "остров", "острова", "полуостров", "месторождение", "рудник", "аймак", "сектор", "уезд"),
    *("провинция", "аэропорт", "село", "страны", "районы"),
}  #: "Республика Татарстан"
BOTH_DECLINE = {"город", "г."}  #: "в городе Алтае", "в городе Алтай"
FLEETING = {
    "Египет": "Египт",
    "Орёл": "Орл",
    "Орел": "Орл",
    "Елец": "Ельц",
    "Череповец": "Череповц",
    "хребет": "хребт",
}
#: phrases and names in the genitive: they stand as they are after "село"
FROZEN_NAMES = {
    *("Бауыржана Момышулы", "Турара Рыскулова", "Темирбека Жургенова", "Касыма Кайсенова", "Сакена Сейфуллина"),
    *("Жибек жолы", "Нур жолы", "Нур Жолы", "Улкен Нарын", "Улькен Нарын", "Отеген батыр", "Балпык би"),
}
JOINING = ("и", "-", "—")  #: both sides decline: "Боснии и Герцеговины"

ADJECTIVE_ENDINGS: dict[str, tuple[str, ...]] = {
    "ый": ("ого", "ому", "ый", "ым", "ом"),
    "ий": ("ого", "ому", "ий", "им", "ом"),
    "ой": ("ого", "ому", "ой", "ым", "ом"),
    "ая": ("ой", "ой", "ую", "ой", "ой"),
    "яя": ("ей", "ей", "юю", "ей", "ей"),
    "ое": ("ого", "ому", "ое", "ым", "ом"),
    "ее": ("его", "ему", "ее", "им", "ем"),
    "ые": ("ых", "ым", "ые", "ыми", "ых"),
    "ие": ("их", "им", "ие", "ими", "их"),
}

#: adjectives that the rule does not give; "" when the name has none that is safe to recognise
IRREGULAR = {
    "Алматы": "алматинский", "Алма-Ата": "алма-атинский", "Астана": "астанинский", "Актобе": "актюбинский",
    "Атырау": "атырауский", "Темиртау": "темиртауский", "Кентау": "кентауский", "Хромтау": "хромтауский",
    "Караганда": "карагандинский", "Кызылорда": "кызылординский", "Экибастуз": "экибастузский",
    "Кокшетау": "кокшетауский", "Россия": "российский", "Китай": "китайский", "Украина": "украинский",
    "Грузия": "грузинский", "Япония": "японский", "Турция": "турецкий", "Франция": "французский",
    "Испания": "испанский", "Германия": "германский", "Польша": "польский", "Литва": "литовский",
    "Румыния": "румынский", "Греция": "греческий", "Швеция": "шведский", "Норвегия": "норвежский",
    "Финляндия": "финский", "Дания": "датский", "Нидерланды": "нидерландский", "Голландия": "голландский",
    "Мексика": "мексиканский", "Бразилия": "бразильский", "Аргентина": "аргентинский", "Армения": "армянский",
    "Индия": "индийский", "Ирак": "иракский", "Беларусь": "белорусский", "Белоруссия": "белорусский",
    "Венгрия": "венгерский", "Швейцария": "швейцарский", "Монголия": "монгольский", "Киргизия": "киргизский",
    "Туркмения": "туркменский", "Татария": "татарский", "Великобритания": "британский", "Британия": "британский",
    "Америка": "американский", "Палестина": "палестинский", "Вьетнам": "вьетнамский", "Таиланд": "таиландский",
    "Тайланд": "таиландский", "Тайвань": "тайваньский", "Азия": "азиатский", "Европа": "европейский",
    "Ватикан": "ватиканский", "Израиль": "израильский", "Индонезия": "индонезийский",
    "Каракалпакия": "каракалпакский", "Сибирь": "сибирский", "Крым": "крымский", "Тибет": "тибетский",
    "Каспий": "каспийский", "Москва": "московский", "Казань": "казанский", "Астрахань": "астраханский",
    "Самара": "самарский", "Махачкала": "махачкалинский", "Грозный": "грозненский", "Рудный": "рудненский",
    "Прага": "пражский", "Рига": "рижский", "Варшава": "варшавский", "Женева": "женевский", "Вена": "венский",
    "Анкара": "анкарский", "Рим": "римский", "Париж": "парижский", "Баку": "бакинский", "Киев": "киевский",
    "Каир": "каирский", "Дубай": "дубайский", "Ханой": "ханойский", "Брюссель": "брюссельский",
    "Нью-Йорк": "нью-йоркский", "Нью-Дели": "", "Токио": "токийский", "Хельсинки": "", "Душанбе": "душанбинский",
    "Бухара": "бухарский", "Хива": "хивинский", "Урумчи": "урумчинский", "Кульджа": "кульджинский",
    "Хотан": "хотанский", "Самарканд": "самаркандский", "Ташкент": "ташкентский", "Ош": "ошский",
    "Каракол": "каракольский", "Санкт-Петербург": "санкт-петербургский", "Ленинград": "ленинградский",
    "Улан-Батор": "улан-баторский", "Джалал-Абад": "джалал-абадский", "Усть-Каменогорск": "усть-каменогорский",
    "Нур-Султан": "нур-султанский", "Семипалатинск": "семипалатинский", "Семей": "", "Уральск": "", "Оскемен": "",
    "Туркестан": "туркестанский", "Восточный Туркестан": "восточнотуркестанский",
    "Центральная Азия": "центральноазиатский", "Средняя Азия": "среднеазиатский", "Южная Корея": "южнокорейский",
    "Саудовская Аравия": "саудовский", "Италия": "итальянский", "Чехия": "чешский", "Ирландия": "ирландский",
    "Исландия": "исландский", "Шотландия": "шотландский", "Гренландия": "гренландский", "Словакия": "словацкий",
    "Словения": "словенский", "Хорватия": "хорватский", "Сербия": "сербский", "Черногория": "черногорский",
    "Эстония": "эстонский", "Болгария": "болгарский", "Албания": "албанский", "Македония": "македонский",
    "Иордания": "иорданский", "Эфиопия": "эфиопский", "Камбоджа": "камбоджийский", "Куба": "кубинский",
    "Мальта": "мальтийский", "Португалия": "португальский", "Бирма": "бирманский", "Канада": "канадский",
    "Чечня": "чеченский", "Башкирия": "башкирский", "Бурятия": "бурятский", "Якутия": "якутский",
    "Чувашия": "чувашский", "Удмуртия": "удмуртский", "Мордовия": "мордовский", "Калмыкия": "калмыцкий",
    "Хакасия": "хакасский", "Карелия": "карельский", "Ингушетия": "ингушский", "Адыгея": "адыгейский",
    "Абхазия": "абхазский", "Евразия": "евразийский", "Африка": "африканский", "Скандинавия": "скандинавский",
    "Каталония": "каталонский", "Калифорния": "калифорнийский", "Бавария": "баварский", "Венеция": "венецианский",
    "Шри-Ланка": "", "Новая Зеландия": "новозеландский", "Северная Корея": "северокорейский",
    "Турин": "туринский", "Дамаск": "дамасский", "Лондон": "лондонский", "Гаага": "гаагский", "Уфа": "уфимский",
    "Пермь": "пермский", "Рязань": "рязанский", "Тюмень": "тюменский", "Тверь": "тверской", "Тула": "тульский",
    "Калуга": "калужский", "Пенза": "пензенский", "Чита": "читинский", "Одесса": "одесский", "Прибалтика": "прибалтийский",
    "Дальний Восток": "дальневосточный", "Ближний Восток": "ближневосточный", "Андижан": "андижанский",
    "Фергана": "ферганский", "Камчатка": "камчатский", "Тыва": "тувинский", "Тува": "тувинский", "Аравия": "",
    "Коми": "", "Сочи": "сочинский", "Баткен": "баткенский", "Сарань": "саранский", "Саранск": "",
    "Волга": "волжский", "Волжский": "", "Днепр": "днепровский", "Доха": "",
}  # fmt: skip
#: names whose adjective is mostly something else: a person, a common word, a name of another place
NO_ADJECTIVE = {
    "Абай", "Конаев", "Қонаев", "Кунаев", "Панфилов", "Фрунзе", "Гурьев", "Ермак", "Темир", "Дархан", "Манас",
    "Шар", "Чарск", "Шу", "Чу", "Алтай", "Арал", "Есик", "Иссык", "Ленинск", "Октябрьск", "Петропавловск",
    "Степняк", "Джамбул", "Жамбыл", "Балхаш", "Верный", "Державинск", "Лисаковск", "Красноводск", "Пржевальск",
    "Мерв", "Форт-Шевченко", "Жаркент", "Вашингтон", "Аральск", "Каратау", "Казалинск", "Саркан", "Джорджия",
    *("Киров", "Владимир", "Орёл", "Орел", "Николаев", "Кант", "Каган", "Чапаев", "Курчатов", "Сатпаев", "Сатбаев"),
    *("Энгельс", "Раззаков", "Темирлан", "Махамбет", "Максат", "Рушан", "Шаян", "Кулан", "Караул", "Чингис"),
    *("Ауэзов", "Достык", "Сердар", "Мубарек", "Сальвадор", "Эмин", "Чад", "Курган", "Есиль", "Жем", "Тенгиз", "Хазар"),
    *("Покровск", "Братск", "Троицк", "Кум", "Шопоков", "Медеу", "Чойбалсан"),
    "Инин", "Атуш", "Сянган", "Кумул", "Чимкент", "Новосибирск", "Каркаралинск", "Затобольск", "Тобыл",
}  # fmt: skip


def decline(name: str) -> Forms:
    """The forms of a name: one word, adjectives before a noun, or a head word before a frozen name."""
    words = name.split(" ")
    if len(words) == 1:
        return word_forms(name)
    if name in FROZEN_NAMES:
        return frozen(name)
    for n, word in enumerate(words):
        if n and word in JOINING and words[0] not in HEADS_FIRST:
            return _joined([decline(" ".join(words[:n])), frozen(word), decline(" ".join(words[n + 1 :]))])
    if words[0] in HEADS_FIRST:
        return _head_first(words)
    head = next(i for i, word in enumerate(words) if not _is_adjective(word))
    parts = (
        [_adjective(word) for word in words[:head]]
        + [word_forms(words[head])]
        + [frozen(word) for word in words[head + 1 :]]
    )
    if words[head] in FROZEN:  # "Алматинская обл.": the adjective alone shows the case
        parts[head] = frozen(words[head])
    return _joined(parts)


def _head_first(words: list[str]) -> Forms:
    head = word_forms(words[0])
    tail = [frozen(word) for word in words[1:]]
    forms = _joined([head, *tail])
    if words[0] not in BOTH_DECLINE:
        return forms
    declined = _joined([head, word_forms(words[1])])
    return tuple(tuple(dict.fromkeys(a + b)) for a, b in zip(forms, declined, strict=True))


def _joined(parts: list[Forms]) -> Forms:
    return tuple(tuple(" ".join(choice) for choice in product(*cells)) for cells in zip(*parts, strict=True))


def frozen(word: str) -> Forms:
    return ((word,),) * len(CASES)


def _is_adjective(word: str) -> bool:
    return word[-2:] in ADJECTIVE_ENDINGS and word not in ADJECTIVAL | PLURAL.keys()


def _adjective(word: str) -> Forms:
    endings = ADJECTIVE_ENDINGS[word[-2:]]
    if word.endswith("ний"):  # "Нижнего Тагила"
        return tuple((word[:-2] + ending,) for ending in ("его", "ему", "ий", "им", "ем"))
    if word[-3] in "гкхжшщч":  # "Аральским морем"
        endings = tuple(ending.replace("ы", "и") for ending in endings)
    return tuple((word[:-2] + ending,) for ending in endings)


def word_forms(word: str) -> Forms:
    """One word; of a hyphenated one only the last part declines: "Усть-Каменогорска", "Алма-Аты"."""
    if word in FROZEN or word.isupper():
        return frozen(word)
    if word in PLURAL:
        return tuple((form,) for form in PLURAL[word])
    if "-на-" in word:  # "Ростова-на-Дону"
        head, _, tail = word.partition("-")
        return tuple(tuple(f"{form}-{tail}" for form in forms) for forms in word_forms(head))
    head, _, tail = word.rpartition("-")
    if head == "Форт":  # "в Форт-Шевченко" and "в Форте-Шевченко" are both met
        return tuple((word, *(f"{form}-{tail}" for form in forms if form != head)) for forms in word_forms(head))
    if head and tail.endswith(("ский", "цкий")):  # "Петропавловска-Камчатского"
        pairs = zip(word_forms(head), _adjective(tail), strict=True)
        return tuple(tuple(f"{a}-{b}" for a in left for b in right) for left, right in pairs)
    if word in ADJECTIVAL:
        return _adjective(word)
    return tuple(_ended(word))


def _ended(word: str) -> Iterator[tuple[str, ...]]:
    stem, last = word[:-1], word[-1]
    hushing = stem[-1:] in "жшщчц"
    if word.endswith("ия"):
        yield from ((stem + end,) for end in ("и", "и", "ю", "ей", "и"))
    elif word.endswith(("ово", "ево", "ёво", "ино", "ыно")):  # "в Булаево" and "в Булаеве" are both right
        yield from ((word, stem + end) for end in ("а", "у", "о", "ом", "е"))
    elif last == "а" and stem[-1:] in tuple("аеиоуэ"):  # Гоа, Никарагуа
        yield from frozen(word)
    elif word in EITHER_SOFT:
        yield from ((stem + a, stem + b) for a, b in ("яи", "юи", "ьь", ("ем", "ью"), "еи"))
    elif last == "а":
        gen = "и" if stem[-1] in "гкхжшщч" else "ы"
        yield from (
            (stem + gen,),
            (stem + "е",),
            (stem + "у",),
            (stem + "ой", stem + "ей") if hushing else (stem + "ой",),
            (stem + "е",),
        )
    elif last == "я":
        yield from ((stem + end,) for end in ("и", "е", "ю", "ей", "е"))
    elif last == "ь":
        soft = ("и", "и", "ь", "ью", "и") if word in FEMININE_SOFT else ("я", "ю", "ь", "ем", "е")
        yield from ((stem + end,) for end in soft)
    elif last == "й":
        yield from ((stem + end,) for end in ("я", "ю", "й", "ем", "и" if word.endswith("ий") else "е"))
    elif word in ("озеро", "море", "село", "Королевство", "королевство", "водохранилище") or word.endswith("ье"):
        soft_end = "а" if stem[-1] == "щ" else "я", "у" if stem[-1] == "щ" else "ю"
        ends = (*soft_end, "е", "ем", "е") if last == "е" else ("а", "у", "о", "ом", "е")
        yield from ((stem + end,) for end in ends)
    elif word.endswith("ие"):
        yield from ((stem + end,) for end in ("я", "ю", "е", "ем", "и"))
    elif last in "оуеиыэюё":
        yield from frozen(word)
    else:
        base = FLEETING.get(word, word)
        soft_sound = last in "жшщчц"
        ins = (base + "ом", base + "ем") if soft_sound else (base + "ом",)
        yield from ((base + "а",), (base + "у",), (word,), ins, (base + "е",))


def adjective(name: str) -> str:
    """The adjective of a name, as a dictionary gives it, or ""."""
    if name in IRREGULAR:
        return IRREGULAR[name]
    if not name.isalpha() or not name[1:].islower() or name in NO_ADJECTIVE:
        return ""
    stem = name.lower()
    if stem.endswith("ия"):
        return stem[:-1] + "йский"
    if stem[-1] in "аеёиоуыэюяйьжшщчц":
        return ""
    return stem + {"ск": "ий", "л": "ьский"}.get("ск" if stem.endswith("ск") else stem[-1], "ский")


def names(rows: Iterable[dict[str, str]]) -> list[str]:
    """Every Russian name and variant of the gazetteer, once, in its order."""
    found: dict[str, None] = {}
    for row in rows:
        for name in (row["ru"], *row["variants_ru"].split("|")):
            if name and any("а" <= letter <= "я" or letter.isupper() for letter in name):
                found.setdefault(name.partition(" (")[0])
    return list(found)


def table() -> str:
    with (LANGUAGE / "gazetteer.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    out = io.StringIO()
    print("name", *CASES, "adjective", sep="\t", file=out)
    for name in names(rows):
        cells = ("" if set(forms) == {name} else "|".join(forms) for forms in decline(name))
        print(name, *cells, adjective(name), sep="\t", file=out)
    return out.getvalue()


def compare() -> None:
    """Where pymorphy3 knows a name as a place and declines it otherwise. Its guesses for unknown words are not asked."""
    from pymorphy3 import MorphAnalyzer  # type: ignore[import-not-found]  # installed apart, for this look only

    analyzer = MorphAnalyzer()
    for line in table().splitlines()[1:]:
        name, *cells = line.split("\t")[:6]
        known = [
            p
            for p in analyzer.parse(name)
            if "Geox" in p.tag and p.normal_form == name.lower() and p.tag.case == "nomn"
        ]
        if " " in name or not known:
            continue
        for case, ours in zip(("gent", "datv", "accs", "ablt", "loct"), cells, strict=True):
            theirs = known[0].inflect({case})
            if theirs and theirs.word not in (ours or name).lower().split("|"):
                print(f"{name}: {case}: {ours or name} / {theirs.word}")


def main(args: list[str]) -> int:
    target = LANGUAGE / "russian_forms.tsv"
    if "--compare" in args:
        compare()
        return 0
    made = table()
    if "--check" in args:
        same = target.exists() and target.read_text(encoding="utf-8") == made
        print("the Russian forms are up to date" if same else f"{target} is old: run python tools/russian_forms.py")
        return 0 if same else 1
    target.write_text(made, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
