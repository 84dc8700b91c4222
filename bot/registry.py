"""The features as one table: every entry point once."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from bot.callbacks import Kind
from bot.context import BatchNotice, Command, Feature, Notice, OnMessage, OnPress, Renderer
from services.dialogue import Step

K = TypeVar("K")
V = TypeVar("V")


class Registry:
    """Merges features; the same entry point twice is a mistake and raises ValueError at start."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.commands: dict[str, Command] = {}
        self.group_commands: dict[str, Command] = {}
        self.presses: dict[Kind, OnPress] = {}
        self.open_presses: set[Kind] = set()
        self.answers: dict[Step, OnMessage] = {}
        self.cards: dict[str, Renderer] = {}
        self.notices: dict[str, Notice] = {}
        self.batches: dict[str, BatchNotice] = {}
        self.on_report: OnMessage | None = None
        self.on_upload: OnMessage | None = None
        self.on_edit: OnMessage | None = None
        for feature in features:
            _merge(self.commands, {command.name: command for command in feature.commands})
            _merge(self.group_commands, {command.name: command for command in feature.group_commands})
            _merge(self.presses, feature.presses)
            self.open_presses |= feature.open_presses
            _merge(self.answers, feature.answers)
            _merge(self.cards, feature.cards)
            _merge(self.notices, feature.notices)
            _merge(self.batches, feature.batches)
            self.on_report = feature.on_report or self.on_report
            self.on_upload = feature.on_upload or self.on_upload
            self.on_edit = feature.on_edit or self.on_edit


def _merge(into: dict[K, V], new: Mapping[K, V]) -> None:
    twice = into.keys() & new.keys()
    if twice:
        raise ValueError(f"declared twice: {twice}")
    into.update(new)
