"""Look at the walls as they stand: what the boot check refuses to start with."""

from django.db import connections

from pitclinic.rules.apply import relation_name
from pitclinic.rules.tables import clinic_tables, open_tables


def role_problems(using: str = "default") -> list[str]:
    """What is wrong with the role this process connected as: superuser, BYPASSRLS or owner of a table."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            """SELECT current_user, rolsuper, rolbypassrls,
                      (SELECT count(*) FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p', 'v')),
                      pg_has_role(r.oid, (SELECT oid FROM pg_roles WHERE rolname = 'pit_owner'), 'MEMBER')
               FROM pg_roles r WHERE rolname = current_user"""
        )
        name, is_superuser, bypasses, owned, is_owner = cursor.fetchone()
    found = []
    if is_superuser:
        found.append(f"The database role {name} is a superuser.")
    if bypasses:
        found.append(f"The database role {name} bypasses row-level security.")
    if owned or (is_owner and not is_superuser):
        found.append(f"The database role {name} owns tables.")
    return found


def wall_problems(using: str = "default") -> list[str]:
    """Tables without policy or rule, missing relations, views that bypass, functions with a loose search path."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
                      (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),
                      EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'clinic_id'
                              AND NOT a.attisdropped)
               FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"""
        )
        tables = {name: (forced, policies, owned) for name, forced, policies, owned in cursor.fetchall()}
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f' AND convalidated")
        keys = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
               AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
               AND NOT coalesce('security_invoker=on' = ANY (reloptions), false)"""
        )
        views = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            """SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
               AND NOT EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%')"""
        )
        functions = [name for (name,) in cursor.fetchall()]
    return (
        _table_problems(tables)
        + _relation_problems(set(tables), keys)
        + [f"View {name} bypasses row-level security." for name in views]
        + [f"Function {name} runs as its owner without a fixed search_path." for name in functions]
    )


def _table_problems(tables: dict[str, tuple[bool, int, bool]]) -> list[str]:
    ruled = {table.name for table in clinic_tables()}
    open_ones = set(open_tables())
    found = []
    for name, (forced, policies, owned) in sorted(tables.items()):
        if (owned or name in ruled) and not (forced and policies == 1):
            found.append(f"Table {name} is not isolated by exactly one forced policy.")
        elif name not in ruled and name not in open_ones:
            found.append(f"Table {name} falls under no rule.")
    return found + [f"Table {name} is missing." for name in sorted(ruled - set(tables))]


def _relation_problems(tables: set[str], keys: set[str]) -> list[str]:
    return [
        f"Table {table.name} has no foreign key inside the clinic on {relation.column}."
        for table in clinic_tables()
        if table.name in tables
        for relation in table.relations
        if relation_name(table.name, relation) not in keys
    ]
