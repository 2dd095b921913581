"""Prints for each DAG file the packages that reading it loads beyond Airflow's own import."""

import importlib.util
import json
import sys
from pathlib import Path

import airflow.sdk  # noqa: F401

DAGS = Path(__file__).parents[2] / "dags"
sys.path.append(str(DAGS))
loaded = {}
for path in sorted(DAGS.glob("*_dag.py")):
    before = set(sys.modules)
    spec = importlib.util.spec_from_file_location(f"dag_{path.stem}", path)
    assert spec
    assert spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    loaded[path.name] = sorted({name.split(".")[0] for name in set(sys.modules) - before})
sys.stdout.write("\n" + json.dumps(loaded))
