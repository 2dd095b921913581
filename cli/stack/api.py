"""The few calls to Airflow's REST API that the stack needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import httpx

from cli.stack.secrets import USER
from common.errors import RetryLater

# A busy two-core computer was seen to take over 10 s for the first answers.
TIMEOUT_S = 30.0
# Airflow's [api] maximum_page_limit.
PAGE = 100
# The parts whose heartbeat /api/v2/monitor/health reports; the API server itself is healthy when it answers.
HEARTBEATS = ("metadatabase", "scheduler", "dag_processor", "triggerer")


class Api:
    """A signed-in client; `with Api(...) as api`."""

    def __init__(self, url: str, password: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT_S, trust_env=False)
        self._password = password

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def health(self) -> dict[str, str]:
        """Status of each part that has a heartbeat; {} while the server does not answer, or another program answers in its place."""
        try:
            answer = self._client.get("/api/v2/monitor/health")
            found = answer.json() if answer.status_code == httpx.codes.OK else None
        except (httpx.TransportError, ValueError):
            return {}
        return statuses(found) if isinstance(found, dict) else {}

    def call(self, method: str, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> dict[str, Any]:
        """One call; signs in at the first one.

        Raises:
            RetryLater: the server does not answer or answers with an error that `accept` does not list.
        """
        try:
            if "Authorization" not in self._client.headers:
                self._sign_in()
            answer = self._client.request(method, f"/api/v2{path}", **options)
        except httpx.TransportError as error:
            raise RetryLater(f"Airflow's API does not answer: {error}", url=path) from error
        if answer.is_error and answer.status_code not in accept:
            raise RetryLater(f"Airflow's API answered {answer.status_code} to {method} {path}: {answer.text[:500]}", url=path)
        return dict(answer.json()) if answer.content else {}

    def _sign_in(self) -> None:
        answer = self._client.post("/auth/token", json={"username": USER, "password": self._password})
        if answer.is_error:
            raise RetryLater(f"Airflow's API refused the sign-in: {answer.status_code}", url="/auth/token")
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def pages(self, path: str, key: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a listing, page by page."""
        offset = 0
        while True:
            found = self.call("GET", path, params={**query, "limit": PAGE, "offset": offset})
            yield from found[key]
            offset += len(found[key])
            if not found[key] or offset >= found["total_entries"]:
                return

    def create_pool(self, name: str, slots: int, description: str) -> None:
        """Create a pool; one that exists stays as it is."""
        body = {"name": name, "slots": slots, "description": description}
        self.call("POST", "/pools", json=body, accept=(httpx.codes.CONFLICT,))

    def dags(self) -> dict[str, dict[str, Any]]:
        """Every DAG that the DAG processor has read."""
        return {dag["dag_id"]: dag for dag in self.pages("/dags", "dags", exclude_stale=True)}

    def import_errors(self) -> list[dict[str, Any]]:
        """DAG files that can't be read."""
        return list(self.pages("/importErrors", "import_errors"))

    def unpause(self, dag_id: str) -> None:
        """Let a DAG run."""
        self.call("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def runs_since(self, instant: datetime) -> dict[str, dict[str, int]]:
        """DAG -> state -> number of runs that changed since then."""
        runs = self.pages("/dags/~/dagRuns", "dag_runs", updated_at_gte=instant.isoformat())
        return tally((run["dag_id"], run["state"]) for run in runs)


def statuses(payload: Mapping[str, Any]) -> dict[str, str]:
    """Name -> healthy/unhealthy of Airflow's health answer; a part that never reported is unhealthy.

    >>> statuses({"scheduler": {"status": "healthy"}, "triggerer": {"status": None}})["triggerer"]
    'unhealthy'
    """
    return {name: (payload.get(name) or {}).get("status") or "unhealthy" for name in HEARTBEATS}


def tally(pairs: Iterator[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """Count states by DAG, sorted by name."""
    counts: dict[str, Counter[str]] = {}
    for dag_id, state in pairs:
        counts.setdefault(dag_id, Counter())[state] += 1
    return {dag_id: dict(sorted(counts[dag_id].items())) for dag_id in sorted(counts)}
