from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training, staff, schools and communication")

    def ready(self):
        from training import (
            auditing,
            evidence,
            import_kinds,
            merging,
            phone_sheets,
            publishing,
            village_changes,
        )

        auditing.register()
        evidence.register()
        phone_sheets.register()
        publishing.register()
        village_changes.register()
        import_kinds.register_all()
        merging.register()
