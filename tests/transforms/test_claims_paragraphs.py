"""Paragraphs of our own on the topics of the day, read by rules and by the model: who said what, how, with which figures and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from transforms.claims.attributions import attribute
from transforms.claims.model import LEARNED, METHOD, Attribution
from transforms.records import ClaimsMethod

NOON = datetime(2018, 9, 20, 12, tzinfo=UTC)  # a Thursday
METHODS: tuple[ClaimsMethod, ...] = ("rules", "model")


@dataclass(frozen=True)
class Told:
    """One attribution as a reader would write it down; numbers as (value, unit or noun)."""

    speaker: str
    words: str
    quote: str = "indirect"
    polarity: str = "asserts"
    certainty: str = "certain"
    negated: bool = False
    chain: tuple[str, ...] = ()
    numbers: tuple[tuple[float, str | None], ...] = ()
    dates: tuple[str, ...] = ()
    said_on: date | None = None


def told(text: str, item: Attribution) -> Told:
    """An attribution in that form."""
    return Told(
        item.speaker.name or "",
        " / ".join(text[a:b] for a, b in item.content),
        item.quote_type,
        item.polarity,
        item.certainty,
        item.is_negated,
        item.chain,
        tuple((n.value, n.unit or n.what) for n in item.numbers),
        tuple(d.iso for d in item.dates),
        item.said_on,
    )


LANDSLIDE = """A landslide buried nine houses above Kestrel Bay before dawn on Wednesday, the coast guard said.

“We heard the hill before we saw it,” said Mara Quist, a fisherwoman. “Then the lights went out.”

Governor Ivo Tamsin denied that the warning had come too late.

According to the Geological Survey, up to 80 millimetres of rain may fall by Friday."""

FERRY = """The ferry Calder Queen sank off Point Ansel on Sunday with 212 people on board, the harbour master said.

“We pulled forty-one people out of the water,” rescuer Nils Aker told reporters. He feared that dozens were still below deck.

Transport Minister Rosa Velten promised an inquiry and said the owner had ignored two warnings."""

PLANTS = """Harrow Foods said on Tuesday that it will close three plants and cut 2,300 jobs.

Chief executive Dana Osei told investors that sales had fallen 8 percent since January. “We should have moved sooner,” she said.

The trade union questioned whether the cuts were needed. Analyst Piet Marsh expects the shares to recover next year."""

BANK = """The central bank will raise its main rate to 4.5 percent in October, governor Hanne Lund said on Wednesday.

Lund rejected criticism that the bank had been too slow. “Prices do not wait for us,” she said.

Economist Paul Brisk of Larch Capital warned that a two-year slump might follow."""

MATCH = """Striker Lena Okafor scored twice as Port Alder beat Wexley 3-1 on Saturday.

“I never doubted this team,” coach Sam Brandt said after the match. Okafor called it “the best night of my life”.

Wexley captain Ruth Dell insisted the second goal was offside."""

DOPING = """Sprinter Jo Adebayo denied taking a banned drug and vowed to appeal.

“I have never cheated,” the 24-year-old said in a statement on Tuesday. “My name will be cleared.”

The athletics federation confirmed that her first sample had tested positive in August.

Her coach, Emil Roth, called the ruling “a disgrace”."""

GLACIER = """Glaciers on Mount Oren lost 1.2 billion tonnes of ice between 2010 and 2017, a study in the journal Polar Letters found.

Lead author Dr. Amina Sorel warned that the lake below could burst. “If it goes, it goes at night,” she told reporters on Monday.

Hydrologist Tom Wray, who was not involved in the study, said the figures were probably too low."""

VACCINE = """“This could save 40,000 lives a year,” said Dr. Sunil Mehra, who led the trial.

Mehra cautioned that the results were preliminary.

The health ministry said it would decide by December whether to buy the vaccine."""

WAREHOUSE = """Police said they had arrested a 34-year-old man who allegedly set fire to a warehouse in Dunmere.

