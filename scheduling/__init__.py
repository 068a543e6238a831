"""A promise: this patient, this clinician, this room, this time."""
