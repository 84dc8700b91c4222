"""`kinerja demo`: the product on the simulator with an invented office, in the browser or as a script."""

import argparse
import asyncio
import socket

from bot.commands.running import until_signalled
from bot.demo.scene import demo_scene
from bot.demo.script import play
from bot.settings import Settings

PORT = 8484


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `demo` with its arguments."""
    parser = subparsers.add_parser("demo", help="kantor contoh di peramban, tanpa Telegram")
    parser.add_argument("--script", action="store_true", help="putar satu hari dan cetak percakapannya")
    parser.add_argument("--port", type=int, default=PORT, help=f"port halaman (bawaan {PORT})")


async def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Runs until it is told to stop, or until the script has ended."""
    if getattr(arguments, "script", False):
        return await play(settings)
    port = _free_port(getattr(arguments, "port", PORT))
    stop = until_signalled()
    async with demo_scene(settings, port=port) as scene:
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
