"""One visit as a page: the receipt, what was recorded, and what changed since."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render

from households.correcting import may_correct
from households.doubt_words import with_details
from households.models import Encounter
from households.receipts import receipt_of
from households.visit_content import content_from_records
from households.visit_history import Teller, corrections_of
from households.worklist import worklist
from villages.access import scope_of
from villages.periods import today


def show_visit(request, uuid, *, as_json):
    """Return the visit as HTML or, when asked, as the JSON it can be sent as."""
    visits = Encounter.objects.visible_to(request.user).select_related(
        "household__village", "village", "commune", "author", "member", "typed_by", "voided_by"
    )
    visit = get_object_or_404(visits, uuid=uuid)
    content = visit.content or content_from_records(visit)
    if as_json:
        return JsonResponse(receipt_of(visit) | content | _names_and_day(visit))
    versions = list(visit.versions.select_related("replaced_by").order_by("number"))
    teller = Teller(visit, [content, *(version.content for version in versions)])
    context = {
        "visit": visit,
        "household": visit.household,
        "facts": teller.facts(content),
        "people": teller.people(content).values(),
        "corrections": corrections_of(visit, versions, teller),
        "doubts": with_details(visit.doubts.open().select_related("encounter__household")),
        "may_correct": may_correct(request.user, visit),
        "can_write": scope_of(request.user).can_write,
        "just_saved": "saved" in request.GET,
    }
    if context["just_saved"] and visit.village is not None and context["can_write"]:
        to_visit = worklist(visit.village, today(), 2)
        others = [entry for entry in to_visit if entry.household != visit.household]
        context["next_household"] = others[0] if others else None
    return render(request, "households/visit.html", context)


def _names_and_day(visit):
    """Return who guided, who typed it in, and the day that counts."""
    return {
        "counts_on": visit.held_on.isoformat(),
        "guided_by": visit.guided_by,
        "typed_by": str(visit.typed_by) if visit.is_typed_in else None,
    }
