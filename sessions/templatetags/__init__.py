"""How pages of the sessions say their codes."""
