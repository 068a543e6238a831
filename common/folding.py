"""Text as searching compares it."""

import unicodedata


def fold(text: str) -> str:
    """Lower case without accents and punctuation, words parted by one space."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())
