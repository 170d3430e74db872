# The tests of cases run on SQLite and on a PostgreSQL of their own, from Debian's packages.
set -eu
if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    exit 0
fi
run=""
if [ "$(id -u)" -ne 0 ]; then
    run="sudo -n"
    if ! $run true 2>/dev/null; then
        echo "The tests of cases need PostgreSQL: apt-get install postgresql" >&2
        exit 1
    fi
fi
$run apt-get update -qq
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
