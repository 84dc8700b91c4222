"""The e-Kinerja sheet: a person's entries in the shape that form takes, and what of them was copied there."""
