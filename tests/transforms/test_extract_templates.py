"""Whole pages as common templates print them, in eleven languages: what is the article comes out, what stands around it does not."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from ingest.records import OutletProfile
from transforms.extract import ExtractedPage, extract

CAPTURED = datetime(2021, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    """One story in one language, with the words that a site of the language prints around it."""

    code: str
    headline: str
    standfirst: str
    paragraphs: tuple[str, ...]
    caption: str
    by: str
    author: str
    printed: str
    advertisement: str
    prompt: str
    related: str
    note: str
    teasers: tuple[str, ...]


STORIES = {
    "en": Story(
        "en", "Old well of Hollin is mended after a long dispute", "Three weeks of work and a new rope bring the water back.",
        (
            "The council of Hollin voted on Monday night to mend the old well before the summer, the mayor said after the meeting.",
            "Each household pays nine crowns for the new rope, according to the treasurer, who had asked for a cheaper one of hemp.",
            "Supporters of the well had collected six hundred names and read them aloud in front of the hall for two long hours.",
            "“Nobody here remembers a summer without it,” said the baker, whose family has lived on the square since the first bucket.",
        ),
        "The well on the square at dawn", "By", "Jane Doe", "4 May 2020", "Advertisement", "Read more: How ropes are made",
        "Related articles", "Correction: An earlier version of this article gave a wrong price for the rope.",
        ("A goose moves into the library", "Why the bridge will stay closed"),
    ),
    "de": Story(
        "de", "Der alte Brunnen von Hollin wird nach langem Streit repariert",
        "Drei Wochen Arbeit und ein neues Seil bringen das Wasser zurück.",
        (
            "Der Rat von Hollin hat am Montagabend beschlossen, den alten Brunnen vor dem Sommer zu reparieren, sagte die Bürgermeisterin.",
            "Jeder Haushalt zahlt neun Kronen für das neue Seil, wie der Kämmerer mitteilte, der ein billigeres aus Hanf haben wollte.",
            "Die Freunde des Brunnens hatten sechshundert Unterschriften gesammelt und sie zwei Stunden lang vor dem Rathaus verlesen.",
            "„Niemand hier kennt einen Sommer ohne ihn“, sagte der Bäcker, dessen Familie seit dem ersten Eimer am Platz wohnt.",
        ),
        "Der Brunnen auf dem Platz am Morgen", "Von", "Jörg Süßkind", "4. Mai 2020", "Anzeige", "Lesen Sie auch: Wie ein Seil entsteht",
        "Mehr zum Thema", "Korrektur: In einer früheren Fassung stand ein falscher Preis für das Seil.",
        ("Eine Gans zieht in die Bücherei", "Warum die Brücke gesperrt bleibt"),
    ),
    "fr": Story(
        "fr", "Le vieux puits de Hollin réparé après un long conflit", "Trois semaines de travaux et une corde neuve ramènent l’eau.",
        (
            "Le conseil de Hollin a voté lundi soir la réparation du vieux puits avant l’été, a déclaré la maire à l’issue de la réunion.",
            "Chaque foyer paiera neuf couronnes pour la nouvelle corde, selon le trésorier, qui en voulait une moins chère, en chanvre.",
            "Les amis du puits avaient recueilli six cents signatures, qu’ils ont lues pendant deux heures devant la mairie du village.",
            "« Personne ici n’a connu d’été sans lui », a dit le boulanger, dont la famille habite la place depuis le premier seau.",
        ),
        "Le puits sur la place à l’aube", "Par", "Marie Tisserand", "4 mai 2020", "Publicité", "À lire aussi : Comment naît une corde",
        "Sur le même sujet", "Rectificatif : une première version donnait un mauvais prix pour la corde.",
        ("Une oie s’installe à la bibliothèque", "Pourquoi le pont reste fermé"),
    ),
    "es": Story(
        "es", "El viejo pozo de Hollin se repara tras una larga disputa", "Tres semanas de obras y una cuerda nueva devuelven el agua.",
        (
            "El concejo de Hollin aprobó el lunes por la noche reparar el viejo pozo antes del verano, dijo la alcaldesa tras la reunión.",
            "Cada hogar pagará nueve coronas por la nueva cuerda, según el tesorero, que había pedido una más barata, de cáñamo.",
            "Los amigos del pozo habían reunido seiscientas firmas y las leyeron en voz alta durante dos horas delante del ayuntamiento.",
            "«Nadie aquí recuerda un verano sin él», dijo el panadero, cuya familia vive en la plaza desde el primer cubo de agua.",
        ),
        "El pozo de la plaza al amanecer", "Por", "María Tejedor", "4 de mayo de 2020", "Publicidad",
        "Lea también: Cómo se hace una cuerda",
        "Noticias relacionadas", "Corrección: una versión anterior de este artículo daba un precio equivocado.",
        ("Una oca se instala en la biblioteca", "Por qué el puente sigue cerrado"),
    ),
    "it": Story(
        "it", "Il vecchio pozzo di Hollin riparato dopo una lunga lite", "Tre settimane di lavori e una corda nuova riportano l’acqua.",
        (
            "Il consiglio di Hollin ha deciso lunedì sera di riparare il vecchio pozzo prima dell’estate, ha detto la sindaca.",
            "Ogni famiglia pagherà nove corone per la nuova corda, secondo il tesoriere, che ne voleva una di canapa, meno costosa.",
            "Gli amici del pozzo avevano raccolto seicento firme e le hanno lette per due lunghe ore davanti al municipio del paese.",
            "«Nessuno qui ricorda un’estate senza di lui», ha detto il fornaio, la cui famiglia vive sulla piazza dal primo secchio.",
        ),
        "Il pozzo sulla piazza all’alba", "Di", "Maria Tessitore", "4 maggio 2020", "Pubblicità", "Leggi anche: Come nasce una corda",
        "Articoli correlati", "Correzione: una precedente versione di questo articolo dava un prezzo sbagliato.",
        ("Un’oca si trasferisce in biblioteca", "Perché il ponte resta chiuso"),
    ),
    "nl": Story(
        "nl", "De oude put van Hollin wordt na lange ruzie hersteld", "Drie weken werk en een nieuw touw brengen het water terug.",
        (
            "De raad van Hollin heeft maandagavond besloten om de oude put nog voor de zomer te herstellen, zei de burgemeester na afloop.",
            "Elk huishouden betaalt negen kronen voor het nieuwe touw, aldus de penningmeester, die een goedkoper touw van hennep wilde.",
            "De vrienden van de put hadden zeshonderd handtekeningen verzameld en lazen die twee uur lang voor bij het gemeentehuis.",
            "„Niemand hier kent een zomer zonder de put”, zei de bakker, wiens familie al sinds de eerste emmer aan het plein woont.",
        ),
        "De put op het plein bij zonsopgang", "Door", "Maria Wever", "4 mei 2020", "Advertentie", "Lees ook: Hoe een touw ontstaat",
        "Meest gelezen", "Correctie: in een eerdere versie van dit artikel stond een verkeerde prijs.",
        ("Een gans verhuist naar de bibliotheek", "Waarom de brug dicht blijft"),
    ),
    "pt": Story(
        "pt", "Velho poço de Hollin é consertado após longa disputa", "Três semanas de obras e uma corda nova trazem a água de volta.",
        (
            "A câmara de Hollin decidiu na segunda-feira à noite consertar o velho poço antes do verão, disse a prefeita após a reunião.",
            "Cada família pagará nove coroas pela nova corda, segundo o tesoureiro, que havia pedido uma mais barata, de cânhamo.",
            "Os amigos do poço haviam reunido seiscentas assinaturas e as leram em voz alta por duas horas diante da prefeitura.",
            "“Ninguém aqui se lembra de um verão sem ele”, disse o padeiro, cuja família mora na praça desde o primeiro balde.",
        ),
        "O poço da praça ao amanhecer", "Por", "Maria Tecelã", "4 de maio de 2020", "Publicidade", "Leia também: Como se faz uma corda",
        "Notícias relacionadas", "Errata: uma versão anterior deste artigo trazia um preço errado.",
        ("Um ganso se muda para a biblioteca", "Por que a ponte segue fechada"),
    ),
    "sv": Story(
        "sv", "Den gamla brunnen i Hollin lagas efter lång strid", "Tre veckors arbete och ett nytt rep ger vattnet tillbaka.",
        (
            "Rådet i Hollin beslutade på måndagskvällen att laga den gamla brunnen före sommaren, sade borgmästaren efter mötet.",
            "Varje hushåll betalar nio kronor för det nya repet, enligt kassören, som hade bett om ett billigare rep av hampa.",
            "Brunnens vänner hade samlat sexhundra namn och läste upp dem i två långa timmar på torget framför kommunhuset.",
            "”Ingen här minns en sommar utan den”, sade bagaren, vars familj har bott vid torget sedan den första hinken drogs upp.",
        ),
        "Brunnen på torget i gryningen", "Av", "Maria Vävare", "4 maj 2020", "Annons", "Läs också: Så görs ett rep",
        "Läs mer", "Rättelse: i en tidigare version av artikeln stod fel pris på repet.",
        ("En gås flyttar in i biblioteket", "Därför är bron fortfarande stängd"),
    ),
    "pl": Story(
        "pl", "Stara studnia w Hollin naprawiona po długim sporze", "Trzy tygodnie pracy i nowa lina przywracają wodę.",
        (
            "Rada Hollin zdecydowała w poniedziałek wieczorem, że stara studnia zostanie naprawiona przed latem, powiedziała wójt.",
            "Każde gospodarstwo zapłaci dziewięć koron za nową linę, jak podał skarbnik, który prosił o tańszą, konopną.",
            "Przyjaciele studni zebrali sześćset podpisów i czytali je na głos przez dwie długie godziny przed ratuszem.",
            "„Nikt tutaj nie pamięta lata bez niej”, powiedział piekarz, którego rodzina mieszka przy rynku od pierwszego wiadra.",
        ),
        "Studnia na rynku o świcie", "Autor:", "Maria Tkacz", "4 maja 2020", "Reklama", "Czytaj także: Jak powstaje lina",
        "Powiązane artykuły", "Sprostowanie: w poprzedniej wersji tekstu podaliśmy złą cenę liny.",
        ("Gęś wprowadza się do biblioteki", "Dlaczego most jest nadal zamknięty"),
    ),
    "ru": Story(
        "ru", "Старый колодец в Холлине починят после долгого спора", "Три недели работы и новый канат вернут деревне воду.",
        (
            "Совет Холлина решил в понедельник вечером починить старый колодец до начала лета, сообщила глава деревни после собрания.",
            "Каждый двор заплатит за новый канат девять крон, рассказал казначей, который просил купить канат подешевле, из пеньки.",
            "Сторонники колодца собрали шестьсот подписей и два долгих часа читали их вслух перед зданием местной администрации.",
            "«Никто здесь не помнит лета без него», — сказал пекарь, семья которого живёт на площади с самого первого ведра воды.",
        ),
        "Колодец на площади на рассвете", "Автор:", "Мария Ткач", "4 мая 2020", "Реклама", "Читайте также: Как делают канат",
        "Похожие новости", "Исправление: в предыдущей версии текста была указана неверная цена каната.",
        ("Гусь поселился в библиотеке", "Почему мост остаётся закрытым"),
    ),
    "ja": Story(
        "ja", "ホリンの古い井戸、長い論争の末に修理へ", "三週間の工事と新しい縄で水が戻る。",
        (
            "ホリン村の議会は月曜日の夜、古い井戸を夏までに修理することを決めた。会議の後、村長が記者団に明らかにした。村では十年ぶりの工事となる。",
            "新しい縄のために各世帯が九クローネを支払うと会計担当者は説明した。担当者は当初、より安い麻の縄を求めていたという。議会はこれを退けた。",
            "井戸を守る会は六百人分の署名を集め、役場の前で二時間にわたって名前を読み上げた。広場には多くの村人が集まり、静かに耳を傾けていた。",
            "「井戸のない夏を覚えている者は一人もいない」とパン屋の主人は話した。主人の家族は最初の桶が引き上げられた時から広場に住んでいる。",
        ),
        "夜明けの広場にある井戸", "文：", "織田真理", "2020年5月4日", "広告", "関連記事：縄の作り方",
        "関連記事", "訂正：初版では縄の値段に誤りがありました。",
        ("図書館にガチョウが住みつく", "橋が閉鎖されたままの理由"),
    ),
}  # fmt: skip
CODES = sorted(STORIES)


def linked(story: Story) -> str:
    """What a content system says of the story in JSON-LD."""
    data = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.headline, "description": story.standfirst,
        "datePublished": "2020-05-04T10:05:00+02:00", "author": {"@type": "Person", "name": story.author},
    }  # fmt: skip
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def newspaper(story: Story) -> str:
    """JSON-LD and a semantic article, with a box between the paragraphs and a list of teasers below."""
    first, *rest = (f"<p>{text}</p>" for text in story.paragraphs)
    teasers = "".join(f"<li><a href=/{number}>{text}</a></li>" for number, text in enumerate(story.teasers))
    return f"""<!doctype html><html lang={story.code}><head><title>{story.headline} | Lantern</title>
