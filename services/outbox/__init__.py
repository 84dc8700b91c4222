"""Messages to people who are not the ones acting, and to linked groups.

waiting ──claim──▶ sending ──▶ sent
   ▲                 │  ├────▶ failed      refused for good (blocked, gone, malformed)
   └── not now ──────┘  └────▶ uncertain   no answer: it may have arrived, so it is never blindly repeated

Invariants:
1. A row is written in the transaction of its cause; nothing is sent inside one.
2. One claim, one sender: `WITH due AS (SELECT … FOR UPDATE SKIP LOCKED) UPDATE … RETURNING`.
3. A row leaves `sending` only to a final state or, when surely not sent, back to `waiting`.
4. The same `key` is written once, whoever tries.
5. A row whose process died while `sending` is `uncertain`: found at start-up, or by its age.
6. Within one chat nothing overtakes, whatever the lanes; between chats no lane starves another.

`writing` is for those who have something to tell, `claiming` and `ending` for the delivery.
"""

from services.outbox.claiming import LANES, Claimed, GroupFacts, anything_due, claim, shares
from services.outbox.ending import RETRY_AFTER, Sent, finish, finish_sent, put_back, put_off, recover
from services.outbox.writing import (
    DRAWN,
    FORMER_CHAT,
    NOT_JOINED,
    ROUND,
    Letter,
    enqueue,
    enqueue_many,
    enqueue_unless_waiting,
    lane_of,
    tell_after_all,
)

__all__ = [
    "DRAWN",
    "FORMER_CHAT",
    "LANES",
    "NOT_JOINED",
    "RETRY_AFTER",
    "ROUND",
    "Claimed",
    "GroupFacts",
    "Letter",
    "Sent",
    "anything_due",
    "claim",
    "enqueue",
    "enqueue_many",
    "enqueue_unless_waiting",
    "finish",
    "finish_sent",
    "lane_of",
    "put_back",
    "put_off",
    "recover",
    "shares",
    "tell_after_all",
]
