"""Backups of a whole deployment: taken, proved, and brought back to a moment (docs/adr/0028)."""
