"""Marts on stories made by hand, any mix of voices: each figure is worked out a second time in Python, out of the voices themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common import ids
from transforms.records import Agreement, Claim, ClaimLink, ClaimSilence, Comparison, CopyGroup, Span, Story, StoryMember
from warehouse.report import story_report
from warehouse.verify import run_checks

LABELS = ("contradicts", "number", "date", "actor", "certainty")
STORY, CLAIM = ids.key("story", "fire"), ids.key("claim", "fire")


@dataclass(frozen=True)
class Voice:
    """One article of an outlet: `status` is a label, same, silent, unknown, or none (the comparison says nothing)."""

    outlet: str
    status: str
    group: str = ""  # articles of one group share their text; empty: a text of its own
    page: str = "1"

    @property
    def speaks(self) -> bool:
        return self.status in {"reference", "same", *LABELS}


class Tale:
    """A story of one claim as the voices tell it; the first voice is the reference."""

    def __init__(self, make: Any, voices: list[Voice]) -> None:
        self.voices = voices
        self.captures = [make.capture(f"{v.outlet}/{v.page}", minutes) for minutes, v in enumerate(voices)]
        self.rows = [
            make.row(
                capture,
                f"{number} houses burned, said {voice.group or number}.",
                says=f"{number} houses burned" if voice.speaks else None,
                published_at=make.at(number),
                is_truncated=voice.status == "unknown",
            )
            for number, (voice, capture) in enumerate(zip(voices, self.captures, strict=True))
        ]
        self.outlets = [make.outlet(name) for name in sorted({v.outlet for v in voices})]
        self.articles = [row.article.article_id for row in self.rows]
        self.comparison = self._comparison(make)

    def _groups(self) -> list[CopyGroup]:
        first: dict[str, Any] = {}
        for voice, article_id in zip(self.voices, self.articles, strict=True):
            first.setdefault(voice.group or str(article_id), article_id)
        of_group = [voice.group for voice in self.voices]
        return [
            CopyGroup(
                article_id=article_id,
                copy_group_id=first[voice.group or str(article_id)],
                role="own"
                if of_group.count(voice.group) == 1 or not voice.group
                else "origin"
                if article_id in first.values()
                else "reprint",
            )
            for voice, article_id in zip(self.voices, self.articles, strict=True)
        ]

    def _comparison(self, make: Any) -> Comparison:
        spoken = [(v, row.mentions[0].mention_id) for v, row in zip(self.voices, self.rows, strict=True) if v.speaks]
        return Comparison(
            groups=self._groups(),
            stories=[Story(story_id=STORY, title="Fire", first_published_at=make.at(0), last_published_at=make.at(len(self.voices)))],
            members=[StoryMember(article_id=article_id, story_id=STORY) for article_id in self.articles],
            claims=[Claim(claim_id=CLAIM, story_id=STORY, text="0 houses burned", kind="number")],
            links=[ClaimLink(claim_id=CLAIM, mention_id=mention_id, score=0.9) for _, mention_id in spoken],
            agreements=[
                Agreement(
                    claim_id=CLAIM, mention_a=spoken[0][1], mention_b=mention_id, label=voice.status,  # type: ignore[arg-type]
                    span_a=Span(start=0, end=1), span_b=Span(start=0, end=1), reason=f"0 -> {voice.status}", confidence=0.5,
                )
                for voice, mention_id in spoken[1:]
            ],
            silences=[
                ClaimSilence(claim_id=CLAIM, article_id=article_id, silence=voice.status)  # type: ignore[arg-type]
                for voice, article_id in zip(self.voices, self.articles, strict=True)
                if voice.status in {"silent", "unknown"}
            ],
            method="hand/1",
        )  # fmt: skip

    def told(self, desk: Any) -> Tale:
        desk.put(self.captures, self.rows, self.outlets)
        desk.compared(self.comparison)
        return self

    # what should come out, worked out without SQL
    def witness(self, voice: Voice) -> str:
        shared_by = {v.outlet for v in self.voices if v.group == voice.group}
        return voice.group if voice.group and len(shared_by) > 1 else voice.outlet

    def witnesses(self, *statuses: str) -> int:
        return len({self.witness(v) for v in self.voices if not statuses or v.status in statuses})

    def cell(self, outlet: str) -> str:
        own = [v for v in self.voices if v.outlet == outlet]
        for label in LABELS:
            if any(v.status == label for v in own):
                return label
        agreeing = [v for v in own if v.speaks]
        if agreeing:
            return "reprints" if all(self.is_reprint(v) for v in agreeing) else "says"
        return "silent" if {v.status for v in own} - {"none"} == {"silent"} else "unknown"

    def is_reprint(self, voice: Voice) -> bool:
        before = [v for v in self.voices[: self.voices.index(voice)] if v.group == voice.group]
        others = [v for v in self.voices if v.group == voice.group and v.speaks and v != voice]
        return bool(voice.group and before and others)


REFERENCE = Voice("wire", "reference")


@pytest.mark.parametrize("label", LABELS)
def test_each_label_is_a_status_with_its_reason(desk: Any, make: Any, label: str) -> None:
    Tale(make, [REFERENCE, Voice("post", label)]).told(desk)
    found = desk.rows("SELECT outlet_id, status, reason, confidence FROM marts.claim_comparison ORDER BY 1")
    assert found == [("post", label, f"0 -> {label}", 0.5), ("wire", "says", None, None)]
    assert desk.rows("SELECT witnesses, differing_outlets, is_contradicted FROM marts.corroboration") == [
        ("1 of 2", 1, label == "contradicts")
    ]


@pytest.mark.parametrize(
    ("statuses", "shown"),
    [
        (["same", "number"], "number"),  # what differs goes before what agrees
        (["certainty", "contradicts"], "contradicts"),  # the gravest label goes first
        (["silent", "same"], "says"),  # an outlet speaks if any article of it does
        (["silent", "unknown"], "unknown"),  # one text that is cut lets nothing be concluded
        (["silent", "none"], "silent"),
        (["none", "none"], "unknown"),
    ],
)
def test_an_outlet_with_two_articles_has_one_cell(desk: Any, make: Any, statuses: list[str], shown: str) -> None:
    Tale(make, [REFERENCE, *(Voice("post", status, page=str(n)) for n, status in enumerate(statuses))]).told(desk)
    assert desk.rows("SELECT status FROM marts.claim_comparison WHERE outlet_id = 'post'") == [(shown,)]


def test_two_labels_on_one_sentence_show_the_graver_and_keep_both(desk: Any, make: Any) -> None:
    tale = Tale(make, [REFERENCE, Voice("post", "certainty")])
    graver = tale.comparison.agreements[0].model_copy(update={"label": "number", "reason": "0 -> 9"})
    tale.comparison = tale.comparison.model_copy(update={"agreements": [*tale.comparison.agreements, graver]})
    tale.told(desk)
    assert desk.rows("SELECT status, reason FROM marts.claim_sentence WHERE outlet_id = 'post'") == [("number", "0 -> 9")]
    assert desk.rows("SELECT label FROM marts.all_disagreements ORDER BY 1") == [("certainty",), ("number",)]


def test_reprints_of_three_outlets_are_one_witness(desk: Any, make: Any) -> None:
    Tale(make, [Voice("wire", "reference", "a"), Voice("post", "same", "a"), Voice("herald", "same", "a"), Voice("ledger", "same")]).told(
        desk
    )
    assert desk.rows("SELECT witnesses, outlets, articles FROM marts.corroboration") == [("2 of 2", 4, 4)]
    assert desk.rows("SELECT outlets, witnesses, corroborated_claims, disputed_claims FROM marts.story") == [(4, 2, 1, 0)]
    assert desk.rows("FROM marts.single_source") == []


def test_two_articles_of_one_outlet_with_one_text_are_its_own_witness(desk: Any, make: Any) -> None:
    Tale(make, [Voice("wire", "reference", "a"), Voice("wire", "same", "a", "2"), Voice("post", "same")]).told(desk)
    assert desk.rows("SELECT DISTINCT witness_id FROM core.witness ORDER BY 1") == [("post",), ("wire",)]


def test_a_copy_that_leaves_the_sentence_out_is_silent_and_reprints_nothing(desk: Any, make: Any) -> None:
    Tale(make, [Voice("wire", "reference", "a"), Voice("post", "silent", "a")]).told(desk)
    assert desk.rows("SELECT outlet_id, status FROM marts.claim_comparison ORDER BY 1") == [("post", "silent"), ("wire", "says")]


def test_single_source_names_the_origin_although_it_was_not_first(desk: Any, make: Any) -> None:
    tale = Tale(make, [Voice("post", "reference", "a"), Voice("wire", "same", "a"), Voice("mirror", "silent")])
    turned = {"origin": "reprint", "reprint": "origin"}
    groups = [g.model_copy(update={"role": turned.get(g.role, g.role)}) for g in tale.comparison.groups]
    tale.comparison = tale.comparison.model_copy(update={"groups": groups})
    tale.told(desk)
    assert desk.rows("SELECT origin_outlet_id, origin_url, outlet_ids FROM marts.single_source") == [
        ("wire", "https://wire.example/1", ["post", "wire"])
    ]


def test_a_claim_of_one_outlet_alone_is_not_single_source(desk: Any, make: Any) -> None:
    Tale(make, [Voice("wire", "reference", "a"), Voice("wire", "same", "a", "2"), Voice("post", "silent")]).told(desk)
    assert desk.rows("FROM marts.single_source") == []


def test_a_reprinted_difference_is_one_row_with_all_who_print_it(desk: Any, make: Any) -> None:
    voices = [
        REFERENCE,
        Voice("agency", "number", "a"),
        Voice("post", "number", "a"),
        Voice("herald", "number", "a"),
        Voice("mail", "number"),
    ]
    Tale(make, voices).told(desk)
    assert desk.rows("SELECT outlet_b, also_in FROM marts.disagreements ORDER BY 1") == [("agency", ["herald", "post"]), ("mail", [])]


def test_the_same_two_sentences_in_two_claims_are_one_disagreement(desk: Any, make: Any) -> None:
    tale = Tale(make, [REFERENCE, Voice("post", "date")])
    (first,), other = tale.comparison.agreements, ids.key("claim", "other")
    turned = first.model_copy(
        update={"claim_id": other, "mention_a": first.mention_b, "mention_b": first.mention_a, "confidence": 0.7, "reason": "date -> 0"}
    )
    claim = tale.comparison.claims[0].model_copy(update={"claim_id": other})
    tale.comparison = tale.comparison.model_copy(update={"agreements": [first, turned], "claims": [*tale.comparison.claims, claim]})
    tale.told(desk)
    assert desk.rows("SELECT claim_id, reason FROM marts.disagreements") == [(other, "date -> 0")]  # the surer one


def test_the_inbox_is_sorted_newest_first_without_order_by(desk: Any, make: Any) -> None:
    Tale(make, [REFERENCE, *(Voice(name, "number") for name in ("d", "b", "c", "a"))]).told(desk)
    assert [name for (name,) in desk.rows("SELECT outlet_b FROM marts.disagreements")] == ["a", "c", "b", "d"]
    assert desk.rows("SELECT outlet_b FROM marts.disagreements LIMIT 1") == [("a",)]
    assert [name for (name,) in desk.rows("SELECT outlet_b FROM marts.disagreements_within(1)")] == ["a", "c", "b", "d"]


@pytest.mark.parametrize(("days", "found"), [(1, ["late"]), (2, ["late"]), (3, ["late", "early"]), (400, ["late", "early"])])
def test_disagreements_within_so_many_days_of_the_newest_capture(desk: Any, make: Any, days: int, found: list[str]) -> None:
    Tale(make, [REFERENCE, Voice("early", "number"), Voice("late", "date")]).told(desk)
    desk.con.execute("UPDATE core.capture SET captured_at = captured_at + INTERVAL 60 HOUR WHERE outlet_id = 'late'")
    desk.con.execute("UPDATE core.article_version v SET captured_at = c.captured_at FROM core.capture c WHERE c.capture_id = v.capture_id")
    assert [name for (name,) in desk.rows("SELECT outlet_b FROM marts.disagreements_within(?)", days)] == found


def test_the_timeline_numbers_the_telling_of_each_claim(desk: Any, make: Any) -> None:
    Tale(make, [REFERENCE, Voice("b", "number"), Voice("a", "same"), Voice("c", "silent")]).told(desk)
    found = desk.rows("SELECT position, outlet_id, status, epoch(after_first) FROM marts.claim_timeline")
    assert found == [(1, "wire", "says", 0), (2, "b", "number", 60), (3, "a", "says", 120)]


def test_outlet_profile_of_a_first_a_lone_and_a_late_voice(desk: Any, make: Any) -> None:
    Tale(make, [REFERENCE, Voice("post", "number"), Voice("mirror", "silent"), Voice("cut", "unknown")]).told(desk)
    columns = "outlet_id, claims_carried, claims_alone, claims_first, claims_differing, claims_silent, claims_unknown"
    assert desk.rows(f"SELECT {columns} FROM marts.outlet_profile") == [
        ("cut", 0, 0, 0, 0, 0, 1), ("mirror", 0, 0, 0, 0, 1, 0), ("post", 1, 0, 0, 1, 0, 0), ("wire", 1, 0, 1, 0, 0, 0),
    ]  # fmt: skip


def test_an_outlet_without_articles_has_a_profile_of_zeros(desk: Any, make: Any) -> None:
    desk.put([], [], [make.outlet("new")])
    assert desk.rows("SELECT articles, stories, claims_carried, share_reprints, last_article_at FROM marts.outlet_profile") == [
        (0, 0, 0, None, None)
    ]
    assert desk.rows("SELECT state, captures FROM ops.outlet_health") == [("quiet", 0)]


def test_the_report_has_a_cell_for_every_outlet_and_opens_the_sentences(desk: Any, make: Any) -> None:
    tale = Tale(make, [REFERENCE, Voice("post", "contradicts"), Voice("mirror", "silent"), Voice("mute", "none")]).told(desk)
    (claim,) = story_report(desk.con, STORY).claims
    assert {cell.outlet_id: cell.status for cell in claim.cells} == {v.outlet: tale.cell(v.outlet) for v in tale.voices}
    for cell in claim.cells:
        if cell.words:
            ((body,),) = desk.rows("SELECT body FROM core.current_version WHERE article_id = ?", cell.article_id)
            assert body[cell.start : cell.end] == cell.words


def test_an_outlet_whose_only_links_are_doubtful_is_neither_a_witness_nor_silent(make: Any, desk: Any) -> None:
    Tale(make, [REFERENCE, Voice("post", "same"), Voice("mirror", "silent")]).told(desk)
    assert dict(desk.rows("SELECT outlet_id, status FROM marts.claim_comparison"))["post"] == "says"
    assert desk.rows("SELECT witness_count, outlets FROM marts.corroboration") == [(2, 2)]
    doubted = "SELECT mention_id FROM marts.claim_sentence WHERE outlet_id = 'post'"
    desk.con.execute(f"UPDATE core.claim_link SET score = 0.49 WHERE mention_id IN ({doubted})")
    assert dict(desk.rows("SELECT outlet_id, status FROM marts.claim_comparison"))["post"] == "unknown"
    assert desk.rows("SELECT witness_count, outlets FROM marts.corroboration") == [(1, 1)]


VOICES = st.lists(
    st.builds(
        Voice,
        outlet=st.sampled_from(["post", "mirror", "ledger", "wire"]),
        status=st.sampled_from(["same", "same", "silent", "unknown", "none", *LABELS]),
        group=st.sampled_from(["", "", "a", "b"]),
    ),
    max_size=7,
)


@hypothesis_settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(voices=VOICES)
def test_any_mix_of_voices_is_counted_as_by_hand(voices: list[Voice], shared: duckdb.DuckDBPyConnection, make: Any, desk: Any) -> None:
    shared.rollback()  # forgets the example before
    shared.begin()
    paged = [Voice(v.outlet, v.status, v.group, str(page)) for page, v in enumerate(voices, 2)]
    tale = Tale(make, [Voice("wire", "reference", "a"), *paged]).told(desk)
    spoken = [v for v in tale.voices if v.speaks]
    cells = {outlet: tale.cell(outlet) for outlet in {v.outlet for v in tale.voices}}
    assert dict(desk.rows("SELECT outlet_id, status FROM marts.claim_comparison")) == cells
    assert desk.rows(
        "SELECT witness_count, witnesses_in_story, carrying_witnesses, outlets, articles, differing_outlets, silent_outlets, "
        "unknown_outlets FROM marts.corroboration"
    ) == [(
        tale.witnesses("reference", "same"), tale.witnesses(), tale.witnesses("reference", "same", *LABELS),
        len({v.outlet for v in spoken}), len(spoken), sum(status in LABELS for status in cells.values()),
        list(cells.values()).count("silent"), list(cells.values()).count("unknown"),
    )]  # fmt: skip
    is_single = len({v.outlet for v in spoken}) > 1 and tale.witnesses("reference", "same", *LABELS) == 1
    assert len(desk.rows("FROM marts.single_source")) == is_single
    differing = {(v.status, tale.witness(v)) for v in tale.voices if v.status in LABELS}
    assert len(desk.rows("FROM marts.all_disagreements")) == len(differing)
    assert [r.name for r in run_checks(desk.con) if r.violations and r.name in {"unique_keys", "ranges"}] == []
