"""The lexicons: what newspapers of many languages print around their texts, and sentences that only begin alike."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.extract import captions, flags, signals
from transforms.extract.beginnings import Beginnings, Kind, beginnings, branches, closing_bracket
from transforms.extract.blocks import Block
from transforms.extract.furniture import Known, trim
from transforms.extract.lexicon import FOLDER, joined, lexicon
from transforms.extract.lines import furniture_of, is_bio, is_dated, is_label, note_of
from transforms.records import Caption

FURNITURE = {
    "de": [
        "Artikel wird nach der Werbung fortgesetzt",
        "Empfohlener redaktioneller Inhalt",
        "Lesezeit: 4 Min.",
        "Kommentare (14)",
        "3 Min.",
    ],
    "en": [
        "Story continues below this ad",
        "4 min read",
        "Link copied",
        "Key takeaways:",
        "The views expressed here are the author's own.",
    ],
    "fr": [
        "La suite après cette publicité",
        "Partager cet article",
        "Temps de lecture : 4 min",
        "Article réservé aux abonnés",
        "12 commentaires",
    ],
    "es": [
        "Continúa después de la publicidad",
        "Compartir en WhatsApp",
        "Actualizado: 4 mayo 2020 10:15",
        "Ver comentarios",
        "Seguir leyendo",
    ],
    "it": ["Continua dopo la pubblicità", "Riproduzione riservata", "Condividi su Facebook", "Lascia un commento", "Foto: Lanterna"],
    "pt": [
        "Continua após a publicidade",
        "Publicado em 4 de maio de 2020",
        "Todos os direitos reservados",
        "Leia mais",
        "Foto: Divulgação",
    ],
    "nl": ["Lees verder onder de advertentie", "Deel dit artikel", "Leestijd: 4 min", "Alleen voor abonnees", "Bekijk reacties"],
    "sv": ["Artikeln fortsätter under annonsen", "Dela på Facebook", "Publicerad: 4 maj 2020 10.15", "Läs mer", "Foto: Lyktan"],
    "no": ["Artikkelen fortsetter under annonsen", "Del på Facebook", "Logg inn", "Vis mer"],
    "da": ["Annonce", "Læs mere", "Kommentarer (3)", "Opdateret 4. maj 2020 10:15"],
    "fi": ["Mainos", "Juttu jatkuu mainoksen jälkeen", "Lue lisää", "Jaa artikkeli"],
    "pl": ["Dalsza część artykułu pod materiałem wideo", "Udostępnij na Facebooku", "Data publikacji: 4 maja 2020", "Komentarze"],
    "cs": ["Pokračování článku pod reklamou", "Sdílet na Facebooku", "Doba čtení: 4 min", "Diskuse (4)"],
    "ru": ["На правах рекламы", "Поделиться ссылкой", "Читать далее", "Комментарии (4)", "Фото: Маяк"],
    "uk": ["Поділитися посиланням", "Читати далі", "Оновлено: 4 травня 2020", "Фото: Маяк"],
    "tr": ["Haberin devamı için tıklayın", "Paylaş", "Güncelleme: 04.05.2020 10:15", "Yorum yap"],
    "el": ["Διαφήμιση", "Διαβάστε περισσότερα", "Φωτογραφία: Φάρος"],
    "hu": ["Hirdetés", "Tovább olvasom", "Fotó: Lámpás"],
    "ro": ["Citește mai departe", "Publicat: 4 mai 2020", "Sursa foto: Farul"],
    "ja": ["広告", "続きを読む", "この記事は有料会員限定です。", "写真=灯台新聞", "更新日:2020年5月4日"],
    "zh": ["广告", "分享到微信", "责任编辑：王某某", "图片来源：灯塔", "版权所有，未经许可不得转载。"],
    "ko": ["광고", "기사 전문 보기", "사진=등대일보", "입력 2020.05.04 10:15", "홍길동 기자 hong@lamp.example"],
    "ar": ["إعلان", "اقرأ المزيد", "آخر تحديث: ٤ مايو ٢٠٢٠ الساعة", "جميع الحقوق محفوظة"],
    "he": ["פרסומת", "הוסף תגובה", "צילום: המגדלור"],
    "fa": ["تبلیغات", "ادامه مطلب"],
    "hi": ["विज्ञापन", "और पढ़ें", "फोटो: प्रकाश", "इस खबर को शेयर करें"],
    "bn": ["বিজ্ঞাপন", "আরও পড়ুন"],
    "id": ["Iklan", "Scroll untuk lanjut membaca", "Baca selengkapnya", "Foto: Mercusuar"],
    "vi": ["Quảng cáo", "Xem thêm", "Ảnh: Hải Đăng"],
    "th": ["โฆษณา", "อ่านต่อ"],
}
PROMPTS = [
    "Lesen Sie auch: Das Seil ist da",
    "À lire aussi : La corde est arrivée",
    "Te puede interesar: La cuerda ha llegado",
    "Leggi anche: La corda è arrivata",
    "Leia também: A corda chegou",
    "Lees ook: Het touw is er",
    "Läs också: Repet är här",
    "Czytaj także: Lina już jest",
    "Mohlo by vás zajímat",
    "Читайте также: Верёвка прибыла",
    "Читайте також: Мотузка прибула",
    "Bunlar da ilginizi çekebilir",
    "関連記事：縄が届いた",
    "延伸閱讀：繩子到了",
    "▶ 밧줄이 도착했다",
    "اقرأ أيضا: وصل الحبل",
    "यह भी पढ़ें: रस्सी आ गई",
    "Baca juga: Tali sudah tiba",
]
PITCHES = [
    "Jeden Morgen das Wichtigste aus Hollin: Unser Newsletter informiert Sie kurz und klar.",
    "Neues vom Brunnen? Abonniere den Whatsapp-Kanal der Laterne und du bekommst alles zuerst.",
    "Have the best of the Lantern delivered to your inbox each day.",
    "Jo Doe in Upland contributed to this report.",
    "Chaque matin, recevez notre newsletter gratuite et ne manquez rien.",
    "Si quieres seguir, mejora hoy tu suscripción y lee sin límite.",
    "灯台新聞デジタルの有料会員になると、すべての記事をお読みいただけます。",
    "本紙掲載の記事・写真の無断転載を禁じます。",
]
SENTENCES = [
    "Hast du den Brunnen gesehen? Er ist tief.",
    "Was denken Sie über das neue Seil?",
    "Der Newsletter des Vereins erscheint seit 1990.",
    "Die Gruppe hatte sich über WhatsApp verabredet, sagte der Richter.",
    "What do you think of the rope, he was asked.",
    "Sign language is taught in Hollin.",
    "The paper has sold subscriptions since 1902.",
    "Recibe el premio por su trabajo en el pozo.",
    "Sigue abierta la investigación del pozo.",
    "Et vous, qu'avez-vous vu ce soir-là ?",
    "Steun voor het plan kwam van alle kanten.",
    "Se-jin Park measured the rope twice.",
    "Saken er enkel, sier ordføreren.",
    "Коротко говоря, верёвка оборвалась.",
    "Темы недели обсуждали на площади у колодца.",
    "コメントを求められた町長は何も話さなかった。",
    "图为井边的人群，没有人离开广场直到半夜才散去",
    "사진을 찍던 주민이 밧줄을 먼저 보았다.",
    "Print run: the paper prints nine thousand copies a day.",
    "People from all over the valley came to see the rope.",
]


@pytest.mark.parametrize(("language", "line"), [(code, line) for code, lines in FURNITURE.items() for line in lines])
def test_lines_that_newspapers_print_around_their_texts(language: str, line: str) -> None:
    assert furniture_of(Block("p", line)) is not None, language


@pytest.mark.parametrize("line", PROMPTS)
def test_lines_that_lead_away(line: str) -> None:
    assert furniture_of(Block("p", line)) == "prompt"


@pytest.mark.parametrize("line", PITCHES)
def test_talk_to_the_reader(line: str) -> None:
    assert furniture_of(Block("p", line)) == "pitch"
    assert furniture_of(Block("p", line * 40)) is None


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_that_begin_alike_stay(line: str) -> None:
    assert (furniture_of(Block("p", line)), note_of(line)) == (None, None)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Correction: It was nine crowns.", "correction"),
        ("An earlier version of this story gave the wrong price.", "correction"),
        ("Update (4 May 2020): The rope has come.", "update"),
        ("This article was last updated on 4 May.", "update"),
        ("Berichtigung: Es waren neun Kronen.", "correction"),
        ("Aktualisierung: Das Seil ist da.", "update"),
        ("Rectificatif : neuf couronnes.", "correction"),
        ("Actualización: llegó la cuerda.", "update"),
        ("Errata: eram nove coroas.", "correction"),
        ("Rettelse: Det var ni kroner.", "correction"),
        ("Уточнение: речь о девяти кронах.", "correction"),
        ("訂正：九クローネでした。", "correction"),
        ("更正：應為九克朗。", "correction"),
        ("정정보도문: 아홉 크로네입니다.", "correction"),
        ("تصحيح: تسع كرونات", "correction"),
        ("Ralat: sembilan mahkota.", "correction"),
        ("Update often: prices change.", None),
        ("Correction fluid was found in the well.", None),
    ],
)
def test_notes_are_corrections_or_updates(line: str, kind: str | None) -> None:
    assert note_of(line) == kind


def test_long_paragraphs_are_no_notes() -> None:
    assert note_of("Correction: " + "It was nine crowns. " * 40) is None


def test_a_bio_of_somebody_unknown_speaks_of_a_journalist() -> None:
    assert is_bio("Ida Moreau is a freelance reporter based in Hollin.", [])
    assert not is_bio("Ida Moreau is the treasurer of Hollin.", [])
    assert not is_bio("ida moreau is a reporter", [])


def test_scripts_without_blanks_say_more_in_fewer_characters() -> None:
    assert is_dated("灯台 04.05.2020 10:15")
    assert not is_dated("灯台町は" + "井戸の縄を新しくすることを決め、" * 3 + " 04.05.2020")
    assert is_label(Block("p", "灯台新聞社"))
    assert not is_label(Block("p", "町議会は月曜日の夜に古い井戸を夏までに直すことを決めたと町長が述べた" * 2))


# --- how the patterns are kept ---


def test_every_pattern_stands_for_itself_and_every_file_is_read() -> None:
    patterns, pitches, agencies = joined()
    everything = [pattern for found in [*patterns.values(), *pitches.values()] for pattern in found]
    assert all(re.compile(pattern) for pattern in everything if not pattern.startswith("["))
    assert len(list(FOLDER.glob("*.yaml"))) >= 13
    assert {"Reuters", "Xinhua"} <= set(agencies)
    assert all(word == word.casefold() for word in lexicon().pitch)


@pytest.mark.parametrize(
    ("pattern", "heads"),
    [
        ("see|watch", ["see", "watc"]),
        ("(?:see|watch) more", ["see ", "watc"]),
        ("(?:see )?more", ["more", "see "]),
        ("[ée]t[ée]", ["ete", "eté", "éte", "été"]),
        (r"\d+ min", ["0"]),
        (r"ads?\b", ["ad", "ads"]),
        ("¿?tienes", ["tien", "¿tie"]),
        ("[a-c]x+y", ["ax", "bx", "cx"]),
        (r"(?=[A-Z])ok|a{2}b", ["a", "ok"]),
        ("(?:a|.) more", ["", "a mo"]),
        (".{0,3}more|[^.]x", ["", "more"]),
        ("[가-힣]{2}", [""]),
        ("", [""]),
    ],
)
def test_what_matches_begin_with(pattern: str, heads: list[str]) -> None:
    assert sorted(beginnings(pattern)) == heads


def test_branches_stop_at_the_top_level() -> None:
    assert list(branches(r"a|(?:b|c)|[|]|\||d")) == ["a", "(?:b|c)", "[|]", r"\|", "d"]
    assert closing_bracket(r"(?:a[)]\)(?:b))c") == len(r"(?:a[)]\)(?:b)")
    with pytest.raises(ValueError, match="unbalanced"):
        closing_bracket("(?:a")


OWN_WORDS = [line for lines in FURNITURE.values() for line in lines] + PROMPTS + SENTENCES


@given(st.one_of(st.sampled_from(OWN_WORDS), st.text(max_size=60)), st.sampled_from(sorted(lexicon().begins.asked)))
def test_a_line_begins_as_the_whole_union_says(line: str, kind: str) -> None:
    asked = lexicon().begins.asked[kind]
    whole = WHOLE.setdefault(kind, re.compile(f"{asked.start}(?:{'|'.join(asked.patterns)}){asked.end}", asked.flags))
    assert lexicon().begins(kind, line) == bool(whole.match(line))


WHOLE: dict[str, re.Pattern[str]] = {}


def test_a_line_may_begin_with_several_kinds() -> None:
    begins = Beginnings({"one": Kind(["see more"], end="$"), "two": Kind([r"\w{3}"]), "three": Kind(["See"], flags=re.NOFLAG)})
    assert [sorted(begins.kinds_of(line)) for line in ("See more", "see more", "see", "so", "")] == [
        ["one", "three", "two"], ["one", "two"], ["two"], [], [],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to continue reading.",
        "This article is only available to subscribers.",
        "Weiterlesen mit unserem Digital-Abo",
        "Cet article est réservé aux abonnés.",
        "Contenido exclusivo para suscriptores",
        "Questo articolo è riservato agli abbonati.",
        "Este conteúdo é exclusivo para assinantes.",
        "Dit artikel is alleen voor abonnees.",
        "För att läsa vidare behöver du logga in.",
        "Dalsza część tego artykułu dostępna tylko dla prenumeratorów.",
        "Материал доступен по подписке.",
        "この記事は有料会員限定です。残り 812文字",
    ],
)
def test_a_short_text_whose_page_says_that_the_rest_is_sold_is_cut(line: str) -> None:
    page = f"<main><p>The council voted on Monday night to keep the line.</p><div><span>{line}</span></div></main>"
    assert flags.is_truncated(signals.read(page, "https://a.example/x"), "The council voted on Monday night to keep the line.")
    assert not flags.is_truncated(signals.read(page, "https://a.example/x"), "The council voted. " * 200)
    assert not flags.is_truncated(signals.read(page.replace(line, "Subscribers are welcome."), "https://a.example/x"), "The council voted.")


@pytest.mark.parametrize(
    ("line", "text", "credit"),
    [
        ("夜明けの橋（写真＝灯台新聞）", "夜明けの橋", "灯台新聞"),
        ("黎明的桥。图：灯塔社", "黎明的桥。", "灯塔社"),
        ("새벽의 다리. 사진=등대일보", "새벽의 다리.", "등대일보"),
        ("Мост на рассвете. Фото: Маяк", "Мост на рассвете.", "Маяк"),
        ("Most o świcie. Fot. Latarnia", "Most o świcie.", "Latarnia"),
        ("Ponte all'alba. Foto: Lanterna", "Ponte all'alba.", "Lanterna"),
        ("De brug in de ochtend. Beeld: Vuurtoren", "De brug in de ochtend.", "Vuurtoren"),
        ("Köprü sabah. Fotoğraf: Fener", "Köprü sabah.", "Fener"),
        ("图为井边的人群", "图为井边的人群", None),
        ("Bilder aus Hollin zeigen den Brunnen", "Bilder aus Hollin zeigen den Brunnen", None),
    ],
)
def test_credits_of_pictures_in_other_scripts_and_languages(line: str, text: str, credit: str | None) -> None:
    assert captions.split_credit(line) == Caption(text=text, credit=credit)


def test_a_caption_leaves_the_text_as_it_is_printed_too() -> None:
    line = "The well at dawn, drawn by the baker of Hollin. (Photo: O. Reyes)"
    page = signals.read(f"<article><figure><figcaption>{line}</figcaption></figure><p>{line}</p></article>", "https://a.example/x")
    assert captions.lines(page) == [line]
    assert [one.credit for one in captions.captions(page)] == ["O. Reyes"]
    assert trim([Block("p", line)], Known(captions=captions.lines(page))).paragraphs == []