<meta property=og:site_name content=Lantern><meta property=og:title content="{story.headline}">{linked(story)}</head><body>
<header><nav><ul><li><a href=/a>Lantern</a><li><a href=/b>Hollin</a></ul></nav></header>
<main><article><h1>{story.headline}</h1><p class=standfirst>{story.standfirst}</p><p class=byline>{story.by} {story.author}</p>
<time datetime="2020-05-04T10:05:00+02:00">{story.printed}</time>
<figure><img src=w.jpg alt=""><figcaption>{story.caption}</figcaption></figure>
<div class=article-body>{first}<div class=ad-label><p>{story.advertisement}</p></div>{rest[0]}<p><a href=/r>{story.prompt}</a></p>
{"".join(rest[1:])}<p class=correction>{story.note}</p></div></article>
<aside class=related><h2>{story.related}</h2><ul>{teasers}</ul></aside></main><footer><p>© 2020 Lantern</p></footer></body></html>"""


def blog(story: Story) -> str:
    """A theme without any data: a printed byline and day, loose divs, a tail that begins with a heading."""
    lines = "".join(f"<p>{text}</p>\n" for text in story.paragraphs)
    teasers = "".join(f"<div class=teaser><h3><a href=/{number}>{text}</a></h3></div>" for number, text in enumerate(story.teasers))
    return f"""<html lang={story.code}><head><title>{story.headline} - Lantern</title></head><body>
