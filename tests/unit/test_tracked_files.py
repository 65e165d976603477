"""git has only our own files. A file added before it was ignored would stay, and would come with every clone."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Each has a character class, so that the pattern does not match this file.
REGISTRIES = re.compile(r"registry[.]npmjs|files[.]pythonhosted|pypi[.]org|deb[.]debian")
HOMES = re.compile(r"/Users/[a-z]|/home/[a-z]+/")


def tracked(*options):
    """The paths that git lists, from the root of the clone. [] in an unpacked archive, which has no git."""
    if not (ROOT / ".git").exists():
        return []
    listed = subprocess.run(["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / each for each in listed.stdout.split("\0") if each]


def lines_with(pattern):
    found = []
    for path in tracked():
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            text = content.decode(errors="replace")
            found += [f"{path.relative_to(ROOT)}: {line.strip()[:80]}" for line in text.splitlines() if pattern.search(line)]
    return found


def test_nothing_is_kept_that_git_is_told_to_ignore():
    assert tracked("--cached", "--ignored", "--exclude-standard") == []


def test_no_registry_is_named():
    assert lines_with(REGISTRIES) == []


def test_no_persons_folder_is_named():
    assert lines_with(HOMES) == []
