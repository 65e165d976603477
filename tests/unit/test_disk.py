"""Files get their name once their bytes are on the disk."""

from bot.disk import put_in_place


def test_a_file_takes_the_name_and_the_place_of_an_older_one(tmp_path):
    half, target = tmp_path / ".a.part", tmp_path / "a"
    half.write_bytes(b"new")
    target.write_bytes(b"old")
    put_in_place(half, target)
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
