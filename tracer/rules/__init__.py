"""Rules as query files: loading, locking, scanning and evidence."""
