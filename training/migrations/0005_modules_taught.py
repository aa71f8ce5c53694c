"""The modules schools teach today; further ones are rows somebody adds."""

from django.db import migrations

MODULES = (
    ("digital-skills", "Kỹ năng số", "Digital skills"),
    ("artificial-intelligence", "Trí tuệ nhân tạo (AI)", "Artificial intelligence (AI)"),
    ("online-safety", "An toàn trên không gian mạng", "Safety online"),
)


def make_modules(apps, schema_editor):
    module = apps.get_model("training", "TaughtModule")
    for position, (code, name, name_en) in enumerate(MODULES):
        module.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": name_en, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("training", "0004_requirements_replace_dates")]
    operations = [migrations.RunPython(make_modules, migrations.RunPython.noop)]
