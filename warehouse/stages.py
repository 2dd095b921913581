"""The stages that DAG tasks and commands call: captures -> landing -> warehouse -> snapshot. Each can be killed and called again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID

import duckdb

from common import clock, logs
from common.errors import LandingDamaged, Quarantined
from common.settings import Settings
from common.version import CODE_VERSION
from ingest.memory import Lesson, Memories, learn
from ingest.outlets import load_outlets
from ingest.records import Capture, OutletProfile, Page, Recall
from ingest.state import open_state
from ingest.store import captures
from transforms.records import Transformed
from warehouse import compact, core_copy, indexing, lake, landing, reprocessing, verify
from warehouse.connect import open_private
from warehouse.load import load
from warehouse.migrate import migrate
from warehouse.publish import publish_copy
from warehouse.sql import naive, transaction
from warehouse.window import compare_stale

REPROCESS = "reprocess/"
Progress = Callable[[str, str], None]
Recalls = Callable[[Capture], Recall | None]


def _read(
    settings: Settings, pages: Iterable[Page], outlets: dict[str, OutletProfile], recalls: Recalls, lesson: Lesson
) -> Iterator[Transformed]:
    """Pages through the reading processes; a capture whose WARC record is damaged is a rejection at once. The lesson is kept aside."""
    from transforms.pool import Limits, transform_pages

    damaged: list[Transformed] = []

    def readable() -> Iterator[Page]:
        for page in pages:
            if page.capture.outcome == "fetched":
                yield page
            else:
                damaged.append(Transformed(rejection=landing.fate_without_page(page.capture)))

    for row in transform_pages(readable(), outlets, Limits.from_settings(settings), recalls):
        if row.blocks is not None:
            lesson.add(row.blocks)
        yield row
    yield from damaged


def _land(settings: Settings, batch_key: str, index: Iterable[Capture], pages: Iterable[Page]) -> dict[str, int]:
    profiles = {outlet.id: outlet.profile() for outlet in load_outlets(settings.outlets_dir)}
    landing.discard(settings, batch_key)  # a folder without a readable manifest is no landing
    engine, lesson = open_state(settings), Lesson()
    try:
        rows = _read(settings, pages, profiles, Memories(engine).of, lesson)
        manifest = landing.write_landing(settings, batch_key, index, rows, outlets=profiles.values())
        learned = learn(engine, lesson.pages(), clock.now())  # a kill before this line costs a lesson, not a record
    finally:
        engine.dispose()
    logs.get(batch=batch_key).info("transformed", captures=manifest.captures, learned=learned)
    return _landed_counts(manifest)


def _landed_counts(manifest: landing.LandingManifest) -> dict[str, int]:
    rows = {name.removesuffix(".parquet"): file.rows for name, file in manifest.files.items()}
    return {
        "captures": manifest.captures,
        "versions": rows["article_version"],
        "mentions": rows["claim_mention"],
        "rejected": rows["rejection"],
    }


def _existing(settings: Settings, batch_key: str) -> landing.LandingManifest | None:
    try:
        return landing.read_manifest(landing.folder(settings, batch_key))
    except LandingDamaged:
        return None


def transform_batch(settings: Settings, batch_key: str) -> dict[str, int]:
    """Turn the captures of a sealed batch into landing files; a batch that has them keeps them.

    Returns counts: captures, versions, mentions, rejected.
    """
    if done := _existing(settings, batch_key):
        return _landed_counts(done)
    if batch_key.startswith(REPROCESS):
        return reprocess_batch(settings, batch_key)
    return _land(settings, batch_key, captures.read_index(settings, batch_key), captures.read_pages(settings, batch_key))


def reprocess_batch(settings: Settings, batch_key: str, batches: list[str] | None = None, *, only: Sequence[UUID] = ()) -> dict[str, int]:
    """Read fetched captures again with the present code, as one batch `reprocess/…`; `batches` empty or None means all sealed ones.

    `only`: ids of the captures to read; none means all of these batches.

    What was asked for is kept until it is loaded: a second call, also after a kill or damage, makes the same batch.

    Raises:
        Misconfigured: a named batch is not there.
        RetryLater: another process works on this batch.
    """
    if done := _existing(settings, batch_key):
        return _landed_counts(done)
    request = reprocessing.ask(settings, batch_key, batches, only)
    index = (c for key in request.batches for c in captures.read_index(settings, key) if c.outcome == "fetched" and request.means(c))
    pages = (page for key in request.batches for page in captures.read_pages(settings, key) if request.means(page.capture))
    with reprocessing.held(settings, batch_key):
        return _land(settings, batch_key, index, pages)


def _prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Bring schema and search index to this code."""
    migrate(con)
    with transaction(con):
        indexing.index_missing(con)


