"""The lexicons, language by language: what every outlet of a language prints is recognised, and sentences that begin alike are not."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.extract import captions
from transforms.extract.blocks import Block
from transforms.extract.lexicon import lexicon
from transforms.extract.lines import furniture_of, is_signature, note_of
from transforms.extract.names import split_names
from transforms.extract.people import supplier


@dataclass(frozen=True)
class Tongue:
    """Lines of one language; `told` are sentences of a text that begin like one of the others."""

    advertisement: str
    prompt: str
    related: str
    correction: str
    byline: str
    name: str
    credit: str
    photographer: str
    told: list[str]
    update: str | None = None
    source: str | None = None
    locked: list[str] = field(default_factory=list)


TONGUES = {
    "en": Tongue(
        "Advertisement", "Read also: How a rope is made", "Related articles", "Correction: The rope cost nine crowns, not ten.",
        "Written by Mary Weaver", "Mary Weaver", "Photo: Mary Weaver", "Mary Weaver",
        ["Advertisements for ropes filled the wall of the hall.", "Read by candle light, the letter moved them all.",
         "The author of the correction has left the hall.", "Related to the mayor by marriage, she kept silent."],
        "Update, May 4, 2020: The rope has come.", "Source: Reuters", ["Subscribe to continue reading this story."],
    ),
    "de": Tongue(
        "Anzeige", "Lesen Sie auch: Wie ein Seil entsteht", "Ähnliche Artikel", "Korrektur: Das Seil kostet neun Kronen, nicht zehn.",
        "Von Maria Weber", "Maria Weber", "Foto: Maria Weber", "Maria Weber",
        ["Anzeige erstattete der Wirt noch am Abend.", "Lesen lernte er erst mit zwölf Jahren.",
         "Korrekturen am Plan lehnte der Rat ab.", "Zum Brunnen gehen sie jeden Morgen."],
        "Update: Das Seil ist eingetroffen.", "Quelle: dpa", ["Dieser Artikel ist nur für Abonnenten."],
    ),
    "fr": Tongue(
        "Publicité", "À lire aussi : Comment naît une corde", "Articles similaires", "Rectificatif : la corde coûte neuf couronnes.",
        "Par Marie Tisserand", "Marie Tisserand", "Crédit photo : Marie Tisserand", "Marie Tisserand",
        ["La publicité couvrait tout le mur de la salle.", "Lire la lettre à voix haute lui a pris une heure.",
         "Corrections et ratures couvraient la page.", "Partager l’eau du puits reste la règle au village."],
        "Mise à jour : la corde est arrivée.", "Source : AFP", ["La suite est réservée aux abonnés.", "Abonnez-vous pour lire l’article."],
    ),
    "es": Tongue(
        "Publicidad", "Lea también: Cómo se hace una cuerda", "Noticias relacionadas", "Corrección: la cuerda cuesta nueve coronas.",
        "Por María Tejedor", "María Tejedor", "Foto: María Tejedor", "María Tejedor",
        ["La publicidad cubría toda la pared de la sala.", "Leer la carta le llevó una hora entera.",
         "Por el pozo pasan cada día cien personas.", "Compartieron el agua durante todo el verano."],
        "Actualización: la cuerda ya llegó.", "Fuente: EFE", ["Este contenido es exclusivo para suscriptores."],
    ),
    "it": Tongue(
        "Pubblicità", "Leggi anche: Come nasce una corda", "Articoli correlati", "Correzione: la corda costa nove corone.",
        "Di Maria Tessitore", "Maria Tessitore", "Foto: Maria Tessitore", "Maria Tessitore",
        ["La pubblicità copriva tutta la parete della sala.", "Leggi severe regolano il pozzo da secoli.",
         "Di notte il pozzo resta chiuso.", "Stampa e televisione erano in piazza."],
        "Aggiornamento: la corda è arrivata.", "Fonte: ANSA", ["Questo articolo è riservato agli abbonati."],
    ),
    "nl": Tongue(
        "Advertentie", "Lees ook: Hoe een touw ontstaat", "Gerelateerde artikelen", "Correctie: het touw kost negen kronen.",
        "Door Maria Wever", "Maria Wever", "Foto: Maria Wever", "Maria Wever",
        ["Advertenties hingen aan elke deur van het dorp.", "Lezen leerde hij pas op zijn twaalfde.",
         "Door de droogte staat de put leeg.", "Reacties op het plan bleven uit."],
        "Update: het touw is er.", "Bron: ANP", ["Dit artikel is alleen voor abonnees."],
    ),
    "pt": Tongue(
        "Publicidade", "Leia também: Como se faz uma corda", "Notícias relacionadas", "Errata: a corda custa nove coroas.",
        "Por Maria Tecelã", "Maria Tecelã", "Foto: Maria Tecelã", "Maria Tecelã",
        ["A publicidade cobria toda a parede da sala.", "Ler a carta em voz alta levou uma hora.",
         "Por ali passam cem pessoas ao dia.", "Salvar o poço custou três semanas."],
        "Atualização: a corda já chegou.", "Fonte: Lusa", ["Este conteúdo é exclusivo para assinantes."],
    ),
    "sv": Tongue(
        "Annons", "Läs också: Så görs ett rep", "Relaterade artiklar", "Rättelse: repet kostar nio kronor.",
        "Av Maria Vävare", "Maria Vävare", "Foto: Maria Vävare", "Maria Vävare",
        ["Annonser hängde på varje dörr i byn.", "Läsare hade samlat sexhundra namn.", "Foton från natten finns kvar i arkivet."],
        "Uppdatering: repet har kommit.", "Källa: TT", ["Artikeln är endast för prenumeranter."],
    ),
    "no": Tongue(
        "Annonse", "Les også: Slik lages et tau", "Relaterte saker", "Rettelse: tauet koster ni kroner.",
        "Av Maria Vever", "Maria Vever", "Foto: Maria Vever", "Maria Vever",
        ["Annonsene hang på hver dør i bygda.", "Lesere hadde samlet seks hundre navn.", "Delene til brønnen kom fra byen."],
        "Oppdatering: tauet er kommet.", "Kilde: NTB", ["For å lese videre må du være abonnent."],
    ),
    "da": Tongue(
        "Annonce", "Læs også: Sådan laves et reb", "Relaterede artikler", "Rettelse: rebet koster ni kroner.",
        "Af Maria Væver", "Maria Væver", "Foto: Maria Væver", "Maria Væver",
        ["Annoncer hang på hver dør i byen.", "Læserne havde samlet seks hundrede navne.", "Af frygt for tørken blev brønden lukket."],
        "Opdatering: rebet er kommet.", "Kilde: Ritzau", ["Artiklen er kun for abonnenter."],
    ),
    "fi": Tongue(
        "Mainos", "Lue myös: Näin syntyy köysi", "Luetuimmat", "Oikaisu: köysi maksaa yhdeksän kruunua.",
        "Teksti: Maria Kutoja", "Maria Kutoja", "Kuva: Maria Kutoja", "Maria Kutoja",
        ["Mainoksia oli jokaisessa ovessa.", "Lukijat keräsivät kuusisataa nimeä.", "Kuvat yöstä ovat yhä arkistossa."],
        "Päivitys: köysi on tullut.", "Lähde: STT", ["Lukeaksesi koko jutun kirjaudu sisään."],
    ),
    "pl": Tongue(
        "Reklama", "Czytaj także: Jak powstaje lina", "Powiązane artykuły", "Sprostowanie: lina kosztuje dziewięć koron.",
        "Autor: Maria Tkacz", "Maria Tkacz", "Fot. Maria Tkacz", "Maria Tkacz",
        ["Reklamy wisiały na każdych drzwiach we wsi.", "Czytanie listu zajęło mu godzinę.", "Autorem planu jest wójt."],
        "Aktualizacja: lina już jest.", "Źródło: PAP", ["Pozostało 80% artykułu."],
    ),
    "cs": Tongue(
        "Reklama", "Čtěte také: Jak vzniká lano", "Související články", "Oprava: lano stojí devět korun.",
        "Autor: Marie Tkadlecová", "Marie Tkadlecová", "Foto: Marie Tkadlecová", "Marie Tkadlecová",
        ["Reklamy visely na každých dveřích.", "Opravy studny potrvají tři týdny.", "Autorka plánu odešla ze sálu."],
        "Aktualizace: lano dorazilo.", "Zdroj: ČTK", ["Celý článek je jen pro předplatitele."],
    ),
    "ru": Tongue(
        "Реклама", "Читайте также: Как делают канат", "Похожие новости", "Исправление: канат стоит девять крон.",
        "Автор: Мария Ткач", "Мария Ткач", "Фото: Мария Ткач", "Мария Ткач",
        ["Рекламы в деревне больше нет.", "Читатели собрали шестьсот подписей.", "Автором плана назвали старосту.",
         "Главное для деревни, сказал он, вода."],
        "Обновление: канат привезли.", "Источник: РИА Новости", ["Материал доступен только по подписке."],
    ),
    "uk": Tongue(
        "Реклама", "Читайте також: Як роблять канат", "Схожі новини", "Виправлення: канат коштує дев’ять крон.",
        "Автор: Марія Ткач", "Марія Ткач", "Фото: Марія Ткач", "Марія Ткач",
        ["Реклами в селі більше немає.", "Читачі зібрали шістсот підписів.", "Автором плану назвали старосту."],
        "Оновлення: канат привезли.", "Джерело: Укрінформ", ["Щоб читати далі, оформіть підписку."],
    ),
    "tr": Tongue(
        "Reklam", "İlgili haber: Halat nasıl yapılır", "İlgili haberler", "Düzeltme: halat dokuz kron tutuyor.",
        "Yazan: Meryem Dokur", "Meryem Dokur", "Fotoğraf: Meryem Dokur", "Meryem Dokur",
        ["Reklamlar köyün her kapısında asılıydı.", "Fotoğraflar o geceden kaldı.", "Devamı gelmeyecek, dedi muhtar."],
        "Güncelleme: halat geldi.", "Kaynak: Anadolu Ajansı",
    ),
    "el": Tongue(
        "Διαφήμιση", "Διαβάστε επίσης: Πώς φτιάχνεται ένα σχοινί", "Σχετικά άρθρα", "Διόρθωση: το σχοινί κοστίζει εννέα κορώνες.",
        "Συντάκτης: Μαρία Υφαντή", "Μαρία Υφαντή", "Φωτογραφία: Μαρία Υφαντή", "Μαρία Υφαντή",
        ["Διαφημίσεις κρέμονταν σε κάθε πόρτα.", "Φωτογραφίες της νύχτας υπάρχουν ακόμη."],
        "Ενημέρωση: το σχοινί ήρθε.",
    ),
    "hu": Tongue(
        "Hirdetés", "Kapcsolódó: Hogyan készül a kötél", "Kapcsolódó cikkek", "Helyesbítés: a kötél kilenc korona.",
        "Szerző: Takács Mária", "Takács Mária", "Fotó: Takács Mária", "Takács Mária",
        ["Hirdetések lógtak minden ajtón.", "Fotók maradtak arról az éjszakáról.", "Tovább nem várhatunk, mondta a bíró."],
        "Frissítés: a kötél megérkezett.", "Forrás: MTI",
    ),
    "ro": Tongue(
        "Publicitate", "Citește și: Cum se face o funie", "Articole similare", "Corectură: funia costă nouă coroane.",
        "Autor: Maria Țesătoru", "Maria Țesătoru", "Sursa foto: Maria Țesătoru", "Maria Țesătoru",
        ["Publicitatea acoperea tot peretele.", "Comentariile primarului au durat o oră."],
        "Actualizare: funia a sosit.", "Sursa: Agerpres",
    ),
    "ar": Tongue(
        "إعلان", "اقرأ أيضا: كيف يصنع الحبل", "مواضيع ذات صلة", "تصحيح: ثمن الحبل تسع كرونات.",
        "بقلم: مريم الحائك", "مريم الحائك", "تصوير: مريم الحائك", "مريم الحائك",
        ["إعلانات الحبال ملأت جدران القاعة.", "كتبت البلدية رسالة طويلة إلى الوزير.", "صور الليلة ما زالت في الأرشيف."],
        "تحديث: وصل الحبل.",
    ),
    "he": Tongue(
        "פרסומת", "קראו גם: איך עושים חבל", "כתבות נוספות", "תיקון: החבל עולה תשעה כתרים.",
        "מאת מרים אורג", "מרים אורג", "צילום: מרים אורג", "מרים אורג",
        ["פרסומות מילאו את קירות האולם.", "תיקון הבאר יימשך שלושה שבועות."],
        "עדכון: החבל הגיע.",
    ),
    "hi": Tongue(
        "विज्ञापन", "यह भी पढ़ें: रस्सी कैसे बनती है", "संबंधित खबरें", "भूल सुधार: रस्सी नौ क्राउन की है।",
        "लेखक: मीरा बुनकर", "मीरा बुनकर", "फोटो: मीरा बुनकर", "मीरा बुनकर",
        ["विज्ञापनों से दीवार भर गई थी।", "तस्वीरें उस रात की अब भी हैं।"],
        "अपडेट: रस्सी आ गई।", "स्रोत: PTI",
    ),
    "id": Tongue(
        "Iklan", "Baca juga: Cara membuat tali", "Berita terkait", "Ralat: harga tali sembilan mahkota.",
        "Oleh: Maria Penenun", "Maria Penenun", "Foto: Maria Penenun", "Maria Penenun",
        ["Iklan tali memenuhi dinding balai desa.", "Bacaan surat itu makan waktu satu jam.", "Komentar lurah berlangsung satu jam."],
        "Pembaruan: tali sudah datang.", "Sumber: Antara",
    ),
    "vi": Tongue(
        "Quảng cáo", "Xem thêm: Cách làm một sợi dây", "Tin liên quan", "Đính chính: sợi dây giá chín đồng.",
        "Tác giả: Trần Mai Lan", "Trần Mai Lan", "Ảnh: Trần Mai Lan", "Trần Mai Lan",
        ["Quảng cáo dây thừng phủ kín bức tường.", "Chia sẻ nước giếng là lệ của làng."],
        "Cập nhật: sợi dây đã đến.",
    ),
    "ja": Tongue(
        "広告", "関連記事：縄の作り方", "関連記事", "訂正：縄の値段は九クローネでした。",
        "文：織田真理", "織田真理", "写真：織田真理", "織田真理",
        ["広告で壁がいっぱいになったと村長は話した。", "写真は今も役場に残っている。", "関連する費用は村が払うという。"],
        "追記：縄が届いた。", "出典：共同通信", ["この記事は会員限定です。"],
    ),
    "zh": Tongue(
        "广告", "相关阅读：绳子是怎样做成的", "相关新闻", "更正：绳子的价格是九克朗。",
        "记者：王小梅", "王小梅", "摄影：王小梅", "王小梅",
        ["广告贴满了大厅的墙壁。", "更多的人在广场上等待结果。", "图书馆在井边的房子里。"],
        "更新：绳子已经送到。", "来源：新华社",
    ),
    "ko": Tongue(
        "광고", "관련 기사: 밧줄은 어떻게 만드나", "관련 기사", "바로잡습니다: 밧줄 값은 9크로네입니다.",
        "글: 김마리", "김마리", "사진=김마리", "김마리",
        ["광고가 벽을 가득 채웠다고 이장은 말했다.", "사진은 아직 군청에 남아 있다고 한다."],
        "업데이트: 밧줄이 도착했다.", "출처: 연합뉴스", ["유료 구독자 전용 기사입니다."],
    ),
}  # fmt: skip
CODES = sorted(TONGUES)


@pytest.mark.parametrize("code", CODES)
def test_an_advertisement_s_label_is_furniture_with_and_without_marks(code: str) -> None:
    label = TONGUES[code].advertisement
    for line in (label, label.upper(), f"{label} …", f"{label}:"):
        assert furniture_of(Block("p", line)) == "furniture", line


@pytest.mark.parametrize("code", CODES)
def test_a_prompt_leads_away(code: str) -> None:
    assert furniture_of(Block("p", TONGUES[code].prompt)) in {"prompt", "furniture"}
    assert note_of(TONGUES[code].prompt) is None


@pytest.mark.parametrize("code", CODES)
def test_the_heading_over_related_articles_closes_a_text(code: str) -> None:
    label = TONGUES[code].related
    assert lexicon().begins("closing", label)
    assert lexicon().begins("closing", f"{label}:")
    assert not lexicon().begins("closing", f"{label} {TONGUES[code].told[0]}")


@pytest.mark.parametrize("code", CODES)
def test_notes_are_told_apart_from_prompts_and_from_each_other(code: str) -> None:
    tongue = TONGUES[code]
    assert note_of(tongue.correction) == "correction"
    assert tongue.update is None or note_of(tongue.update) == "update"


@pytest.mark.parametrize("code", CODES)
def test_a_byline_gives_the_name_and_nothing_else(code: str) -> None:
    assert [name.replace(" ", "") for name in split_names(TONGUES[code].byline)] == [TONGUES[code].name.replace(" ", "")]


@pytest.mark.parametrize("code", CODES)
def test_a_photographer_is_a_credit(code: str) -> None:
    tongue = TONGUES[code]
    found = captions.split_credit(tongue.credit)
    assert found is not None
    assert (found.text, found.credit) == ("", tongue.photographer)


@pytest.mark.parametrize(("code", "line"), [(code, line) for code in CODES for line in TONGUES[code].told])
def test_sentences_of_a_text_are_none_of_all_that(code: str, line: str) -> None:
    assert furniture_of(Block("p", line)) is None
    assert note_of(line) is None
    assert not lexicon().begins("closing", line)
    assert not is_signature(line)
    assert not lexicon().locked.search(line)


SERVICES = {
    "en": "Reuters", "de": "Deutsche Presse-Agentur", "fr": "Agence France-Presse", "es": "EFE", "it": "ANSA", "nl": "ANP", "pt": "Lusa",
    "sv": "TT", "no": "NTB", "da": "Ritzau", "fi": "STT", "pl": "PAP", "cs": "CTK", "ru": "RIA Novosti", "uk": "Ukrinform",
    "tr": "Anadolu Agency", "hu": "MTI", "ro": "Agerpres", "hi": "Press Trust of India", "id": "Antara", "ja": "Kyodo News",
    "zh": "Xinhua", "ko": "Yonhap",
}  # fmt: skip


@pytest.mark.parametrize("code", SERVICES)
def test_the_service_that_supplied_a_text_is_named_as_readers_of_all_languages_know_it(code: str) -> None:
    assert supplier(TONGUES[code].source or "") == SERVICES[code]


@pytest.mark.parametrize(("code", "line"), [(code, line) for code in CODES for line in TONGUES[code].locked])
def test_a_line_that_locks_the_rest_is_recognised(code: str, line: str) -> None:
    assert lexicon().locked.search(line)


@given(st.sampled_from(CODES), st.sampled_from(CODES), st.data())
def test_running_text_of_one_language_before_a_label_of_another_hides_it(one: str, other: str, data: st.DataObject) -> None:
    told = data.draw(st.sampled_from(TONGUES[one].told))
    assert furniture_of(Block("p", f"{told} {TONGUES[other].advertisement} {told}")) is None


@given(st.sampled_from(CODES), st.integers(2, 40))
def test_a_long_paragraph_is_no_prompt_whatever_it_begins_with(code: str, times: int) -> None:
    text = TONGUES[code].prompt + " " + " ".join(TONGUES[code].told * times)
    if len(text) > 600:
        assert furniture_of(Block("p", text)) is None
        assert note_of(text) is None
