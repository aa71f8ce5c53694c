"""The Steering Committee and its members, of today and former ones."""

from django.db.models import Case, Count, Q, Value, When
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.answers import answer_form, sent, writes
from villages.directing import close_committee, leave_committee, uses_of_committee
from villages.direction_filters import CommitteeFilter, CommitteeMemberFilter
from villages.direction_forms import CommitteeForm, CommitteeMemberForm, LastDayForm
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing
from villages.models import SteeringCommittee, SteeringCommitteeMember
from villages.periods import during, today
from villages.tables import Table, TableColumn
from villages.views.deleting import answer_deletion

RANK = {role: rank for rank, role in enumerate(SteeringCommitteeMember.Role)}
SORTS = {
    "name": ["name__folded"],
    "decision": ["document__number__folded"],
    "since": ["from_on"],
    "until": ["to_on"],
    "members": ["people"],
}
MEMBER_SORTS = {
    "role": ["rank", "full_name__folded"],
    "name": ["full_name__folded"],
    "position": ["position__folded"],
    "committee": ["committee__name__folded", "rank"],
    "since": ["from_on"],
}
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@for_roles(*COMMUNE_ROLES)
@require_GET
def committee_list(request):
    """Show the committees of today and former ones."""
    context = _listed(request) | {"today": today(), "may_write": writes(request.user)}
    return render(request, "villages/committee_list.html", context)


