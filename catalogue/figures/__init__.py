"""Our own figures of the body and where each nerve is met on them; ``manage.py draw_figures`` writes the files."""
