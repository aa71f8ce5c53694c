from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HouseholdsConfig(AppConfig):
    name = "households"
    verbose_name = _("Households and visits")

    def ready(self):
        from households import auditing, import_kinds

        auditing.register()
        import_kinds.register_all()