@exported("committee_list", title=gettext_lazy("Steering Committee"))
def committee_table(request):
    """Draw the committees as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("Steering Committee"),
        file_name="ban-chi-dao",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(_("Steering Committee"), width=44),
            TableColumn(_("Commune"), width=24),
            TableColumn(_("Decision"), width=30),
            TableColumn(_("Since"), width=14),
            TableColumn(_("Until"), width=14),
            TableColumn(_("Members today"), width=12),
        ),
        rows=(
            [
                committee.name,
                committee.commune.full_name,
                str(committee.document or ""),
                committee.from_on,
                committee.to_on,
                committee.people,
            ]
            for committee in in_order(context)
        ),
    )


def _listed(request):
    committees = (
        SteeringCommittee.objects.visible_to(request.user)
        .select_related("commune", "document")
        .annotate(people=Count("members", filter=Q(during(today(), "members__"))))
    )
    return listing(request, CommitteeFilter(request, committees), sorts=SORTS, default="-since")


@for_roles(*COMMUNE_ROLES)
@require_GET
def committee_detail(request, pk):
    """Show a Steering Committee and its members, those of today first."""
    committee = get_object_or_404(
        SteeringCommittee.objects.visible_to(request.user).select_related("commune", "document"),
        pk=pk,
    )
    members = committee.members.order_by("from_on", "pk")
    # A committee that has ended shows who was in it on its last day.
    day = min(today(), committee.to_on) if committee.to_on else today()
    now = during(day)
    context = {
        "committee": committee,
        "members": sorted(members.filter(now), key=lambda member: RANK[member.role]),
        "coming": members.filter(from_on__gt=day),
        "former": members.filter(to_on__lt=day).order_by("-to_on", "pk"),
        "may_write": SteeringCommittee.objects.writable_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "villages/committee_detail.html", context)


@for_roles(*COMMUNE_ROLES)
@require_GET
def committee_member_list(request):
    """List the members of every committee in reach, those of today unless asked otherwise."""
    context = _listed_members(request) | {"may_write": writes(request.user)}
    # With one committee in reach its name would only be repeated in every row.
    offered = context["filter"].form.fields["committee"].queryset
    context["several"] = offered.count() > 1
    return render(request, "villages/committee_member_list.html", context)


@exported("committee_member_list", title=gettext_lazy("Members of the Steering Committee"))
def committee_member_table(request):
    """Draw the members of committees as a table, narrowed and sorted as the page is."""
    context = _listed_members(request)
    return Table(
        title=_("Members of the Steering Committee"),
        file_name="thanh-vien-ban-chi-dao",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(_("Name"), is_personal=True, width=26),
            TableColumn(_("Role"), width=18),
            TableColumn(_("Position"), width=36),
            TableColumn(_("Steering Committee"), width=36),
            TableColumn(_("Member since")),
            TableColumn(_("Member until")),
        ),
        rows=(
            [
                member.full_name,
                member.get_role_display(),
                member.position,
                member.committee.name,
                member.from_on,
                member.to_on,
            ]
            for member in in_order(context)
        ),
    )


def _listed_members(request):
    ranks = [When(role=role, then=Value(rank)) for role, rank in RANK.items()]
    members = (
        SteeringCommitteeMember.objects.visible_to(request.user)
        .select_related("committee__commune")
        .annotate(rank=Case(*ranks))
    )
    return listing(
        request, CommitteeMemberFilter(request, members), sorts=MEMBER_SORTS, default="role"
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def committee_add(request):
    """Record a Steering Committee."""
    committee = SteeringCommittee(from_on=today())
    return _committee_form(request, committee, "villages/committee_add.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def committee_edit(request, pk):
    """Correct a Steering Committee."""
    return _committee_form(request, _committee(request, pk), "villages/committee_edit.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def committee_close(request, pk):
    """End a committee and its memberships, after asking for the last day."""
    committee = _committee(request, pk)
    back = reverse("committee_detail", args=[pk])
    return answer_form(
        request,
        LastDayForm(sent(request)),
        "villages/committee_close.html",
        save=lambda form: close_committee(committee=committee, **form.cleaned_data),
        done=back,
        message=_("The committee has ended."),
        committee=committee,
        cancel_url=back,
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def committee_delete(request, pk):
    """Delete a committee entered by mistake, unless it has or had members."""
    return answer_deletion(
        request,
        _committee(request, pk),
        question=_("Delete the Steering Committee?"),
        lines=[_("Delete what was typed by mistake. One that is over is ended, with a last day.")],
        message=_("The Steering Committee is deleted."),
        uses_of=uses_of_committee,
        done=reverse("committee_list"),
        cancel_url=reverse("committee_detail", args=[pk]),
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def committee_member_add(request, pk):
    """Add a member to a committee."""
    committee = _committee(request, pk)
    member = SteeringCommitteeMember(committee=committee, from_on=today())
    return _member_form(request, member, "villages/committee_member_add.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def committee_member_edit(request, pk):
    """Correct a member of a committee."""
    return _member_form(request, _member(request, pk), "villages/committee_member_edit.html")


@for_roles(OFFICIAL, ADMIN)
@form_methods
def committee_member_leave(request, pk):
    """End a membership on its last day."""
    member = _member(request, pk)
    back = reverse("committee_detail", args=[member.committee_id])
    return answer_form(
        request,
        LastDayForm(sent(request)),
        "villages/committee_member_leave.html",
        save=lambda form: leave_committee(member=member, **form.cleaned_data),
        done=back,
        message=_("%(name)s has left the committee.") % {"name": member},
        member=member,
        cancel_url=back,
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def committee_member_delete(request, pk):
    """Delete a membership that was a mistake, after asking."""
    member = _member(request, pk)
    back = reverse("committee_detail", args=[member.committee_id])
    return answer_deletion(
        request,
        member,
        question=_("Delete the member?"),
        within=member.committee,
        lines=[
            member.get_role_display(),
            _("Delete what was typed by mistake. Whoever leaves keeps the row, with a last day."),
        ],
        message=_("The member is deleted."),
        done=back,
        cancel_url=back,
    )


def _committee_form(request, committee, template):
    is_new = committee.pk is None
    back = reverse("committee_list") if is_new else reverse("committee_detail", args=[committee.pk])
    return answer_form(
        request,
        CommitteeForm(sent(request), user=request.user, instance=committee),
        template,
        save=_save_committee,
        done=lambda saved: reverse("committee_detail", args=[saved.pk]),
        message=_("The committee is saved."),
        committee=committee,
        cancel_url=back,
    )


def _save_committee(form):
    committee = form.save()
    if committee.to_on:
        # Nobody is a member of it any longer than it lasts.
        return close_committee(committee=committee, to_on=committee.to_on)
    return committee


def _member_form(request, member, template):
    back = reverse("committee_detail", args=[member.committee_id])
    return answer_form(
        request,
        CommitteeMemberForm(sent(request), user=request.user, instance=member),
        template,
        save=lambda form: form.save(),
        done=back,
        message=_("The member is saved."),
        member=member,
        cancel_url=back,
    )


def _committee(request, pk):
    return get_object_or_404(SteeringCommittee.objects.writable_by(request.user), pk=pk)


def _member(request, pk):
    members = SteeringCommitteeMember.objects.writable_by(request.user)
    return get_object_or_404(members.select_related("committee"), pk=pk)
