"""The whole clinic on one machine, with made-up patients: `make demo`.

PostgreSQL and Valkey out of wheels, then the same three processes a deployment runs (web, worker, beat), each
with the database role of its own. What it keeps is in .run/: the data, the outgoing mail and the logs.
"""
