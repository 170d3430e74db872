"""Errors that a user can act on; anything else that is raised is a bug of ours."""


class FundtrailError(Exception):
    """An error meant for the user: what is wrong, where, and what to do."""

    exit_code = 2


class UsageError(FundtrailError):
    """Wrong use: an unknown identifier, table, column, parameter or option."""

    exit_code = 2


class DataRefusedError(FundtrailError):
    """Data that cannot be taken or work that is refused; nothing was changed."""

    exit_code = 3


class OutputRefusedError(FundtrailError):
    """Standard output takes no more: the disk behind it is full, for example."""

    exit_code = 2


class ConservationError(AssertionError):
    """Money did not add up inside the engine; this is a bug and stops the build."""
