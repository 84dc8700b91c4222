"""A supervisor decides on what their people sent, and says why.

    submitted ──approve──▶ approved ──reopen──▶ submitted
        │
        └──return (reason, snapshot)──▶ returned ──its owner sends it again──▶ submitted

Invariants:
1. Who may decide, and as what, is read from the database at every press (entitlement.capacity_of): the
   assigned supervisor, who stands in for them (acting), and for what waits too long their supervisor
   (escalation). Nobody decides on their own entries. What lies before somebody goes by the same rule (reach).
2. A decision compares what the supervisor sees of the day with what was shown, under the day's lock; what its
   owner has not sent is no part of it. Whoever comes second is told who decided and when.
3. Decisions are only ever added. Each has its audit event, and its person is told through the outbox.
"""
