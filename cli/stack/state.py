"""Which state database a command talks to that is started beside a stack: the stack's own, not a second one."""

from __future__ import annotations

from pydantic import SecretStr

from cli.stack import record
from cli.stack.postgres import STATE_DATABASE, foreign, socket_folder, socket_url
from common.errors import RetryLater
from common.settings import Settings


def beside(settings: Settings) -> Settings:
    """Settings that name the state of the stack on the same data folder; as they are where the state is set or no stack ever ran.

    Raises:
        RetryLater: the state lies in the embedded PostgreSQL of a stack that does not run.
        Misconfigured: the PostgreSQL of the settings does not answer.
    """
    if settings.state_url:
        return settings
    if settings.airflow_database_url:
        return _with(settings, foreign(settings.airflow_database_url.get_secret_value(), settings).state_url)
    folder = (settings.data_dir / "postgres").resolve()
    if not folder.is_dir():
        return settings
    if not record.is_held(settings.data_dir):
        raise RetryLater(
            f"the state of {settings.data_dir} lies with a stack that does not run; start it with `consilience up`, "
            "or set CONSILIENCE_STATE_URL"
        )
    return _with(settings, socket_url(socket_folder(folder), STATE_DATABASE))


def _with(settings: Settings, state_url: str) -> Settings:
    return settings.model_copy(update={"state_url": SecretStr(state_url)})
