"""How many people signed the list, and why a closed session was opened again."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0005_modules_taught'),
    ]

    operations = [
        migrations.AddField(
            model_name='trainingsession',
            name='counted',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='people on the signed list'),
        ),
        migrations.AddField(
            model_name='trainingsession',
            name='reopen_reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='why reopened'),
        ),
    ]
