"""Open the portal for a real commune: its row, the starting lists, its first official."""

import getpass

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.programme import start_programme
from reports import coverage
from villages.access import ADMIN
from villages.models import Assignment, Commune
from villages.periods import today


class Command(BaseCommand):
    help = (
        "Makes a commune with the starting lists of the programme and one administrator, who "
        "enters everything else. Asks for the administrator's password."
    )

    def add_arguments(self, parser):
        parser.add_argument("--code", required=True, help="the official code, such as 03637")
        parser.add_argument("--name", required=True, help="without the kind: «Mường Kim»")
        parser.add_argument("--kind", choices=Commune.Kind.values, default=Commune.Kind.COMMUNE)
        parser.add_argument("--province", default="", help="such as «Lai Châu»")
        parser.add_argument("--admin", required=True, help="user name of the administrator")

    @transaction.atomic
    def handle(self, *, code, name, kind, province, admin, **options):
        users = get_user_model().objects
        if Commune.objects.filter(code=code).exists():
            raise CommandError(f"The commune {code} is there already; nothing was changed.")
        if users.filter(username__iexact=admin).exists():
            raise CommandError(f"The account {admin} is there already; nothing was changed.")
        user = get_user_model()(username=admin, is_staff=True, is_superuser=True)
        password = getpass.getpass(f"Password of {admin}: ")
        try:
            validate_password(password, user)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        if getpass.getpass("Once more: ") != password:
            raise CommandError("The two passwords differ; nothing was changed.")
        commune = Commune.objects.create(code=code, name=name, kind=kind, province_name=province)
        start_programme()
        user.set_password(password)
        user.save()
        Assignment.objects.create(user=user, role=ADMIN, commune=commune, from_on=today())
        coverage.ensure_units(commune.pk)
        self.stdout.write(
            f"{name} is open. Sign in as {admin} and bring in the villages, then the other lists, "
            "under «Nhập danh sách»."
        )
