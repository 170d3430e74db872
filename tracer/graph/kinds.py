"""What a kind of node and a kind of edge of the graph are."""

from dataclasses import dataclass

TEXT, INT, BOOL = "text", "int", "bool"


@dataclass(frozen=True)
class Node:
    """One kind of node: its label, what it stands for, and its properties by name."""

    label: str
    meaning: str
    properties: dict[str, str]

    @property
    def key_type(self) -> str:
        """Type of the `key` property."""
        return self.properties["key"]


@dataclass(frozen=True)
class Edge:
    """One kind of edge: its type, the labels that it joins, and its properties by name."""

    type: str
    ends: tuple[tuple[str, str], ...]
    meaning: str
    properties: dict[str, str]
