"""The graph that queries run on: a derived projection, on Ladybug or on Neo4j."""

from pathlib import Path

from tracer.graph.base import Store


def open_store(where: str | Path) -> Store:
    """The graph at a Bolt URI (user and password from the environment), or in a Ladybug file.

    Raises StoreUnavailable if there is none.
    """
    if "://" in str(where):
        from tracer.graph.neo4j import Neo4jStore

        return Neo4jStore(str(where))
    from tracer.graph.ladybug import LadybugStore

    return LadybugStore(Path(where))
