from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("villages", "0007_columns_left_out"),
    ]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="noticed",
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
