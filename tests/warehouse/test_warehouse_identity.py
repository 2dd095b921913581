"""Identity: a page that moves, is copied or comes back stays one article; what only looks alike stays apart; order decides nothing."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.settings import Settings
from transforms.compare import compare
from transforms.identity import STAMPED
from transforms.records import Comparison
from warehouse.landing import folder, verify, write_landing
from warehouse.load import load
from warehouse.report import story_report
from warehouse.verify import run_checks
from warehouse.window import compare_stale


def story(number: int, *, words: int = 90) -> str:
    """A text of its own, long enough to be told from others."""
    chosen = random.Random(number)
    return " ".join("".join(chosen.choices("abcdefghij", k=6)) for _ in range(words)) + "."


def articles(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute(
        "SELECT canonical_url, outlet_id, list(left(body, 12) ORDER BY v.captured_at) FROM core.article a "
        "JOIN core.article_version v USING (article_id) GROUP BY ALL ORDER BY ALL"
    ).fetchall()


def aliases(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute(
        "SELECT l.url, a.canonical_url, l.reason, is_merged FROM core.article_alias l JOIN core.article a USING (article_id) ORDER BY ALL"
    ).fetchall()


def faults(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [f"{result.name}: {result.sample}" for result in run_checks(con) if result.violations]


class Visits:
    """Loads captures, each as a batch of its own."""

    def __init__(self, loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
        self.loader, self.make, self.con, self.count = loader, make, con, 0

    def __call__(self, url: str, text: str, minutes: float, *, final: str | None = None, page: str | None = None, **version: Any) -> Any:
        """A page asked for at `url`, answered at `final`, whose rel=canonical is `page`; returns the counts of its batch."""
        self.count += 1
        batch = f"v{self.count}"
        final_url = self.full(final or url)
        capture = self.make.capture(url, minutes, batch=batch, final_url=final_url, first_seen_at=self.make.at(minutes))
        row = self.make.row(capture, text, says=text[:6], canonical=self.full(page or final or url), **version)
        return self.loader(batch, [capture], [row])

    def without_page(self, url: str, minutes: float, outcome: str, **fields: Any) -> None:
        """A visit that brings no text: gone, not_modified or failed."""
        self.count += 1
        capture = self.make.capture(url, minutes, batch=f"v{self.count}", outcome=outcome, **fields)
        self.loader(f"v{self.count}", [capture], [])

    @staticmethod
    def full(url: str) -> str:
        outlet, path = url.split("/", 1)
        return f"https://{outlet}.example/{path}"


@pytest.fixture
def visit(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> Iterator[Visits]:
    yield Visits(loader, make, con)
    assert faults(con) == []


OLD, NEW, AMP = "https://herald.example/a", "https://herald.example/m/a", "https://herald.example/a/amp"


def test_a_redirected_page_stays_the_article_that_it_was(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    counts = visit("herald/a", story(1), 60, final="herald/m/a")
    assert articles(con) == [(OLD, "herald", [story(1)[:12]])]
    assert aliases(con) == [(NEW, OLD, "redirect", True)]
    assert (counts["loaded"], counts["unchanged"]) == (0, 1)


def test_a_page_that_is_named_at_its_new_address_is_no_second_article(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("herald/m/a", story(1), 60)  # the sitemap names the new address only; nobody asks for the old one again
    assert articles(con) == [(OLD, "herald", [story(1)[:12]])]
    assert aliases(con) == [(NEW, OLD, "same_text", True)]


def test_an_instant_that_an_archive_stamps_on_all_it_holds_is_no_evidence(
    loader: Any, make: Any, con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr("transforms.identity.own_grams", lambda body: asked.append(1) or frozenset(range(len(body))))
    for batch, count in (("few", STAMPED // 10), ("many", STAMPED)):
        captures = [make.capture(f"{batch}/{number}", 0, batch=batch) for number in range(count)]
        loader(batch, captures, [make.row(one, f"{one.url} {story(1)}") for one in captures])
        assert len(asked) == STAMPED // 10  # once a text of the few; none of the many, whose pairs would be 250,000


def test_a_page_that_moves_and_is_revised_at_once_is_one_article_with_two_versions(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("herald/m/a", story(1) + " " + story(2, words=15), 60, headline="Update: headline")
    assert articles(con) == [(OLD, "herald", [story(1)[:12]] * 2)]
    current = con.execute("SELECT headline, canonical_url FROM core.current_version").fetchall()
    assert current == [("Update: headline", OLD)]


def test_a_new_canonical_address_does_not_make_a_new_article(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("herald/a", story(1) + " More.", 60, page="herald/m/a")
    assert aliases(con) == [(NEW, OLD, "canonical", True)]
    assert len(articles(con)) == 1


def test_a_page_that_moves_twice_is_one_article(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("herald/a", story(1) + " Two.", 60, final="herald/b")
    visit("herald/b", story(1) + " Two. Three.", 120, final="herald/c")
    assert articles(con) == [(OLD, "herald", [story(1)[:12]] * 3)]
    assert [row[:2] for row in aliases(con)] == [("https://herald.example/b", OLD), ("https://herald.example/c", OLD)]


def test_the_address_that_was_known_first_stays_also_when_it_arrives_last(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/m/a", story(1), 60)
    assert articles(con)[0][0] == NEW
    visit("herald/a", story(1) + " Old.", 0)
    assert articles(con) == [(OLD, "herald", [story(1)[:12]] * 2)]
    assert aliases(con) == [(NEW, OLD, "same_text", True)]


def test_a_redirect_to_another_article_merges_nothing(visit: Visits, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("herald/live", story(2), 10, published_at=make.at(10))
    visit("herald/a", story(2), 60, final="herald/live", published_at=make.at(10))
    assert [row[0] for row in articles(con)] == [OLD, "https://herald.example/live"]
    assert aliases(con) == [(OLD, "https://herald.example/live", "redirect", False)]


def test_a_redirect_becomes_a_merge_when_kinship_shows_later(visit: Visits, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(2), 60, final="herald/m/a", published_at=make.at(10))  # the old address was never read
    assert len(articles(con)) == 1
    visit("herald/a", story(1), 0)  # an archive brings what it showed: another text
    assert len(articles(con)) == 2
    visit("herald/m/a", story(1) + " " + story(2), 5, published_at=make.at(10))  # and what came between
    assert articles(con) == [(OLD, "herald", [story(1)[:12], story(1)[:12], story(2)[:12]])]


def test_the_same_text_at_another_outlet_stays_there(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("post/a", story(1), 5)
    assert [row[:2] for row in articles(con)] == [(OLD, "herald"), ("https://post.example/a", "post")]


def test_a_redirect_to_another_publisher_does_not_move_the_article(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("post/b", story(1), 5)
    visit("herald/a", story(1), 60, final="post/b")
    assert [row[:2] for row in articles(con)] == [(OLD, "herald"), ("https://post.example/b", "post")]
    assert aliases(con) == []


@pytest.mark.parametrize(
    "other",
    [
        {"published_at": None},
        {"published_is_day": True},
        {"text": story(2)},
        {"text": story(1, words=40)},
        {"text": story(1, words=45) + " " + story(3, words=45)},
    ],
    ids=["no date", "a day only", "another text", "a teaser of it", "half of it"],
)
def test_what_only_looks_alike_stays_apart(visit: Visits, con: duckdb.DuckDBPyConnection, other: dict[str, Any]) -> None:
    visit("herald/a", story(1), 0)
    visit("herald/b", other.pop("text", story(1)), 5, **other)
    assert len(articles(con)) == 2
    assert aliases(con) == []


def test_tiny_texts_are_never_taken_for_one(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    for page in ("a", "b"):
        visit(f"herald/{page}", story(1, words=50), 0)
    assert len(articles(con)) == 2


def test_an_amp_copy_gives_way_to_the_page_in_either_order(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a/amp", story(1) + " Exit", 0, page="herald/a")
    assert con.execute("SELECT count(*) FROM core.article_version WHERE body LIKE '%Exit'").fetchall() == [(1,)]
    visit("herald/a", story(1), 5)
    counts = visit("herald/a/amp", story(1) + " Exit two", 10, page="herald/a")
    assert counts["duplicate"] == 1
    assert articles(con) == [(OLD, "herald", [story(1)[:12]])]
    assert con.execute("SELECT body FROM core.article_version").fetchall() == [(story(1),)]
    assert aliases(con) == [(AMP, OLD, "amp", False)]


def test_a_merged_page_read_again_unchanged_is_unchanged(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("herald/m/a", story(1), 60)
    con.execute("DELETE FROM ops.stale_article")
    assert visit("herald/m/a", story(1), 120)["unchanged"] == 1
    assert con.execute("FROM ops.stale_article").fetchall() == []
    assert con.execute("SELECT last_captured_at FROM core.article_version").fetchall() == [(visit.make.at(120).replace(tzinfo=None),)]


def test_a_merge_takes_stories_and_claims_along(visit: Visits, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    text = "The dam above Karsk broke at dawn and 12 people were injured, the mayor of Karsk said. " + story(1)
    visit("herald/a", text, 0, headline="Dam breaks at Karsk")
    visit("post/a", text.replace("12", "15"), 5, headline="Dam breaks at Karsk")
    compare_stale(con, compare, window_days=4)
    visit("herald/m/a", text + " More.", 60, headline="Dam breaks at Karsk")
    compare_stale(con, compare, window_days=4)
    assert faults(con) == []
    assert con.execute("FROM ops.stale_article").fetchall() == []
    members = con.execute(
        "SELECT DISTINCT canonical_url FROM core.story_article JOIN core.article USING (article_id) ORDER BY 1"
    ).fetchall()
    assert members == [(OLD,), ("https://post.example/a",)]


def test_stories_of_an_absorbed_article_go(visit: Visits, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    seen: list[int] = []

    def count(found: Any, mentions: Any, *, window_days: int) -> Comparison:
        seen.append(len(found))
        return compare(found, mentions, window_days=window_days)

    visit("herald/m/a", story(1), 60)
    compare_stale(con, count, window_days=4)
    visit("herald/a", story(1), 0)
    compare_stale(con, count, window_days=4)
    assert seen == [1, 1]
    assert con.execute("SELECT count(*) FROM core.copy_group").fetchall() == [(1,)]
    assert faults(con) == []


def test_an_article_that_is_rejected_anew_takes_its_addresses_along(
    visit: Visits, make: Any, loader: Any, con: duckdb.DuckDBPyConnection
) -> None:
    visit("herald/a/amp", story(1), 0, page="herald/a")
    ((capture_id,),) = con.execute("SELECT capture_id FROM core.capture").fetchall()
    capture = make.capture("herald/a/amp", 0, batch="v1", capture_id=capture_id, first_seen_at=make.at(0))
    assert loader("reprocess/1", [capture], [make.rejection(capture)])["filtered"] == 1
    assert articles(con) == aliases(con) == []
    assert faults(con) == []


HISTORY = [  # asked for, answered at, rel=canonical, text: a move by redirect, one without, an AMP copy, a page of its own
    ("herald/a", None, None, story(1)),
    ("herald/a", "herald/b", None, story(1) + " Two."),
    ("herald/c", None, None, story(1) + " Two. Three."),
    ("herald/c/amp", None, "herald/c", story(1) + " Exit."),
    ("herald/d", None, None, story(2)),
]


def captured(make: Any, batch: str) -> tuple[list[Any], list[Any]]:
    captures, rows = [], []
    for minute, (url, final, page, text) in enumerate(HISTORY):
        first = make.at(minute)
        captures.append(make.capture(url, minute, batch=batch, final_url=Visits.full(final or url), first_seen_at=first))
        rows.append(make.row(captures[-1], text, says=text[:6], canonical=Visits.full(page or final or url)))
    return captures, rows


@pytest.mark.parametrize("chunk_size", [1, 100])
def test_reading_all_captures_again_changes_nothing(loader: Any, make: Any, con: duckdb.DuckDBPyConnection, chunk_size: int) -> None:
    captures, rows = captured(make, "v1")
    loader("v1", captures, rows, chunk_size=chunk_size)
    before = articles(con), aliases(con), con.execute("SELECT * FROM core.claim_mention ORDER BY ALL").fetchall()
    assert [row[0] for row in before[0]] == [OLD, "https://herald.example/d"]
    con.execute("DELETE FROM ops.stale_article")
    counts = loader("reprocess/1", captures, rows, chunk_size=chunk_size)
    assert (counts["loaded"], counts["quarantined"]) == (0, 0)
    assert (articles(con), aliases(con), con.execute("SELECT * FROM core.claim_mention ORDER BY ALL").fetchall()) == before
    assert con.execute("FROM ops.stale_article").fetchall() == []
    assert faults(con) == []


def test_newer_code_reads_a_merged_article_anew(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    captures, rows = captured(make, "v1")
    loader("v1", captures, rows)
    newer = {"extractor": "test/2", "code_version": "test/2"}
    anew = [
        make.row(capture, row.version.body + " Anew.", says="Anew", canonical=row.article.canonical_url, **newer)
        for capture, row in zip(captures, rows, strict=True)
    ]
    loader("reprocess/1", captures, anew)
    assert [row[0] for row in articles(con)] == [OLD, "https://herald.example/d"]
    assert con.execute("SELECT count(*) FROM core.article_version WHERE body NOT LIKE '%Anew.'").fetchall() == [(0,)]
    assert faults(con) == []


# --- removals ---


def removed(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    return dict(con.execute("SELECT canonical_url, removed_at FROM core.article").fetchall())


def test_a_page_that_is_gone_is_recorded_with_the_time_and_cleared_when_it_returns(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    assert removed(con) == {OLD: None}
    visit.without_page("herald/a", 30, "gone")
    visit.without_page("herald/a", 90, "gone")  # the first time counts
    assert removed(con) == {OLD: visit.make.at(30).replace(tzinfo=None)}
    asked = "SELECT url, headline, removed_at FROM marts.removals"
    assert con.execute(asked).fetchall() == [(OLD, "Headline", visit.make.at(30).replace(tzinfo=None))]
    visit.without_page("herald/a", 120, "not_modified")
    assert removed(con) == {OLD: None}
    visit.without_page("herald/a", 150, "gone")
    visit("herald/a", story(1) + " Back.", 180)
    assert removed(con) == {OLD: None}
    assert con.execute(asked).fetchall() == []


def test_a_failure_is_no_removal(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit.without_page("herald/a", 30, "failed", reason="fetch_delayed", detail="no answer")
    assert removed(con) == {OLD: None}


def test_an_old_removal_that_arrives_late_is_none(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 60)
    visit.without_page("herald/a", 30, "gone")
    assert removed(con) == {OLD: None}


def test_an_article_that_moved_is_gone_when_no_address_stands(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("herald/m/a", story(1), 30)
    visit.without_page("herald/a", 60, "gone")
    assert removed(con) == {OLD: None}
    visit.without_page("herald/m/a", 90, "gone")
    assert removed(con) == {OLD: visit.make.at(60).replace(tzinfo=None)}


def test_an_article_behind_a_redirect_goes_with_its_new_address(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("herald/a", story(1), 30, final="herald/m/a")
    visit.without_page("herald/m/a", 90, "gone")
    assert removed(con) == {OLD: visit.make.at(90).replace(tzinfo=None)}


def test_an_amp_copy_may_go_while_the_article_stays(visit: Visits, con: duckdb.DuckDBPyConnection) -> None:
    visit("herald/a", story(1), 0)
    visit("herald/a/amp", story(1), 10, page="herald/a")
    visit.without_page("herald/a/amp", 30, "gone")
    assert removed(con) == {OLD: None}


def test_the_report_tells_what_was_removed(loader: Any, make: Any, compared: duckdb.DuckDBPyConnection) -> None:
    capture = make.capture("ledger/dam", 600, batch="later", outcome="gone")
    loader("later", [capture], [])
    ((story_id,),) = compared.execute("SELECT story_id FROM core.story").fetchall()
    cells = [cell for claim in story_report(compared, story_id).claims for cell in claim.cells if cell.removed_at]
    assert {cell.outlet_id for cell in cells} == {"ledger"}
    assert {cell.removed_at for cell in cells} == {make.at(600)}


# --- any order ---

PAGES = ["a", "b", "a/amp", "c"]
VISIT = st.tuples(
    st.sampled_from(["herald", "herald", "post"]),
    st.sampled_from(PAGES),  # asked for
    st.sampled_from([None, None, "b", "c"]),  # redirected to
    st.sampled_from([None, None, None, "a", "c"]),  # rel=canonical
    st.integers(0, 3),  # which text; the date goes with it
)


@hypothesis_settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(visits=st.lists(VISIT, min_size=2, max_size=6), seed=st.integers(0, 10**6))
def test_any_order_of_arrival_ends_in_the_same_articles(
    visits: list[Any], seed: int, make: Any, tmp_path_factory: pytest.TempPathFactory, empty_file: Path
) -> None:
    captured = [arrival(make, minute, visit) for minute, visit in enumerate(visits)]
    shuffled = random.Random(seed).sample(captured, len(captured))
    assert outcome(captured, tmp_path_factory, empty_file) == outcome(shuffled, tmp_path_factory, empty_file)


def arrival(make: Any, minute: int, visit: Any) -> tuple[Any, Any]:
    """A capture with its record."""
    outlet, path, final, page, text = visit
    bodies = [story(1), story(1) + " " + story(4, words=12), story(2), story(2, words=50) + " " + story(1, words=50)]
    url, final_url = f"{outlet}/{path}", Visits.full(f"{outlet}/{final or path}")
    capture = make.capture(url, minute, batch=f"b{minute}", final_url=final_url, first_seen_at=make.at(minute))
    canonical = Visits.full(f"{outlet}/{page}") if page else final_url
    return capture, make.row(capture, bodies[text], canonical=canonical, published_at=make.at(text == 2))


def outcome(arrivals: list[tuple[Any, Any]], factory: pytest.TempPathFactory, empty_file: Path) -> list[Any]:
    """What the warehouse holds after the captures came in this order, each as a batch."""
    own = Settings(data_dir=factory.mktemp("order"))
    shutil.copy(empty_file, own.data_dir / "w.duckdb")
    with duckdb.connect(str(own.data_dir / "w.duckdb"), config={"threads": 1}) as con:
        for capture, row in arrivals:
            write_landing(own, capture.batch_key, [capture], [row])
            load(con, verify(folder(own, capture.batch_key)), folder(own, capture.batch_key), capture.captured_at)
        assert faults(con) == []
        versions = (
            "SELECT canonical_url, outlet_id, a.first_seen_at, version_id, v.captured_at, last_captured_at, content_sha256, "
            "version_id IN (SELECT version_id FROM core.current_version) "
            "FROM core.article a JOIN core.article_version v USING (article_id) ORDER BY ALL"
        )
        asked = (
            versions,
            "SELECT capture_id, version_id FROM core.capture ORDER BY ALL",
            "SELECT l.url, a.canonical_url, l.is_merged FROM core.article_alias l JOIN core.article a USING (article_id) ORDER BY ALL",
        )
        return [con.execute(sql).fetchall() for sql in asked]
