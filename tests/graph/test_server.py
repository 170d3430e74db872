"""The local Neo4j: it starts, asks for its password, keeps to itself, and stops; and the containers."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import neo4j
import pytest
import yaml
from neo4j.exceptions import AuthError, Neo4jError

from tracer.errors import UsageError
from tracer.graph import server

ROOT = Path(__file__).parents[2]


def wait_until_gone(home: Path, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while server.status(home) is not None:
        assert time.monotonic() < deadline, "the server goes on"
        time.sleep(0.1)


@pytest.fixture(autouse=True)
def _short_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")


def test_its_life_from_start_to_stop(tmp_path: Path) -> None:
    assert server.status(tmp_path) is None
    assert server.stop(tmp_path) is False
    running = server.start(tmp_path, heap_mb=512, owner=os.getpid())
    try:
        assert server.status(tmp_path) == running == server.start(tmp_path), "one server for a home"
        assert server.auth_of(tmp_path, running.uri) == (running.user, running.password)
        assert server.auth_of(tmp_path, "bolt://127.0.0.1:1") is None
        assert re.fullmatch(r"bolt://127\.0\.0\.1:\d+", running.uri)
        secret = tmp_path / "neo4j" / "server.json"
        assert secret.stat().st_mode & 0o777 == 0o600
        assert running.password not in (tmp_path / "neo4j" / "server.log").read_text("utf-8")
        with neo4j.GraphDatabase.driver(running.uri, auth=(running.user, running.password)) as driver:
            driver.execute_query("CREATE (:Kept {n: 1})")
            for text in (
                "LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line",
                "LOAD CSV FROM 'http://127.0.0.1:9/' AS line RETURN line",
            ):
                with pytest.raises(Neo4jError, match=r"configuration property|blocked"):
                    driver.execute_query(text)
            settings = driver.execute_query("SHOW SETTINGS YIELD name, value").records
            values = {record["name"]: record["value"] for record in settings}
            assert values["dbms.usage_report.enabled"] == "false"
            assert values["server.http.enabled"] == "false"
        for wrong in (("neo4j", "neo4j"), None):
            with (
                neo4j.GraphDatabase.driver(running.uri, auth=wrong) as driver,
                pytest.raises((AuthError, Neo4jError)),
            ):
                driver.verify_connectivity()
    finally:
        assert server.stop(tmp_path) is True
    assert server.status(tmp_path) is None
    assert not secret.exists()

    again = server.start(tmp_path, heap_mb=512, owner=os.getpid())
    assert again.password != running.password
    with neo4j.GraphDatabase.driver(again.uri, auth=(again.user, again.password)) as driver:
        assert driver.execute_query("MATCH (k:Kept) RETURN k.n AS n").records[0]["n"] == 1
    os.kill(again.pid, signal.SIGKILL)
    wait_until_gone(tmp_path)
    assert server.stop(tmp_path) is False, "a process number in a file is not a server"


def test_it_ends_with_its_owner(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    running = server.start(tmp_path, heap_mb=512, owner=owner.pid)
    owner.kill()
    owner.wait()
    wait_until_gone(tmp_path)
    assert os.waitpid(running.pid, 0)[1] == 0, "it closed its database in order"


def test_a_start_that_fails_says_where_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:NoSuchOption=1")
    with pytest.raises(server.ServerError, match=r"server\.log"):
        server.start(tmp_path)
    assert "NoSuchOption" in (tmp_path / "neo4j" / "server.log").read_text("utf-8")
    assert server.status(tmp_path) is None


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.importlib.util, "find_spec", lambda name: None if name == "jgo" else object())
    with pytest.raises(UsageError, match=r"jgo.*pip install 'fundtrail\[neo4j\]'"):
        server.start(tmp_path)


def test_a_fetch_that_was_cut_off_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server._jars(server._cache_folder())
    kept = next((server._cache_folder()).rglob("neo4j-bolt-*.jar"))
    cache = tmp_path / "fundtrail" / server._cache_folder().name
    whole, half = cache / "org" / "whole.jar", cache / "org" / "half.jar"
    whole.parent.mkdir(parents=True)
    shutil.copy(kept, whole)
    half.write_bytes(kept.read_bytes()[:1000])
    (cache / "org" / "half.pom").write_text("<project><depend", "utf-8")
    (cache / "jars.json").write_text(json.dumps({"org/whole.jar": 1, "org/half.jar": 5}), "utf-8")
    seen: list[list[str]] = []

    def fetch(folder: Path) -> list[Path]:
        server._drop_damaged(folder)
        seen.append(sorted(path.name for path in (folder / "org").iterdir()))
        return [whole]

    monkeypatch.setattr(server, "_fetch", fetch)
    assert server._jars(cache) == [whole]
    assert server._jars(cache) == [whole]
    assert seen == [["whole.jar"]], "fetched once, without what was damaged"


def test_the_containers_answer_on_this_machine_only_and_have_no_password_by_default() -> None:
    path = ROOT / "docker-compose.yml"
    services = yaml.safe_load(path.read_text("utf-8"))["services"]
    assert set(services) == {"neo4j", "app"}
    assert re.fullmatch(r"neo4j:5\.26(\.\d+)?-community", services["neo4j"]["image"])
    assert all(service["healthcheck"]["test"] for service in services.values())
    for port in services["neo4j"]["ports"]:
        assert port.startswith("127.0.0.1:"), f"{port} is open to the network"
    assert services["app"]["network_mode"] == "host", "it listens on loopback itself"
    assert "ports" not in services["app"]
    assert services["app"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert not {"--host", "0.0.0.0"} & set(services["app"]["command"])
    secrets = re.findall(r"\$\{?(\w+)(:\?)?", path.read_text("utf-8"))
    assert ("NEO4J_PASSWORD", ":?") in secrets
    assert all(must for name, must in secrets if "PASSWORD" in name)


def test_the_image_is_built_from_files_that_are_there() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    copied = [
        word
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert {"pyproject.toml", "tracer", "ingest", "api", "queries"} <= set(copied)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert next(line for line in lines[::-1] if line.startswith("USER ")) == "USER fundtrail"


def test_compose_itself_accepts_the_containers() -> None:
    plugin = shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True)
    compose = ["docker", "compose"] if plugin and plugin.returncode == 0 else ["docker-compose"]
    command = [*compose, "-f", str(ROOT / "docker-compose.yml"), "config", "--quiet"]
    without = {name: value for name, value in os.environ.items() if name != "NEO4J_PASSWORD"}
    good = subprocess.run(
        command, env={**without, "NEO4J_PASSWORD": "only-for-this-test"}, capture_output=True
    )
    assert good.returncode == 0, good.stderr.decode()
    assert subprocess.run(command, env=without, capture_output=True).returncode != 0
