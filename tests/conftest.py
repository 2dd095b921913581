"""For all tests: property tests have no deadline of their own, because machines differ and this one may be busy."""

from __future__ import annotations

import hypothesis

hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")
