"""A course required of all staff becomes a requirement of the group «everybody»."""

from django.db import migrations

EVERYBODY = "everybody"


def make_requirements(apps, schema_editor):
    course_model = apps.get_model("training", "Course")
    requirement_model = apps.get_model("training", "CourseRequirement")
    known = set(
        requirement_model.objects.filter(group=EVERYBODY).values_list("course_id", "from_on")
    )
    requirement_model.objects.bulk_create(
        requirement_model(
            course=course,
            group=EVERYBODY,
            from_on=course.required_from_on,
            to_on=course.required_to_on,
        )
        for course in course_model.objects.filter(required_from_on__isnull=False)
        if (course.pk, course.required_from_on) not in known
    )


def write_dates_back(apps, schema_editor):
    """Only what the dates could say: the last requirement of everybody."""
    requirement_model = apps.get_model("training", "CourseRequirement")
    for row in requirement_model.objects.filter(group=EVERYBODY).order_by("from_on"):
        row.course.required_from_on, row.course.required_to_on = row.from_on, row.to_on
        row.course.save()
    requirement_model.objects.filter(group=EVERYBODY).delete()


class Migration(migrations.Migration):
    dependencies = [("training", "0002_programme_desk")]
    operations = [migrations.RunPython(make_requirements, write_dates_back)]
