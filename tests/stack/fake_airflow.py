"""Stands in for `python -m airflow` in the tests of the supervisor: the same commands and the few API answers, without Airflow's 5 s start.

Copied to AIRFLOW_HOME/airflow/__main__.py, where `-m airflow` finds it first.
"""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOME = Path(os.environ["AIRFLOW_HOME"])
BEATS = ("scheduler", "dag_processor", "triggerer")


def beat(name: str) -> None:
    (HOME / f"{name.replace('-', '_')}.beat").write_text(str(os.getpid()))


def alive(name: str) -> bool:
    try:
        os.kill(int((HOME / f"{name}.beat").read_text()), 0)
    except (OSError, ValueError):
        return False
    return True


class Answers(BaseHTTPRequestHandler):
    def answer(self, found: object, status: int = 200) -> None:
        body = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def note(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with (HOME / "calls.jsonl").open("a") as stream:
            stream.write(json.dumps([self.command, self.path, body, [name for name in BEATS if alive(name)]]) + "\n")

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        dags = [
            {"dag_id": name.stem.removesuffix("_dag"), "timetable_summary": "Partitioned Asset" if "transform" in name.stem else "cron"}
            for name in sorted(Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).glob("*_dag.py"))
        ]
        found = {
            "/api/v2/monitor/health": {"metadatabase": {"status": "healthy"}}
            | {n: {"status": "healthy" if alive(n) else None} for n in BEATS},
            "/api/v2/dags": {"dags": dags, "total_entries": len(dags)},
            "/api/v2/importErrors": {"import_errors": [], "total_entries": 0},
            "/api/v2/dags/~/dagRuns": {"dag_runs": [{"dag_id": "ingest", "state": "success"}], "total_entries": 1},
        }
        self.answer(found.get(path, {}), 200 if path in found else 404)

    def do_POST(self) -> None:
        self.note()
        self.answer({"access_token": "t"}, 201) if self.path == "/auth/token" else self.answer(
            {}, 409 if self.path.endswith("pools") else 200
        )

    def do_PATCH(self) -> None:
        self.note()
        self.answer({})

    def log_message(self, *_: object) -> None:
        pass


def main(name: str) -> None:
    if name == "db":
        (HOME / "migrations").open("a").write("migrated\n")
        return
    if name == "scheduler":  # like a task runner: leads a group of its own and outlives its parent's group
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            if "STUBBORN" in os.environ:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
        (HOME / "task.pid").write_text(str(child))
    beat(name)
    if name == "api-server":
        ThreadingHTTPServer((os.environ["AIRFLOW__API__HOST"], int(os.environ["AIRFLOW__API__PORT"])), Answers).serve_forever()
    time.sleep(600)


main(sys.argv[1])
