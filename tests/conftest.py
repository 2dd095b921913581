"""For all tests: property tests have no deadline of their own, because machines differ and this one may be busy.

The same tree gives the same verdict: examples are drawn alike in every run. `HYPOTHESIS_PROFILE=explore` draws new ones; what it finds
is kept as an `@example`.
"""

from __future__ import annotations

import os

import hypothesis
import pytest

hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


GZIP = b"\x1f\x8b"


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """No id out of a gzip member: it holds the time, and the processes that share the tests must give each the same name."""
    return argname if isinstance(val, bytes) and GZIP in val else None
