"""How the learned models are run: a graph of 8-bit integers on one thread of the processor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def session(graph: Path, *, without: Sequence[str] = ()) -> Any:
    """The graph, loaded; `without` names rewritings of it that the runtime leaves out."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # as many processes run as there are cores
    options.enable_cpu_mem_arena = False  # memory goes back after each run
    options.log_severity_level = 3
    return ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"], disabled_optimizers=list(without))
