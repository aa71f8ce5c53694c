"""The four things the programme helps with at counters, where a commune has them already."""

from django.db import migrations

AT_COUNTERS = ("vneid", "public-services", "cashless", "qr")


def mark(apps, schema_editor):
    apps.get_model("households", "Skill").objects.filter(code__in=AT_COUNTERS).update(
        is_at_counter=True
    )


class Migration(migrations.Migration):
    dependencies = [("households", "0007_skills_at_the_counter")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
