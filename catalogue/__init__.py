"""The common words of the clinic: nerves, conditions, solutions, instruments and what is known about them."""
