"""Telegram's HTML into text and entities, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import ApiError
from simulator.html import parse_html, parse_text, render_html, utf16_length


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("biasa", "biasa", []),
        ("a &lt;b&gt; &amp; &quot;c&quot; &#33;&#x21; &nbsp;", 'a <b> & "c" !! &nbsp;', []),
        ("<b>😀x</b><i>y</i>", "😀xy", [("bold", 0, 3), ("italic", 3, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<STRONG>a</STRONG><em>b</em>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins><s>c</s><strike>d</strike><del>e</del>", "abcde", None),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', "ab", None),
        ("<code><b>a</b></code>", "a", [("code", 0, 1)]),
        ("<b>a<code>b</code>c</b>", "abc", [("bold", 0, 1), ("code", 1, 1), ("bold", 2, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("<a>tanpa</a>", "tanpa", []),
    ],
)
def test_parses(source: str, text: str, entities: list[tuple[str, int, int]] | None) -> None:
    got, found = parse_html(source)
    assert got == text
    if entities is not None:
        assert [(e["type"], e["offset"], e["length"]) for e in found] == entities


def test_links_and_languages() -> None:
    _, found = parse_html(
        '<a href="https://a.b/?x=1&amp;y=2">l</a><pre><code class="language-sql">q</code></pre>'
    )
    assert found == [
        {"type": "text_link", "offset": 0, "length": 1, "url": "https://a.b/?x=1&y=2"},
        {"type": "pre", "offset": 1, "length": 1, "language": "sql"},
    ]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("5 < 6", 'Unsupported start tag "" at byte offset 2'),
        ("<b", 'Unclosed start tag "b" at byte offset 0'),
        ('<span class="x">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
    ],
)
def test_refuses(source: str, words: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


def test_ends_are_trimmed_and_entities_moved() -> None:
    assert parse_text("  <b> a</b> \n", "HTML", None) == ("a", [{"type": "bold", "offset": 0, "length": 1}])


def test_finds_commands_links_and_mentions() -> None:
    _, found = parse_text("/start abc https://a.id/x. @ani_r #rekap a@b.id dan/atau", None, None)
    assert [e["type"] for e in found] == ["bot_command", "url", "mention", "hashtag", "email"]


@given(st.text(alphabet="ab<>&😀é \n", max_size=30), st.sampled_from(["b", "i", "u", "s", "code", "pre"]))
def test_what_is_written_reads_the_same(text: str, tag: str) -> None:
    length = utf16_length(text)
    kinds = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough", "code": "code", "pre": "pre"}
    entities = [{"type": kinds[tag], "offset": 0, "length": length}] if text else []
    assert parse_html(render_html(text, entities)) == (text, entities)
