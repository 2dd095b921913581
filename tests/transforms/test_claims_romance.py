"""French, Spanish, Italian and Portuguese quotations with a verb of saying."""

from __future__ import annotations

import pytest

from transforms.claims import Attribution, attribute
from transforms.claims.finder import segment
from transforms.claims.romance import LANGUAGES, romance


def told(text: str, found: list[Attribution]) -> list[tuple[str | None, str | None, str]]:
    """(source, cue, content) as printed."""

    def words(span: tuple[int, int] | None) -> str | None:
        return text[slice(*span)] if span else None

    return [(words(a.source), words(a.cue), " / ".join(text[slice(*piece)] for piece in a.content)) for a in found]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "« Il pleut », a dit Marie Leroy.", ("Marie Leroy", "a dit", "« Il pleut »")),
        ("fr", "« Il pleut », dit la ministre Marie Leroy lundi.", ("la ministre Marie Leroy", "dit", "« Il pleut »")),
        ("fr", "“Il pleut”, explique Marie Leroy, maire de Karsk.", ("Marie Leroy", "explique", "“Il pleut”")),
        ("fr", "Marie Leroy a déclaré : « Il pleut. »", ("Marie Leroy", "a déclaré", "« Il pleut. »")),
        ("fr", "Marie Leroy a déclaré mardi à la presse : « Il pleut. »", ("Marie Leroy", "a déclaré", "« Il pleut. »")),
        ("fr", "« Il pleut », dit-elle, « et il fait froid. »", ("elle", "dit-elle", "« Il pleut » / « et il fait froid. »")),
        ("fr", "« Il pleut », a-t-il ajouté.", ("il", "a-t-il ajouté", "« Il pleut »")),
        ("fr", "Marie Leroy affirme que la route est fermée.", ("Marie Leroy", "affirme", "que la route est fermée")),
        ("fr", "Marie Leroy affirme qu’il pleut.", ("Marie Leroy", "affirme", "qu’il pleut")),
        ("es", "«Llueve», dijo María Soler.", ("María Soler", "dijo", "«Llueve»")),
        ("es", "“Llueve”, ha dicho la alcaldesa María Soler este lunes.", ("la alcaldesa María Soler", "ha dicho", "“Llueve”")),
        ("es", "María Soler dijo: «Llueve».", ("María Soler", "dijo", "«Llueve»")),
        ("es", "María Soler dijo que la ruta está cerrada.", ("María Soler", "dijo", "que la ruta está cerrada")),
        ("es", "“Llueve”, dijo ella.", ("ella", "dijo", "“Llueve”")),
        ("it", "«Piove», ha detto Anna Conti.", ("Anna Conti", "ha detto", "«Piove»")),
        ("it", "“Piove”, spiega il sindaco Luca Conti.", ("il sindaco Luca Conti", "spiega", "“Piove”")),
        ("it", "Anna Conti ha detto: «Piove».", ("Anna Conti", "ha detto", "«Piove»")),
        ("it", "Anna Conti ha detto che la strada è chiusa.", ("Anna Conti", "ha detto", "che la strada è chiusa")),
        ("pt", "“Chove”, disse Ana Prado.", ("Ana Prado", "disse", "“Chove”")),
        ("pt", "«Chove», afirmou o autarca Rui Prado na segunda-feira.", ("o autarca Rui Prado", "afirmou", "«Chove»")),
        ("pt", "Ana Prado disse que a estrada está fechada.", ("Ana Prado", "disse", "que a estrada está fechada")),
    ],
)
def test_constructions(language: str, text: str, expected: tuple[str, str, str]) -> None:
    assert told(text, attribute(text, language=language)) == [expected]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "La route est fermée depuis lundi."),
        ("fr", "Le film « La Route » sort mardi."),
        ("fr", "« Il pleut », a dit."),
        ("es", "La ruta dice mucho."),
        ("it", "Un detto antico."),
        ("pt", "A estrada conta três curvas."),
        ("fr", ""),
        ("es", "«»"),
    ],
)
def test_what_nobody_says(language: str, text: str) -> None:
    assert attribute(text, language=language) == []


