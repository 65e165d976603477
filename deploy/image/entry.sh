#!/bin/sh
# The command `happyhorse` in the image, for the bot itself, its health and the operator's shell alike. Started as root it
# gives the volume to the bot's user and drops root for good; as anybody else it runs as that one. The root of the
# image's files is the folder in which this file is usr/local/bin/happyhorse.
set -eu

root=${0%/usr/local/bin/happyhorse}
data=$root/data
user=10001 # install.sh has the same number

# Where config.toml is looked for, and what is kept.
cd "$data"
export HOME="$data"
export HAPPYHORSE_STORAGE__PATH="${HAPPYHORSE_STORAGE__PATH:-$data/happyhorse.db}"
# -P: what lies in the volume is data, and no module of Python's.
set -- "$root/opt/happyhorse/bin/python" -P -m bot "$@"

if [ "$(id -u)" = 0 ]; then
  # A volume comes as root's, or as another image's user left it. Links are changed themselves, not what they lead to.
  find "$data" -xdev ! \( -user "$user" -group "$user" \) -exec chown -h "$user:$user" {} + || {
    echo "The volume at $data can't be given to the bot's user ($user): give it to that one yourself." >&2
    exit 1
  }
  exec setpriv --reuid="$user" --regid="$user" --clear-groups \
    --inh-caps=-all --ambient-caps=-all --bounding-set=-all --no-new-privs -- "$@"
fi
exec "$@"
