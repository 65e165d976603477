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
