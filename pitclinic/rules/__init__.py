"""The database's own walls, derived from the models: isolation, privileges, relations inside a clinic, audit."""
