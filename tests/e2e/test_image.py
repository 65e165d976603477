"""Does the Dockerfile's steps in an empty folder as root: installs and starts the bot, checks its health, ends it.

Nothing is downloaded: the packages of the test's environment are linked, and its Python stands in for the base image.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.metadata import distribution
from pathlib import Path

import psutil
import pytest

from tests.e2e.bot_process import until
from tests.processes import end
from tests.sandbox_process import sandbox_process

ROOT = Path(__file__).resolve().parents[2]
USER = 10001
STOPPED_SECONDS = 30
root_alone = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="an image is made by root, and drops it with setpriv",
)
pytestmark = [root_alone, pytest.mark.timeout(300)]


def link(source, target):
    """Makes a hard link to a file, or a copy where that is not possible."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def base_image(folder):
    """Makes a Python that every user may run, wherever this one is installed. Returns its interpreter."""
    home, version = Path(sys.base_prefix), f"python{sys.version_info.major}.{sys.version_info.minor}"
    (folder / "bin").mkdir(parents=True)
    link(os.path.realpath(sys.executable), folder / "bin" / version)
    left_out = shutil.ignore_patterns("test", "site-packages", "config-*", "idlelib", "lib2to3", "ensurepip")
    shutil.copytree(home / "lib" / version, folder / "lib" / version, ignore=left_out, copy_function=link)
    for library in (home / "lib").glob("libpython*"):
        link(library.resolve(), folder / "lib" / library.name)
    return folder / "bin" / version


def packages(folder):
    """The packages of this environment that requirements.lock pins."""
    installed = Path(sysconfig.get_path("purelib"))
    for name in re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE):
        if name == "setuptools" or (name == "audioop-lts" and sys.version_info < (3, 13)):
            continue
        for file in distribution(name).files or []:
            if ".." in file.parts or not (installed / file).is_file():
                continue  # a command, which is outside of this folder, or bytecode that does not exist
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            link(installed / file, target)
    return folder


def context(folder):
    """The files that .dockerignore lets into the build."""
    folder.mkdir()
    for name in re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    return folder


def said_by_the_dockerfile(instruction):
    found = re.search(rf"^{instruction}\b.*?(\[.*\])$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    return json.loads(found[1])


class Image:
    def __init__(self, folder, python):
        self.root = folder
        self.data = folder / "data"
        self.environment = {
            "PATH": f"{folder / 'usr' / 'local' / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "LD_LIBRARY_PATH": str(python.parents[1] / "lib"),
        }

    def health(self):
        words = said_by_the_dockerfile("HEALTHCHECK")
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=60, check=False)

    def owners(self):
        return {(file.lstat().st_uid, file.lstat().st_gid) for file in (self.data, *self.data.rglob("*"))}


@pytest.fixture(scope="module")
def image():
    # Not pytest's folder, which only root may read.
    with tempfile.TemporaryDirectory(prefix="happyhorse-image-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        python = base_image(folder / "base")
        made = Image(folder / "image", python)
        source = context(folder / "source")
        ran = subprocess.run(
            ["sh", str(source / "deploy" / "image" / "install.sh"), str(made.root)],
            env={**made.environment, "PYTHON": str(python), "PACKAGES": str(packages(folder / "packages"))},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        shutil.rmtree(source)  # as the Dockerfile does
        yield made


@pytest.fixture(scope="module")
def bot(image):
    """The bot as a container starts it, with a volume owned by root and a configuration that only root may read."""
    with sandbox_process(openapi=False) as sandbox:
        url = sandbox.url
        outside = image.root / "outside"
        outside.write_text("root's own", encoding="utf-8")
        (image.data / "link").symlink_to(outside)
        os.chown(image.data, 0, 0)
        config = image.data / "config.toml"
        places = f'api_base = "{url}/api/v10"\ngateway_url = "{url.replace("http", "ws", 1)}/gateway"\ncdn_base = "{url}/cdn"\n'
        config.write_text(f'[discord]\ntoken = "sandbox-token"\n{places}', encoding="utf-8")
        config.chmod(0o600)
        words = said_by_the_dockerfile("ENTRYPOINT") + said_by_the_dockerfile("CMD")
        with (image.root / "log").open("wb") as log, subprocess.Popen(words, env=image.environment, stderr=log) as running:
            try:
                assert sandbox.wait(60, bot="online"), (image.root / "log").read_text(encoding="utf-8")
                yield running
            finally:
                end(running)


def test_the_bot_ends_up_without_root_and_can_never_have_it_again(bot):
    process = psutil.Process(bot.pid)
    assert process.name().startswith("python")  # the started process has become the bot, so signals reach it
    assert set(process.uids()) == set(process.gids()) == {USER}
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{bot.pid}/status").read_text(encoding="utf-8").splitlines())
    assert {status[f"Cap{one}"].strip("0") for one in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {""}
    assert (status["NoNewPrivs"], status["Groups"].strip()) == ("1", "")


def test_the_volume_is_the_bots_and_what_a_link_in_it_leads_to_is_not(bot, image):
    assert image.owners() == {(USER, USER)}
    assert (image.data / "happyhorse.db").stat().st_mode & 0o777 == 0o600
    assert (image.root / "outside").stat().st_uid == 0


def test_its_health_is_that_of_the_running_bot_and_asking_leaves_nothing_of_roots_behind(bot, image):
    # Discord has the bot online a moment before the bot has noted it.
    until(lambda: image.health().returncode == 0, lambda: image.health().stdout)
    assert image.owners() == {(USER, USER)}


def test_a_stop_ends_it_in_order_and_its_health_says_so(bot, image):
    bot.terminate()
    assert bot.wait(STOPPED_SECONDS) == 0
    asked = image.health()
    assert (asked.returncode, asked.stdout.startswith("No bot runs")) == (1, True)
