"""What the chat page hears while it is open: one stream of events per person."""

import asyncio
from typing import Any

MAX_WAITING = 1000


class Feed:
    """Events for the open pages; costs nothing while no page is open."""

    def __init__(self) -> None:
        self._open: dict[int, set[asyncio.Queue[dict[str, Any] | None]]] = {}

    @property
    def watched(self) -> bool:
        return bool(self._open)

    def watches(self, person_id: int) -> bool:
        return person_id in self._open

    def open(self, person_id: int) -> "asyncio.Queue[dict[str, Any] | None]":
        """A queue that gets this person's events; None in it means the simulator stops."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(MAX_WAITING)
        self._open.setdefault(person_id, set()).add(queue)
        return queue

    def close(self, person_id: int, queue: "asyncio.Queue[dict[str, Any] | None]") -> None:
        queues = self._open.get(person_id, set())
        queues.discard(queue)
        if not queues:
            self._open.pop(person_id, None)

    def publish(self, person_id: int, event: dict[str, Any]) -> None:
        """Give an event to this person's open pages; a page that does not read loses events."""
        for queue in self._open.get(person_id, ()):
            if not queue.full():
                queue.put_nowait(event)

    def everybody(self, event: dict[str, Any]) -> None:
        for person_id in list(self._open):
            self.publish(person_id, event)

    def stop(self) -> None:
        for queues in self._open.values():
            for queue in queues:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(None)
