#!/usr/bin/env bash
# What `consilience up` does once everything is healthy: the one-slot pool of the warehouse, then let the DAGs run.
set -euo pipefail
airflow pools set warehouse 1 "DuckDB takes one writing process at a time."
until airflow dags list --output plain | grep -q '^warehouse '; do sleep 5; done
airflow dags unpause --yes --treat-dag-id-as-regex '.*'
