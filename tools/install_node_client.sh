#!/bin/sh
# Installs the published Node client where Node.js and npm are; elsewhere its tests are skipped with this reason.
set -eu
cd "$(dirname "$0")/../tests/published_clients/node"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "== No Node.js with npm here: the test of the Node client will be skipped" >&2
elif [ ! -f node_modules/.built ] || [ package.json -nt node_modules/.built ]; then
    echo "== Installing the published Node client" >&2
    if npm install --no-package-lock --no-audit --no-fund --no-update-notifier --loglevel=error >&2; then
        touch node_modules/.built
    else
        echo "== npm could not install it: the test of the Node client will be skipped" >&2
    fi
fi
