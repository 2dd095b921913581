"""For all tests: property tests have no deadline of their own, because machines differ and this one may be busy.

The same tree gives the same verdict: examples are drawn alike in every run. `HYPOTHESIS_PROFILE=explore` draws new ones; what it finds
is kept as an `@example`.
"""

from __future__ import annotations

import os

import hypothesis

hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
