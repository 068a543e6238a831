"""Leaf helpers with no tables and no clinic nouns."""
