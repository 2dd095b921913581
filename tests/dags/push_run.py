"""Runs the DAG `push` for real in a database of its own: events over REST's own function, then a run; prints what came of it."""

import http.server
import json
import logging
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from airflow.api_fastapi.core_api.datamodels.assets import CreateAssetEventsBody
from airflow.api_fastapi.core_api.routes.public.assets import create_asset_event
from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
from airflow.models.asset import AssetDagRunQueue, AssetEvent, AssetModel, AssetPartitionDagRun
from airflow.models.dag import DagModel
from airflow.utils.db import initdb
from airflow.utils.session import create_session
from sqlalchemy import select, update

logging.disable(logging.WARNING)
DAGS = Path(__file__).parents[2] / "dags"
sys.path.append(str(DAGS))


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<p>A page" if self.path.startswith("/page/") else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"

initdb()
DagBundlesManager().sync_bundles_to_db()
bag = DagBag(dag_folder=str(DAGS), bundle_name="dags-folder")
sync_bag_to_db(bag, "dags-folder", None)


def offer(number: int, key: str | None = None, **extra: Any) -> None:
    """What POST /api/v2/assets/events does."""
    with create_session() as session:
        asset_id = session.scalar(select(AssetModel.id).where(AssetModel.name == "inbox"))
        content = extra or {"outlet": "a", "urls": [f"{base}/page/{number}"]}
        body = CreateAssetEventsBody(asset_id=asset_id, partition_key=key, extra=content)
        create_asset_event(body, session, SimpleNamespace(get_name=lambda: "somebody"))  # type: ignore[arg-type]


def run() -> dict[str, str]:
    done = bag.dags["push"].test()
    return {one.task_id: str(one.state) for one in done.get_task_instances()}


def emitted() -> list[str | None]:
    with create_session() as session:
        query = (
            select(AssetEvent.partition_key)
            .join(AssetModel, AssetModel.id == AssetEvent.asset_id)
            .where(AssetModel.name == "captures")
            .order_by(AssetEvent.id)
        )
        return list(session.scalars(query))


offer(1)  # the DAG is paused: Airflow makes no run of it, now or ever
with create_session() as session:
    session.execute(update(DagModel).values(is_paused=False))
offer(2)
offer(3)  # joins the run that waits
offer(4, key="a key")  # wakes nobody
offer(5, outlet="nobody", url=f"{base}/page/5")
with create_session() as session:
    woken = list(session.scalars(select(AssetDagRunQueue.target_dag_id)))
found: dict[str, Any] = {"woken": woken, "first": run(), "batches": emitted(), "second": run(), "batches after": emitted()}
with create_session() as session:
    found["transform"] = list(
        session.scalars(select(AssetPartitionDagRun.partition_key).where(AssetPartitionDagRun.target_dag_id == "transform"))
    )
index = Path(os.environ["CONSILIENCE_DATA_DIR"]) / "captures"
lines = [json.loads(line) for path in index.rglob("*.jsonl") for line in path.read_text().splitlines()]
found["captures"] = sorted([one["url"].removeprefix(base), one["outcome"], one["hint"]["source"], one["batch_key"]] for one in lines)
sys.stdout.write("\n" + json.dumps(found))
