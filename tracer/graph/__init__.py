"""The graph that is queried: one port, two stores, projected from ledger and pieces."""
