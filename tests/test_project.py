"""The rules every file keeps: layers, sizes, texts in two languages, one clock, quiet logs, no loose ends."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

from bot.callbacks import Kind
from bot.registry import Registry
from bot.texts import LANGUAGES, LOCALES, read_locale
from handlers import FEATURES
from services.dialogue import Step
from simulator.errors import ApiError
from simulator.html import parse_text

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "handlers", "models", "services", "scheduler", "documents", "simulator", "bench")
MOST_LINES = 400
MOST_HANDLER_LINES = 25
CLOCKS = ("services/clock.py", "scheduler/ticker.py", "simulator/", "bench/")
"""Where the machine's time may be read: its one source, the edges, and measurements."""
ERRORS = {
    "NotAllowed": "not_allowed",
    "NotFound": "not_found",
    "Outdated": "outdated",
    "Unavailable": "unavailable",
}
LOG_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
NEVER_LOGGED = {
    "text",
    "typed",
    "name",
    "nip",
    "token",
    "body",
    "payload",
    "caption",
    "arguments",
    "said",
    "message",
}
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")
BEGINNING = re.compile(r"[a-z_]+\.[a-z0-9_.]*…")
MACHINE = re.compile(r"(?<![\w.:/])/(?:home|Users|root|work)/[\w.-]+|\b[A-Z]:\\\\?Users\\")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is, or would be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


@dataclass(frozen=True)
class Module:
    """One source file and its syntax tree."""

    name: str
    tree: ast.Module

    @property
    def folder(self) -> str:
        return self.name.split("/")[0]

    def nodes(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree)

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in self.nodes() if isinstance(node, ast.Call))

    def at(self, node: ast.AST) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 0)}"


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix == ".py" and name.split("/")[0] in PACKAGES:
            found.append(Module(name, ast.parse(path.read_text(encoding="utf-8"), name)))
    return tuple(found)


def of(*folders: str) -> list[Module]:
    return [one for one in modules() if one.folder in folders]


@cache
def locale(language: str) -> dict[str, object]:
    return read_locale(LOCALES, language)


def placeholders(text: object) -> set[str]:
    """The names in braces in a text, or in any of a list of texts."""
    texts = text if isinstance(text, list) else [text]
    return {name for one in texts for _, name, _, _ in Formatter().parse(str(one)) if name is not None}


