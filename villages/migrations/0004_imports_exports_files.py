"""Lists brought in and taken out, files kept beside records, and how villages changed."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('villages', '0003_an_account_with_a_phone_stays'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=40, verbose_name='list')),
                ('options', models.JSONField(default=dict, editable=False)),
                ('file_name', models.CharField(max_length=150, verbose_name='file')),
                ('source', models.BinaryField(null=True)),
                ('language', models.CharField(default='vi', editable=False, max_length=10)),
                ('source_size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('sheet', models.CharField(blank=True, max_length=100, verbose_name='sheet')),
                ('heading_row', models.PositiveIntegerField(default=0, verbose_name='row of the headings')),
                ('matching', models.JSONField(default=dict, editable=False)),
                ('left_out', models.JSONField(default=dict, editable=False)),
                ('noticed', models.JSONField(default=dict, editable=False)),
                ('decisions', models.JSONField(default=dict, editable=False)),
                ('only_right_rows', models.BooleanField(default=False, verbose_name='only the right rows')),
                ('status', models.CharField(choices=[('uploaded', 'Headings to check'), ('planning', 'Being checked'), ('planned', 'Ready to apply'), ('applying', 'Being applied'), ('applied', 'Applied'), ('undoing', 'Being undone'), ('undone', 'Undone'), ('failed', 'Could not be read'), ('discarded', 'Discarded')], default='uploaded', max_length=10, verbose_name='status')),
                ('rows_total', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('counts', models.JSONField(default=dict, editable=False)),
                ('trace', models.JSONField(default=dict, editable=False)),
                ('problem', models.CharField(blank=True, max_length=500, verbose_name='why it failed')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='uploaded at')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='applied at')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone at')),
                ('comes_back', models.BooleanField(default=False, editable=False)),
                ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='applied by')),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_runs', to='villages.commune', verbose_name='commune')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
            ],
            options={
                'verbose_name': 'imported list',
                'verbose_name_plural': 'imported lists',
                'ordering': ['-uploaded_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='connectivityreport',
            name='reported_in',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='villages.village', verbose_name='reported in the village'),
        ),
        migrations.AddField(
            model_name='connectivityreport',
            name='told_by',
            field=models.CharField(blank=True, max_length=120, verbose_name='told by'),
        ),
        migrations.AlterField(
            model_name='assignment',
            name='role',
            field=models.CharField(choices=[('team_leader', 'Team leader'), ('official', 'Commune official'), ('reader', 'Leader who reads'), ('admin', 'Administrator'), ('school', 'School'), ('staff', 'Member of staff')], max_length=20, verbose_name='role'),
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('content_type', models.CharField(max_length=100, verbose_name='kind of file')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('content', models.BinaryField()),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='uploaded at')),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='villages.commune', verbose_name='commune')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
            ],
            options={
                'verbose_name': 'stored file',
                'verbose_name_plural': 'stored files',
                'ordering': ['-uploaded_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='governingdocument',
            name='attachments',
            field=models.ManyToManyField(blank=True, related_name='documents', to='villages.storedfile', verbose_name='attachments'),
        ),
        migrations.CreateModel(
            name='VillageChangeJournal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entries', models.JSONField(default=list, editable=False)),
                ('change', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='journal', to='villages.villagechange', verbose_name='change of a village')),
            ],
            options={
                'verbose_name': "journal of a village's change",
                'verbose_name_plural': "journals of villages' changes",
            },
        ),
        migrations.CreateModel(
            name='ExportRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('exported_at', models.DateTimeField(auto_now_add=True, verbose_name='exported at')),
                ('list_name', models.CharField(max_length=60, verbose_name='list')),
                ('filters', models.CharField(blank=True, max_length=1000, verbose_name='filters')),
                ('file_format', models.CharField(max_length=10, verbose_name='format')),
                ('rows', models.PositiveIntegerField(verbose_name='rows')),
                ('with_names', models.BooleanField(default=False, verbose_name='with names')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('commune', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='villages.commune', verbose_name='commune')),
                ('exported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='exported by')),
            ],
            options={
                'verbose_name': 'export',
                'verbose_name_plural': 'exports',
                'ordering': ['-exported_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('with_names', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='an_export_with_names_says_why')],
            },
        ),
        migrations.CreateModel(
            name='ImportProgress',
            fields=[
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='progress', serialize=False, to='villages.importrun', verbose_name='list')),
                ('stage', models.CharField(blank=True, choices=[('reading', 'Reading the file'), ('checking', 'Comparing with the records'), ('writing', 'Writing the records'), ('undoing', 'Taking back what was written')], max_length=10, verbose_name='stage')),
                ('rows_done', models.PositiveIntegerField(default=0, verbose_name='rows done')),
                ('rows_total', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('worked_on_at', models.DateTimeField(null=True, verbose_name='last sign of life')),
                ('claim', models.UUIDField(editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('obstacles', models.JSONField(default=list, editable=False)),
                ('errors_asked_at', models.DateTimeField(editable=False, null=True)),
                ('errors_begun_at', models.DateTimeField(editable=False, null=True)),
                ('errors_file', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='villages.storedfile')),
            ],
            options={
                'verbose_name': 'progress of an imported list',
                'verbose_name_plural': 'progress of imported lists',
            },
        ),
        migrations.CreateModel(
            name='ImportJournal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='journal', to='villages.importrun')),
            ],
            options={
                'verbose_name': 'journal of an imported list',
                'verbose_name_plural': 'journals of imported lists',
                'ordering': ['run', 'position'],
                'constraints': [models.UniqueConstraint(fields=('run', 'position'), name='one_journal_per_run_and_position')],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='row')),
                ('outcome', models.CharField(choices=[('new', 'New'), ('changed', 'Changed'), ('same', 'Same'), ('wrong', 'Wrong'), ('uncertain', 'To decide'), ('skipped', 'Left out')], max_length=10, verbose_name='outcome')),
                ('cells', models.JSONField(default=dict)),
                ('errors', models.JSONField(default=dict)),
                ('changes', models.JSONField(default=list)),
                ('candidates', models.JSONField(default=list)),
                ('decision', models.CharField(blank=True, editable=False, max_length=100)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='villages.importrun')),
            ],
            options={
                'verbose_name': 'row of an imported list',
                'verbose_name_plural': 'rows of imported lists',
                'ordering': ['run', 'number'],
                'constraints': [models.UniqueConstraint(fields=('run', 'number'), name='one_row_per_run_and_number')],
            },
        ),
    ]
