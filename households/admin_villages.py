"""The merging of villages, which moves their households, in the admin."""

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from households.admin_acts import act
from households.models import Resident
from households.village_changes import merge_villages
from villages.admin import VillageAdmin
from villages.admin_actions import DayField, ask_first
from villages.models import Assignment, GoverningDocument, Team, Village


class MergeForm(forms.Form):
    successor = forms.ModelChoiceField(
        Village.objects.none(), label=capfirst(_("into the village"))
    )
    effective_on = DayField(label=capfirst(_("effective on")))
    document = forms.ModelChoiceField(
        GoverningDocument.objects.none(), required=False, label=capfirst(_("governing document"))
    )
    note = forms.CharField(max_length=300, required=False, label=capfirst(_("note")))

    def __init__(self, *args, villages, documents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = villages
        self.fields["document"].queryset = documents


admin.site.unregister(Village)


@admin.register(Village)
class VillageWithHouseholdsAdmin(VillageAdmin):
    """Villages, with the merger that moves their households."""

    actions = ("merge",)

    @admin.action(description=_("Merge into another village"), permissions=["change"])
    def merge(self, request, queryset):
        chosen = list(queryset)
        villages = self.choices_of(Village, request).filter(
            to_on__isnull=True, commune__in={village.commune_id for village in chosen}
        )
        form, page = ask_first(
            self,
            request,
            queryset,
            action="merge",
            title=_("Merge into another village"),
            form_class=MergeForm,
            preview=[sentence for village in chosen for sentence in what_a_merger_moves(village)],
            options={
                "villages": villages.exclude(pk__in=[village.pk for village in chosen]),
                "documents": self.choices_of(GoverningDocument, request),
            },
        )
        if page:
            return page
        if act(
            self,
            request,
            chosen,
            lambda former: merge_villages(former=former, by=request.user, **form.cleaned_data),
        ):
            self.message_user(request, _("The villages are merged."))
        return None


def what_a_merger_moves(village):
    """Return sentences on what changes when a village is merged into another."""
    households = village.households.count()
    people = Resident.objects.present().filter(household__village=village).count()
    teams = Team.objects.filter(village=village, to_on__isnull=True).count()
    leaders = Assignment.objects.filter(village=village, to_on__isnull=True).count()
    counts = [
        (
            households,
            ngettext(
                "%(village)s: %(count)d household stands in the new village from that day.",
                "%(village)s: %(count)d households stand in the new village from that day.",
                households,
            ),
        ),
        (
            people,
            ngettext(
                "%(village)s: %(count)d resident is counted there.",
                "%(village)s: %(count)d residents are counted there.",
                people,
            ),
        ),
        (
            teams,
            ngettext(
                "%(village)s: %(count)d team ends on the day before.",
                "%(village)s: %(count)d teams end on the day before.",
                teams,
            ),
        ),
        (
            leaders,
            ngettext(
                "%(village)s: %(count)d team leader's assignment ends on the day before.",
                "%(village)s: %(count)d team leaders' assignments end on the day before.",
                leaders,
            ),
        ),
    ]
    return [text % {"village": village.full_name, "count": count} for count, text in counts]
