"""Each command in a made-up language: what its user reads comes from a catalogue, except names, figures, paths and commands."""

import gettext
import io

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot.cli import main
from bot.cli.arguments import ARGPARSE
from bot.presentation.views import translations
from tests.pseudo_locale import PSEUDO, plain_words, pseudo

COMMANDS = (
    ("run",),
    ("demo",),
    ("doctor",),
    ("health",),
    ("migrate",),
    ("quota",),
    ("quota", "show"),
    ("quota", "grant"),
    ("quota", "set"),
    ("pause",),
    ("resume",),
    ("job",),
    ("job", "show"),
    ("job", "end"),
    ("job", "retry"),
)
NAMES = {"happyhorse", "config", "credits", *(name for command in COMMANDS for name in command)}


@pytest.fixture
def shell(monkeypatch, tmp_path):
    """A shell whose user reads the made-up language, which argparse finds in a catalogue of its own words."""
    catalogue = Catalog()
    for text in ARGPARSE:
        catalogue.add(text, pseudo(text))
    folder = tmp_path / "locales" / PSEUDO.tag / "LC_MESSAGES"
    folder.mkdir(parents=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    (folder / f"{translations.DOMAIN}.mo").write_bytes(compiled.getvalue())
    ours = translations.FOLDER
    monkeypatch.setattr(translations, "FOLDER", tmp_path / "locales")
    monkeypatch.setattr(translations, "language_of_environment", lambda _environment: PSEUDO)
    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.chdir(tmp_path)
    with translations.speaking(PSEUDO):
        yield
    gettext.bindtextdomain(translations.DOMAIN, ours)


def said_by(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main.main(words)
    out, err = capsys.readouterr()
    return ended.value.code, out + err


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_help_is_in_the_shells_language(command, capsys):
    code, said = said_by(capsys, *command, "--help")
    assert (code, plain_words(said) - NAMES) == (0, set())


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ((), set()),
        (("dance",), {"dance"}),
        (("job", "show"), set()),
        (("job", "show", "no/such"), {"no"}),
        (("job", "show", "1", "--yes"), set()),
        (("quota", "grant", "many", "--member", "1"), {"many"}),
        (("quota", "grant", "5", "--member", "1", "--member", "2"), set()),
        (("quota", "show", "--member"), set()),
        (("quota", "show", "--member", "x9"), set()),
        (("run", "--config"), set()),
        (("demo", "--port", "99999"), set()),
        (("demo", "--open=yes"), {"yes"}),
        (("demo", "--o"), set()),
        (("demo", "--characters"), set()),
        (("pause", "--for", "soon"), {"soon"}),
        (("pause", "--for", "99d"), set()),
        (("demo", "--once"), set()),
        (("demo", "--once", "--prompt", "x"), set()),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_a_mistake_is_told_in_the_shells_language(words, typed, capsys):
    code, said = said_by(capsys, *words)
    assert (code, plain_words(said) - NAMES - typed) == (2, set())


@pytest.mark.usefixtures("shell")
def test_what_the_commands_say_is_in_the_shells_language(capsys):
    commands = (
        "quota show --member 7",
        "migrate",
        "health",
        "quota show --member 7",
        "quota grant 1 --member 7",
        "quota grant --member 7 -- -30",
        "quota set 50 --member 7",
        "quota set --member 7 -- -5",
        "quota grant 0 --member 7",
        "quota grant --member 7 -- -9000",
        "quota grant 99999999999 --member 7",
        f"quota grant 5 --member 7 --note {'1' * 201}",
        "quota grant 5 --member 7 --note \x1b[31",
        "pause",
        "pause --server 20 --for 2h --why 3?",
        f"pause --why {'1' * 201}",
        "resume --server 21",
        "resume --server 20",
        "resume",
        "job show 99",
        "job end 99",
        "run --config config.toml",
    )
    said = [(command, said_by(capsys, *command.split())[1]) for command in commands]
    names = NAMES | {"data", "db", "UTC", "grant", "config", "toml"}
    assert {command: words for command, text in said if (words := plain_words(text) - names)} == {}
