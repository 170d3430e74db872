"""A PostgreSQL of a test run's own: a cluster in a temporary folder, reached through a socket in it."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = ("-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40")
"""The tests kill clients, never the server, so it need not wait for the disk."""


def programs() -> Path:
    """Folder of the newest PostgreSQL that Debian's packages installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert found, "PostgreSQL is not installed: `make test` fetches it, or apt-get install postgresql"
    return found[-1].parent


def server_user() -> str:
    """Who runs the server: ourselves, or, as PostgreSQL refuses root, its own user."""
    return "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name


@contextmanager
def cluster() -> Iterator[str]:
    """The URL, without a database, of a running server, which ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="ft-pg-", dir="/tmp"))  # a socket's path has to be short
    user = server_user()
    shutil.chown(folder, user)
    as_user = {"user": user} if os.getuid() == 0 else {}
    here = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    data = folder / "data"
    initdb = [programs() / "initdb", "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*initdb, "--no-sync"], check=True, **here, **as_user)  # type: ignore[call-overload]
    command = [programs() / "postgres", "-D", data, "-k", folder, *SETTINGS]
    log = (folder / "log").open("wb")
    server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **as_user)  # type: ignore[call-overload]
    try:
        ready = [programs() / "pg_isready", "-q", "-h", folder, "-U", user]
        for _ in range(300):
            assert server.poll() is None, (folder / "log").read_text()
            if subprocess.run(ready, check=False).returncode == 0:
                break
            time.sleep(0.1)
        yield f"postgresql://{user}@/{{name}}?host={folder}"
    finally:
        server.terminate()
        server.wait(30)
        log.close()
        shutil.rmtree(folder)
