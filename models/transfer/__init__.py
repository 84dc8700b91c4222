"""A whole database at once: from one engine to the other, into a backup, and out of it.

Everything goes by what the database itself says of its tables (`shape`), not by the models, so that a backup
of an older schema can be taken and restored too. A value has one form between the engines (`values`); a copy
is compared with what it was made from, row by row, before anything is committed (`comparing`).

`paces` and `heartbeats` stay behind: they are about processes that run, not about the office.
"""
