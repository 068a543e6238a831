"""The same walk with row-level security left behind: what the querysets alone keep apart."""

from collections.abc import Callable

import pytest

from accounts.models import Clinic
from tests.access.walking import walk


@pytest.mark.slow
def test_every_url_answers_each_role_as_the_table_says_without_row_level_security(
    clinic: Clinic, other_clinic: Clinic, as_superuser: Callable[[], None], figure: Callable[[str, float], None]
) -> None:
    tally = walk(clinic, other_clinic, before=as_superuser, only_allowed=True)

    figure("access_cells_without_isolation_checked", tally.checked)
    figure("access_cells_without_isolation_wrong", len(tally.wrong))
    assert tally.wrong == []
    assert tally.checked > 0
