"""Other users of the machine can't read members' pictures and clips."""

import os
import stat

import pytest

from bot.disk import keep_private, private_folder
from bot.providers.preview.store import PreviewStore


@pytest.fixture
def lax():
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_is_its_owners_alone_also_one_that_was_open_before(tmp_path, lax):
    fresh, old = tmp_path / "deep" / "fresh", tmp_path / "old"
    old.mkdir()
    for each in (fresh, old):
        private_folder(each)
        assert mode(each) == 0o700


def test_the_previews_folders_are_private(tmp_path, lax):
    PreviewStore(tmp_path / "preview").open()
    assert {mode(each) for each in (tmp_path / "preview", *(tmp_path / "preview").iterdir())} == {0o700}


def test_files_made_from_here_on_are_private(tmp_path, lax):
    keep_private()
    (tmp_path / "picture").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    assert (mode(tmp_path / "picture"), mode(tmp_path / "folder")) == (0o600, 0o700)
