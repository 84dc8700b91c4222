"""A quarter of an office's life, run through the real rounds against the simulator."""