<div id=menu><a href=/a>Lantern</a> <a href=/b>Hollin</a></div>
<div class=post><h1 class=entry-title>{story.headline}</h1><div class=meta>{story.by} <span class=author>{story.author}</span></div>
<div class=date>{story.printed}</div><div class=entry-content>{lines}</div>
<h3>{story.related}</h3><div class=list>{teasers}</div></div></body></html>"""


def breaks(story: Story) -> str:
    """An old page: paragraphs parted by line breaks inside one cell."""
    text = "<br><br>".join(story.paragraphs)
    return f"""<html lang={story.code}><head><title>{story.headline}</title></head><body><table><tr><td><a href=/>Lantern</a></td></tr>
<tr><td><h1>{story.headline}</h1><br>{text}<br><br></td></tr></table></body></html>"""


def read(story: Story, html: str) -> ExtractedPage:
    outlet = OutletProfile(outlet_id="lantern", name="Lantern", home="", timezone="Europe/Berlin")
    return extract(html.encode(), f"https://lantern.example/{story.code}/well", outlet=outlet, captured_at=CAPTURED)


@pytest.mark.parametrize("code", CODES)
def test_a_newspaper_s_page_gives_every_part_its_field(code: str) -> None:
    story = STORIES[code]
    page = read(story, newspaper(story))
    assert page.headline == story.headline
    assert page.body.split("\n\n") == list(story.paragraphs)
    assert (page.standfirst, page.authors, page.language) == (story.standfirst, [story.author], story.code)
    assert page.published_at is not None
    assert (page.published_at.isoformat(), page.published_evidence) == ("2020-05-04T10:05:00+02:00", "jsonld:datePublished")
    assert [caption.text for caption in page.captions] == [story.caption]
    assert page.notes == [story.note]
    assert not page.is_live
    assert not page.is_truncated


@pytest.mark.parametrize("code", CODES)
def test_a_blog_without_data_is_read_by_what_it_prints(code: str) -> None:
    story = STORIES[code]
    page = read(story, blog(story))
    assert page.headline == story.headline
    assert page.body.split("\n\n") == list(story.paragraphs)
    assert page.authors == [story.author]
    assert page.published_is_day
    assert page.published_at is not None
    assert page.published_at.isoformat() == "2020-05-04T00:00:00+02:00"


@pytest.mark.parametrize("code", CODES)
def test_lines_parted_by_breaks_are_paragraphs(code: str) -> None:
    story = STORIES[code]
    page = read(story, breaks(story))
    assert (page.headline, page.body.split("\n\n")) == (story.headline, list(story.paragraphs))
    assert (page.authors, page.published_at, page.captions) == ([], None, [])


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("make", [newspaper, blog])
def test_nothing_of_the_furniture_is_in_the_text(code: str, make: object) -> None:
    story = STORIES[code]
    body = read(story, make(story)).body  # type: ignore[operator]
    for line in (story.advertisement, story.prompt, story.caption, story.note, story.printed, *story.teasers):
        assert line not in body.split("\n\n"), line


@pytest.mark.parametrize("code", CODES)
def test_a_page_encoded_as_the_language_s_old_sites_do_reads_the_same(code: str) -> None:
    charset = {"ru": "windows-1251", "pl": "iso-8859-2", "ja": "shift_jis"}.get(code, "windows-1252")
    story = STORIES[code]
    told = replace(story, paragraphs=tuple(text.encode(charset, "ignore").decode(charset) for text in story.paragraphs))
    html = blog(told).replace("<head>", f'<head><meta charset="{charset}">').encode(charset)
    page = extract(html, f"https://lantern.example/{code}/well", captured_at=CAPTURED)
    assert page.body.split("\n\n") == [" ".join(text.split()) for text in told.paragraphs]
