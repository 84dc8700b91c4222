"""Delivery to a webhook: one update of a chat at a time, again and again until it answers 2xx."""

import asyncio
from functools import partial

import aiohttp
import orjson

from simulator.core import Core, WebhookSettings
from simulator.errors import ApiError
from simulator.http_api import BotApi
from simulator.updates import Pending

ANSWER_SECONDS = 60
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


class Deliverer:
    """Posts pending updates to the webhook while one is set."""

    def __init__(self, core: Core, api: BotApi, *, retry_seconds: float, longest: float) -> None:
        self._core = core
        self._api = api
        self._retry = retry_seconds
        self._longest = longest
        self._busy: dict[int, asyncio.Task[None]] = {}
        """Running deliveries by chat; by update while they come in any order."""
        self._session: aiohttp.ClientSession | None = None

    async def run(self) -> None:
        """Deliver until cancelled."""
        core = self._core
        try:
            hook = core.webhook
            while not self._api.stopping:
                seen = core.pulse.count
                if core.webhook is not hook:
                    # Nobody waits out the pause of a webhook that is gone.
                    hook = core.webhook
                    for task in self._busy.values():
                        task.cancel()
                if hook.url:
                    self._start_deliveries(hook)
                if core.pulse.count == seen:
                    await core.pulse.next(seconds=3600)
        finally:
            tasks = list(self._busy.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._session is not None:
                await self._session.close()

    def _start_deliveries(self, hook: WebhookSettings) -> None:
        lanes: set[int] = set(self._busy)
        waiting = list(self._core.updates.pending.values())
        if self._core.updates.unruly.shuffle:
            self._core.updates.unruly.dice.shuffle(waiting)
        for item in waiting:
            if len(self._busy) >= hook.max_connections:
                return
            lane = item.id if self._core.updates.unruly.shuffle else item.chat_id
            if lane not in lanes:
                lanes.add(lane)
                task = asyncio.create_task(self._deliver(item, hook))
                self._busy[lane] = task
                task.add_done_callback(partial(self._free, lane))

    def _free(self, lane: int, task: "asyncio.Task[None]") -> None:
        self._busy.pop(lane, None)
        self._core.pulse.beat()

    async def _deliver(self, item: Pending, hook: WebhookSettings) -> None:
        wait = self._retry
        while self._core.webhook is hook and item.id in self._core.updates.pending:
            posts = [self._post(item, hook)]
            if self._core.updates.unruly.repeats():
                posts.append(self._post(item, hook))
            if all(await asyncio.gather(*posts)):
                self._core.updates.confirm(item.id)
                return
            await asyncio.sleep(wait)
            wait = min(wait * 2, self._longest)

    async def _post(self, item: Pending, hook: WebhookSettings) -> bool:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS))
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers[SECRET_HEADER] = hook.secret
        problem: str
        try:
            async with self._session.post(hook.url, data=item.body, headers=headers) as answer:
                body = await answer.read()
                if 200 <= answer.status < 300:
                    self._perform(body)
                    return True
                problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            problem = "Read timeout expired"
        except aiohttp.ClientError:
            problem = "Connection refused"
        hook.last_error = problem
        hook.last_error_date = self._core.world.now()
        return False

    def _perform(self, body: bytes) -> None:
        """A webhook may answer with one call; its result is told to nobody."""
        if not body.startswith(b"{"):
            return
        try:
            call = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            name = call.pop("method")
            try:
                self._api.perform(name, call, {})
            except ApiError as error:
                self._core.faults_seen.append(f"{name} in a webhook answer: {error.description}")
