"""Two streams of rows in the order of their keys: are they the same?"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from models.transfer.refusing import Refused
from models.transfer.shape import Row, TableShape


async def compare(
    table: TableShape, expected: AsyncGenerator[list[Row], None], found: AsyncGenerator[list[Row], None]
) -> int:
    """The number of rows, when all are the same in every column.

    Raises Refused `different`: the first row that is missing, too many or different, by table and key.
    """
    count = 0
    async with aclosing(_one_by_one(expected)) as left, aclosing(_one_by_one(found)) as right:
        while True:
            wanted, there = await anext(left, None), await anext(right, None)
            if wanted is None and there is None:
                return count
            if wanted != there:
                keys = [table.key_of(row) for row in (wanted, there) if row is not None]
                raise Refused("different", table=table.name, key=table.named(min(keys)))
            count += 1


async def _one_by_one(portions: AsyncGenerator[list[Row], None]) -> AsyncGenerator[Row, None]:
    async with aclosing(portions):
        async for portion in portions:
            for row in portion:
                yield row
