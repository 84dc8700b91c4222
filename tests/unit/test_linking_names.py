"""Words and their rows, kept small: the same answers as a dict gives."""

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.linking.names import Names

WORDS = st.lists(
    st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=6), unique=True, min_size=1
)


@given(WORDS, st.text(st.characters(codec="utf-8"), max_size=6))
def test_every_word_has_its_line_and_no_other_word_any(words: list[str], other: str) -> None:
    names = Names("\n".join(words).encode())
    assert len(names) == len(words)
    assert [names.row_of(word) for word in words] == list(range(len(words)))
    assert names.row_of(other) == (words.index(other) if other in words else None)


def test_words_of_the_same_checksum_are_told_apart() -> None:
    assert crc32(b"plumless") == crc32(b"buckeroo")
    names = Names(b"surat\nplumless\nbuckeroo\nrapat")
    assert [names.row_of(one) for one in ("buckeroo", "plumless", "rapat")] == [2, 1, 3]
    assert Names(b"plumless").row_of("buckeroo") is None


@pytest.mark.parametrize("word", ["surat\nrapat", "\n", "zz", ""])
def test_what_is_not_there_has_no_row(word: str) -> None:
    assert Names(b"surat\nrapat").row_of(word) is None
