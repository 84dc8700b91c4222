"""Links in a sentence: evidence, not text. They stay as typed, without the punctuation that ends a sentence.

File names and e-mail addresses are no links. A domain without a path that the sentence names as a place
("unggah ke website bkd.go.id") is an ordinary word.
"""

from __future__ import annotations

import re

_TLD = (
    r"(?:(?:go|co|ac|sch|or|web|my|desa|mil|net|ponpes|biz)\.id|com|net|org|info|gov|edu|id|io|ly|gl|gle|me|co|to|us"
    r"|app|dev|page|site|link|online|xyz|tv|be|cc|ai|ee|biz|asia|in|st)"
)
_SCHEME = r"(?:https?://|www\.)[^\s<>\"”]{2,2048}"
_DOMAIN = rf"(?<![\w@.\-/])(?:[a-z0-9](?:[a-z0-9-]{{0,61}})\.){{1,5}}{_TLD}(?![\w@-]|\.\w)"
_LINK = re.compile(
    rf"(?P<url>{_SCHEME})|(?P<bare>{_DOMAIN})(?P<path>[/?][^\s<>\"”]{{0,2048}})?", re.IGNORECASE
)
_DOUBLE_TLD = re.compile(r"\.(?:[a-z]{2,6}\.id|com|net|org|info)$", re.IGNORECASE)
_PLACE = re.compile(
    r"(?:^|\W)(?:di|ke|dari|pada|melalui|lewat|via|dengan|website|web|situs|laman|portal|aplikasi|app|domain|email"
    r"|server|akun)\s$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"[\s,;|–-]{0,3}(?:(?<!\w)(?:(?:link|tautan|url)(?:nya)?(?:\s(?:bukti|dokumentasi|dukung|data\sdukung|foto|drive))?"
    r"\s?[:=]?|(?:bukti(?:\sdukung)?|eviden(?:ce)?|evidance|dokumentasi|foto|lampiran|data\sdukung|berkas|file|gdrive|drive)"
    r"\s?[:=])|(?<!\w)(?:di|ke|pada|melalui|lewat|via|lihat|cek))\s?$",
    re.IGNORECASE,
)
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_SPACE = re.compile(r"[ \t\u00a0]+")


def take_links(text: str) -> tuple[tuple[str, ...], str]:
    """The links in order, and the text without them and without the words that introduce them."""
    links: list[str] = []
    pieces: list[str] = []
    done = 0
    for match in _LINK.finditer(text):
        link = _trim(match.group())
        before = text[done : match.start()]
        if not link or (
            match["bare"] and not _is_link(match, text[max(0, match.start() - 16) : match.start()])
        ):
            continue
        label = _LABEL.search(before[-40:])
        kept = before[: len(before) - len(label.group())] if label else before
        opened = kept.rstrip()[-1:]
        done = match.start() + len(link)
        following = text[done:].lstrip(" \t")
        if opened and following[:1] and _CLOSERS.get(following[0]) == opened:
            kept = kept.rstrip()[:-1]
            done = len(text) - len(following) + 1
        if link not in links:
            links.append(link)
        pieces.append(kept)
    if not links:
        return (), text
    pieces.append(text[done:])
    return tuple(links), _join(pieces)


def _trim(link: str) -> str:
    while link and link[-1] in ".,;:!?'\"”’)]}*_>…\u200e\u200f\u2069\u202c":
        opener = _CLOSERS.get(link[-1])
        if opener and link.count(opener) >= link.count(link[-1]):
            break
        if link[-1] == "_" and not link.endswith("__") and link.count("_") > 1:
            break
        link = link[:-1]
    return link


def _is_link(match: re.Match[str], before: str) -> bool:
    """Whether a match without a scheme is a link: it has a path, or it is a whole domain that is no place."""
    path = match["path"] or ""
    if len(path) > 1:
        return True
    return bool(_DOUBLE_TLD.search(match["bare"])) and not _PLACE.search(before)


def _join(pieces: list[str]) -> str:
    text = ""
    for piece in pieces:
        piece = piece.strip()
        if not piece:
            continue
        if not text:
            text = piece.lstrip(" ,;:|")
        elif piece[0] in ",;.:)" and (len(piece) == 1 or piece[1] == " "):
            text = text.rstrip(" ,;:|") + piece
        else:
            text = f"{text} {piece}"
    return _SPACE.sub(" ", text).rstrip(" ,;|")
