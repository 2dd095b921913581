"""How a claim is shown: as a sentence, without "that", dateline and quotation marks; and which of its mentions are chosen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import key
from transforms.claims import find_mentions
from transforms.compare import compare
from transforms.compare.claims import cluster, find_claims, fullest, kind, saying, wording
from transforms.compare.display import bare, display, telling
from transforms.compare.placed import Placed, bearers, contents, has_number, is_told
from transforms.compare.reach import Found, Reach
from transforms.compare.relation import read
from transforms.compare.steps import article, version
from transforms.compare.told import Told
from transforms.compare.words import terms
from transforms.records import ClaimMention, Comparison, QuoteType, Span

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STORY = key("story", "test")


def mention(
    text: str, name: str = "a", *, start: int = 40, quote_type: QuoteType = "statement", speaker: str | None = None
) -> ClaimMention:
    plain = read(text, published=date(2026, 3, 2))
    article_id = key("article", name)
    moved = {
        field: [one.model_copy(update={"start": one.start + start, "end": one.end + start}) for one in values]
        for field, values in (("numbers", plain.numbers), ("dates", plain.dates))
    }
    return ClaimMention.model_validate(
        {
            "mention_id": key("mention", name, start),
            "version_id": key("version", name),
            "article_id": article_id,
            "quote_type": quote_type,
            "content": Span(start=start, end=start + len(text)),
            "text": text,
            "sentence": text,
            "speaker": speaker,
            "confidence": 1.0,
            "method": "test",
            **moved,
        }
    )


def placed(*told: tuple[str, str]) -> list[Placed]:
    """(article, text) as mentions of one story, an hour apart; several of one article stand one below the other."""
    hours = {name: at for at, name in enumerate(dict.fromkeys(name for name, _ in told))}
    return [
        Placed(mention(text, name, start=1000 * at), name, NOON + timedelta(hours=hours[name]), STORY)
        for at, (name, text) in enumerate(told)
    ]


def groups(found: Iterable[Placed]) -> set[frozenset[str]]:
    """The claims as sets of article names."""
    return {frozenset(one.outlet_id for one in cluster.members) for cluster in find_claims(list(found))}


@pytest.mark.parametrize(("score", "speaker"), [(0.49, None), (0.5, "Vera Klint")])
def test_a_doubtful_link_names_no_speaker(score: float, speaker: str | None) -> None:
    first, second = placed(("a", "The mill at Orve burned down"), ("b", "A fire took the old mill, Klint said"))
    said = Placed(second.mention.model_copy(update={"speaker": "Vera Klint"}), "b", second.published_at, STORY)
    told = Told.of([saying(one.mention) for one in (first, said)])
    names = [one.mention.article_id for one in (first, said)]
    reached = Reach(0, (Found(names[0], 0, 1.0), Found(names[1], 1, 0.9, score)), frozenset())
    made = cluster([first, said], told, reached)
    assert made.claim.speaker == speaker
    assert [link.score for link in made.links] == [1.0, score]


@pytest.mark.parametrize(
    ("speakers", "polarity", "teller"),
    [
        ((None, "Edda Lund", None), "asserts", None),
        ((None, "Edda Lund", "Edda Lund"), "asserts", "Edda Lund"),
        ((None, "Edda Lund"), "asserts", "Edda Lund"),
        (("Orva Water", None, None), "denies", "Orva Water"),
        (("Orva Water", "Edda Lund", "Edda Lund"), "denies", "Edda Lund"),
        ((None, None), "denies", None),
        (("Orva Water", "Edda Lund", "the operator"), "asserts", "Edda Lund"),
        (("Orva Water", None, "the operator", None), "asserts", None),
    ],
)
def test_a_claim_is_of_whom_its_articles_name_and_where_they_differ_of_whose_stance_is_shown(
    speakers: tuple[str | None, ...], polarity: str, teller: str | None
) -> None:
    said = [mention("The mill in Karsk burned down", name, speaker=one) for name, one in zip("abcd", speakers, strict=False)]
    found = [
        Placed(one.model_copy(update={"polarity": polarity}), name, NOON + timedelta(hours=at), STORY)
        for at, (name, one) in enumerate(zip("abcd", said, strict=False))
    ]
    (made,) = find_claims(found)
    assert made.claim.speaker == teller


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("that twelve people were injured", "twelve people were injured"),
        ("That day was long", "That day was long"),
        ("thatched roofs burned first", "thatched roofs burned first"),
        ("“We will rebuild the hall,”", "We will rebuild the hall"),
        ("“We will rebuild the hall.”", "We will rebuild the hall."),
        ('"We will rebuild the hall"', "We will rebuild the hall"),
        ("„Wir bauen die Halle wieder auf“", "Wir bauen die Halle wieder auf"),
        ("„Wir bauen die Halle wieder auf”", "Wir bauen die Halle wieder auf"),
        ("«Nous allons reconstruire»", "Nous allons reconstruire"),
        ("»Wir bauen die Halle wieder auf«", "Wir bauen die Halle wieder auf"),
        ("‘We will rebuild it’", "We will rebuild it"),
        ("that “the hall was never safe”", "the hall was never safe"),
        ("“Yes” and “no” were both on the slip, “maybe”", "“Yes” and “no” were both on the slip, “maybe”"),
        ('"Yes" or "no"', '"Yes" or "no"'),
        ('"It would have bought an hour," … "An hour is much."', "It would have bought an hour … An hour is much."),
        ("“See you there,” … and then he left", "“See you there,” … and then he left"),
        ("the hall was “never safe”", "the hall was “never safe”"),
        ("“", "“"),
        ("“”", "“”"),
        ("that ", "that"),
    ],
)
def test_a_claim_is_shown_without_that_and_marks_around_the_whole(text: str, shown: str) -> None:
    assert display(mention(text)) == shown


@pytest.mark.parametrize(
    ("dateline", "rest"),
    [
        ("KARSK (Meridian) – ", "A fire broke out"),
        ("KARSK, March 2 (Reuters) - ", "A fire broke out"),
        ("Karsk (dpa) – ", "Ein Feuer brach aus"),
        ("NEW KARSK — ", "A fire broke out"),
        ("KARSK, March 2 — ", "A fire broke out"),
        ("KARSK/TOLMAR (AP) -- ", "A fire broke out"),
        ("ST. KARSK (Meridian) – ", "12 people are dead"),
        ("KARSK (Meridian) – ", "“We will rebuild the hall and the pier"),
    ],
)
def test_a_dateline_is_not_shown_at_the_head_of_an_article_and_kept_below(dateline: str, rest: str) -> None:
    assert display(mention(dateline + rest, start=0)) == rest
    assert display(mention(dateline + rest, start=300)) == dateline + rest


@pytest.mark.parametrize(
    "text",
    [
        "Tolmar — a town of 9,000 — will get a bridge",
        "NATO (founded 1949) - an alliance - grows",
        "The council – Which sat all night – agreed",
        "A-levels – Here to stay",
        "Karsk (a town in the north) – is growing",
        "KARSK – ",
    ],
)
def test_an_aside_is_no_dateline(text: str) -> None:
    assert display(mention(text, start=0)) == text.strip()


@given(st.text(alphabet="ab that“”\"„«»' –(K)", max_size=30), st.sampled_from([0, 40]))
def test_showing_never_empties_a_text_and_never_adds_to_it(text: str, start: int) -> None:
    shown = display(mention(text, start=start))
    assert shown in text
    assert bool(shown) == bool(text.strip())


def comparison(texts: dict[str, str]) -> tuple[Comparison, dict[UUID, ClaimMention]]:
    rows = [
        {"id": name, "outlet": name, "published": f"2026-03-02T1{at}:00:00", "title": "Fire at the port of Karsk", "text": text}
        for at, (name, text) in enumerate(texts.items())
    ]
    found = [one for row in rows for one in find_mentions(version(row))]
    return compare([article(row) for row in rows], found, window_days=3), {one.mention_id: one for one in found}


def test_no_claim_of_a_whole_comparison_begins_with_that_or_a_dateline_or_lies_in_marks() -> None:
    result, mentions = comparison(
        {
            "wire": "KARSK (Meridian) – A fire destroyed a grain warehouse in the port of Karsk on Monday. The mayor, Edda Lund, said that "
            "twelve people were injured by smoke. “We will rebuild the hall,” Lund said. Lund added that “the hall was never safe”.",
            "post": "The city council said that a fire destroyed a grain warehouse in the port of Karsk on Monday. “We will rebuild the "
            "hall,” said the mayor, Edda Lund. She told reporters that fifteen people were injured by smoke.",
        }
    )
    assert any(one.text.startswith(("that ", "KARSK", "“")) for one in mentions.values())
    assert result.claims
    for claim in result.claims:
        assert not claim.text.startswith(("that ", "KARSK", "“"))
        assert any(claim.text in one.text for one in mentions.values())


def test_the_spans_of_an_agreement_stay_offsets_of_the_body_whatever_is_shown() -> None:
    texts = {
        "wire": "KARSK (Meridian) – The mayor, Edda Lund, said that 12 people were injured by smoke in the port warehouse.",
        "post": "In the port warehouse 15 people were injured by smoke, the mayor, Edda Lund, said on Monday.",
    }
    result, mentions = comparison(texts)
    body = {key("article", name): text for name, text in texts.items()}

    def words(mention_id: UUID, span: Span) -> str:
        return body[mentions[mention_id].article_id][span.start : span.end]

    numbers = [row for row in result.agreements if row.label == "number"]
    shown = {(words(row.mention_a, row.span_a), words(row.mention_b, row.span_b)) for row in numbers}
    assert shown == {("12 people", "15 people")}
    assert {row.reason for row in numbers} == {"12 people -> 15 people"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 people were injured by smoke in the warehouse", "Smoke in the warehouse injured 15 people"),
        ("Twelve people died when the ferry sank off Karsk", "The ferry sank off Karsk and 14 people died"),
        ("The levy on fuel will start on 1 July", "The levy on fuel starts on 1 October"),
        ("The damage at the mill is 25 million crowns", "Damage of 31 million crowns was done at the mill"),
        ("The mill was allegedly set on fire by its owner", "The owner set the mill on fire"),
        ("The mayor signed the contract in Karsk", "The mayor never signed the contract in Karsk"),
    ],
)
def test_a_claim_keeps_its_identity_over_another_number_date_certainty_or_denial(one: str, other: str) -> None:
    assert groups(placed(("a", one), ("b", other), ("c", "The union of dockers asked for a second guard"))) == {
        frozenset("ab"),
        frozenset("c"),
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The owner put the damage at 25 million crowns", "The school stays shut this week because of ash"),
        ("Lund promised free meals for families", "Lund had been elected with a narrow majority"),
        ("12 people were injured by smoke", "12 trains were stopped at noon"),
    ],
)
def test_two_things_are_two_claims(one: str, other: str) -> None:
    assert groups(placed(("a", one), ("b", other))) == {frozenset("a"), frozenset("b")}


def test_a_german_claim_meets_an_english_one_over_names_and_figures_only() -> None:
    english = "Hanna Brandt put damage at 25 million euros in Tolmar"
    german = "Hanna Brandt bezifferte Schaden in Tolmar auf 25 Millionen Euro"
    assert groups(placed(("a", english), ("b", german), ("c", "Divers searched the basin"))) == {frozenset("ab"), frozenset("c")}
    assert groups(placed(("a", "The union asked for a guard"), ("b", "Die Gewerkschaft verlangte Wachleute"))) == {
        frozenset("a"),
        frozenset("b"),
    }


def test_a_reprinted_sentence_is_one_claim_even_without_a_telling_word() -> None:
    said = [wording(mention(text)) for text in ("It is over.", "It is over!", "Is it over?")]
    assert said[0] == said[1] != said[2]
    assert groups(placed(("a", "“It is all up to you”"), ("b", "It is all up to you"))) == {frozenset("ab")}


def test_a_dateline_makes_no_other_sentence() -> None:
    wire = "TOLMAR (Meridian) – Nobody was told about the fire in the old mill"
    assert groups(placed(("a", wire), ("b", wire.partition("– ")[2]))) == {frozenset("ab")}


def test_the_earliest_of_the_same_sentences_gives_the_words() -> None:
    (cluster,) = find_claims(placed(("a", "The mill burned"), ("b", "The mill burned")))
    assert cluster.central.outlet_id == "a"
    assert [link.score for link in cluster.links] == [1.0, 1.0]


def test_a_claim_shows_its_sentence_where_the_content_is_little_of_it() -> None:
    sentence = "KARSK (Meridian) – The court lifted the ban on the strike at the airport, and the minister said he was relieved."
    short = mention("he was relieved").model_copy(update={"sentence": sentence})
    assert (
        telling(short, (0, len(sentence)))
        == "The court lifted the ban on the strike at the airport, and the minister said he was relieved."
    )
    assert telling(mention("that the ban was lifted"), (0, 23)) == "the ban was lifted"


SPOKEN = "The dam broke on Sunday, and the mayor, Vera Klint, said that 12 people were rescued, most of them from roofs."


def quote(text: str, sentence: str = SPOKEN, **known: object) -> ClaimMention:
    """What Vera Klint is quoted with, in a longer sentence."""
    return mention(text, quote_type="indirect", speaker="Vera Klint").model_copy(update={"sentence": sentence, **known})


@pytest.mark.parametrize(
    ("clause", "shown"),
    [
        ("The dam broke on Sunday", "The dam broke on Sunday"),  # what the outlet says itself
        ("and the mayor, Vera Klint, said that 12 people were rescued", "12 people were rescued"),  # the content and who says it
        ("most of them from roofs.", "denied: most of them from roofs"),  # a part of it, with the speaker's stance
        ("and the mayor, Vera Klint, said", "the mayor, Vera Klint, said"),  # nothing of it
    ],
)
def test_a_claim_has_the_words_of_its_clause(clause: str, shown: str) -> None:
    said = "12 people were rescued, most of them from roofs"
    is_part = shown.startswith("denied")
    one = quote(said if is_part else "12 people were rescued", polarity="denies" if is_part else "asserts", source=Span(start=0, end=1))
    at = SPOKEN.index(clause)
    assert telling(one, (at, at + len(clause))) == shown


def test_a_content_that_needs_its_verb_is_shown_with_it() -> None:
    sentence = "Prosecutors accuse him of having taken 640,000 crowns."
    assert telling(quote("him of having taken 640,000 crowns", sentence), (0, len(sentence))) == sentence


def test_a_clause_that_ends_with_who_says_it_is_shown_without() -> None:
    sentence = "Crews found more bodies in Karsk, where the dam broke in the night, the fire chief of the town said."
    one = quote(sentence.partition(", the fire")[0], sentence)
    assert telling(one, (sentence.index("where"), len(sentence))) == "the dam broke in the night"


@pytest.mark.parametrize(
    ("clause", "first", "shown"),
    [
        ("and the mayor resigned", False, "the mayor resigned"),
        ("that the mayor resigned", False, "the mayor resigned"),
        ("and the mayor resigned", True, "and the mayor resigned"),
        ("KARSK (Meridian) – The mayor resigned", True, "The mayor resigned"),
        ("where the dam broke in the night", False, "the dam broke in the night"),
        ("if the dam broke in the night", False, "if the dam broke in the night"),
        ("“It was over,”", True, "It was over"),
        ('"Twelve people are dead', True, "Twelve people are dead"),
        ('and this will not be the last"', False, "this will not be the last"),
        ("“Yes” and “no” were both on the slip", True, "“Yes” and “no” were both on the slip"),
        ("”", True, "”"),
        ("orders were ignored", False, "orders were ignored"),
    ],
)
def test_a_clause_is_shown_without_dateline_conjunction_and_marks(clause: str, first: bool, shown: str) -> None:
    assert bare(clause, first=first) == shown


def test_where_a_content_stands_in_its_sentence() -> None:
    assert contents(quote("12 people were rescued")) == ((62, 84),)
    broken = quote("The dam broke … most of them from roofs", content=Span(start=0, end=13, extra=[(86, 109)]))
    assert contents(broken) == ((0, 13), (86, 109))
    assert contents(quote("nowhere")) == ()


@pytest.mark.parametrize(("place", "expected"), [((0, 23), False), ((25, 63), True), ((84, 110), False), ((83, 90), True)])
def test_a_place_is_told_where_the_content_reaches_into_it(place: tuple[int, int], expected: bool) -> None:
    assert is_told(quote("12 people were rescued"), place) is expected
    assert is_told(quote("not in the sentence"), place)


def test_a_clause_has_the_numbers_that_stand_in_it() -> None:
    one = quote("12 people were rescued")
    assert has_number(one, (25, 85))
    assert not has_number(one, (0, 23))
    assert not has_number(quote("people were rescued"), (0, 110))
    assert has_number(one.model_copy(update={"text": "12 people … roofs", "content": Span(start=0, end=9, extra=[(1, 2)])}), (0, 23))


def test_of_the_mentions_of_a_sentence_those_bear_a_clause_that_tell_it_else_the_first() -> None:
    one, other = quote("12 people were rescued"), quote("most of them from roofs")
    told = [Placed(found, "a", NOON, STORY) for found in (one, other)]
    assert bearers(told, [0, 1], (84, 110)) == [1]
    assert bearers(told, [0, 1], (62, 110)) == [0, 1]
    assert bearers(told, [0, 1], (0, 23)) == [0]


def test_of_the_mentions_of_one_sentence_the_fullest_gives_the_words_and_the_first_on_a_tie() -> None:
    told = placed(("a", "The mill"), ("a", "The mill burned"), ("a", "Mill it burned!"))
    assert fullest(told, [0, 1, 2]) == 1
    assert fullest(told, [0, 2]) == 2


def test_a_claim_is_named_after_its_first_mention_and_takes_the_commonest_speaker() -> None:
    speakers = {"a": "Edda Lund", "b": "Hanna Brandt", "c": "Edda Lund"}
    found = [
        Placed(mention("The mill in Karsk burned down", name, speaker=speaker), name, NOON + timedelta(hours=at), STORY)
        for at, (name, speaker) in enumerate(speakers.items())
    ]
    (cluster,) = find_claims(found[::-1])
    assert cluster.claim.speaker == "Edda Lund"
    assert cluster.claim.claim_id == key("claim", str(STORY), str(found[0].mention.mention_id), 0)


@pytest.mark.parametrize(
    ("text", "quote_type", "expected"),
    [
        ("12 people were hurt", "statement", "number"),
        ("“12 people were hurt”", "direct", "number"),
        ("“We shall see”", "direct", "quote"),
        ("that they would see", "indirect", "quote"),
        ("The mill burned", "statement", "statement"),
    ],
)
def test_the_kind_of_a_claim(text: str, quote_type: QuoteType, expected: str) -> None:
    assert kind(mention(text, quote_type=quote_type), (0, len(text))) == expected


def test_a_mention_can_belong_to_two_claims_but_no_claim_lies_within_another() -> None:
    told = placed(
        ("a", "The fire destroyed the grain warehouse in the port"),
        ("a", "The fire injured twelve people in the port"),
        ("b", "The fire destroyed the grain warehouse and injured twelve people in the port"),
    )
    clusters = find_claims(told)
    assert {len(one.members) for one in clusters} <= {2, 3}
    sets = [frozenset(one.mention.mention_id for one in cluster.members) for cluster in clusters]
    assert not any(left < right for left in sets for right in sets)
    assert frozenset().union(*sets) == {one.mention.mention_id for one in told}


words_told = st.lists(st.sampled_from(["fire", "port", "mill", "12", "15", "people", "Lund", "burned"]), min_size=1, max_size=5)
texts = st.lists(st.tuples(st.sampled_from("abc"), words_told), min_size=1, max_size=7)


@given(texts, st.randoms(use_true_random=False))
def test_claims_are_a_cover_in_any_order(told: list[tuple[str, list[str]]], chance: object) -> None:
    found = placed(*((name, " ".join(words)) for name, words in told))
    clusters = find_claims(found)
    shuffled = list(found)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert find_claims(shuffled) == clusters
    assert {one.mention.mention_id for cluster in clusters for one in cluster.members} == {one.mention.mention_id for one in found}
    for one in clusters:
        assert one.central in one.members
        assert max(link.score for link in one.links) == 1.0
        assert {link.mention_id for link in one.links} == {member.mention.mention_id for member in one.members}


def test_an_added_mention_on_something_else_leaves_a_claims_id_and_members() -> None:
    told = [("a", "The fire destroyed a grain warehouse in the port"), ("b", "A grain warehouse in the port was destroyed by fire")]
    before = find_claims(placed(*told))
    after = find_claims(placed(*told, ("c", "Norden won the football cup")))
    assert {one.claim.claim_id for one in before} < {one.claim.claim_id for one in after}
    assert terms(before[0].claim.text) == ["fire", "destroy", "grain", "warehous", "port"]


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Orva Water denied that it had ignored the warning.", "denied: it had ignored the warning"),
        ("Orva Water said that it had heeded the warning.", "it had heeded the warning"),
        ("The minister, Oskar Vehl, promised to open the files.", "promised: "),
        ("The ministry expects that the road will open in May.", "expected: "),
    ],
)
def test_nobody_is_shown_as_saying_what_he_denied(sentence: str, shown: str) -> None:
    text = f"{sentence} The village lies in a valley of the northern mountains and has two thousand inhabitants."
    row = {"id": "1", "outlet": "a", "title": "Dam", "published": "2026-03-02"}
    found = [one for one in find_mentions(version(row | {"text": text})) if one.source]
    assert display(found[0]).startswith(shown)
