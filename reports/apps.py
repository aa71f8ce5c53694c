from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Figures and reports")

    def ready(self):
        from reports.doorbell import ring_after_commit
        from reports.indicators import further_titles
        from villages.measured import name_indicators
        from villages.outbox import unit_became_stale

        unit_became_stale.connect(ring_after_commit, dispatch_uid="reports.doorbell")
        name_indicators(further_titles)
