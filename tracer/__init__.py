"""The engine of fundtrail: ledger, flow, graph, rules and findings."""
