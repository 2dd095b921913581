"""The whole comparison on a small written story: stories, claims, agreements, silences; stable under every order of the input."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.ids import key, sha256
from transforms.claims.text import paragraphs
from transforms.compare import compare
from transforms.compare.relation import read
from transforms.records import ClaimMention, ComparableArticle, Comparison, Span

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

# Outlet, minutes, language, truncated, headline, paragraphs; each paragraph is one statement.
TELLING = {
    "wire": (
        0,
        "en",
        False,
        "Warehouse burns down in Tolmar",
        [
            "A fire destroyed a grain warehouse in the port of Tolmar early on Monday.",
            "Twelve people were injured by smoke, the fire brigade said.",
            "The owner, Hanna Brandt, put the damage at 25 million crowns.",
            "A short circuit allegedly started the fire in the warehouse.",
            "The warehouse had been inspected on 12 February without a complaint.",
            "Trains through the port were stopped until noon because of the thick smoke over the tracks.",
            "The mayor, Edda Lund, promised free meals for the families who had to leave their flats.",
        ],
    ),
    "ledger": (
        40,
        "en",
        False,
        "Fire guts grain warehouse in port of Tolmar",
        [
            "Fire gutted a grain warehouse in the port of Tolmar on Monday morning.",
            "Fifteen people were injured by the smoke.",
            "The damage is 25 million crowns, according to the owner, Hanna Brandt.",
            "A short circuit started the fire in the warehouse.",
            "The warehouse was last inspected on 20 January, the city said.",
            "Divers searched the basin for drums that had rolled into the water when a wall gave way.",
            "Neighbours complained that the sirens had been heard far too late, and only on one side of the river.",
            "The school in the old customs house stays shut this week, since ash lies ankle-deep in its yard.",
        ],
    ),
    "courier": (
        90,
        "en",
        False,
        "Who guarded the warehouse in Tolmar?",
        [
            "The grain warehouse in the port of Tolmar, which burned down on Monday, had no guard.",
            "Twelve people were injured by smoke.",
            "Hanna Brandt, the owner, put the damage at 25 million crowns.",
            "Trains through the port were stopped until noon.",
            "Insurers want to know why the gates of the yard were open in the night, and who had the keys to them.",
            "The union of the dockers had asked for a second guard in the autumn and was told that there was no money.",
            "A commission of the city council will meet next week to hear the owner and the fire brigade.",
        ],
    ),
    "teaser": (
        100,
        "en",
        True,
        "Tolmar warehouse fire: what we know",
        [
            "A fire destroyed a grain warehouse in the port of Tolmar on Monday.",
        ],
    ),
    "bote": (
        110,
        "de",
        False,
        "Lagerhaus in Tolmar abgebrannt",
        [
            "Im Hafen von Tolmar ist am Montag ein Lagerhaus abgebrannt.",
            "Die Eigentümerin Hanna Brandt bezifferte den Schaden auf 25 Millionen Kronen.",
            "Die Bürgermeisterin Edda Lund versprach den Familien kostenlose Mahlzeiten.",
        ],
    ),
}
ELSEWHERE = {
    "wire-2": (
        20,
        "en",
        False,
        "Cup final ends in penalties",
        [
            "Norden won the football cup on Monday after a penalty shoot-out against Halden.",
            "The goalkeeper, Pia Wendel, saved three penalties in front of 41,000 spectators.",
        ],
    ),
}


def article(name: str, told: tuple[int, str, bool, str, list[str]]) -> ComparableArticle:
    minutes, language, cut, headline, parts = told
    return ComparableArticle(
        article_id=key("article", name),
        outlet_id=name.partition("-")[0],
        published_at=NOON + timedelta(minutes=minutes),
        headline=headline,
        body="\n\n".join(parts),
        language=language,
        is_agency=name.startswith("wire"),
        is_truncated=cut,
    )


def mentions(one: ComparableArticle) -> list[ClaimMention]:
    """Each paragraph as a statement."""
    version = key("version", str(one.article_id), sha256(one.body))
    found = []
    for start, end in paragraphs(one.body):
        text = one.body[start:end]
        plain = read(text, published=one.published_at.date(), language=one.language)
        moved = {"numbers": plain.numbers, "dates": plain.dates}
        found.append(
            ClaimMention(
                mention_id=key("mention", str(version), start, end),
                version_id=version,
                article_id=one.article_id,
                quote_type="statement",
                content=Span(start=start, end=end),
                text=text,
                sentence=text,
                confidence=1.0,
                method="test",
                **{
                    field: [v.model_copy(update={"start": v.start + start, "end": v.end + start}) for v in values]
                    for field, values in moved.items()
                },
            )
        )
    return found


@lru_cache(maxsize=1)
def material() -> tuple[tuple[ComparableArticle, ...], tuple[ClaimMention, ...]]:
    articles = tuple(article(name, told) for name, told in {**TELLING, **ELSEWHERE}.items())
    return articles, tuple(mention for one in articles for mention in mentions(one))


@lru_cache(maxsize=1)
def made() -> Comparison:
    articles, found = material()
    return compare(articles, found, window_days=4)


def ids(name: str) -> UUID:
    return key("article", name)


def claim_with(*words: str) -> set[UUID]:
    """Claims of which a linked mention holds all words."""
    text = {one.mention_id: one.text for one in material()[1]}
    return {link.claim_id for link in made().links if all(word in text[link.mention_id] for word in words)}


def labels(claims: set[UUID]) -> set[tuple[str, str]]:
    """Outlet and label of the agreements of some claims."""
    home = {one.mention_id: one.article_id for one in material()[1]}
    outlet = {one.article_id: one.outlet_id for one in material()[0]}
    return {(outlet[home[row.mention_b]], row.label) for row in made().agreements if row.claim_id in claims} | {
        (outlet[home[row.mention_a]], row.label) for row in made().agreements if row.claim_id in claims
    }


def silence(claims: set[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for row in made().silences:
        if row.claim_id in claims:
            found.setdefault(row.article_id, set()).add(row.silence)
    return found


def test_all_reports_of_the_fire_are_one_story_the_german_one_too() -> None:
    home = {row.article_id: row.story_id for row in made().members}
    assert {home[ids(name)] for name in TELLING} == {key("story", str(ids("wire")))}
    assert home[ids("wire-2")] == key("story", str(ids("wire-2")))


def test_a_story_has_title_times_and_terms() -> None:
    fire = next(one for one in made().stories if one.story_id == key("story", str(ids("wire"))))
    assert fire.title in {told[3] for told in TELLING.values()}
    assert fire.first_published_at == NOON
    assert fire.last_published_at == NOON + timedelta(minutes=110)
    assert {"tolmar", "warehous"} & set(fire.terms)


@pytest.mark.parametrize(
    ("words", "outlet", "label"),
    [
        (("injured", "smoke"), "ledger", "number"),
        (("inspected",), "ledger", "date"),
        (("short circuit",), "ledger", "certainty"),
        (("25 million crowns",), "ledger", "same"),
        (("injured", "smoke"), "courier", "same"),
    ],
)
def test_differences_between_outlets_are_found(words: tuple[str, ...], outlet: str, label: str) -> None:
    assert (outlet, label) in labels(claim_with(*words))


def test_every_agreement_names_spans_inside_the_bodies_and_other_outlets() -> None:
    body = {one.article_id: one.body for one in material()[0]}
    outlet = {one.article_id: one.outlet_id for one in material()[0]}
    home = {one.mention_id: one.article_id for one in material()[1]}
    assert made().agreements
    for row in made().agreements:
        a, b = home[row.mention_a], home[row.mention_b]
        assert outlet[a] != outlet[b]
        assert row.span_a.start <= row.span_a.end <= len(body[a])
        assert row.span_b.start <= row.span_b.end <= len(body[b])
        assert row.reason


def test_the_number_span_shows_the_number() -> None:
    body = {one.article_id: one.body for one in material()[0]}
    home = {one.mention_id: one.article_id for one in material()[1]}
    shown = {body[home[row.mention_b]][row.span_b.start : row.span_b.end] for row in made().agreements if row.label == "number"}
    assert any("ifteen" in words or "welve" in words for words in shown)


def test_an_outlet_that_leaves_a_claim_out_is_silent() -> None:
    found = silence(claim_with("Trains through the port"))
    assert found[ids("ledger")] == {"silent"}


def test_a_cut_text_a_short_text_and_another_language_are_unknown_never_silent() -> None:
    found = silence({one.claim_id for one in made().claims})
    assert found[ids("teaser")] == {"unknown"}
    assert found.get(ids("bote"), {"unknown"}) == {"unknown"}


def test_a_claim_of_one_outlet_makes_nobody_silent() -> None:
    assert silence(claim_with("Divers searched")) == {}


def test_every_mention_is_in_a_claim_and_every_claim_is_central_once() -> None:
    result = made()
    assert {link.mention_id for link in result.links} == {one.mention_id for one in material()[1]}
    top = [link.claim_id for link in result.links if link.score == 1.0]
    assert {one.claim_id for one in result.claims} <= set(top)
    sentences = [one.sentence for one in material()[1]]
    assert all(any(one.text in sentence for sentence in sentences) for one in result.claims)


def test_no_claim_lies_within_another() -> None:
    wholes: dict[UUID, set[tuple[UUID, int | None]]] = {}
    for link in made().links:
        wholes.setdefault(link.claim_id, set()).add((link.mention_id, link.clause_start))
    assert not [(a, b) for a in wholes for b in wholes if a != b and wholes[a] <= wholes[b]]


def test_a_link_shows_the_clause_of_its_sentence() -> None:
    sentence = {one.mention_id: one.sentence for one in material()[1]}
    assert all(0 <= one.clause_start < one.clause_end <= len(sentence[one.mention_id]) for one in made().links if one.clause_end)  # type: ignore[operator]
    cut = {sentence[one.mention_id][one.clause_start : one.clause_end] for one in made().links}
    assert cut > {text for text in sentence.values() if text.startswith("Trains")}
    assert any(one not in sentence.values() for one in cut)


def test_kinds_of_claims() -> None:
    kind = {one.text: one.kind for one in made().claims}
    assert {k for text, k in kind.items() if "million crowns" in text} == {"number"}
    assert {k for text, k in kind.items() if "promised free meals" in text} == {"statement"}


def is_sorted(rows: Sequence[object], *fields: str) -> bool:
    keys = [tuple(getattr(row, field) for field in fields) for row in rows]
    return keys == sorted(keys) and len(set(keys)) == len(keys)


def test_all_lists_are_sorted_and_their_keys_are_unique() -> None:
    result = made()
    assert is_sorted(result.groups, "article_id")
    assert is_sorted(result.stories, "story_id")
    assert is_sorted(result.members, "article_id")
    assert is_sorted(result.claims, "claim_id")
    assert is_sorted(result.links, "claim_id", "mention_id")
    assert is_sorted(result.agreements, "claim_id", "mention_b")
    assert is_sorted(result.silences, "claim_id", "article_id")


def test_the_method_names_every_part_with_its_version() -> None:
    parts = dict(part.split("=") for part in made().method.split("; "))
    assert set(parts) == {"copies", "stories", "claims", "relation", "silence"}
    assert all("/" in version for version in parts.values())


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(chance: object) -> None:
    articles, found = (list(part) for part in material())
    chance.shuffle(articles)  # type: ignore[attr-defined]
    chance.shuffle(found)  # type: ignore[attr-defined]
    assert compare(articles, found, window_days=4) == made()


def test_nothing_gives_nothing() -> None:
    result = compare([], [], window_days=4)
    assert (result.copies, result.stories, result.claims, result.agreements, result.silences) == ([], [], [], [], [])


def test_mentions_of_articles_outside_the_window_are_left_out() -> None:
    articles, found = material()
    only = [one for one in articles if one.outlet_id == "courier"]
    result = compare(only, found, window_days=4)
    assert {row.article_id for row in result.members} == {ids("courier")}
    assert len({one.mention_id for one in result.links}) == len(TELLING["courier"][4])
    assert result.silences == []


def test_articles_further_apart_than_the_window_are_never_one_story() -> None:
    first, second = article("wire", TELLING["wire"]), article("ledger", TELLING["ledger"])
    late = second.model_copy(update={"published_at": NOON + timedelta(days=5)})
    assert len(compare([first, second], [], window_days=4).stories) == 1
    assert len(compare([first, late], [], window_days=4).stories) == 2


def test_a_reprint_shares_the_story_whatever_its_headline() -> None:
    wire = article("wire", TELLING["wire"])
    reprint = article("herald", (30, "en", False, "Football tonight", TELLING["wire"][4]))
    result = compare([wire, reprint, article("wire-2", ELSEWHERE["wire-2"])], [], window_days=4)
    home = {row.article_id: row.story_id for row in result.members}
    assert home[ids("wire")] == home[ids("herald")] != home[ids("wire-2")]
    assert [(row.label, row.containment) for row in result.copies] == [("copy", 1.0)]


def test_empty_articles_are_stories_of_their_own() -> None:
    blank = [article(name, (0, "en", False, "", [])) for name in ("one", "two")]
    result = compare(blank, [], window_days=4)
    assert len(result.stories) == 2
    assert [row.role for row in result.groups] == ["own", "own"]
