"""The same share of all that a holder has, exact to the fen."""
