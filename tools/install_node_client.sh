#!/bin/sh
# Installs the published Node clients where Node.js and npm are; elsewhere their tests are skipped with this reason.
set -eu
cd "$(dirname "$0")/../tests/published_clients/node"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "== No Node.js with npm here: the tests of the Node clients will be skipped" >&2
elif [ ! -f node_modules/.built ] || [ package.json -nt node_modules/.built ]; then
    echo "== Installing the published Node clients" >&2
    if npm install --no-package-lock --no-audit --no-fund --no-update-notifier --loglevel=error >&2; then
        touch node_modules/.built
    else
        echo "== npm could not install them: the tests of the Node clients will be skipped" >&2
    fi
fi
