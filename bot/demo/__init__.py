"""The demo: an invented madrasah and KUA, on the simulator and SQLite."""
