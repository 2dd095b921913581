"""Structured logs: one JSON object a line for machines, colours for a terminal; never a secret, control characters escaped."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

SECRET = re.compile(r"(password|secret|token|authorization|cookie|api_?key)", re.IGNORECASE)
IN_URL = re.compile(r"(?<=://)[^/@\s]+@")


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide values under secret-sounding names and credentials inside URLs."""
    return {
        name: "***" if SECRET.search(name) else IN_URL.sub("***@", value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def configure(*, json: bool | None = None, level: int = logging.INFO) -> None:
    """Write logs to stderr; JSON unless stderr is a terminal (or as `json` says)."""
    as_json = not sys.stderr.isatty() if json is None else json
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def get(**bound: str | int | None) -> FilteringBoundLogger:
    """A logger bound to what is at hand (outlet, batch, stage)."""
    return cast("FilteringBoundLogger", structlog.get_logger(**{k: v for k, v in bound.items() if v is not None}))
