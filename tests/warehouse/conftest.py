"""A few records made by hand, and a data folder of its own for every test."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pytest

from common import ids
from common.settings import Settings
from ingest.records import Capture, Hint, OutletProfile
from transforms.records import (
    Agreement,
    Article,
    ArticleVersion,
    Claim,
    ClaimLink,
    ClaimMention,
    ClaimSilence,
    Comparison,
    CopyGroup,
    CopyPair,
    Rejection,
    Span,
    Story,
    StoryMember,
    Transformed,
)
from warehouse.connect import open_private
from warehouse.landing import folder, verify, write_landing
from warehouse.load import load
from warehouse.migrate import migrate
from warehouse.sql import statement
from warehouse.tables import ARTICLE, CAPTURE, COMPARED, MENTION, OUTLET, VERSION, RecordTable, to_arrow
from warehouse.window import compare_stale

ROOT = Path(__file__).parents[2]
NOON = datetime(2018, 9, 20, 12, tzinfo=UTC)


class Make:
    """Builders with short signatures; every time is minutes after noon of 20 September 2018 (UTC)."""

    noon = NOON

    @staticmethod
    def at(minutes: float) -> datetime:
        return NOON + timedelta(minutes=minutes)

    def outlet(self, name: str, *, is_agency: bool = False) -> OutletProfile:
        return OutletProfile(
            outlet_id=name, name=name.title(), home=f"https://{name}.example/", country="GB", language="en", is_agency=is_agency
        )

    def capture(self, url: str, minutes: float = 0, *, batch: str = "b1", outcome: str = "fetched", **other: Any) -> Capture:
        outlet = url.split("/", maxsplit=1)[0]
        full = f"https://{outlet}.example/{url.split('/', 1)[1]}"
        fields: dict[str, Any] = {
            "capture_id": ids.key("capture", batch, full, int(minutes * 60)),
            "batch_key": batch,
            "outlet_id": outlet,
            "url": full,
            "final_url": full,
            "captured_at": self.at(minutes),
            "first_seen_at": self.at(min(minutes, 0)),
            "outcome": outcome,
            "status": {"fetched": 200, "not_modified": 304, "gone": 404, "failed": None}[outcome],
            "hint": Hint(source="feed"),
        }
        return Capture(**{**fields, **other})

    def row(
        self,
        capture: Capture,
        text: str,
        *,
        says: str | None = None,
        speaker: str | None = None,
        canonical: str | None = None,
        **version: Any,
    ) -> Transformed:
        """An article whose body is `text`; `says` is a stretch of it that becomes a mention."""
        url = canonical or capture.url
        article_id = ids.key("article", url)
        headline = str(version.pop("headline", "Headline"))
        content = ids.sha256(headline + "\n\n" + text)
        version_id = ids.key("version", str(article_id), content)
        mentions = [] if says is None else [self.mention(version_id, article_id, text, says, speaker)]
        fields: dict[str, Any] = {
            "version_id": version_id,
            "article_id": article_id,
            "capture_id": capture.capture_id,
            "batch_key": capture.batch_key,
            "content_sha256": content,
            "headline": headline,
            "body": text,
            "word_count": len(text.split()),
            "published_at": self.at(0),
            "first_seen_at": capture.first_seen_at,
            "captured_at": capture.captured_at,
            "extractor": "test/1",
            "code_version": "test/1",
        }
        return Transformed(
            article=Article(article_id=article_id, outlet_id=capture.outlet_id, canonical_url=url, first_seen_at=capture.first_seen_at),
            version=ArticleVersion(**{**fields, **version}),
            mentions=mentions,
        )

    def mention(self, version_id: Any, article_id: Any, text: str, says: str, speaker: str | None = None, **other: Any) -> ClaimMention:
        start = text.index(says)
        fields: dict[str, Any] = {
            "mention_id": ids.key("mention", str(version_id), start, start + len(says), -1, "statement"),
            "version_id": version_id,
            "article_id": article_id,
            "quote_type": "statement",
            "content": Span(start=start, end=start + len(says)),
            "text": says,
            "sentence": says,
            "speaker": speaker,
            "speaker_entity_id": ids.key("entity", speaker.casefold()) if speaker else None,
            "confidence": 0.9,
            "method": "test/1",
        }
        return ClaimMention(**{**fields, **other})

    def rejection(self, capture: Capture, disposition: str = "filtered", reason: str = "no_article") -> Transformed:
        return Transformed(
            rejection=Rejection(
                capture_id=capture.capture_id,
                batch_key=capture.batch_key,
                outlet_id=capture.outlet_id,
                url=capture.url,
                disposition=disposition,  # type: ignore[arg-type]
                stage="extract",
                reason=reason,
                detail="made by a test",
                code_version="test/1",
            )
        )


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", outlets_dir=tmp_path / "outlets", warehouse_wait_s=0, warehouse_threads=1)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated warehouse without rows, made once."""
    made = Settings(data_dir=tmp_path_factory.mktemp("empty"))
    with open_private(made) as connection:
        migrate(connection)
    return made.warehouse_file


