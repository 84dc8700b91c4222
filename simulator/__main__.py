"""`python -m simulator`: the simulator alone, for a bot in another process."""

import argparse
import asyncio
import sys

from simulator.limits import Limits
from simulator.server import Simulator


async def serve(*, port: int, limits: Limits, strict: bool, token: str | None, names: list[str]) -> None:
    """Run until interrupted."""
    async with Simulator(port=port, limits=limits, strict=strict, token=token) as sim:
        for name in names:
            sim.person(name)
        sys.stdout.write(f"url {sim.url}\ntoken {sim.token}\npage {sim.url}/sim/\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="simulator", description="A Telegram Bot API server with people in it."
    )
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", help="the token the bot uses (random unless given)")
    parser.add_argument("--no-limits", action="store_true", help="no flood control")
    parser.add_argument("--lenient", action="store_true", help="ignore unknown parameters, as Telegram does")
    parser.add_argument("--person", action="append", default=[], help="somebody to begin with; repeatable")
    given = parser.parse_args()
    try:
        asyncio.run(
            serve(
                port=given.port,
                limits=Limits.off() if given.no_limits else Limits(),
                strict=not given.lenient,
                token=given.token,
                names=given.person,
            )
        )
    except KeyboardInterrupt:
        sys.stdout.write("stopped\n")


if __name__ == "__main__":
    main()
