#!/bin/sh
# Makes a virtual environment of exactly what a lock file lists; with a STAMP, adds to the one that is there what it lacks.
# Usage: tools/make_environment.sh DIRECTORY LOCK [STAMP]     (PYTHON names another interpreter)
set -eu
directory=$1
lock=$2
stamp=${3:-$directory/.built}

say() { printf '== %s\n' "$*" >&2; }
recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
complete() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }

# Root's environment is for a service with a user of its own, who enters nobody's home.
shared() {
    [ "$(id -u)" != 0 ] || "$1" -c 'import pathlib, sys
place = pathlib.Path(sys.executable).resolve()
sys.exit(place.parts[1] in ("home", "root") or not all(each.stat().st_mode & 1 for each in place.parents))' 2>/dev/null
}

# The interpreter: of those named, else of the usual ones, the first recent enough; preferred is one that can make
# environments by itself, and then one that other users may run.
python= best=0
for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14 /usr/local/bin/python3 /usr/bin/python3}; do
    recent "$candidate" || continue
    rank=1
    if shared "$candidate"; then rank=2; fi
    if complete "$candidate"; then rank=$((rank + 2)); fi
    if [ $rank -gt $best ]; then python=$candidate best=$rank; fi
done
if [ -z "$python" ]; then
    say "Python 3.11 or later is needed, and ${PYTHON:-python3} is not. Install one, or name it: make PYTHON=/path/to/python3"
    exit 1
fi

# Debian and its kin keep `ensurepip` in a package of its own.
venv_package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
if ! complete "$python" && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "Installing $venv_package, without which this Python cannot make environments"
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
    export PATH DEBIAN_FRONTEND=noninteractive
    apt-get -qq update &&
        apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends "$venv_package" >&2 || true
fi

# Two terminals may say `make` at once: the second one waits, and finds it made.
if command -v flock >/dev/null; then
    exec 9<"$0"
    flock -n 9 || { say "Another make is at this: waiting for it"; flock 9; }
    if [ "$stamp" -nt "$lock" ] && [ "$stamp" -nt "$0" ]; then exit 0; fi
fi

if [ $# -le 2 ] && ! shared "$python"; then
    say "$directory is made from $("$python" -c 'import os, sys; print(os.path.realpath(sys.executable))'), which root alone"
    say "may run: a service of another user cannot start. Name one for all: make clean, make PYTHON=/usr/bin/python3"
fi
if [ $# -gt 2 ]; then
    say "Adding to $directory what $lock lists"
    pip="$directory/bin/python -m pip"
    $pip --version >/dev/null 2>&1 || pip="$python -m pip --python $directory/bin/python"
elif complete "$python"; then
    say "Making $directory with $("$python" --version), from $lock"
    "$python" -m venv --clear "$directory"
    pip="$directory/bin/python -m pip"
elif "$python" -m pip --python "$(command -v "$python")" --version >/dev/null 2>&1; then  # pip 22.3 or later
    say "Making $directory with $("$python" --version), from $lock"
    "$python" -m venv --clear --without-pip "$directory"
    pip="$python -m pip --python $directory/bin/python"
else
    say "This Python cannot make environments. On Debian or Ubuntu: sudo apt-get install $venv_package"
    exit 1
fi

# One line that counts, where somebody looks; what pip said is shown only when it failed. What is imported is compiled
# (tools/compile_imported.py): most of what is installed never is, and its bytecode would take a sixth of the space.
count=$(grep -c '==' "$lock")
log=$directory/install.log
say "Installing $count packages (a minute or two the first time)"
$pip --disable-pip-version-check --no-input install --no-compile --require-hashes --requirement "$lock" >"$log" 2>&1 &
installing=$!
trap 'kill $installing 2>/dev/null' EXIT INT TERM
while kill -0 $installing 2>/dev/null; do
    fetched=$(grep -cE '^(Collecting|Processing|Requirement already satisfied:) ' "$log" || true)
    [ ! -t 2 ] || printf '\r== fetched %s of %s ' "$fetched" "$count" >&2
    sleep 1
done
trap - EXIT INT TERM
[ ! -t 2 ] || printf '\r' >&2
wait $installing || { cat "$log" >&2; say "The packages were not installed"; exit 1; }
touch "$stamp"
say "$directory is ready"
