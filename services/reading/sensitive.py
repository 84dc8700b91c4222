"""Numbers that identify a citizen in typed text: NIK, phone, account. Asked about once, never stored unasked.

NIK: 16 digits, province (2), regency (2), district (2), birth date DDMMYY with 40 added to a woman's day,
serial. An 18-digit NIP is a civil servant's own number; letter numbers, amounts, budget codes and links are
none either.
"""

from __future__ import annotations

import re
from enum import StrEnum

from services.reading.links import take_links

_PROVINCES = frozenset(
    [
        *range(11, 20),
        21,
        *range(31, 37),
        *range(51, 54),
        *range(61, 66),
        *range(71, 77),
        81,
        82,
        *range(91, 98),
    ]
)
_WOMAN = 40
_DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EDGE = r"(?<![\w.,/@-])"
_NIK = re.compile(
    rf"(?<![\d./])\d{{4}}(?:[ .-]?\d{{4}}){{3}}(?!\d|[./]\d)"
    rf"|{_EDGE}\d{{6}}[ .-]\d{{6}}[ .-]\d{{4}}(?!\d|[./]\d)"
)
_NAMED_NIK = re.compile(
    r"\b(?:no(?:mor|\.)?\s?)?(?:nik|no\.?\s?kk|nkk|ktp|nokk)\b\D{0,6}(\d{16})(?!\d)", re.IGNORECASE
)
_PHONE = re.compile(
    r"(?<![\w./,@-])(?:\(?\+\s?62\)?[ .-]?|62(?=8)|0(?=8))8\d{1,3}(?:[ .-]?\d{2,4}){2,4}(?!\d|[./]\d)"
)
_PHONE_DIGITS = range(10, 15)
_BANK = (
    r"bri|bni|bca|btn|bsi|bjb|bpd|dki|mandiri|cimb(?:\sniaga)?|danamon|permata|muamalat|jatim|jateng|nagari|sumut"
    r"|seabank|jago|dana|gopay|ovo"
)
_ACCOUNT = re.compile(
    rf"(?<!kode\s)(?<!kd\s)\b(?:(?:(?:no(?:mor|mer|\.)?\s?)?(?:rek|rekening|rekeningnya)|norek|va|virtual\saccount)\b\.?"
    rf"|(?:bank\s)?(?:{_BANK})\b)(?:\s(?:bank|{_BANK}|a\.?n\.?|an|atas\snama|no\.?|nomor|nya|warga|pak|bu))*"
    r"(?:\s[^\W\d]{2,20}){0,3}?[\s:=.,]{0,3}(\d(?:[ .-]?\d){6,18})(?!\d|/)",
    re.IGNORECASE,
)
_ACCOUNT_DIGITS = range(8, 17)
_BUDGET_CODE = re.compile(r"\d(?:\.\d{1,4}){3,}")
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+")


class Sensitive(StrEnum):
    """What a number in a text looks like."""

    NIK = "nik"
    PHONE = "phone"
    ACCOUNT = "account"


def find_sensitive(text: str) -> frozenset[Sensitive]:
    """Which kinds of a citizen's numbers the text seems to hold; links are left aside."""
    _, words = take_links(text)
    found = set()
    niks = [m for m in _NIK.finditer(words) if is_nik(m.group())]
    if niks or _NAMED_NIK.search(words):
        found.add(Sensitive.NIK)
    rest = _NAMED_NIK.sub(" ", _blank(words, [match.span() for match in niks]))
    phones = [
        m for m in _PHONE.finditer(rest) if len(_digits(m.group()).removeprefix("62")) + 1 in _PHONE_DIGITS
    ]
    phones = [
        m
        for m in phones
        if not re.search(r"(?:rek|rekening)\b\D{0,12}$", rest[: m.start()][-24:], re.IGNORECASE)
    ]
    if phones:
        found.add(Sensitive.PHONE)
    rest = _blank(rest, [match.span() for match in phones])
    if any(_is_account(match[1]) for match in _ACCOUNT.finditer(rest)):
        found.add(Sensitive.ACCOUNT)
    return frozenset(found)


def is_nik(text: str) -> bool:
    """Whether 16 digits are built like a NIK; separators are ignored."""
    digits = _digits(text)
    if len(digits) != 16 or int(digits[:2]) not in _PROVINCES or "00" in (digits[2:4], digits[4:6]):
        return False
    day, month = int(digits[6:8]), int(digits[8:10])
    day -= _WOMAN if day > _WOMAN else 0
    return 1 <= month <= 12 and 1 <= day <= _DAYS_IN[month - 1] and digits[12:] != "0000"


def _is_account(number: str) -> bool:
    if _BUDGET_CODE.fullmatch(number) or _AMOUNT.fullmatch(number):
        return False
    return len(_digits(number)) in _ACCOUNT_DIGITS


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
