"""clientvalue each night in Airflow: 4 (nothing to do) counts as skipped, an alarm (3) fails the task."""

from __future__ import annotations

import os

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HOME = os.environ.get("CLIENTVALUE_HOME", "/srv/clientvalue")

with DAG(
    dag_id="clientvalue_nightly",
    schedule="0 1 * * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,  # nightly makes up for missed dates by itself, in order
    max_active_runs=1,
) as dag:
    nightly = BashOperator(
        task_id="nightly",
        bash_command="clientvalue nightly --config book.yaml",
        cwd=HOME,
        append_env=True,
        skip_on_exit_code=4,
        retries=0,  # after an alarm on what was published a retry has nothing to do (4), and the alarm were skipped
    )
    gc = BashOperator(
        task_id="gc",
        bash_command="clientvalue gc --config book.yaml",
        cwd=HOME,
        append_env=True,
        trigger_rule="none_failed",  # also after a night with nothing to do
    )
    nightly >> gc
