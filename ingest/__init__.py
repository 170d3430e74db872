"""Reads files that offices really produce and hands clean rows to the ledger."""
