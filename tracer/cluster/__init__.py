"""The same work on Spark: the ledger's tables, the order, the kernel and rules, dealt to executors."""
