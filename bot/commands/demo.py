"""`kinerja demo`: the product on the simulator with an invented office, in the browser or as a script."""

import asyncio
import socket

from bot.demo.scene import demo_scene
from bot.demo.script import play
from bot.settings import Settings
from bot.starting import CannotStart, reason
from bot.stopping import until_signalled

PORT = 8484


async def run(settings: Settings, *, script: bool, port: int | None) -> int:
    """Runs until it is told to stop, or until the script has ended. `port`: this one and no other.

    Raises CannotStart: it is taken.
    """
    if script:
        return await play(settings)
    free = _free_port(port)
    stop = until_signalled(seconds=settings.stop_seconds)
    async with demo_scene(settings, port=free) as scene:
        polling = asyncio.create_task(scene.run(stop))
        print(f"\n  Kinerja Harian – kantor contoh:  {scene.sim.url}/\n  Berhenti: Ctrl+C\n", flush=True)
        await polling
    return 0


def _free_port(wanted: int | None) -> int:
    """The port that was asked for; else the usual one, or 0 (any) where that is taken. Raises CannotStart."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was just left is free
        try:
            probe.bind(("127.0.0.1", wanted or PORT))
        except OSError as error:
            if wanted is not None:
                raise CannotStart(f"--port {wanted} cannot be used: {reason(error)}.") from error
            return 0
    return wanted or PORT