@pytest.mark.parametrize(
    ("language", "text", "polarity"),
    [
        ("fr", "Marie Leroy dément que la route soit fermée.", "denies"),
        ("fr", "« Où ? », demande Marie Leroy.", "questions"),
        ("es", "María Soler negó que la ruta esté cerrada.", "denies"),
        ("es", "“¿Dónde?”, preguntó María Soler.", "questions"),
        ("it", "Anna Conti ha negato che piova.", "denies"),
        ("it", "«Dove?», ha chiesto Anna Conti.", "questions"),
        ("pt", "Ana Prado negou que chova.", "denies"),
        ("pt", "“Onde?”, perguntou Ana Prado.", "questions"),
        ("pt", "“Cuidado”, avisou Ana Prado.", "asserts"),
    ],
)
def test_polarity(language: str, text: str, polarity: str) -> None:
    (found,) = attribute(text, language=language)
    assert found.polarity == polarity


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("fr", "« Il pleut », a dit Marie Leroy. « J’ai froid », a-t-elle ajouté.", "Marie Leroy"),
        ("fr", "« Il pleut », a dit Paul Leroy. « J’ai froid », dit-il.", "Paul Leroy"),
        ("es", "“Llueve”, dijo María Soler. “Hace frío”, añadió ella.", "María Soler"),
        ("it", "«Piove», ha detto Anna Conti. «Fa freddo», ha aggiunto lei.", "Anna Conti"),
        ("pt", "“Chove”, disse Ana Prado. “Faz frio”, disse ela.", "Ana Prado"),
        ("fr", "« Il pleut », a dit Marie Leroy. « J’ai froid », a ajouté Leroy.", "Marie Leroy"),
    ],
)
def test_a_pronoun_or_surname_means_the_speaker_before(language: str, text: str, speaker: str) -> None:
    first, second = attribute(text, language=language)
    assert (first.speaker.name, second.speaker.name) == (speaker, speaker)
    assert first.quote_type == second.quote_type == "direct"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le maire a dit que la route est fermée et que les écoles sont vides.", "fr"),
        ("El alcalde dijo que la ruta está cerrada y que los colegios no abren.", "es"),
        ("Il sindaco ha detto che la strada è chiusa e che le scuole sono vuote.", "it"),
        ("O autarca disse que a estrada está fechada e que as escolas não abrem.", "pt"),
        ("The mayor said that the road is closed and that schools are empty.", "en"),
        ("Der Bürgermeister sagte, dass die Straße gesperrt ist.", "de"),
    ],
)
def test_the_language_is_seen_from_the_words(text: str, language: str) -> None:
    assert segment(text).language == language
    assert len(attribute(text)) == 1


def test_continental_numbers_are_read_by_their_own_separators() -> None:
    (found,) = attribute("María Soler dijo que 1.200 casas y 3,5 % del puerto ardieron.", language="es")
    assert [(n.value, n.unit) for n in found.numbers] == [(1200, None), (3.5, "%")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_split_quotation_ends_with_its_mark(language: str) -> None:
    verb = {"fr": "dit", "es": "dijo", "it": "disse", "pt": "disse"}[language]
    text = f"“Uno”, {verb} Ana Prado, “due”, tre."
    (found,) = attribute(text, language=language)
    assert [text[slice(*piece)] for piece in found.content] == ["“Uno”", "“due”"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_hold_no_word_twice(language: str) -> None:
    table = romance(language)
    assert table.verbs
    assert not table.auxiliaries & set(table.verbs)
    assert {cue.polarity for cue in table.verbs.values()} == {"asserts", "denies", "questions"}


def test_the_rules_of_the_languages_do_not_mix() -> None:
    text = "“Chove”, disse Ana Prado."
    assert len(attribute(text, language="pt")) == 1
    assert attribute(text, language="es") == []
