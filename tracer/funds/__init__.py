"""The catalogue of funds, what a locality adopts of it, and the ledger of amounts in scope."""
