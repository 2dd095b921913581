"""Processes of a stack: start them, find them again, end them all."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from cli.stack.environment import MARK
from cli.stack.record import Known
from common.errors import Misconfigured

# Start times are read from the kernel's clock ticks; two readings of one process never differ by so much.
SAME_START_S = 1.0
# A component's log is put aside beyond this size, once, at its next start.
LOG_BYTES = 20 * 1024 * 1024
# Between KILL and the last look; the kernel needs milliseconds.
AFTER_KILL_S = 3.0


def spawn(name: str, arguments: list[str], environment: Mapping[str, str], home: Path) -> subprocess.Popen[bytes]:
    """Start `airflow ARGUMENTS` as the leader of its own session; its output goes to `logs/NAME.log`."""
    log = home / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as stream:
        return subprocess.Popen(
            [sys.executable, "-m", "airflow", *arguments],
            env={**os.environ, **environment},
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def known(name: str, pid: int) -> Known:
    """Name a running process so that it can't be taken for a later one with its number."""
    return Known(name, pid, psutil.Process(pid).create_time())


def find(who: Known) -> psutil.Process | None:
    """The process, if it still runs."""
    try:
        process = psutil.Process(who.pid)
        same = abs(process.create_time() - who.started) < SAME_START_S
    except psutil.NoSuchProcess:
        return None
    return process if same and process.status() != psutil.STATUS_ZOMBIE else None


def marked(stack_id: str) -> list[psutil.Process]:
    """Every process that carries the mark of a stack in its environment, whoever its parent is now."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(MARK) == stack_id:
                found.append(process)
    return found


def family(roots: Iterable[Known]) -> list[psutil.Process]:
    """The processes that still run, with all their descendants."""
    found: dict[int, psutil.Process] = {}
    for process in filter(None, map(find, roots)):
        found[process.pid] = process
        with suppress(psutil.NoSuchProcess):
            found |= {child.pid: child for child in process.children(recursive=True)}
    return list(found.values())


def end(processes: Iterable[psutil.Process], *, grace_s: float) -> list[psutil.Process]:
    """TERM, wait, KILL; those that survive even that (none, unless the kernel holds them)."""
    processes = list(processes)
    for process in processes:
        with suppress(psutil.Error):
            process.terminate()
    _, left = psutil.wait_procs(processes, timeout=grace_s)
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    _, left = psutil.wait_procs(left, timeout=AFTER_KILL_S)
    return left


def require_port(host: str, port: int) -> None:
    """Make sure that the port can be had.

    Raises:
        Misconfigured: somebody else listens there; the message tells who, where the system lets us know.
    """
    family_ = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family_, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Misconfigured(f"can't listen on {host}:{port}: {error.strerror}; see CONSILIENCE_AIRFLOW_HOST.") from error
            raise Misconfigured(
                f"port {port} is taken{holder(port)}; end that program or set CONSILIENCE_AIRFLOW_PORT to another port."
            ) from error


def holder(port: int) -> str:
    """` by NAME (process PID)` for the one who listens on a port, or nothing."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""
