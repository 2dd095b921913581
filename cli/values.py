"""Values out of the warehouse as JSON has them."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def plain(value: Any) -> Any:
    """A value that JSON can hold."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Decimal():
            return plain(float(value))
        case list() | tuple():
            return [plain(part) for part in value]
        case dict():
            return {name: plain(part) for name, part in value.items()}
        case float() if not math.isfinite(value):
            return None  # JSON has no NaN and no infinity
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)
