#!/bin/sh
# Installs the bot into an image, as root: a virtual environment with the pinned packages and the bot in it, the command
# `happyhorse`, and the folder for its data. The Dockerfile runs it; deploy/image/entry.sh is the command.
#
#   install.sh [ROOT]   where the image's files begin; / unless given
#
# In the environment: PYTHON, the interpreter (python3); PACKAGES, a folder with the pinned packages in it, so that nothing is
# fetched (the tests have one).
set -eu
umask 022

root=${1:-}
source=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
home=$root/opt/happyhorse
python=$home/bin/python
user=10001 # no name in passwd belongs to it; entry.sh has the same number

"${PYTHON:-python3}" -c 'import sys; sys.exit("Python 3.11 or later is needed" if sys.version_info < (3, 11) else 0)'
command -v setpriv >/dev/null || {
  echo 'The base image has no setpriv (util-linux), with which the bot drops root.' >&2
  exit 1
}

if [ -n "${PACKAGES:-}" ]; then
  "${PYTHON:-python3}" -m venv --without-pip "$home"
else
  "${PYTHON:-python3}" -m venv "$home"
  "$python" -m pip install -qq --disable-pip-version-check --no-cache-dir --require-hashes -r "$source/requirements.lock"
fi
site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
if [ -n "${PACKAGES:-}" ]; then
  echo "$PACKAGES" >"$site/packages.pth"
fi
cp -R "$source/bot" "$source/cogs" "$source/demo" "$source/packages/sandbox/sandbox" "$site/"
if [ -z "${PACKAGES:-}" ]; then
  # The bot's user may not write here, so what Python would keep for the next start is made now.
  "$python" -m compileall -q "$site/bot" "$site/cogs" "$site/demo" "$site/sandbox"
fi

# ffmpeg comes with the packages and the fonts with the bot: nothing of the system's is needed. Both must work here.
"$python" -P - <<'CHECK'
import subprocess
import sys
from pathlib import Path

import bot
import imageio_ffmpeg
from PIL import ImageFont

command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-encoders"]
encoders = subprocess.run(command, capture_output=True, text=True, check=True).stdout
fonts = sorted((Path(bot.__file__).parent / "media" / "fonts").glob("*.otf"))
for font in fonts:
    ImageFont.truetype(font)
if "libx264" not in encoders or "aac" not in encoders or not fonts:
    sys.exit("ffmpeg lacks H.264 or AAC, or the fonts are missing")
CHECK

mkdir -p "$root/usr/local/bin" "$root/data"
cp "$source/deploy/image/entry.sh" "$root/usr/local/bin/happyhorse"
chmod 755 "$root/usr/local/bin/happyhorse"
chown "$user:$user" "$root/data"
chmod 700 "$root/data"
