"""A file gets its name only after its bytes are on the disk."""

import errno
import os
import stat

import pytest

from bot.disk import put_in_place


def test_a_file_takes_the_name_and_the_place_of_an_older_one(tmp_path):
    half, target = tmp_path / ".a.part", tmp_path / "a"
    half.write_bytes(b"new")
    target.write_bytes(b"old")
    put_in_place(half, target)
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(("trouble", "passes"), [(errno.EINVAL, True), (errno.ENOTSUP, True), (errno.EIO, False)])
def test_a_drive_that_syncs_no_folders_takes_files_all_the_same(tmp_path, monkeypatch, trouble, passes):
    synced = os.fsync

    def of_files_alone(number):
        if stat.S_ISDIR(os.fstat(number).st_mode):
            raise OSError(trouble, os.strerror(trouble))
        synced(number)

    monkeypatch.setattr(os, "fsync", of_files_alone)
    (tmp_path / "half").write_bytes(b"new")
    if passes:
        put_in_place(tmp_path / "half", tmp_path / "a")
    else:
        with pytest.raises(OSError, match="error"):
            put_in_place(tmp_path / "half", tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"new"
