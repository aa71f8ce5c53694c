from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VillagesConfig(AppConfig):
    name = "villages"
    verbose_name = _("Villages and teams")

    def ready(self):
        from villages import attachments, auditing, folding, import_kinds

        attachments.register()
        auditing.register()
        folding.register()
        import_kinds.register_all()
