# What the tests need of Debian's packages: a browser with a Chinese font (pages are Chinese), a PostgreSQL for the
# tests of cases, compose, which reads docker-compose.yml without a Docker daemon, and a Java for Spark.
set -eu
wanted=""
if ! command -v chromium >/dev/null; then wanted="$wanted chromium chromium-sandbox"; fi
if ! fc-list 2>/dev/null | grep -qi "cjk"; then wanted="$wanted fontconfig fonts-noto-cjk"; fi
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then wanted="$wanted postgresql"; fi
if ! docker compose version >/dev/null 2>&1 && ! command -v docker-compose >/dev/null; then
    wanted="$wanted docker-compose"
fi
if ! command -v java >/dev/null; then wanted="$wanted openjdk-17-jre-headless"; fi
if [ -z "$wanted" ]; then exit 0; fi
run=""
if [ "$(id -u)" -ne 0 ]; then
    run="sudo -n"
    if ! $run true 2>/dev/null; then
        echo "The tests need: apt-get install$wanted" >&2
        exit 1
    fi
fi
$run apt-get update -qq
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
