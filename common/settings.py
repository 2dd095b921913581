"""Every setting, read from `CONSILIENCE_*` variables or an `.env` file; `consilience settings` prints them with their origin."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, IPvAnyNetwork, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.errors import Misconfigured

MEBIBYTE = 1024 * 1024


# How claims are found.
ClaimsMethod = Literal["model", "fast", "rules"]


class Settings(BaseSettings):
    """Lists are given as JSON (`["127.0.0.0/8"]`); durations in seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="CONSILIENCE_", env_file=".env", extra="ignore", frozen=True)

    # where things lie
    data_dir: Path = Field(
        Path("data"), description="Root of everything that is kept: captures, landing files, warehouse, state, Airflow home."
    )
    outlets_dir: Path = Field(Path("outlets"), description="Folder of outlet files, one YAML file an outlet.")
    state_url: SecretStr | None = Field(
        None, description="SQLAlchemy URL of frontier and fetch state; unset: SQLite in data_dir (the stack sets its PostgreSQL)."
    )

    # manners
    user_agent: str = Field(
        "Consilience/0.1 (+https://consilience.invalid/bot)",
        description="User-Agent header; name a page that tells publishers who you are.",
    )
    host_delay_s: float = Field(
        1.0, ge=0, le=300, description="Least seconds between two requests to one host; a longer Crawl-delay of robots.txt wins."
    )
    fetch_deadline_s: float = Field(20.0, gt=0, description="Total seconds for one fetch: DNS, connect, TLS, all redirects, body.")
    fetch_max_bytes: int = Field(10 * MEBIBYTE, gt=0, description="Largest decoded body that is kept.")
    allow_networks: list[IPvAnyNetwork] = Field(
        [], description="Private networks that may be fetched from all the same (demo and tests: 127.0.0.0/8)."
    )
    allow_ports: list[int] = Field([80, 443, 8080, 8443], description="Ports that may be fetched from; empty means any.")

    # archives
    wayback_base: str = Field(
        "https://web.archive.org", description="Web archive that backfills of outlets with `wayback: true` ask, with CDX server and replay."
    )

    # rhythm
    ingest_cron: str = Field("*/15 * * * *", description="Schedule of the ingest DAG, cron in UTC.")
    recheck_cron: str = Field("*/15 * * * *", description="Schedule of the recheck DAG, cron in UTC.")
    recheck_ladder_s: list[int] = Field(
        [900, 3600, 10_800, 86_400, 259_200, 2_592_000], description="Ages after first sight at which an article is read again."
    )
    poll_base_s: float = Field(
        5400.0,
        ge=0,
        description="Seconds between two polls of a source that names 60 pages a day; others follow the square root of what they bring.",
    )
    poll_min_s: float = Field(300.0, ge=0, description="Least seconds between two polls of a source, whatever it brings.")
    poll_max_s: float = Field(
        86_400.0, ge=0, description="Most seconds between two polls of a source that works; 0: every source is asked in every slot."
    )
    lookback_days: int = Field(
        7, ge=0, description="Live ingest takes pages whose source dates them at most so many days back; older ones belong to backfill."
    )
    outlets_per_group: int = Field(10, ge=1, description="Outlets that share one mapped Airflow task.")
    urls_per_run: int = Field(500, ge=1, description="Most pages one outlet contributes to one batch; the rest waits in the frontier.")

    # push: pages that come to us
    push_cron: str = Field("*/5 * * * *", description="Schedule of the push DAG, cron in UTC; asset events wake it between two slots.")
    redis_url: SecretStr | None = Field(
        None, description="Redis whose list of offered pages is drained, e.g. redis://:PASSWORD@HOST:6379/0; unset or empty: off."
    )
    redis_list: str = Field("consilience:push", min_length=1, description="Name of that list; `:taken` and `:dead` lists stand beside it.")
    push_public_url: str | None = Field(
        None, description="Where WebSub hubs reach `consilience push serve`, e.g. https://news.example.org/push; needed to subscribe."
    )
    push_host: str = Field("127.0.0.1", description="Address that `consilience push serve` listens on; a reverse proxy stands before it.")
    push_port: int = Field(8090, ge=0, le=65535, description="Port that `consilience push serve` listens on; 0: any free one.")
    push_lease_s: int = Field(864_000, ge=300, description="Seconds for which a WebSub hub is asked to send; it may grant others.")

    # reading pages
    page_workers: int = Field(2, ge=1, description="Child processes that read pages of one batch.")
    page_wall_s: float = Field(
        20.0, gt=0, description="Most wall seconds for one page before its process is killed and the page quarantined."
    )
    page_cpu_s: int = Field(15, gt=0, description="Most CPU seconds for one page.")
    page_memory_mb: int = Field(1024, ge=256, description="Most address space of a page-reading process, in MiB.")
    min_words: int = Field(40, ge=0, description="Pages with fewer body words are filtered as no article.")
    claims: ClaimsMethod = Field(
        "model",
        description="How claims are found: learned tagger (English; the rest by rules), a smaller one for backfills, or rules alone.",
    )

    # warehouse
    warehouse: SecretStr = Field(
        SecretStr("file"),
        description="The warehouse: `file` in data_dir, or a DuckLake: ducklake:postgres:host=HOST dbname=NAME, see docs/how-to/lake.md.",
    )
    lake_data: str | None = Field(None, description="Where a lake's tables lie: s3://BUCKET/PREFIX/ or a folder; unset: data_dir/lake.")
    lake_extensions: Path | None = Field(
        None, description="Folder with the DuckDB extensions that a lake needs; unset: they are installed from DuckDB's repository."
    )
    s3_key_id: str | None = Field(None, description="Key id for the S3 store of lake_data.")
    s3_secret: SecretStr | None = Field(None, description="Secret of that key.")
    s3_endpoint: str | None = Field(None, description="Address of an S3 store other than Amazon's, e.g. http://minio:9000.")
    s3_region: str | None = Field(None, description="Region of the S3 store.")
    warehouse_memory: str = Field("800MB", description="DuckDB memory_limit of the one writer, whose process takes some 300 MB besides.")
    warehouse_threads: int = Field(2, ge=1, description="DuckDB threads of the one writer.")
    warehouse_wait_s: float = Field(60.0, ge=0, description="How long a writer waits for another process to let go of the private file.")
    publish_core: bool = Field(False, description="Also publish core.duckdb, a copy without bodies and search index, for dashboards.")
    keep_snapshots: int = Field(3, ge=1, description="Published files that are kept.")
    story_window_days: int = Field(4, ge=1, description="Articles further apart than this are never one story.")
    retention_days: int | None = Field(None, ge=1, description="Captures older than this are deleted by maintenance; unset: kept for ever.")

    # Airflow
    airflow_database_url: SecretStr | None = Field(
        None, description="PostgreSQL URL for Airflow and state; unset: an embedded PostgreSQL in data_dir."
    )
    airflow_host: str = Field("127.0.0.1", description="Address that the Airflow UI listens on.")
    airflow_port: int = Field(8080, ge=1, le=65535, description="Port of the Airflow UI.")
    airflow_parallelism: int | None = Field(None, ge=1, description="Tasks at once; unset: number of cores, at least 2, at most 8.")

    @property
    def is_lake(self) -> bool:
        """Is the warehouse a DuckLake, and no file?"""
        return self.warehouse.get_secret_value() != "file"

    @property
    def captures_dir(self) -> Path:
        """WARC files with their reading indexes, one folder a batch."""
        return self.data_dir / "captures"

    @property
    def landing_dir(self) -> Path:
        """Landing Parquet, one folder a batch; immutable."""
        return self.data_dir / "landing"

    @property
    def warehouse_file(self) -> Path:
        """The private DuckDB file: one writer, opened by nobody else."""
        return self.data_dir / "private" / "warehouse.duckdb"

    @property
    def readings_file(self) -> Path:
        """What the comparison's model read before; may be deleted."""
        return self.data_dir / "private" / "readings.sqlite"

    @property
    def published_dir(self) -> Path:
        """Versioned read-only snapshots and the link `news.duckdb`."""
        return self.data_dir / "published"

    @property
    def published_file(self) -> Path:
        """The one path that people open."""
        return self.published_dir / "news.duckdb"

    @property
    def airflow_home(self) -> Path:
        """AIRFLOW_HOME of the local stack."""
        return self.data_dir / "airflow"

    @property
    def state_database_url(self) -> str:
        """SQLAlchemy URL of frontier and fetch state."""
        return self.state_url.get_secret_value() if self.state_url else f"sqlite:///{(self.data_dir / 'state.db').absolute()}"


def load() -> Settings:
    """Read the settings afresh.

    Raises:
        Misconfigured: a variable has an unusable value; the message names each.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(f"CONSILIENCE_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise Misconfigured(f"settings: {faults}. `consilience settings` lists what each may be.") from error


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return load()
