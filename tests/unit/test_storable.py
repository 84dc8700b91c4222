"""What nobody types is taken out where it comes in; what joins emojis stays."""

import pytest

from services.reading.storable import storable


@pytest.mark.parametrize("mark", [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\x00"])
def test_no_mark_turns_the_rest_of_a_line(mark: str) -> None:
    assert storable(f"Ani{mark} Rahmawati{mark}") == "Ani Rahmawati"


@pytest.mark.parametrize("text", ["👩\u200d🏫 mengajar", "✅\ufe0f selesai", "مسجد", "a\u200eb\n• c"])
def test_what_can_be_seen_and_what_joins_emojis_stays(text: str) -> None:
    assert storable(text) == text
