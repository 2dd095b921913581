"""The local Airflow stack: one supervisor that starts, watches and ends every part of it."""

from cli.stack.commands import register

__all__ = ["register"]
