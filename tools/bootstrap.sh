#!/bin/sh
# Makes .venv and brings it to the locked state: `bootstrap.sh local|dev [PYTHON]`. Looks before it acts, and says in one
# line what is missing. Order: uv on PATH; else `python3 -m venv` where ensurepip is there; else pip into .tools; else one line.
set -eu
group=$1
venv=.venv
say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# ---- a Python that is new enough
python=${2:-}
if [ -z "$python" ]; then
    for candidate in python3 python3.13 python3.12 python3.11 python3.14; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        python=$candidate
        break
    done
fi
if [ -z "$python" ]; then
    if command -v python3 >/dev/null 2>&1; then
        die "Python 3.11 or newer is needed, found $(python3 -V 2>&1 | cut -d' ' -f2): install one, then make ${group#dev} PY=python3.12"
    fi
    die "Python 3.11 or newer is needed and none was found: sudo apt install python3 python3-venv"
fi
command -v "$python" >/dev/null 2>&1 || die "$python was not found: give PY= the name or path of a Python 3.11 or newer"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die "Python 3.11 or newer is needed, $python is $("$python" -V 2>&1 | cut -d' ' -f2): make PY=python3.12 ..."

# ---- room on the disk (only before the first install)
if [ ! -x "$venv/bin/python" ]; then
    free=$(df -Pk . | awk 'NR==2 {print int($4/1024)}')
    [ "$free" -ge 900 ] || die "900 MB of free disk are needed here, $free MB are left"
fi

# ---- uv
lock_of_uv=requirements/uv.txt
if command -v uv >/dev/null 2>&1; then
    uv=uv
elif [ -x "$venv/bin/uv" ]; then
    uv=$venv/bin/uv
elif [ -x .tools/bin/uv ]; then
    uv=.tools/bin/uv
elif "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    say "installing uv into .tools ..."
    "$python" -m venv .tools || die "python -m venv failed: sudo apt install python3-venv, then make again"
    .tools/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $lock_of_uv || die "uv could not be installed: is the package index reachable (PIP_INDEX_URL, SSL_CERT_FILE)?"
    uv=.tools/bin/uv
elif "$python" -m pip --version >/dev/null 2>&1; then
    say "installing uv into .tools ..."
    "$python" -m pip install -q --disable-pip-version-check --target .tools --require-hashes -r $lock_of_uv || die "uv could not be installed: is the package index reachable (PIP_INDEX_URL, SSL_CERT_FILE)?"
    uv=.tools/bin/uv
else
    die "neither uv nor python3-venv is here: sudo apt install python3-venv, then make again"
fi

# ---- the environment
if [ -x "$venv/bin/python" ] && ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    rm -rf "$venv"   # a broken or older one: made by another Python that has gone
fi
[ -x "$venv/bin/python" ] || { say "creating .venv with $("$python" -V 2>&1) ..."; "$uv" venv -q --python "$python" "$venv"; }
# A first install shows its progress; later ones, which find everything in place, say nothing.
[ -d "$venv/lib" ] && ls "$venv"/lib/python*/site-packages/pulumi >/dev/null 2>&1 && quiet=-q || quiet=
failed() {
    die "the packages could not be installed (see above): is the index reachable? (UV_DEFAULT_INDEX, SSL_CERT_FILE, UV_SYSTEM_CERTS=1; uv does not read pip.conf)"
}
if [ "$group" = dev ]; then
    "$uv" pip sync --python "$venv/bin/python" $quiet --require-hashes requirements/dev.txt || failed
else
    # Added, not synced: what `make install` brought stays.
    "$uv" pip install --python "$venv/bin/python" $quiet --require-hashes -r requirements/local.txt || failed
fi
