"""The Telegram edge and the one composition root."""

import os

# The library warns about each RetryAfter it builds unless told that its durations may be timedeltas.
os.environ.setdefault("PTB_TIMEDELTA", "true")
