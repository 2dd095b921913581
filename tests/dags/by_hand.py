"""Which types of run count as started by a person. Prints JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parents[2] / "dags"))

from airflow.utils.types import DagRunType
from wiring import is_by_hand

sys.stdout.write(json.dumps({one.value: is_by_hand(SimpleNamespace(run_type=one)) for one in DagRunType} | {"none": is_by_hand(None)}))
