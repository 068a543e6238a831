"""The register: who the patient is, how to reach them, what to be careful about."""
