"""The size of a picture, read from its first bytes."""

import io

import pytest
from PIL import Image

from sandbox.discord.pictures import size_of


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_pictures_size_is_read_from_its_first_bytes(tmp_path, kind):
    Image.new("RGB", (123, 45)).save(tmp_path / "picture", kind)
    assert size_of(tmp_path / "picture") == (123, 45)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_broken_picture_has_no_size_and_harms_nobody(tmp_path, kind):
    made = io.BytesIO()
    Image.new("RGB", (123, 45)).save(made, kind)
    for length in range(30):
        (tmp_path / "picture").write_bytes(made.getvalue()[:length])
        assert size_of(tmp_path / "picture") in {None, (123, 45)}


def test_other_files_have_no_size(tmp_path):
    (tmp_path / "notes").write_text("just words")
    assert size_of(tmp_path / "notes") is None
