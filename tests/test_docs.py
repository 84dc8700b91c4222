"""What the documents say is so: links, pictures, commands, settings, examples."""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from bot.commands import importing
from bot.commands.importing import plain_rows
from bot.context import Command
from bot.program import build_parser
from bot.registry import Registry
from bot.settings import load_settings
from bot.texts import Texts
from documents.tables import read_tables
from handlers import FEATURES
from models import RoleName
from models.engine import Database
from services.people import people_file
from services.people.identity import Actor
from services.people.import_people import import_people
from services.plans import skp_file
from services.plans.import_skp import import_skp

ROOT = Path(__file__).resolve().parent.parent
DOCS = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
PICTURES = ROOT / "docs" / "pictures"
LARGEST = 200 * 1024
"""Bytes of a picture."""
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
SOURCES = ("bot", "handlers", "services", "models", "scheduler", "documents")
PEOPLE = {
    "Pegawai": ({RoleName.STAFF}, False),
    "Atasan": ({RoleName.STAFF, RoleName.SUPERVISOR}, True),
    "Pengelola": ({RoleName.ADMIN}, False),
    "Pengamat": ({RoleName.OBSERVER}, False),
}
"""Column of the command table → roles, and whether somebody names them as supervisor."""

of_every_document = pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))


class Asked(Mapping[str, str]):
    """An empty environment that remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __getitem__(self, name: str) -> str:
        self.names.append(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [body for found, body in FENCE.findall(text_of(path)) if found == language]


def code_in(path: Path) -> list[str]:
    """Code in the running text."""
    return CODE.findall(FENCE.sub("", text_of(path)))


def typed_in(path: Path) -> list[str]:
    """What the document tells people to type into a shell, and what it names in passing."""
    lines = [line for body in blocks(path, "console") for line in body.splitlines()]
    commands = [line[2:].partition("  #")[0].strip() for line in lines if line.startswith("$ ")]
    return commands + [one for one in code_in(path) if one.startswith(("kinerja ", ".venv/", "make "))]


def anchors(path: Path) -> set[str]:
    """The addresses of a document's headings, as code forges make them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def settings_read() -> list[str]:
    """Every variable, in the order in which it is read."""
    asked = Asked()
    load_settings(asked)
    return asked.names


def source() -> str:
    """All of the product's code."""
    return "\n".join(text_of(path) for name in SOURCES for path in sorted((ROOT / name).rglob("*.py")))


def actor_in(column: str) -> Actor:
    roles, supervises = PEOPLE[column]
    return Actor(1, column, 1, "Asia/Jakarta", "id", frozenset(roles), None, supervises)


def row_of(command: Command) -> str:
    """A command's row in the README."""
    says = Texts().speech("id").plain(f"commands.{command.name}")
    marks = ["✓" if command.shown_to(actor_in(column)) else "·" for column in PEOPLE]
    return f"| `/{command.name}` | {says} | {' | '.join(marks)} |"


@of_every_document
def test_links_lead_somewhere(path: Path) -> None:
    for target in LINK.findall(FENCE.sub("", text_of(path))):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(there), target


@of_every_document
def test_nothing_speaks_of_one_machine(path: Path) -> None:
    assert not re.findall(r"(?<![\w.])/(?:home|root|work|Users)/", text_of(path))


