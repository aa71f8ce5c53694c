"""What an empty list leads to: back to all rows, or to the screen where the first one is made."""

from dataclasses import dataclass

from django.urls import resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from villages.access import scope_of
from villages.answers import may_change_shared
from villages.importing.kinds import kind_of
from villages.lists import is_narrowed


@dataclass(frozen=True)
class Step:
    """A page that fills a list; ``is_shared`` ones change what all communes share."""

    url_name: str
    label: str
    is_shared: bool = False

    def address_for(self, user):
        """Return the address, or nothing for who may not open it."""
        address = reverse(self.url_name)
        if scope_of(user).role not in resolve(address).func.roles:
            return ""
        return "" if self.is_shared and not may_change_shared(user) else address


@dataclass(frozen=True)
class Workbook:
    """A kind of list that is brought in from Excel."""

    code: str
    label: str = _("Bring in from Excel")

    def address_for(self, user):
        address, kind = reverse("import_new", args=[self.code]), kind_of(self.code)
        may = scope_of(user).role in resolve(address).func.roles
        return address if may and kind.may_be_brought_in_by(user) else ""


TO_SESSIONS = Step("session_list", _("Training sessions"))
TO_VILLAGES = Workbook("villages", _("Bring in the villages from Excel"))
STEPS = {
    "activity_list": (Step("team_list", _("Community Digital Technology Teams")),),
    "agency_list": (Step("agency_add", _("Add an agency")), Workbook("staff")),
    "attendance_list": (TO_SESSIONS, Workbook("attendance")),
    "card_list": (Step("team_list", _("Community Digital Technology Teams")),),
    "certificate_list": (TO_SESSIONS,),
    "committee_list": (
        Step("committee_add", _("Add a Steering Committee")),
        Workbook("committee"),
    ),
    "committee_member_list": (
        Step("committee_list", _("Steering Committee")),
        Workbook("committee"),
    ),
    "communication_list": (
        Step("communication_add", _("Add a communication")),
        Workbook("communications"),
    ),
    "connectivity_list": (Step("connectivity_add", _("Report a place")), Workbook("connectivity")),
    "course_list": (Step("course_add", _("Add a course"), is_shared=True), Workbook("courses")),
    "document_list": (Step("document_add", _("Add a document")), Workbook("documents")),
    "enterprise_list": (
        Step("enterprise_add", _("Add an enterprise or cooperative")),
        Workbook("declarations"),
    ),
    "handed_list": (Step("household_list", _("Choose households")),),
    "household_list": (Step("household_add", _("Add a household")), Workbook("households")),
    "paper_list": (Step("paper_sheet_new", _("Print a visit sheet")),),
    "phone_list": (Step("card_list", _("Sign-in cards")),),
    "rescue_list": (Step("rescue_upload", _("Take in a file from a phone")),),
    "school_list": (Step("school_add", _("Add a school")), Workbook("schools")),
    "school_year_list": (Step("school_year_add", _("Add a school year"), is_shared=True),),
    "session_list": (Step("session_add", _("Add a session")), Workbook("sessions")),
    "staff_list": (Step("staff_add", _("Add a member of staff")), Workbook("staff")),
    "staff_reminder_list": (Step("staff_reminder_add", _("Write reminders")),),
    "target_list": (Step("target_add", _("Set a target")), Workbook("targets")),
    "team_list": (TO_VILLAGES,),
    "village_list": (TO_VILLAGES,),
    "visit_list": (Step("visit_form", _("Record a visit")), Workbook("guidance")),
    "walk_in_list": (TO_SESSIONS,),
}


def steps_from(request):
    """Return [(address, words)] for an empty list: the filter is cleared, or a row is made."""
    match = request.resolver_match
    if match is None or not (match.url_name.endswith("_list") or match.url_name == "figure"):
        return []
    if is_narrowed(request):
        kept = {name: request.GET[name] for name in ("ngay", "the", "xa") if name in request.GET}
        address = request.path + (f"?{urlencode(kept)}" if kept else "")
        return [(address, _("Clear the filter"))]
    if request.GET.get("show") == "closed":
        return []
    steps = STEPS.get(match.url_name, ())
    return [(address, step.label) for step in steps if (address := step.address_for(request.user))]
