"""kill -9 at every stretch of a load and a publication: the next run finishes the work, nothing is lost, nothing is doubled."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from common.settings import Settings
from transforms.compare import compare
from warehouse import compact, stages
from warehouse.connect import open_private, open_published, open_read_only
from warehouse.landing import write_landing
from warehouse.migrate import migrate
from warehouse.publish import snapshots
from warehouse.verify import run_checks
from warehouse.window import compare_stale

# Runs a stage in a process that kills itself before its n-th step: a single SQL statement, or a step of the publication.
# Afterwards the steps that were made stand in the file `steps`.
DYING = """
import os, signal
from pathlib import Path
import duckdb
from common.settings import Settings
from warehouse import compact, connect, publish, stages
data, stage, last = Path(arguments[0]), arguments[1], arguments[2]
steps = 0

def step():
    global steps
    if steps == last:
        os.kill(os.getpid(), signal.SIGKILL)
    steps += 1

class Connection:
    def __init__(self, con):
        self.con = con
    def execute(self, sql, values=None):
        if values is not None:
            step()
            return self.con.execute(sql, values)
        for statement in self.con.extract_statements(sql):
            step()
            result = self.con.execute(statement)
        return result
    def __getattr__(self, name):
        if name in ('begin', 'commit', 'rollback', 'sql', 'close'):
            step()
        return getattr(self.con, name)

def counted(function):
    def stepping(*values, **named):
        step()
        return function(*values, **named)
    return stepping

connect._connect = lambda *v, _connect=connect._connect, **n: Connection(_connect(*v, **n))
for name in ('_copy', 'verify_copy', '_swap', '_prune', 'fsync'):
    setattr(publish, name, counted(getattr(publish, name)))
compact.fsync = counted(compact.fsync)
Path.replace, Path.chmod = counted(Path.replace), counted(Path.chmod)
settings = Settings(data_dir=data, warehouse_wait_s=0, warehouse_threads=1)
STAGES = {
    'load': lambda: stages.load_batch(settings, 'b2'),
    'publish': lambda: stages.publish(settings),
    'compact': lambda: compact.compact(settings, least_share=0.0, least_size=0),
}
STAGES[stage]()
(data / 'steps').write_text(str(steps))
"""
# Stretch of the steps of a stage in which it is killed, and how many deaths it dies there. A load: its chunk and the comparison; the
# steps before only read. A publication: every step from the copy on. A compaction: all of it.
STRETCHES = {"load": (0.3, 10), "publish": (0.6, 8), "compact": (0.0, 6)}
TABLES = """
SELECT schema_name || '.' || table_name FROM duckdb_tables()
WHERE NOT internal AND table_name NOT IN ('check_result', 'schema_history', 'snapshot') ORDER BY ALL
"""

Copy = Callable[[], Settings]


def content(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the warehouse, without the times at which rows were written."""
    tables = [name for (name,) in con.execute(TABLES).fetchall()]
    return {
        name: con.execute(f"SELECT COLUMNS(lambda c: c NOT IN ('loaded_at', 'recorded_at')) FROM {name} ORDER BY ALL").fetchall()
        for name in tables
    }


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, compared_file: Path, dam_of_session: Any) -> Path:
    """A data folder: the dam story loaded and published; batch b2, with a changed text, a new one and a lost page, landed."""
    make, dam = dam_of_session
    settings = Settings(data_dir=tmp_path_factory.mktemp("prepared") / "data", warehouse_threads=1)
    settings.warehouse_file.parent.mkdir(parents=True)
    shutil.copy(compared_file, settings.warehouse_file)
    with open_private(settings) as con:
        con.execute("INSERT INTO ops.stale_article SELECT article_id, dated_at FROM core.current_version")
        compare_stale(con, compare, window_days=4)  # by the rules, as the stages do
    stages.publish(settings)
    captures = [make.capture("ledger/dam", 300, batch="b2"), make.capture("mail/dam", 301, batch="b2"), make.capture("mail/x", batch="b2")]
    changed = make.row(captures[0], "In the valley 17 people were injured, the mayor said.", says="17 people were injured", headline="Dam")
    new = make.row(captures[1], dam.texts["wire"][0], says="12 people were injured", headline="Dam breaks", published_at=make.at(50))
    write_landing(settings, "b2", captures, [changed, new, make.rejection(captures[2], "quarantined")])
    return settings.data_dir


