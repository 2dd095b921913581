"""Stories over days, twins and languages, and silence: what may be said of an outlet that leaves a claim out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import key
from transforms.compare import by_story, compare
from transforms.compare.claims import find_claims
from transforms.compare.copies import find_copies
from transforms.compare.profiles import named, profiles
from transforms.compare.relation import read
from transforms.compare.silence import LEAST_WORDS, find_silences, may_carry, sentences, weight
from transforms.compare.stories import TERMS_SHOWN, find_stories
from transforms.records import ClaimMention, ClaimSilence, ComparableArticle, Comparison, Span, StoryMember

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

STRIKE = (
    "Tram drivers in Norden walked out on Monday over a new roster. Sixty trams stayed in the depot at Halm Street, and thousands walked "
    "to work. The drivers' union, led by Vera Klint, wants eleven free Sundays a year instead of seven."
)
STRIKE_AGAIN = (
    "The strike of the tram drivers in Norden goes on. Vera Klint of the drivers' union said after talks that the company offered nine "
    "free Sundays in the new roster, and that the trams would stay in the depot at Halm Street."
)
STRIKE_GERMAN = (
    "In Norden haben die Fahrer der Straßenbahn am Montag die Arbeit niedergelegt. Vera Klint von der Gewerkschaft verlangt elf freie "
    "Sonntage. Die Bahnen blieben im Depot an der Halm Street."
)
BUS_STRIKE = (
    "Bus drivers in Westerby stopped work on Thursday because of low pay. Buses to the airport were cancelled. Their spokesman, Otto Rehn, "
    "asked for four percent more from July."
)
CUP = "Halden won the cup in extra time after the keeper, Pia Wendel, had held two penalties before a crowd of 41,000 in the rain."


def article(
    name: str, body: str, *, headline: str = "", hours: float = 0, language: str | None = "en", outlet: str = "", cut: bool = False
) -> ComparableArticle:
    return ComparableArticle(
        article_id=key("article", name),
        outlet_id=outlet or name,
        published_at=NOON + timedelta(hours=hours),
        headline=headline,
        body=body,
        language=language,
        is_truncated=cut,
    )


def told(*articles: ComparableArticle, days: int = 4) -> set[frozenset[str]]:
    """Stories as sets of outlets."""
    home: dict[UUID, set[str]] = {}
    outlet = {one.article_id: one.outlet_id for one in articles}
    for row in find_stories(articles, find_copies(articles, window_days=days), window_days=days)[1]:
        home.setdefault(row.story_id, set()).add(outlet[row.article_id])
    return {frozenset(names) for names in home.values()}


FIRST = article("first", STRIKE, headline="Tram strike stops Norden")
SECOND = article("second", STRIKE_AGAIN, headline="Tram strike in Norden goes on", hours=26)
OTHER = article("other", BUS_STRIKE, headline="Bus drivers stop work in Westerby", hours=3)
SPORT = article("sport", CUP, headline="Halden win the cup", hours=1)


def test_a_follow_up_of_the_next_day_is_the_same_story_and_a_twin_is_another() -> None:
    assert told(FIRST, SECOND, OTHER, SPORT) == {frozenset(["first", "second"]), frozenset(["other"]), frozenset(["sport"])}


@pytest.mark.parametrize(("hours", "together"), [(0, True), (47.9, True), (48, True), (48.01, False), (400, False)])
def test_the_window_of_a_story_is_closed_at_its_end(hours: float, together: bool) -> None:
    late = SECOND.model_copy(update={"published_at": NOON + timedelta(hours=hours)})
    assert (len(told(FIRST, late, SPORT, days=2)) == 2) is together


def test_a_chain_of_days_is_never_longer_than_the_window() -> None:
    days = [article(f"d{at}", STRIKE_AGAIN, headline="Tram strike in Norden goes on", hours=24 * at) for at in range(7)]
    for group in told(*days, SPORT, days=2):
        hours = [int(name[1:]) * 24 for name in group if name != "sport"]
        assert max(hours, default=0) - min(hours, default=0) <= 48


def test_a_copy_outside_the_window_is_another_story() -> None:
    late = article("late", STRIKE, headline="Tram strike stops Norden", hours=24 * 9)
    assert told(FIRST, late, SPORT) == {frozenset(["first"]), frozenset(["late"]), frozenset(["sport"])}


def test_a_german_report_joins_over_its_names() -> None:
    german = article("bote", STRIKE_GERMAN, headline="Streik der Straßenbahn in Norden", hours=2, language="de")
    assert told(FIRST, SECOND, german, OTHER, SPORT) == {
        frozenset(["first", "second", "bote"]),
        frozenset(["other"]),
        frozenset(["sport"]),
    }


def test_a_german_report_of_something_else_stays_apart() -> None:
    german = article(
        "bote", "In Westerby begann am Montag der Umbau des Rathauses. Otto Rehn zeigte die Pläne.", headline="Rathaus", language="de"
    )
    assert frozenset(["bote"]) in told(FIRST, german, SPORT)


@pytest.mark.parametrize(("one", "other", "expected"), [("en", "de", True), ("en", "en", False), (None, "de", False), (None, None, False)])
def test_only_two_known_languages_are_foreign_to_each_other(one: str | None, other: str | None, expected: bool) -> None:
    assert profiles([article("a", "", language=one), article("b", "", language=other)]).foreign(0, 1) is expected


def test_the_headline_outweighs_the_body() -> None:
    plain = "It was a long day for all. Nobody knew how it would end. People talked, and the evening came with rain."
    one, two = (article(name, f"{plain} {name}", headline="Quarry collapse at Brunn") for name in ("one", "two"))
    (story,), _ = find_stories([one, two], [], window_days=1)
    assert story.title == "Quarry collapse at Brunn"
    assert set(story.terms[:3]) == {"quarry", "collaps", "brun"}
    assert len(story.terms) <= TERMS_SHOWN


def test_names_and_numbers_of_an_article() -> None:
    assert set(named(FIRST)) >= {"vera", "klint", "norden", "halm"}
    assert not set(named(FIRST)) & {"roster", "monday", "the"}


def test_a_story_is_named_after_its_first_article_and_keeps_its_id_when_others_come() -> None:
    alone = find_stories([FIRST], [], window_days=4)[0]
    grown = find_stories([SECOND, OTHER, FIRST, SPORT], [], window_days=4)[0]
    assert [one.story_id for one in alone] == [key("story", str(FIRST.article_id))]
    assert alone[0].story_id in {one.story_id for one in grown}


def test_of_two_articles_at_one_time_the_smaller_id_as_text_is_first() -> None:
    twins = [article(name, STRIKE, headline="Tram strike stops Norden") for name in ("a", "b", "c", "d")]
    (story,), members = find_stories(twins, find_copies(twins), window_days=1)
    assert story.story_id == key("story", min(str(one.article_id) for one in twins))
    assert [row.article_id for row in members] == sorted(one.article_id for one in twins)


@given(st.permutations([FIRST, SECOND, OTHER, SPORT]), st.integers(0, 5))
def test_stories_are_a_partition_within_the_window_in_any_order(order: list[ComparableArticle], days: int) -> None:
    stories, members = find_stories(order, [], window_days=days)
    assert (stories, members) == find_stories([FIRST, SECOND, OTHER, SPORT], [], window_days=days)
    assert sorted(row.article_id for row in members) == sorted(one.article_id for one in order)
    assert {row.story_id for row in members} == {one.story_id for one in stories}
    assert all(one.last_published_at - one.first_published_at <= timedelta(days=days) for one in stories)


# --- silence ---

CLAIM = "The spillway of the dam at Brunn had been too small for forty years"
FILLER = (
    "Music was heard from the square until late, and the baker gave away what was left of the bread. Children ran after a dog, and an old "
    "woman told how winters used to be when the river froze from bank to bank and carts crossed over it. Then the lamps were lit one by "
    "one, the choir began to sing again, and the boats were drawn up on the shingle below the chapel. Later the wind turned north, the "
    "tables were carried in, and the last guests walked home along the hedges with lanterns, talking about the harvest and prices."
)


def statement(one: ComparableArticle, text: str) -> ClaimMention:
    start = one.body.index(text)
    plain = read(text)
    return ClaimMention(
        mention_id=key("mention", one.outlet_id, start),
        version_id=one.article_id,
        article_id=one.article_id,
        quote_type="statement",
        content=Span(start=start, end=start + len(text)),
        text=text,
        sentence=text,
        numbers=[n.model_copy(update={"start": n.start + start, "end": n.end + start}) for n in plain.numbers],
        confidence=1.0,
        method="test",
    )


A, B = (article(name, f"{CLAIM}. {FILLER}", hours=at) for at, name in enumerate("ab"))


def silences(*others: ComparableArticle, carriers: tuple[ComparableArticle, ...] = (A, B)) -> dict[UUID, str]:
    """What is told of the other articles of a story in which some carry one claim."""
    articles = [*carriers, *others]
    members = [StoryMember(article_id=one.article_id, story_id=key("story", "s")) for one in articles]
    ((_, placed),) = by_story(articles, [statement(one, CLAIM) for one in carriers], members)
    return {row.article_id: row.silence for row in find_silences(find_claims(placed), articles, {})}


def test_the_filler_is_long_enough_to_conclude_from() -> None:
    assert len(FILLER.split()) >= LEAST_WORDS


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (article("c", FILLER), "silent"),
        (article("c", FILLER, cut=True), "unknown"),
        (article("c", " ".join(FILLER.split()[: LEAST_WORDS - 1])), "unknown"),
        (article("c", " ".join(FILLER.split()[:LEAST_WORDS])), "silent"),
        (article("c", FILLER, language="de"), "unknown"),
        (article("c", FILLER, language=None), "silent"),
        (article("c", f"{FILLER} For forty years the spillway at Brunn had been small, the dam too."), "unknown"),
        (article("c", f"{FILLER} The dam at Brunn has a spillway. It was small. Forty boats lay below it."), "unknown"),
        (article("c", f"{FILLER} The dam was photographed by many."), "silent"),
        (article("c", ""), "unknown"),
    ],
    ids=["whole", "cut", "too short", "just long enough", "German", "unknown language", "otherwise", "two sentences", "one word", "empty"],
)
def test_silent_or_unknown(other: ComparableArticle, expected: str) -> None:
    assert silences(other) == {other.article_id: expected}


def test_one_cut_text_of_an_outlet_makes_all_of_it_unknown_and_the_longest_is_named() -> None:
    long = article("long", f"{FILLER} {FILLER}", outlet="c")
    short = article("short", FILLER, outlet="c", hours=2)
    assert silences(long, short) == {long.article_id: "silent"}
    assert silences(long, short.model_copy(update={"is_truncated": True})) == {long.article_id: "unknown"}


def test_an_outlet_that_carries_the_claim_in_another_article_is_neither() -> None:
    assert silences(article("a-2", FILLER, outlet="a")) == {}


def test_a_claim_of_one_outlet_alone_makes_nobody_silent() -> None:
    again = article("again", f"{CLAIM}. {FILLER}", outlet="a", hours=1)
    assert silences(article("c", FILLER), carriers=(A,)) == {}
    assert silences(article("c", FILLER), carriers=(A, again)) == {}


def test_the_wider_search_weighs_words() -> None:
    claim = frozenset(["spillway", "small"])
    assert weight(claim, {"spillway": 3.0}) == 4.0
    assert may_carry(claim, [frozenset(["spillway"])], {"spillway": 3.0})
    assert not may_carry(claim, [frozenset(["small"])], {"spillway": 3.0})
    assert not may_carry(claim, [], {})


@pytest.mark.parametrize(
    ("body", "count"),
    [("One dam. Two dams", 3), ("One dam", 1), ("", 1), ("A “dam.” Brunn!\nRain?", 5), ("Es regnet … Der Damm", 3)],
)
def test_sentences_and_each_two_in_a_row(body: str, count: int) -> None:
    assert len(sentences(body)) == count


# --- the whole ---


def whole(*articles: ComparableArticle, more: tuple[ComparableArticle, ...] = ()) -> Comparison:
    mentions = [statement(one, CLAIM) for one in (*articles, *more) if CLAIM in one.body]
    return compare(articles, mentions, window_days=4)


def test_one_article_has_claims_and_nothing_to_compare_with() -> None:
    result = whole(A)
    assert [one.text for one in result.claims] == [CLAIM]
    assert (result.copies, result.agreements, result.silences) == ([], [], [])
    assert [(row.role, row.article_id) for row in result.groups] == [("own", A.article_id)]


def test_mentions_of_unknown_articles_are_left_out() -> None:
    assert whole(A, more=(B,)) == whole(A)
    assert compare([], [statement(A, CLAIM)], window_days=4).claims == []


def test_articles_without_mentions_have_a_story_and_no_claim() -> None:
    result = compare([FIRST, SECOND, OTHER], [], window_days=4)
    assert len(result.members) == 3
    assert (result.claims, result.links, result.silences) == ([], [], [])


def test_ids_of_a_story_stay_when_an_unrelated_article_is_added() -> None:
    before, after = whole(A, B), whole(A, B, SPORT)
    for field in ("claims", "links", "agreements", "silences", "copies"):
        assert getattr(before, field) == getattr(after, field)
    assert {one.story_id for one in before.stories} < {one.story_id for one in after.stories}


@given(st.permutations([A, B, FIRST, SECOND, SPORT]))
def test_the_order_of_articles_and_mentions_does_not_matter(order: list[ComparableArticle]) -> None:
    assert whole(*order) == whole(A, B, FIRST, SECOND, SPORT)


def test_an_outlet_is_not_compared_with_itself_but_each_of_its_articles_with_another() -> None:
    again = article("again", f"{CLAIM}. {FILLER}", outlet="b", hours=3)
    rows = whole(A, B, again).agreements
    assert {(row.label, row.reason) for row in rows} == {("same", "states the same")}
    assert len(rows) == 2
    assert whole(B, again).agreements == []


def test_an_agreement_names_both_mentions_and_where_their_words_stand() -> None:
    one, other = article("one", "Early on 12 people died at the dam."), article("two", "At the dam 15 people died, it was said.")
    texts = ("12 people died at the dam", "At the dam 15 people died")
    mentions = [statement(body, text) for body, text in zip((one, other), texts, strict=True)]
    result = compare([one, other], mentions, window_days=1)
    (row,) = result.agreements
    body = {mention.mention_id: part.body for mention, part in zip(mentions, (one, other), strict=True)}
    shown = [body[row.mention_a][slice(row.span_a.start, row.span_a.end)], body[row.mention_b][slice(row.span_b.start, row.span_b.end)]]
    assert row.label == "number"
    assert row.reason == " -> ".join(shown)
    assert sorted(shown) == ["12 people", "15 people"]


def test_rows_of_silence_say_which_claim_and_article() -> None:
    (row,) = whole(A, B, article("c", f"The dam was shown on Sunday. {FILLER}")).silences
    assert row == ClaimSilence(claim_id=whole(A, B).claims[0].claim_id, article_id=key("article", "c"), silence="silent")
