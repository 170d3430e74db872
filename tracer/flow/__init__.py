"""From the ledger's rows to pieces of money: which money each transfer carried."""