@pytest.fixture(scope="module")
def prepared_to_publish(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with batch b2 loaded and not yet published."""
    path = tmp_path_factory.mktemp("loaded") / "data"
    shutil.copytree(prepared, path, symlinks=True)
    stages.load_batch(Settings(data_dir=path, warehouse_threads=1), "b2")
    return path


def copies(source: Path, target: Path) -> Copy:
    """A function that makes a fresh copy of a data folder."""
    count = iter(range(1000))

    def fresh() -> Settings:
        path = target / f"{source.parent.name}-{next(count)}"
        shutil.copytree(source, path, symlinks=True)
        return Settings(data_dir=path, warehouse_wait_s=0, warehouse_threads=1)

    return fresh


@pytest.fixture
def copy(prepared: Path, tmp_path: Path) -> Copy:
    return copies(prepared, tmp_path)


@pytest.fixture
def loaded(prepared_to_publish: Path, tmp_path: Path) -> Copy:
    return copies(prepared_to_publish, tmp_path)


def deaths(copy: Copy, other_process: Any, stage: str) -> list[Settings]:
    """Data folders in which the stage was killed, at points spread over all its steps."""
    whole = copy()
    assert other_process(DYING, str(whole.data_dir), stage, -1) == 0
    steps = int((whole.data_dir / "steps").read_text())
    share, points = STRETCHES[stage]
    first = int(share * steps)
    assert steps - first >= points
    folders = []
    for point in range(points):
        folders.append(copy())
        last = first + point * (steps - 1 - first) // (points - 1)  # the last step of all among them
        assert other_process(DYING, str(folders[-1].data_dir), stage, last) == -signal.SIGKILL
    return folders


def test_a_load_killed_anywhere_is_finished_by_the_next(copy: Copy, other_process: Any) -> None:
    whole = copy()
    counts = stages.load_batch(whole, "b2")
    assert counts == {"captures": 3, "loaded": 2, "unchanged": 0, "duplicate": 0, "filtered": 0, "quarantined": 1}
    with open_private(whole) as con:
        expected = content(con)
    for settings in deaths(copy, other_process, "load"):
        assert stages.load_batch(settings, "b2") == counts
        with open_private(settings) as con:
            assert content(con) == expected
            assert [(r.name, r.sample) for r in run_checks(con) if r.violations] == []


def test_a_publication_killed_anywhere_leaves_one_that_opens_and_is_swept_up(loaded: Copy, other_process: Any) -> None:
    for settings in deaths(loaded, other_process, "publish"):
        with open_published(settings) as con:  # right after the death: the old state or the new one, whole
            assert con.execute("SELECT count(*) FROM core.article").fetchall() in ([(6,)], [(7,)])
        stages.publish(settings)
        with open_published(settings) as con:
            assert con.execute("SELECT count(*), max(batch_key) FROM core.article, ops.batch").fetchall() == [(14, "b2")]
        names = {path.name for path in settings.published_dir.iterdir()}
        assert names == {"news.duckdb", *(path.name for path in snapshots(settings.published_dir).values())}
        assert settings.published_file.resolve() == list(snapshots(settings.published_dir).values())[-1].resolve()


def test_a_compaction_killed_anywhere_loses_nothing(copy: Copy, other_process: Any) -> None:
    with open_private(copy()) as con:
        expected, views = content(con), con.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall()
    for settings in deaths(copy, other_process, "compact"):
        with open_private(settings) as con:
            assert content(con) == expected
            assert con.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall() == views
        compact.compact(settings, least_share=0.0, least_size=0)
        assert [path.name for path in settings.warehouse_file.parent.iterdir() if path.name.startswith(".")] == []
        with open_private(settings) as con:
            assert content(con) == expected
            assert migrate(con) == 0


def test_leftovers_of_a_dead_publication_are_not_read_as_a_log(loaded: Copy) -> None:
    settings = loaded()
    for name in (".publishing-000002", ".publishing-000002.wal", ".publishing-news.duckdb"):
        (settings.published_dir / name).write_bytes(b"left behind by a kill" * 100)
    path = settings.published_dir / stages.publish(settings)
    assert path.name == "news-000002.duckdb"
    assert {p.name for p in settings.published_dir.iterdir()} == {"news.duckdb", "news-000001.duckdb", path.name}
    with open_read_only(path) as con:
        assert con.execute("SELECT count(*) FROM core.article").fetchall() == [(7,)]


FULL = """
import resource, signal
from pathlib import Path
import duckdb
from common.settings import Settings
from warehouse import stages
data, stage, most = Path(arguments[0]), arguments[1], arguments[2]
settings = Settings(data_dir=data, warehouse_wait_s=0, warehouse_threads=1)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit is refused, as on a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
try:
    stages.load_batch(settings, 'b2') if stage == 'load' else stages.publish(settings)
except Exception as error:
    (data / 'told').write_text(f'{type(error).__name__}: {error}')
"""


@pytest.mark.parametrize(("most", "is_told"), [(1_000, True), (100_000, False)])  # the second holds the log and not the checkpoint
def test_a_load_on_a_full_disk_loses_nothing(copy: Copy, other_process: Any, most: int, *, is_told: bool) -> None:
    settings = copy()
    assert other_process(FULL, str(settings.data_dir), "load", most) == 0
    told = settings.data_dir / "told"
    assert told.exists() == is_told
    assert not is_told or "File too large" in told.read_text()
    counts = stages.load_batch(settings, "b2")
    assert counts == {"captures": 3, "loaded": 2, "unchanged": 0, "duplicate": 0, "filtered": 0, "quarantined": 1}
    with open_private(settings) as con:
        assert [(r.name, r.sample) for r in run_checks(con) if r.violations] == []
        assert con.execute("SELECT count(*) FROM core.article").fetchall() == [(7,)]


def test_a_publication_on_a_full_disk_leaves_the_one_before(loaded: Copy, other_process: Any) -> None:
    settings = loaded()
    assert other_process(FULL, str(settings.data_dir), "publish", settings.warehouse_file.stat().st_size - 1) == 0
    assert re.fullmatch(r"Broken: copying .* failed: cp ended with -\d+", (settings.data_dir / "told").read_text())
    with open_published(settings) as con:
        assert con.execute("SELECT count(*) FROM core.article").fetchall() == [(6,)]
    assert (settings.published_dir / stages.publish(settings)).exists()
    with open_published(settings) as con:
        assert con.execute("SELECT count(*) FROM core.article").fetchall() == [(7,)]


DIES_WITH_A_LOG = """
import os, signal
import duckdb
con = duckdb.connect(arguments[0])
con.execute("PRAGMA disable_checkpoint_on_shutdown; SET wal_autocheckpoint = '1GB'")
con.execute("CREATE TABLE core.kept AS SELECT 1 AS a")
con.begin()
con.execute("CREATE TABLE core.lost AS SELECT 1 AS a")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_committed_to_the_log_alone_is_in_the_next_snapshot(copy: Copy, other_process: Any) -> None:
    settings = copy()
    assert other_process(DIES_WITH_A_LOG, str(settings.warehouse_file)) == -signal.SIGKILL
    assert settings.warehouse_file.with_name("warehouse.duckdb.wal").stat().st_size > 0
    stages.load_batch(settings, "b2")
    stages.publish(settings)
    with open_published(settings) as con:
        assert con.execute("SELECT table_name FROM duckdb_tables() WHERE table_name IN ('kept', 'lost')").fetchall() == [("kept",)]


READER = """
from pathlib import Path
import duckdb
from common.settings import Settings
from warehouse.connect import open_published
settings, wanted, seen = Settings(data_dir=Path(arguments[0])), arguments[1], set()
for number in range(wanted):
    if number % 2:
        con = open_published(settings)
    else:
        con = duckdb.connect()
        con.execute(f"ATTACH '{settings.published_file}' AS news (READ_ONLY)")
        con.execute("USE news")
    state = con.execute("SELECT count(*), (SELECT max(number) FROM ops.snapshot), (SELECT count(*) FROM core.story) FROM ops.batch")
    seen.add(state.fetchall()[0])
    con.close()
assert all(batches == number for batches, number, _ in seen), seen
assert len({stories for _, _, stories in seen}) == 1, seen
(settings.data_dir / 'seen').write_text(str(len(seen)))
"""
OPENS = 52


def test_every_open_succeeds_while_batches_are_loaded_and_published(copy: Copy, other_process: Any, make: Any) -> None:
    settings = copy()
    with open_published(settings) as holder:
        other_process.start(READER, str(settings.data_dir), OPENS)
        for number in range(2, 6):
            write_landing(settings, f"empty{number}", [], [])
            stages.load_batch(settings, f"empty{number}")
            stages.publish(settings)
        assert other_process.wait() == 0
        # the first snapshot is long deleted; who holds it still reads it
        assert 1 not in snapshots(settings.published_dir)
        assert holder.execute("SELECT count(*) FROM ops.batch JOIN marts.story ON true").fetchall() == [(1,)]
    assert int((settings.data_dir / "seen").read_text()) > 1  # the reader met several snapshots
