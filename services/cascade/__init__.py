"""The tree of results (pohon kinerja): whose RHK serves whose, down to what was done for it.

An RHK hangs on the RHK it names when that one holds in the same year and belongs to the person's own
supervisor; else it hangs nowhere («belum terhubung»). Wordings are followed by lineage. Since everybody has
one supervisor, what hangs below a person can have no cycle, whatever the data say.

Who sees what, asked of the database at every press: a person their own RHK and those above; a supervisor, or
who stands in today, everybody below: of direct people all that was sent, further down only what was approved
or recorded. Drafts are nobody else's; whoever stands in does not see the supervisor's own work.
"""
