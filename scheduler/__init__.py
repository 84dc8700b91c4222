"""Ticks. It asks nothing and knows nothing of what is due."""

from scheduler.ticker import Ticker

__all__ = ["Ticker"]