def load_batch(settings: Settings, batch_key: str) -> dict[str, int]:
    """Load the landing files of a batch, compare the window that it touched, run the checks.

    Returns counts: captures, loaded, unchanged, duplicate, filtered, quarantined.

    Raises:
        LandingDamaged: a landing file can't be read; a quarantine row is written and the folder removed, so that it is made again.
        WarehouseBusy: another process holds the private file.
        Broken: a check returned rows; they are in ops.check_result.
    """
    with open_private(settings) as con:
        _prepare(con)
        counts = _load(con, settings, batch_key)
        _compare(con, settings)
        _check(con, batch_key)
    reprocessing.settle(settings, batch_key)
    logs.get(batch=batch_key).info("loaded", **counts)
    return counts


def _load(con: duckdb.DuckDBPyConnection, settings: Settings, batch_key: str) -> dict[str, int]:
    path = landing.folder(settings, batch_key)
    try:
        return load(con, landing.verify(path), path, clock.now())
    except LandingDamaged as error:
        con.execute(
            "INSERT INTO ops.rejection BY NAME SELECT $key AS batch_key, 'quarantined' AS disposition, 'load' AS stage, $reason AS reason, "
            "$detail AS detail, $code AS code_version, $at AS recorded_at",
            {"key": batch_key, "reason": error.reason, "detail": str(error), "code": CODE_VERSION, "at": naive(clock.now())},
        )
        landing.discard(settings, batch_key)
        raise


def _compare(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Compare what changed, also what an earlier, killed run left undone."""
    from transforms.compare import compare
    from transforms.compare.meeting import Matcher
    from warehouse import readings

    with readings.remembered(settings.readings_file):
        compare_stale(con, compare, window_days=settings.story_window_days, matcher=Matcher())


def _check(con: duckdb.DuckDBPyConnection, batch_key: str) -> None:
    results = [*verify.run_checks(con), *verify.run_watches(con)]
    verify.record(con, results, clock.now(), batch_key)
    for result in results:
        if result.violations:
            logs.get(batch=batch_key).warning("check", check=result.name, violations=result.violations, sample=result.sample)
    verify.demand(results)


def publish(settings: Settings) -> str:
    """Publish the warehouse as a new snapshot; returns the name of its file or version, the present one's if nothing is new.

    Raises:
        WarehouseBusy: another process holds the private file.
        Broken: a check returned rows; what was published stays.
    """
    with open_private(settings) as con:
        _prepare(con)
        _compare(con, settings)
        if settings.is_lake:
            return lake.publish(con, clock.now())
        path = publish_copy(con, settings, clock.now())
        if settings.publish_core:
            core_copy.publish_core(con, settings, path)
        return path.name


def untransformed_batches(settings: Settings) -> list[str]:
    """Sealed batches without landing files, oldest first; then what was to be reprocessed and has none."""
    keys = [b.batch_key for b in captures.sealed_batches(settings)] + reprocessing.waiting(settings)
    return [key for key in keys if _existing(settings, key) is None]


def _loaded(settings: Settings) -> dict[str, str]:
    """Batch key -> SHA-256 of its landing files, of every loaded batch."""
    if not settings.is_lake and not settings.warehouse_file.exists():
        return {}
    with open_private(settings) as con:
        migrate(con)
        return dict(con.execute("SELECT batch_key, landing_sha256 FROM ops.batch").fetchall())


def unloaded_batches(settings: Settings) -> list[str]:
    """Landed batches without their row in ops.batch, oldest first.

    Raises:
        WarehouseBusy: another process holds the private file.
    """
    loaded = _loaded(settings)
    return [m.batch_key for m in landing.landed_batches(settings) if loaded.get(m.batch_key) != m.sha256]


def run_pending(settings: Settings, *, on_progress: Progress | None = None) -> dict[str, int]:
    """Everything that waits: transform, load, publish; what is damaged is made again once. Returns the summed counts of the loads."""
    total: Counter[str] = Counter()
    tell = on_progress or (lambda _stage, _what: None)
    for _ in range(2):  # the second round makes again what the first found damaged
        for batch_key in untransformed_batches(settings):
            tell("transform", batch_key)
            transform_batch(settings, batch_key)
        for batch_key in unloaded_batches(settings):
            tell("load", batch_key)
            try:
                total.update(load_batch(settings, batch_key))
            except Quarantined as error:
                logs.get(batch=batch_key).warning("batch is made again", reason=error.reason, detail=str(error))
    tell("publish", publish(settings))
    return dict(total)


def maintain(settings: Settings) -> dict[str, int]:
    """Compact the private file if it is full of holes, delete captures past their retention, count outlets and those in trouble."""
    dropped = compact.drop_old_captures(settings, set(_loaded(settings)), clock.now())
    compacted = compact.compact(settings)
    with open_private(settings) as con:
        migrate(con)
        ((outlets, troubled),) = con.execute("SELECT count(*), count(*) FILTER (state <> 'ok') FROM ops.outlet_health").fetchall()
    return {"compacted": int(compacted), "dropped_batches": dropped, "outlets": outlets, "outlets_in_trouble": troubled}