def called(call: ast.Call) -> str:
    """The last name of what is called: `plain` of `turn.t.plain(…)`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def prefix(node: ast.AST) -> str | None:
    """How an f-string begins."""
    return constant(node.values[0]) if isinstance(node, ast.JoinedStr) and node.values else None


def lines(problems: list[str]) -> str:
    return "\n  " + "\n  ".join(sorted(problems))


# Layers and sizes


def test_imports_go_downwards_only() -> None:
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_has_grown_into_several() -> None:
    problems = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in (".py", ".js", ".css") and not name.startswith(
            ("tests/", "locales/", "migrations/versions/")
        ):
            count = len(path.read_text(encoding="utf-8").splitlines())
            if count > MOST_LINES:
                problems.append(f"{name}: {count} lines; split it by what it is about")
    assert not problems, lines(problems)


def test_handlers_are_thin() -> None:
    problems = []
    for module in of("handlers"):
        for node in module.nodes():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = (node.end_lineno or 0) - node.lineno + 1
                if count > MOST_HANDLER_LINES:
                    problems.append(
                        f"{module.at(node)} {node.name}: {count} lines, at most {MOST_HANDLER_LINES}"
                    )
    assert not problems, lines(problems)


# Texts


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    source = locale("id")
    problems = []
    for language in LANGUAGES:
        other = locale(language)
        problems += [f"{key} is missing in {language}" for key in source.keys() - other.keys()]
        problems += [f"{key} is in {language} only" for key in other.keys() - source.keys()]
        for key in source.keys() & other.keys():
            if type(source[key]) is not type(other[key]):
                problems.append(f"{key} is a text in one language and a list in the other")
            elif placeholders(source[key]) != placeholders(other[key]):
                here, there = sorted(placeholders(source[key])), sorted(placeholders(other[key]))
                problems.append(f"{key}: {here} in id, {there} in {language}")
    assert not problems, lines(problems)


def test_lists_are_of_the_same_length() -> None:
    for key, texts in locale("id").items():
        other = locale("en").get(key)
        if isinstance(texts, list) and isinstance(other, list) and key.startswith("calendar."):
            assert len(texts) == len(other), key


def spoken() -> Iterator[tuple[Module, ast.Call]]:
    """Calls of a Speech: `t(…)`, `turn.t(…)`, `….plain(…)`, `t.options(…)`."""
    for module in of("bot", "handlers"):
        for call in module.calls():
            if call.args and called(call) in ("t", "speech", "say", "texts", "plain", "options"):
                yield module, call


def test_every_text_that_is_said_exists() -> None:
    """A constant that looks like a key is one, so a key kept in a variable is held against the files too."""
    known = locale("id")
    tables = {key.split(".")[0] for key in known}
    problems = []
    for module, call in spoken():
        key = constant(call.args[0])
        if key is not None and KEY.fullmatch(key) and key not in known:
            problems.append(f"{module.at(call)}: {key}")
    for where, text in written("bot", "handlers"):
        if text.split(".")[0] not in tables:
            continue
        whole = KEY.fullmatch(text) and text not in known
        start = BEGINNING.fullmatch(text) and not any(key.startswith(text[:-1]) for key in known)
        if whole or start:
            problems.append(f"{where}: {text}")
    assert not problems, f"not in locales/id.toml:{lines(sorted(set(problems)))}"


def test_every_text_gets_what_it_asks_for() -> None:
    known = locale("id")
    problems = []
    for module, call in spoken():
        key = constant(call.args[0])
        if key is None or key not in known or called(call) == "options":
            continue
        given = {one.arg for one in call.keywords}
        missing = placeholders(known[key]) - given
        if missing and None not in given:
            problems.append(f"{module.at(call)}: {key} needs {sorted(missing)}")
        extra = given - placeholders(known[key]) - {None}
        if extra:
            problems.append(f"{module.at(call)}: {key} has no place for {sorted(str(one) for one in extra)}")
    assert not problems, lines(problems)


@cache
def written(*folders: str) -> tuple[tuple[str, str], ...]:
    """Every string in the code with its place; of an f-string its beginning, followed by `…`."""
    found = []
    for module in of(*folders):
        parts = {id(one) for node in module.nodes() if isinstance(node, ast.JoinedStr) for one in node.values}
        for node in module.nodes():
            text = constant(node) if isinstance(node, ast.Constant) and id(node) not in parts else None
            if isinstance(node, ast.JoinedStr):
                text = (prefix(node) or "") + "…"
            if text:
                found.append((module.at(node), text))
    return tuple(found)


def used_keys() -> tuple[set[str], tuple[str, ...]]:
    """Keys the code names whole, and the beginnings of those it puts together."""
    texts = {text for _, text in written("bot", "handlers")}
    return texts, tuple(text[:-1] for text in texts if BEGINNING.fullmatch(text))


def test_every_text_is_said_somewhere() -> None:
    used, starts = used_keys()
    loose = [key for key in locale("id") if key not in used and not key.startswith(starts)]
    assert not loose, f"no longer said, remove from both files:{lines(loose)}"


def test_every_error_text_is_raised_somewhere() -> None:
    used = {text for _, text in written("bot", "handlers", "services", "documents")}
    starts = tuple(one[:-1] for one in used if one.endswith("…") and len(one) > 3)
    codes = [key.removeprefix("errors.") for key in locale("id") if key.startswith("errors.")]
    loose = [
        code
        for code in codes
        if code not in used and f"errors.{code}" not in used and not code.startswith(starts)
    ]
    assert not loose, f"errors nobody raises:{lines(loose)}"


def raised() -> Iterator[tuple[Module, ast.Call, str, set[str | None]]]:
    """Every DomainError made with a constant code: where, its code, and the parameters it gets."""
    for module in of("bot", "handlers", "services"):
        for call in module.calls():
            name = called(call)
            place = 1 if name == "Invalid" else 0
            if name != "Invalid" and name not in ERRORS:
                continue
            given = {one.arg for one in call.keywords} - {"card"}
            if len(call.args) > place:
                code = constant(call.args[place])
                if code is not None:
                    yield module, call, code, given
            elif name in ERRORS:
                yield module, call, ERRORS[name], given


def test_every_error_has_its_sentence() -> None:
    known = locale("id")
    problems = []
    for module, call, code, given in raised():
        text = known.get(f"errors.{code}")
        if text is None:
            problems.append(f"{module.at(call)}: errors.{code} is missing")
        elif None not in given and placeholders(text) - given:
            problems.append(f"{module.at(call)}: errors.{code} needs {sorted(placeholders(text) - given)}")
    for code in (*ERRORS.values(), "stranger", "ours", "unknown_command"):
        if f"errors.{code}" not in known:
            problems.append(f"errors.{code} is missing")
    assert not problems, lines(problems)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_valid_for_telegram(language: str) -> None:
    problems = []
    for key, value in locale(language).items():
        for text in value if isinstance(value, list) else [value]:
            assert isinstance(text, str), key
            if re.search(r"<[^>]*\{", text):
                problems.append(f"{key}: a value inside a tag could break out of it")
            plural = r":[^{}|<>]*\|[^{}|<>]*"
            filled = re.sub(rf"\{{[a-z_]+(?:{plural})?\}}", "x", text)
            if re.search(r"[{}]", filled):
                problems.append(f"{key}: a placeholder is a name in braces, perhaps with «one|many»")
            try:
                parse_text(filled.replace("->", "-&gt;"), "HTML", None)
            except ApiError as error:
                problems.append(f"{key}: {error.description}")
            if not text.strip():
                problems.append(f"{key}: empty")
    assert not problems, lines(problems)


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_and_toasts_hold_no_tags(language: str) -> None:
    """`plain` gives the text as it is: a tag would be shown. Every refusal may become a toast."""
    known = locale(language)
    plain = {key for _, call in spoken() if called(call) == "plain" and (key := constant(call.args[0]))}
    starts = {start for _, call in spoken() if called(call) == "plain" and (start := prefix(call.args[0]))}
    whole, beginnings = used_keys()
    for start in starts:
        closer = tuple(one for one in beginnings if one.startswith(start) and one != start) or ("\0",)
        plain |= {
            key for key in known if key.startswith(start) and key not in whole and not key.startswith(closer)
        }
    plain |= {key for key in known if key.startswith("errors.")}
    problems = [key for key in plain & set(known) if re.search(r"<[a-z/]|&[a-z]+;", str(known[key]))]
    assert not problems, lines(problems)


def test_toasts_fit() -> None:
    """Telegram shows 200 characters over a button."""
    long = [
        f"{language} {key}: {len(str(text))}"
        for language in LANGUAGES
        for key, text in locale(language).items()
        if key.startswith("errors.") and len(str(text)) > 200
    ]
    assert not long, f"cut off when shown over a button:{lines(long)}"


# Time and logs


def test_one_source_of_the_time() -> None:
    problems = []
    for module in modules():
        if module.name.startswith(CLOCKS):
            continue
        for call in module.calls():
            written = ast.unparse(call.func)
            if re.search(
                r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time|time\.localtime)$", written
            ):
                problems.append(f"{module.at(call)}: {written}()")
    assert not problems, f"take `now` as an argument:{lines(problems)}"


def test_logs_hold_event_names_and_ids() -> None:
    problems = []
    for module in modules():
        for call in module.calls():
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            if not (
                isinstance(owner, ast.Name) and owner.id in ("log", "logger") and called(call) in LOG_LEVELS
            ):
                continue
            event = constant(call.args[0]) if call.args else None
            if event is None or not re.fullmatch(r"[a-z_]+", event) or len(call.args) > 1:
                problems.append(f"{module.at(call)}: the event is one constant name, like update_kept")
            fields = {one.arg for one in call.keywords}
            if fields & NEVER_LOGGED or None in fields:
                problems.append(
                    f"{module.at(call)}: {sorted(str(one) for one in fields)}: ids, no texts or names"
                )
            if any(isinstance(node, ast.JoinedStr) for one in call.keywords for node in ast.walk(one.value)):
                problems.append(f"{module.at(call)}: no f-string in a field")
    assert not problems, lines(problems)


# Nothing loose


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry(FEATURES)


def test_every_button_has_its_handler(registry: Registry) -> None:
    loose = sorted(one.name for one in set(Kind) - set(registry.presses))
    assert not loose, f"nobody handles, so remove from Kind or give it a handler: {loose}"
    assert registry.open_presses <= set(registry.presses)


def test_every_button_is_shown_somewhere() -> None:
    shown = {
        node.attr
        for module in of("bot", "handlers")
        if module.name != "bot/callbacks.py"
        for node in module.nodes()
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Kind"
        if not _is_key(module.tree, node)
    }
    loose = sorted(one.name for one in Kind if one.name not in shown)
    assert not loose, f"handled but on no screen: {loose}"


@cache
def _keys(tree: ast.Module) -> frozenset[int]:
    return frozenset(id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys)


def _is_key(tree: ast.Module, node: ast.AST) -> bool:
    return id(node) in _keys(tree)


def test_every_question_has_its_answer(registry: Registry) -> None:
    loose = sorted(one.name for one in set(Step) - set(registry.answers))
    assert not loose, f"asked, but no feature takes the answer: {loose}"


def test_every_command_is_described(registry: Registry) -> None:
    described = {key.removeprefix("commands.") for key in locale("id") if key.startswith("commands.")}
    assert described == set(registry.commands)
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}", name) for name in described)
    assert all(
        3 <= len(str(locale(one)[f"commands.{name}"])) <= 256 for name in described for one in LANGUAGES
    )


def test_every_notice_is_written_and_every_written_one_is_a_notice(registry: Registry) -> None:
    queued = set()
    for module in of("bot", "handlers", "services"):
        for call in module.calls():
            place = {"enqueue": 1, "enqueue_unless_waiting": 1, "Letter": 0}.get(called(call) or "")
            if place is not None and len(call.args) > place:
                kind = constant(call.args[place])
                if kind is not None:
                    queued.add((kind, module.at(call)))
    unknown = [f"{where}: {kind}" for kind, where in queued if kind not in registry.notices]
    assert not unknown, f"no feature renders:{lines(unknown)}"
    keys = {
        id(key)
        for module in of("handlers")
        for node in module.nodes()
        if isinstance(node, ast.keyword) and node.arg == "notices" and isinstance(node.value, ast.Dict)
        for key in node.value.keys
    }
    said = {
        node.value
        for module in of("bot", "handlers", "services", "models")
        for node in module.nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in keys
    }
    loose = sorted(set(registry.notices) - said)
    assert not loose, f"rendered, but nobody writes it: {loose}"


@cache
def named() -> dict[str, set[str]]:
    """Module-level names that stand for a string, in whichever module."""
    found: dict[str, set[str]] = {}
    for module in modules():
        for node in module.tree.body:
            if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                continue
            target, value = node.targets[0], node.value
            pairs = (
                zip(target.elts, value.elts, strict=False)
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
                else [(target, value)]
            )
            for name, one in pairs:
                text = constant(one)
                if isinstance(name, ast.Name) and text is not None:
                    found.setdefault(name.id, set()).add(text)
    return found


def test_every_card_is_registered(registry: Registry) -> None:
    problems = []
    for module in of("bot", "handlers", "services"):
        for call in module.calls():
            if called(call) in ("card", "CardRef") and call.args:
                kind: ast.expr | None = call.args[0]
            elif called(call) in ("Outdated", "ended_on"):
                given = next((one.value for one in call.keywords if one.arg == "card"), None)
                kind = given.elts[0] if isinstance(given, ast.Tuple) and given.elts else None
            else:
                continue
            kinds = named().get(kind.id, set()) if isinstance(kind, ast.Name) else {constant(kind)} - {None}
            if kinds and not kinds & set(registry.cards):
                problems.append(f"{module.at(call)}: {sorted(str(one) for one in kinds)}")
    assert not problems, f"no feature renders:{lines(problems)}"


# The repository


def test_no_file_knows_a_machine() -> None:
    problems = []
    for path in tracked():
        if path.stat().st_size > 2_000_000:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        problems += [
            f"{path.relative_to(ROOT)}:{number}: {found.group()}"
            for number, line in enumerate(text.splitlines(), start=1)
            for found in MACHINE.finditer(line)
        ]
    assert not problems, lines(problems[:20])


def test_what_changed_is_told() -> None:
    changelog = ROOT / "CHANGELOG.md"
    assert changelog.is_file()
    assert changelog.read_text(encoding="utf-8").strip()


def test_no_mocks_no_skipped_work() -> None:
    problems = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix != ".py" or name == "tests/test_project.py":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if re.search(
                r"unittest\.mock|\bTODO\b|\bFIXME\b|NotImplementedError\(|pytest\.mark\.xfail", line
            ):
                problems.append(f"{name}:{number}: {line.strip()[:80]}")
    assert not problems, lines(problems)


def test_modules_are_called_by_what_they_are_about() -> None:
    banned = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
    parts = chain.from_iterable((Path(one.name).parent / Path(one.name).stem).parts for one in modules())
    assert not banned & set(parts)
