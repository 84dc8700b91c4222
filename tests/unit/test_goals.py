"""The target of an indicator beside its unit column."""

from decimal import Decimal

import pytest

from models import Aspect
from services.people.goals import read_goal


@pytest.mark.parametrize(
    ("text", "unit", "kept"),
    [
        ("12 dok", "dokumen", "dokumen"),
        ("12 dokumen", "Dok.", "Dok."),
        ("12 (dua belas)", "dokumen", "dokumen"),
        ("12 (dua belas) dok.", "dokumen", "dokumen"),
        ("12 (dua belas) laporan", None, "laporan"),
        ("12 (dokumen)", "dokumen", "dokumen"),
    ],
)
def test_a_unit_is_the_same_however_it_is_shortened(text: str, unit: str | None, kept: str) -> None:
    goal = read_goal(text, unit, aspect=Aspect.QUANTITY, is_number=False)
    assert (goal.number, goal.unit, goal.warnings) == (Decimal(12), kept, ())


def test_another_unit_is_told() -> None:
    goal = read_goal("12 (dua belas) laporan", "dokumen", aspect=Aspect.QUANTITY, is_number=False)
    assert goal.warnings == ("goal_unit_differs",)
