"""For all tests: property tests have no deadline of their own, because the machine may be ten times slower than the one they were written on."""

from __future__ import annotations

import hypothesis

hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")
