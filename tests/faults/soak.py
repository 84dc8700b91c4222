"""Kills the product at random while an office works with it, and compares afterwards.

    python -m tests.faults.soak [--kills 200] [--minutes 60] [--seed N] [--modes run-sqlite web-clock …]

A kill is SIGKILL: often while a call is under way, in some cases during the start, else whenever. Now and
then everything is killed, the office's clock goes on by up to 25 minutes, and everything starts again; the
second clock of two then shows up to 20 seconds more. Ends with a table; the exit code is 1 if anything was
lost or doubled.
"""

import argparse
import asyncio
import contextlib
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.explaining import write_down
from tests.faults.oracle import Verdicts, judge
from tests.faults.world import JUMPS, world

MODES = ("run-sqlite", "run-postgresql", "web-clock")


@dataclass(slots=True)
class Lived:
    """One office that was lived through."""

    mode: str
    seed: int
    kills: int = 0
    kills_of: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    acts: int = 0
    verdicts: Verdicts = field(default_factory=Verdicts)


async def live(
    mode: str,
    folder: Path,
    url: str,
    *,
    kills: int,
    seed: int,
    seconds: float = 3600,
    haste: float = 1.0,
    jumps: float = JUMPS,
    acts: int = 0,
    clocks: int = 2,
    keep: bool = False,
) -> Lived:
    """One office in one mode under so many kills, and with at least so many acts of people, judged.

    What explains it is written into `folder` when anything was found, or with `keep`.
    """
    dice = random.Random(seed)
    began = time.monotonic()
    lived = Lived(mode, seed)
    async with world(mode, folder, url, dice, clocks=clocks) as there:
        there.crowd.haste, there.jumps = haste, jumps
        await there.start(*there.programs)
        working = asyncio.create_task(there.crowd.run())
        try:
            await there.busied(acts)
            await there.kills(kills, until=began + seconds)
        finally:
            working.cancel()
            await asyncio.wait({working})
        if not working.cancelled() and working.exception() is not None:
            raise working.exception() or AssertionError
        lived.kills_of = {one.name: one.kills for one in there.programs}
        lived.kills = sum(lived.kills_of.values())
        await there.rest()
        ended = await there.stop()
        lived.verdicts = await judge(there.database, there.sim, there.crowd.office, there.crowd.ledger)
        if keep or not lived.verdicts.clean:
            ledger = there.crowd.ledger
            await write_down(folder, there.database, there.sim, ledger, lived.verdicts.unexplained)
        lived.verdicts.updates = len(there.known)
        lived.verdicts.losses += [f"update {one} was confirmed and never stored" for one in there.lost]
        lived.verdicts.faults += ended
        lived.acts = there.crowd.ledger.acts
    lived.seconds = time.monotonic() - began
    return lived


COLUMNS = (
    "updates",
    "entries",
    "as_words",
    "still_kept",
    "given_back",
    "refused",
    "refused_edits",
    "days",
    "decisions",
    "feedback",
    "rounds",
    "notices",
)
APART = (
    "uncertain",
    "uncertain_arrived",
    "perhaps_given_back",
    "kept_unseen",
    "given_back_again",
    "second_cards",
    "without_receipt",
)


def table(all_lived: Sequence[Lived]) -> str:
    """The summary of a soak."""
    names = [one.mode for one in all_lived] + ["all"]
    total = Verdicts()
    for one in all_lived:
        total.add(one.verdicts)
    verdicts = [*(one.verdicts for one in all_lived), total]
    rows: list[tuple[str, list[object]]] = [
        ("kills", [*(one.kills for one in all_lived), sum(one.kills for one in all_lived)]),
        ("seconds", [*(round(one.seconds) for one in all_lived), round(sum(o.seconds for o in all_lived))]),
        ("acts of people", [*(one.acts for one in all_lived), sum(one.acts for one in all_lived)]),
    ]
    rows += [(name.replace("_", " "), [getattr(one, name) for one in verdicts]) for name in COLUMNS]
    rows += [(f"apart: {name.replace('_', ' ')}", [getattr(one, name) for one in verdicts]) for name in APART]
    rows += [
        (name, [len(getattr(one, name)) for one in verdicts]) for name in ("losses", "doubles", "faults")
    ]
    width = max(len(name) for name in names) + 2
    lines = [" " * 26 + "".join(f"{name:>{width}}" for name in names)]
    lines += [f"{label:<26}" + "".join(f"{value!s:>{width}}" for value in values) for label, values in rows]
    return "\n".join(lines)


async def soak(
    modes: Sequence[str], *, kills: int, seconds: float, seed: int, keep: Path | None = None
) -> list[Lived]:
    """Each mode in turn with its share of the kills. `keep`: where all there is to see stays afterwards."""
    from bench.postgres import fresh, server

    found = []
    share = -(-kills // len(modes))
    with contextlib.ExitStack() as stack:
        socket_dir = await asyncio.to_thread(stack.enter_context, server())
        for number, mode in enumerate(modes):
            folder = Path(tempfile.mkdtemp(prefix=f"kh-soak-{mode}-{seed + number}-", dir=keep))
            if mode == "run-sqlite":
                url = f"sqlite:///{folder}/office.db"
            else:
                url = await asyncio.to_thread(fresh, socket_dir, f"soak_{number}")
            try:
                lived = await live(
                    mode,
                    folder,
                    url,
                    kills=share,
                    seed=seed + number,
                    seconds=seconds / len(modes),
                    keep=keep is not None,
                )
            except Exception as error:  # the other modes are lived all the same
                lived = Lived(mode, seed + number)
                lived.verdicts.faults.append(f"{type(error).__name__}: {error}")
            sys.stdout.write(f"{mode}: {lived.kills} kills {lived.kills_of}, seed {lived.seed}\n")
            if not lived.verdicts.clean:
                sys.stdout.write(f"{lived.verdicts.told()}\n")
            if lived.verdicts.clean and keep is None:
                shutil.rmtree(folder)
            else:
                sys.stdout.write(f"kept in {folder}\n")
            sys.stdout.flush()
            found.append(lived)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=200, help="over all modes")
    parser.add_argument("--minutes", type=float, default=60, help="no more kills after this long")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--keep", type=Path, default=None, help="where every run stays")
    given = parser.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    sys.stdout.write(f"seed {seed}\n")
    lived = asyncio.run(
        soak(given.modes, kills=given.kills, seconds=given.minutes * 60, seed=seed, keep=given.keep)
    )
    sys.stdout.write(table(lived) + "\n")
    return 0 if all(one.verdicts.clean for one in lived) else 1


if __name__ == "__main__":
    sys.exit(main())