A neighbour told officers that the man had shouted: “Nobody leaves.” His lawyer, Greta Holm, said her client denies the charge."""

COURT = """Prosecutor Ada Finch said Drake had bragged to a friend about the theft.

Drake’s lawyer, Owen Platt, said the witness was lying. Judge Mary Stroud asked whether the camera had been switched off."""

BORDER = """Foreign Minister Karel Dvorin said Prime Minister Lia Moreau had told him that the border would stay open.

“There will be no war,” Dvorin said in a speech in Halden on Thursday. Moreau’s office rejected the report as “pure invention”."""

TROOPS = """President Ilya Soren said the army would leave the Varna valley by Friday.

Opposition leader Tamar Beka doubted that the promise would be kept. “We have heard it before,” Beka said.

The United Nations urged both sides to talk."""

BRIDGE = """Engineer Theo Wynn said an inspection in May found twelve cracks. “Nobody listened,” Wynn added.

The ministry did not say how many lorries cross the bridge. Mayor Lena Ortiz did not deny that money was paid."""

PARAGRAPHS = {
    LANDSLIDE: [
        Told(
            "coast guard",
            "A landslide buried nine houses above Kestrel Bay before dawn on Wednesday",
            numbers=((9, "houses"),),
            dates=("2018-09-19",),
        ),
        Told("Mara Quist", "“We heard the hill before we saw it,” / “Then the lights went out.”", "direct"),
        Told("Ivo Tamsin", "that the warning had come too late", polarity="denies"),
        Told(
            "Geological Survey",
            "up to 80 millimetres of rain may fall by Friday",
            certainty="hedged",
            numbers=((80, "mm"),),
            dates=("2018-09-21",),
        ),
    ],
    FERRY: [
        Told(
            "harbour master",
            "The ferry Calder Queen sank off Point Ansel on Sunday with 212 people on board",
            numbers=((212, "person"),),
            dates=("2018-09-16",),
        ),
        Told("Nils Aker", "“We pulled forty-one people out of the water,”", "direct", numbers=((41, "person"),)),
        Told("Nils Aker", "that dozens were still below deck", certainty="hedged"),
        Told("Rosa Velten", "an inquiry", polarity="promises", certainty="planned"),
        Told("Rosa Velten", "the owner had ignored two warnings", numbers=((2, "warnings"),)),
    ],
    PLANTS: [
        Told(
            "Harrow Foods",
            "that it will close three plants and cut 2,300 jobs",
            numbers=((3, "plants"), (2300, "jobs")),
            said_on=date(2018, 9, 18),
        ),
        Told("Dana Osei", "that sales had fallen 8 percent since January", numbers=((8, "%"),), dates=("2018-01",)),
        Told("Dana Osei", "“We should have moved sooner,”", "direct"),
        Told("trade union", "whether the cuts were needed", polarity="questions"),
        Told("Piet Marsh", "the shares to recover next year", polarity="expects", certainty="hedged", dates=("2019",)),
    ],
    BANK: [
        Told(
            "Hanne Lund",
            "The central bank will raise its main rate to 4.5 percent in October",
            numbers=((4.5, "%"),),
            dates=("2018-10",),
            said_on=date(2018, 9, 19),
        ),
        Told("Hanne Lund", "criticism that the bank had been too slow", polarity="denies"),
        Told("Hanne Lund", "“Prices do not wait for us,”", "direct", negated=True),
        Told("Paul Brisk", "that a two-year slump might follow", certainty="hedged", numbers=((2, "year"),)),
    ],
    MATCH: [
        Told("Sam Brandt", "“I never doubted this team,”", "direct", negated=True),
        Told("Lena Okafor", "it “the best night of my life”", "direct"),
        Told("Ruth Dell", "the second goal was offside"),
    ],
    DOPING: [
        Told("Jo Adebayo", "taking a banned drug", polarity="denies"),
        Told("Jo Adebayo", "to appeal", polarity="promises", certainty="planned"),
        Told("24-year-old", "“I have never cheated,” / “My name will be cleared.”", "direct", negated=True, said_on=date(2018, 9, 18)),
        Told("athletics federation", "that her first sample had tested positive in August", dates=("2018-08",)),
        Told("Emil Roth", "the ruling “a disgrace”", "mixed"),
    ],
    GLACIER: [
        Told(
            "a study in the journal Polar Letters",
            "Glaciers on Mount Oren lost 1.2 billion tonnes of ice between 2010 and 2017",
            numbers=((1_200_000_000, "t"),),
            dates=("2010", "2017"),
        ),
        Told("Amina Sorel", "that the lake below could burst", certainty="hedged"),
        Told("Amina Sorel", "“If it goes, it goes at night,”", "direct", certainty="conditional", said_on=date(2018, 9, 17)),
        Told("Tom Wray", "the figures were probably too low", certainty="hedged"),
    ],
    VACCINE: [
        Told("Sunil Mehra", "“This could save 40,000 lives a year,”", "direct", certainty="hedged", numbers=((40_000, "lives"),)),
        Told("Sunil Mehra", "that the results were preliminary"),
        Told("health ministry", "it would decide by December whether to buy the vaccine", dates=("2018-12",)),
    ],
    WAREHOUSE: [
        Told(
            "Police",
            "they had arrested a 34-year-old man who allegedly set fire to a warehouse in Dunmere",
            certainty="alleged",
            numbers=((34, "year"),),
        ),
        Told("A neighbour", "that the man had shouted: “Nobody leaves.”", "mixed", negated=True),
        Told("Greta Holm", "her client denies the charge"),
    ],
    COURT: [
        Told("Ada Finch", "Drake had bragged to a friend about the theft"),
        Told("Owen Platt", "the witness was lying"),
        Told("Mary Stroud", "whether the camera had been switched off", polarity="questions"),
    ],
    BORDER: [
        Told("Karel Dvorin", "Prime Minister Lia Moreau had told him that the border would stay open"),
        Told("Lia Moreau", "that the border would stay open", chain=("Karel Dvorin", "Lia Moreau")),
        Told("Karel Dvorin", "“There will be no war,”", "direct", negated=True, said_on=date(2018, 9, 20)),
        Told("Moreau’s office", "the report as “pure invention”", "mixed", polarity="denies"),
    ],
    TROOPS: [
        Told("Ilya Soren", "the army would leave the Varna valley by Friday", dates=("2018-09-21",)),
        Told("Tamar Beka", "that the promise would be kept", certainty="hedged"),
        Told("Tamar Beka", "“We have heard it before,”", "direct"),
        Told("United Nations", "both sides to talk", polarity="demands"),
    ],
    BRIDGE: [
        Told("Theo Wynn", "an inspection in May found twelve cracks", numbers=((12, "cracks"),), dates=("2018-05",)),
        Told("Theo Wynn", "“Nobody listened,”", "direct", negated=True),
        Told("ministry", "how many lorries cross the bridge", polarity="other"),
        Told("Lena Ortiz", "that money was paid"),
    ],
}
NAMES = [
    "landslide",
    "ferry",
    "plants",
    "bank",
    "match",
    "doping",
    "glacier",
    "vaccine",
    "warehouse",
    "court",
    "border",
    "troops",
    "bridge",
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", PARAGRAPHS, ids=NAMES)
def test_both_methods_find_what_a_reader_finds(text: str, method: ClaimsMethod) -> None:
    found = attribute(text, published=NOON, language="en", method=method)
    assert [told(text, item) for item in found] == PARAGRAPHS[text]


@pytest.mark.parametrize("text", PARAGRAPHS, ids=NAMES)
def test_each_attribution_tells_which_method_found_it(text: str) -> None:
    by_rules, by_model = (attribute(text, published=NOON, language="en", method=method) for method in METHODS)
    assert {item.method for item in by_rules} == {METHOD}
    assert {item.method for item in by_model} <= {METHOD, LEARNED}
    assert sum(item.method == LEARNED for item in by_model) * 2 > len(by_model)


@pytest.mark.parametrize("method", METHODS)
def test_stories_on_one_page_do_not_disturb_each_other(method: ClaimsMethod) -> None:
    """No name is in two of these, so each is read as if it stood alone."""
    page = "\n\n".join([PLANTS, GLACIER, COURT])
    found = [told(page, item) for item in attribute(page, published=NOON, language="en", method=method)]
    assert found == [*PARAGRAPHS[PLANTS], *PARAGRAPHS[GLACIER], *PARAGRAPHS[COURT]]


@pytest.mark.parametrize("method", METHODS)
def test_without_a_day_of_publication_relative_days_are_unknown(method: ClaimsMethod) -> None:
    dates = [d.iso for item in attribute(GLACIER, language="en", method=method) for d in item.dates]
    assert dates == ["2010", "2017"]
    assert {item.said_on for item in attribute(GLACIER, language="en", method=method)} == {None}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("published", "said"), [(date(2020, 3, 1), date(2020, 2, 25)), (date(2021, 1, 2), date(2020, 12, 29))])
def test_the_day_of_speech_is_counted_over_the_ends_of_months_and_years(method: ClaimsMethod, published: date, said: date) -> None:
    at = datetime(published.year, published.month, published.day, tzinfo=UTC)
    assert attribute(PLANTS, published=at, language="en", method=method)[0].said_on == said


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("before", "after"),
    [("“", '"'), ("’", "'"), (" ", "\u00a0"), ("\n\n", "\n"), ("\n\n", "\r\n\r\n")],
    ids=["straight marks", "straight apostrophes", "hard spaces", "tight lines", "windows lines"],
)
def test_how_a_page_is_typed_changes_no_speaker(method: ClaimsMethod, before: str, after: str) -> None:
    for text in (LANDSLIDE, PLANTS, GLACIER):
        typed = text.replace(before, after).replace("”", '"') if after == '"' else text.replace(before, after)
        found = attribute(typed, published=NOON, language="en", method=method)
        expected = [(one.speaker, one.polarity, one.said_on) for one in PARAGRAPHS[text]]
        assert [(" ".join(str(item.speaker.name).split()), item.polarity, item.said_on) for item in found] == expected


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009"])
def test_hard_spaces_change_no_bound_and_no_polarity(space: str) -> None:
    text = "Ada Lee said at least 12 homes should have been cleared. Otto Vehl said no fewer than 20 homes should be."
    first, second = attribute(text.replace(" ", space), published=NOON, language="en")
    assert [(item.polarity, item.is_negated, item.numbers[0].bound) for item in (first, second)] == [
        ("asserts", False, "at_least"),
        ("demands", False, "at_least"),
    ]


FOREIGN = {
    "fr": (
        "La ministre Claire Vasseur a déclaré que le pont rouvrirait en mai. « Nous avons fini », a-t-elle ajouté.",
        [Told("Claire Vasseur", "que le pont rouvrirait en mai"), Told("Claire Vasseur", "« Nous avons fini »", "direct")],
    ),
    "es": (
        "El alcalde Diego Ruiz negó que faltaran 12 personas.",
        [Told("Diego Ruiz", "que faltaran 12 personas", polarity="denies", numbers=((12, "personas"),))],
    ),
    "de": (
        "Bürgermeisterin Jana Holt sagte am Montag, mindestens zwölf Häuser seien zerstört. „Wir bauen wieder auf“, so Holt.",
        [
            Told("Jana Holt", "mindestens zwölf Häuser seien zerstört", numbers=((12, "häuser"),), said_on=date(2018, 9, 17)),
            Told("Jana Holt", "„Wir bauen wieder auf“", "direct"),
        ],
    ),
    "ja": ("知事は「橋は安全だ」と述べた。", []),
    "ar": ("قال الوزير إن الجسر مغلق.", []),
}


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("method", METHODS)
def test_other_languages_are_read_alike_by_both_methods(language: str, method: ClaimsMethod) -> None:
    text, expected = FOREIGN[language]
    assert [told(text, item) for item in attribute(text, published=NOON, language=language, method=method)] == expected
