# The browser tests drive Debian's Chromium; pages are Chinese, so a Chinese font belongs to it.
set -eu
if command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi "cjk"; then
    exit 0
fi
run=""
if [ "$(id -u)" -ne 0 ]; then
    run="sudo -n"
    if ! $run true 2>/dev/null; then
        echo "The browser tests need Chromium and a Chinese font: apt-get install chromium fonts-noto-cjk fontconfig" >&2
        exit 1
    fi
fi
$run apt-get update -qq
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null
