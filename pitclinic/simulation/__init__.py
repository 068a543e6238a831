"""A made-up clinic: people, visits and courses that behave as domain.md §9 says, the same for the same seed.

`course_model` is the arithmetic (no Django), `calendar_grid` hands out slots that cannot overlap, `persona` makes up
people, `writing` sends rows to PostgreSQL by COPY, `story` turns one patient's plan into rows, `run` does the batches.
Everything here is synthetic: no name, number or score comes from a person.
"""
