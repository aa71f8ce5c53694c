from django.conf import settings
from django.core.management.base import BaseCommand

from portal.translations import compile_translations


class Command(BaseCommand):
    help = "Compiles changed translations (locale/*/LC_MESSAGES/*.po) without GNU gettext."
    requires_system_checks = []

    def handle(self, *args, **options):
        compiled = compile_translations(settings.LOCALE_PATHS)
        self.stdout.write(f"{len(compiled)} compiled")
