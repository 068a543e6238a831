"""What we owe the patient next: planned, claimed, sent, recorded. It pulls; nobody below calls it."""
