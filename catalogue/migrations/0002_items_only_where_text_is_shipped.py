"""An item points at its instrument and at that instrument's "text is shipped": PostgreSQL keeps the licence rule."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="""
                ALTER TABLE catalogue_instrumentitem
                ADD CONSTRAINT instrumentitem_only_where_text_is_shipped
                FOREIGN KEY (instrument_id, text_shipped) REFERENCES catalogue_instrument (id, text_shipped)
            """,
            reverse_sql="""
                ALTER TABLE catalogue_instrumentitem
                DROP CONSTRAINT instrumentitem_only_where_text_is_shipped
            """,
        ),
    ]
