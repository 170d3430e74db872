"""Every figure in the README is printed by a command in here; peers run in the same process run."""
