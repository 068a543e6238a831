"""Files of patients, read and checked without touching the register."""
