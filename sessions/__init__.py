"""The treatment record: what was injected where, and what the pain did."""
