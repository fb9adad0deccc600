"""Dates written in numbers, as the readers of pages know them; `feeder.language.numeric_dates` has them."""

from __future__ import annotations

from feeder.language.numeric_dates import PATTERN, Order, read

__all__ = ["PATTERN", "Order", "read"]
