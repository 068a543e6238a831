"""The door the patient comes through, by a link and a date of birth."""
