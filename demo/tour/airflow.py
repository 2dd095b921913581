"""The few calls of Airflow's REST API that the tour makes; a person would use the UI or curl for the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import httpx

from common.errors import Broken

# On a busy computer the API server was seen to take many seconds for its first answers.
TIMEOUT_S = 30.0
# The three days may run side by side; the DAG's own limit is lower.
BACKFILL_RUNS = 3


@dataclass(frozen=True)
class SignIn:
    """Content of `airflow/credentials.json`, which the supervisor writes."""

    username: str
    password: str
    url: str

    def __repr__(self) -> str:
        return f"SignIn({self.username!r}, ***, {self.url!r})"


def sign_in(path: Path) -> SignIn | None:
    """The credentials; None while they are not written."""
    try:
        return SignIn(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def client(who: SignIn) -> httpx.Client | None:
    """A signed-in client; None while the server does not answer."""
    try:
        answer = httpx.post(f"{who.url}/auth/token", json={"username": who.username, "password": who.password}, timeout=TIMEOUT_S)
    except httpx.TransportError:
        return None
    if not answer.is_success:
        return None
    return httpx.Client(base_url=who.url, headers={"Authorization": f"Bearer {answer.json()['access_token']}"}, timeout=TIMEOUT_S)


def is_ready(http: httpx.Client, dag_id: str) -> bool:
    """The DAG is known and unpaused: the supervisor does that last."""
    try:
        answer = http.get(f"/api/v2/dags/{dag_id}")
    except httpx.TransportError:
        return False
    return answer.is_success and answer.json()["is_paused"] is False


def request(first: str, last: str, dag_id: str) -> dict[str, object]:
    """Body of `POST /api/v2/backfills`: both days included; days that were run before stay as they are."""
    return {
        "dag_id": dag_id,
        "from_date": f"{first}T00:00:00Z",
        "to_date": f"{last}T00:00:00Z",
        "reprocess_behavior": "none",
        "max_active_runs": BACKFILL_RUNS,
    }


def backfill(http: httpx.Client, first: str, last: str, dag_id: str = "backfill") -> bool:
    """Ask for the days from `first` to `last`; False where an earlier request for them is still at work.

    Raises:
        Broken: Airflow refuses for another reason.
    """
    answer = http.post("/api/v2/backfills", json=request(first, last, dag_id))
    if answer.status_code == httpx.codes.CONFLICT:
        return False
    if not answer.is_success:
        raise Broken(f"Airflow refused the backfill ({answer.status_code}): {answer.text}")
    return True
