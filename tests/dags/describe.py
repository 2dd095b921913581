"""Run with a bare AIRFLOW_HOME: prints as JSON what is in the DAG files, as Airflow itself reads and stores them."""

import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

DAGS = Path(__file__).parents[2] / "dags"
sys.path.append(str(DAGS))  # as Airflow's own loader does
bag = DagBag(dag_folder=str(DAGS), bundle_name="dags-folder")
dags = {name: DagSerialization.to_dict(dag)["dag"] for name, dag in bag.dags.items()}
sys.stdout.write("\n" + json.dumps({"errors": bag.import_errors, "dags": dags}))
