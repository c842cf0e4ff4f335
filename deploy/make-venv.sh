#!/bin/sh
# Makes .venv where `python -m venv` cannot by itself: Debian keeps ensurepip in a package apart.
# Called by the Makefile with the Python to use.
set -eu
rm -rf .venv
if command -v uv >/dev/null 2>&1; then
    exec uv venv --quiet --seed --python "$1" .venv
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "python$version-venv" >/dev/null
    exec "$1" -m venv .venv
fi
echo "This Python cannot make a virtual environment. On Debian: sudo apt install python3-venv" >&2
exit 1