@of_every_document
def test_commands_exist(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    parser = build_parser()
    for line in typed_in(path):
        words = shlex.split(line.replace("…", "..."))
        match words:
            case ["make", target, *_]:
                assert target in targets, line
            case [".venv/bin/python", "-m", module, *files]:
                assert (ROOT / f"{module.replace('.', '/')}.py").exists(), line
                assert all((ROOT / one).exists() for one in files if "/" in one), line
            case [".venv/bin/kinerja", *arguments] if arguments:
                parser.parse_args(arguments)
            case ["kinerja", command, *rest]:
                assert f"{command}" in parser.format_help(), line
                if any(one.startswith("-") for one in rest):
                    parser.parse_args([command, *rest])


@of_every_document
def test_files_that_are_named_exist(path: Path) -> None:
    for name in code_in(path):
        if re.fullmatch(r"[a-z_.]+(?:/[\w.-]+)+\.(?:py|toml|md|json|tsv|csv)", name):
            found = [ROOT / name, path.parent / name]
            assert any(one.exists() for one in found), name


def test_every_picture_is_shown_and_small() -> None:
    shown = {
        (path.parent / target).resolve()
        for path in DOCS
        for target in LINK.findall(text_of(path))
        if target.endswith(".png")
    }
    pictures = set(PICTURES.glob("*.png"))
    assert shown == pictures
    assert not [one.name for one in pictures if one.stat().st_size > LARGEST]


def test_settings_are_documented() -> None:
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| (\S.*?) \| ", text_of(ROOT / "docs/operating.md"), re.M))
    assert sorted(table) == sorted(settings_read())
    settings = load_settings({})
    for name, field in {
        "TELEGRAM_API_URL": settings.api_url,
        "DATABASE_URL": settings.database_url,
        "EVIDENCE_DIR": settings.evidence_dir,
        "PICTURE_DIR": settings.picture_dir,
        "ORGANIZATION": settings.organization,
        "PRIVACY_CONTACT": settings.privacy_contact,
        "WEBHOOK_PORT": settings.webhook_port,
        "LOG_FORMAT": settings.log_format,
    }.items():
        assert table[name] == f"`{field}`"


def test_the_example_of_settings_is_whole() -> None:
    lines = text_of(ROOT / ".env.example").splitlines()
    found = [match[1] for line in lines if (match := re.match(r"(?:# )?([A-Z][A-Z_]+)=", line))]
    assert sorted(found) == sorted(settings_read())


def test_the_example_of_settings_can_be_used_as_it_is() -> None:
    lines = [line for line in text_of(ROOT / ".env.example").splitlines() if line and line[0] != "#"]
    assert load_settings(dict(line.split("=", 1) for line in lines)) == load_settings({})


def test_the_table_of_commands_is_the_registry() -> None:
    commands = Registry(FEATURES).commands.values()
    shown = [one for one in commands if any(one.shown_to(actor_in(column)) for column in PEOPLE)]
    wanted = sorted(row_of(one) for one in shown)
    readme = text_of(ROOT / "README.md")
    found = sorted(line for line in readme.splitlines() if line.startswith("| `/"))
    assert found == wanted, "the README wants these rows:\n" + "\n".join(wanted)
    hidden = [one for one in commands if one not in shown]
    strangers = [one for one in commands if one.open_to_strangers]
    assert all(f"`/{one.name}`" in readme for one in (*hidden, *strangers))


def events_logged() -> set[str]:
    """The first argument of every call of a logger."""
    calls = [
        node
        for name in SOURCES
        for path in (ROOT / name).rglob("*.py")
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
    ]
    said = [call.args[0] for call in calls if ast.unparse(call.func).startswith("log.")]
    assert all(isinstance(one, ast.Constant) for one in said), "an event has a name that can be looked up"
    return {str(one.value) for one in said if isinstance(one, ast.Constant)}


def test_the_log_events_are_those_of_the_code() -> None:
    table = text_of(ROOT / "docs/operating.md").partition("## Logs")[2].partition("### ")[0]
    rows = [line.split(" | ")[0] for line in table.splitlines() if line.startswith("| `")]
    events = [event for row in rows for event in CODE.findall(row)]
    assert len(events) > 50
    assert sorted(events) == sorted(events_logged())


def test_the_glossary_names_the_code() -> None:
    code = source()
    rows = [line.split(" | ") for line in text_of(ROOT / "docs/glossary.md").splitlines() if "`" in line]
    names = [name for row in rows for name in CODE.findall(row[1] if "`" in row[1] else row[0])]
    assert len(names) > 30
    assert not [name for name in names if not re.search(rf"\b{re.escape(name)}\b", code)]


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["version"]
    assert f"## [{version}]" in text_of(ROOT / "CHANGELOG.md")


def test_the_example_of_a_command_runs() -> None:
    (example, _) = blocks(ROOT / "docs/contributing.md", "python")
    scope: dict[str, object] = {}
    exec(compile(example, "contributing.md", "exec"), scope)
    assert "FEATURE" in scope


async def test_the_example_files_are_imported_without_a_remark(db: Database, now: datetime) -> None:
    for name, shapes, step in (
        ("people.csv", importing.PEOPLE, import_people),
        ("skp.csv", importing.SKP, import_skp),
    ):
        data = (ROOT / "docs/examples" / name).read_bytes()
        (table, *_) = read_tables(data, name, shapes)
        assert table is not None
        async with db.writing() as session:
            done = await step(session, plain_rows(table), now=now)
        assert (table.faults, table.warnings, done.faults, done.warnings) == ((), (), (), ())


@pytest.mark.parametrize(("title", "columns"), [("People", people_file.COLUMNS), ("SKP", skp_file.COLUMNS)])
def test_every_column_of_a_file_is_explained(title: str, columns: tuple[str, ...]) -> None:
    table = re.search(rf"^\| {title}.*?\n\n", text_of(ROOT / "README.md"), re.MULTILINE | re.DOTALL)
    assert table is not None
    assert sorted(re.findall(r"^\| `(\w+)`", table[0], re.MULTILINE)) == sorted(columns)