@pytest.fixture(scope="session")
def compared_file(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """A warehouse with the dam story, compared, made once."""
    made, dam = Settings(data_dir=tmp_path_factory.mktemp("compared")), Dam(Make())
    made.warehouse_file.parent.mkdir(parents=True)
    shutil.copy(empty_file, made.warehouse_file)
    with open_private(made) as connection:
        Loader(made, connection)("b1", list(dam.captures.values()), list(dam.rows.values()), outlets=dam.outlets)
        compare_stale(connection, dam.compare, window_days=4)
    return made.warehouse_file


@pytest.fixture
def con(settings: Settings, request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    """The private warehouse of this test: empty, or with the dam story where the test asks for `compared`."""
    template = request.getfixturevalue("compared_file" if "compared" in request.fixturenames else "empty_file")
    settings.warehouse_file.parent.mkdir(parents=True)
    shutil.copy(template, settings.warehouse_file)
    with open_private(settings) as connection:
        yield connection


class Loader:
    """Lands and loads rows in one step."""

    def __init__(self, settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
        self.settings, self.con = settings, con

    def __call__(self, batch: str, captures: list[Capture], rows: list[Transformed], **options: Any) -> dict[str, int]:
        write_landing(self.settings, batch, captures, rows, outlets=options.pop("outlets", ()))
        path = folder(self.settings, batch)
        return load(self.con, verify(path), path, NOON, **options)


@pytest.fixture
def loader(settings: Settings, con: duckdb.DuckDBPyConnection) -> Loader:
    return Loader(settings, con)


class Desk:
    """Puts records straight into the tables, without a landing: milliseconds a story."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def insert(self, table: RecordTable, records: Iterable[Any], more: str = "") -> None:
        self.con.register("arrived", to_arrow(records, table.schema))
        self.con.execute(f"INSERT INTO {table.name} BY NAME SELECT * {more} FROM arrived")

    def put(self, captures: list[Capture], rows: list[Transformed], outlets: list[OutletProfile]) -> None:
        self.insert(OUTLET, outlets)
        self.insert(CAPTURE, captures)
        self.insert(ARTICLE, [row.article for row in rows])
        self.insert(VERSION, [row.version for row in rows], ", captured_at AS last_captured_at, version_id::VARCHAR AS record_sha256")
        self.insert(MENTION, [mention for row in rows for mention in row.mentions])

    def compared(self, comparison: Comparison) -> None:
        for name, table in COMPARED.items():
            self.con.register(f"compared_{name}", to_arrow(getattr(comparison, name), table.schema, method=comparison.method))
        self.con.execute(statement("window_5_write"))

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.con.execute(sql, list(values)).fetchall()


@pytest.fixture(scope="session")
def shared(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("shared") / "warehouse.duckdb"
    shutil.copy(empty_file, path)
    with duckdb.connect(str(path), config={"threads": 1}) as connection:
        yield connection


@pytest.fixture
def desk(shared: duckdb.DuckDBPyConnection) -> Iterator[Desk]:
    """A warehouse that forgets after the test."""
    shared.begin()
    yield Desk(shared)
    shared.rollback()


@pytest.fixture(scope="session")
def shared_dam(compared_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("shared") / "warehouse.duckdb"
    shutil.copy(compared_file, path)
    with duckdb.connect(str(path), config={"threads": 1}) as connection:
        yield connection


@pytest.fixture
def story(shared_dam: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The dam story for looking at; what a test changes is rolled back."""
    shared_dam.begin()
    yield shared_dam
    shared_dam.rollback()


SERVER = """
import json, os, sys, traceback
import pyarrow.parquet, transforms.compare
from warehouse import stages
for line in sys.stdin:
    script, arguments = json.loads(line)
    if (child := os.fork()) == 0:
        os.dup2(2, 1)
        try:
            exec(script, {"arguments": arguments})
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class OtherProcess:
    """Runs scripts in processes of their own, forked from one that has imported everything: 20 ms instead of 1.4 s each."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self.server = server

    def start(self, script: str, *arguments: str | int) -> None:
        assert self.server.stdin is not None
        self.server.stdin.write(json.dumps([script, arguments]) + "\n")
        self.server.stdin.flush()

    def wait(self) -> int:
        """Exit status of the script; negative: the signal that killed it."""
        assert self.server.stdout is not None
        return int(self.server.stdout.readline())

    def __call__(self, script: str, *arguments: str | int) -> int:
        self.start(script, *arguments)
        return self.wait()


@pytest.fixture(scope="session")
def other_process() -> Iterator[OtherProcess]:
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield OtherProcess(server)
        server.communicate()


class Dam:
    """A story made by hand: six outlets on a broken dam, with the comparison that a careful reader would make.

    wire and herald print one text (12 injured); ledger says 15; post denies that anybody was injured; mirror does not mention it,
    standpoint is cut by a paywall. A second claim, on the cause, is carried by wire and herald alone.
    """

    texts: ClassVar[dict[str, tuple[str, str | None]]] = {
        "wire": ("The dam broke at dawn. 12 people were injured. Heavy rain was the cause.", "12 people were injured"),
        "herald": ("The dam broke at dawn. 12 people were injured. Heavy rain was the cause.", "12 people were injured"),
        "ledger": ("In the valley 15 people were injured, the mayor said.", "15 people were injured"),
        "post": ("Nobody was injured, the operator said after the dam broke.", "Nobody was injured"),
        "mirror": ("Residents gathered in the town hall to ask about the dam.", None),
        "standpoint": ("The dam above the valley", None),
    }

    def __init__(self, make: Make) -> None:
        self.captures = {name: make.capture(f"{name}/dam", minutes) for minutes, name in enumerate(self.texts)}
        self.rows = {
            name: make.row(
                self.captures[name],
                text,
                says=says,
                speaker={"ledger": "Ann Mayor"}.get(name),
                headline=f"Dam breaks, says {name}",
                published_at=make.at(list(self.texts).index(name) * 10),
                is_truncated=name == "standpoint",
            )
            for name, (text, says) in self.texts.items()
        }
        for name in ("wire", "herald"):
            row = self.rows[name]
            assert row.version
            cause = make.mention(row.version.version_id, row.version.article_id, row.version.body, "Heavy rain was the cause")
            self.rows[name] = row.model_copy(update={"mentions": [*row.mentions, cause]})
        self.outlets = [make.outlet(name, is_agency=name == "wire") for name in self.texts]
        self.articles = {name: row.article.article_id for name, row in self.rows.items() if row.article}
        self.story_id = ids.key("story", str(self.articles["wire"]))

    def mention_id(self, name: str, number: int = 0) -> Any:
        return self.rows[name].mentions[number].mention_id

    def compare(self, articles: Any, mentions: Any, *, window_days: int) -> Comparison:
        """Stands in for transforms.compare.compare; knows this story only."""
        if {article.article_id for article in articles} != set(self.articles.values()):
            return Comparison(method="hand/1")
        injured = ids.key("claim", str(self.story_id), str(self.mention_id("wire")))
        cause = ids.key("claim", str(self.story_id), str(self.mention_id("wire", 1)))
        group = ids.key("copy_group", "wire and herald")
        a, b = sorted([self.articles["wire"], self.articles["herald"]])
        roles: dict[str, tuple[Any, Any]] = {"wire": (group, "origin"), "herald": (group, "reprint")}
        reference, span = self.mention_id("wire"), Span(start=23, end=25)

        def agreement(name: str, label: Any, reason: str, end: int) -> Agreement:
            return Agreement(
                claim_id=injured, mention_a=reference, mention_b=self.mention_id(name), label=label,
                span_a=span, span_b=Span(start=0, end=end), reason=reason, confidence=0.8,
            )  # fmt: skip

        return Comparison(
            copies=[CopyPair(a=a, b=b, label="copy", containment=1.0)],
            groups=[
                CopyGroup(article_id=i, copy_group_id=roles.get(n, (i, "own"))[0], role=roles.get(n, (i, "own"))[1])
                for n, i in self.articles.items()
            ],
            stories=[
                Story(
                    story_id=self.story_id,
                    title="Dam breaks",
                    first_published_at=NOON,
                    last_published_at=NOON + timedelta(hours=1),
                    terms=["dam"],
                )
            ],
            members=[StoryMember(article_id=i, story_id=self.story_id) for i in self.articles.values()],
            claims=[
                Claim(claim_id=injured, story_id=self.story_id, text="12 people were injured", kind="number"),
                Claim(claim_id=cause, story_id=self.story_id, text="Heavy rain was the cause", kind="statement"),
            ],
            links=[
                *(ClaimLink(claim_id=injured, mention_id=self.mention_id(n), score=0.9) for n in ("wire", "herald", "ledger", "post")),
                *(ClaimLink(claim_id=cause, mention_id=self.mention_id(n, 1), score=0.9) for n in ("wire", "herald")),
            ],
            agreements=[
                agreement("herald", "same", "states the same", 5),
                agreement("ledger", "number", "12 -> 15 people", 13),
                agreement("post", "contradicts", "injured -> nobody injured", 6),
            ],
            silences=[
                ClaimSilence(claim_id=injured, article_id=self.articles["mirror"], silence="silent"),
                ClaimSilence(claim_id=injured, article_id=self.articles["standpoint"], silence="unknown"),
                *(ClaimSilence(claim_id=cause, article_id=self.articles[n], silence="silent") for n in ("ledger", "post", "mirror")),
            ],
            method="hand/1",
        )


@pytest.fixture
def dam(make: Make) -> Dam:
    return Dam(make)


@pytest.fixture(scope="session")
def dam_of_session() -> tuple[Make, Dam]:
    """For fixtures that outlive a test."""
    return Make(), Dam(Make())


@pytest.fixture
def compared(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A warehouse with the dam story, compared."""
    return con
