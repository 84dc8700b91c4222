"""`kinerja demo`: the product on the simulator with an invented office, in the browser or as a script."""

import asyncio
import socket

from bot.demo.scene import demo_scene
from bot.demo.script import play
from bot.settings import Settings
from bot.stopping import until_signalled


async def run(settings: Settings, *, script: bool, port: int) -> int:
    """Runs until it is told to stop, or until the script has ended."""
    if script:
        return await play(settings)
    stop = until_signalled(seconds=settings.stop_seconds)
    async with demo_scene(settings, port=_free_port(port)) as scene:
        polling = asyncio.create_task(scene.run(stop))
        print(f"\n  Kinerja Harian – kantor contoh:  {scene.sim.url}/\n  Berhenti: Ctrl+C\n", flush=True)
        await polling
    return 0


def _free_port(wanted: int) -> int:
    """The wanted port, or any free one when it is taken."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
    return wanted
