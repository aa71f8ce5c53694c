"""What directs the programme: documents, committees and memberships, begun and ended."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from villages.access import TEAM_LEADER
from villages.attachments import delete_with_files
from villages.deleting import kept_by
from villages.models import Assignment, SteeringCommittee, TeamMember
from villages.refusals import ChangeRefused


def uses_of(document):
    """Return (words, count) of what names a document and keeps it from being deleted."""
    uses = (
        (_("targets"), document.target_set.count()),
        (_("Steering Committees"), document.steeringcommittee_set.count()),
        (_("teams"), document.team_set.count()),
        (_("changes of villages"), document.villagechange_set.count()),
    )
    return [(words, count) for words, count in uses if count]


@transaction.atomic
def delete_document(*, document):
    """Delete a document with its files, unless something names it. Raises ChangeRefused."""
    if uses_of(document):
        raise ChangeRefused(_("The document is named elsewhere and stays."))
    delete_with_files(record=document)


def uses_of_committee(committee):
    """Its members of any time keep a committee from being deleted."""
    return kept_by((_("Steering Committee members"), committee.members.count()))


@transaction.atomic
def close_committee(*, committee, to_on):
    """End a committee and the memberships that go on, all on its last day."""
    committee = SteeringCommittee.objects.select_for_update().get(pk=committee.pk)
    later = committee.members.filter(from_on__gt=to_on).first()
    if later is not None:
        raise ChangeRefused(
            _("%(name)s joined on %(day)s. Choose a later day.")
            % {"name": later, "day": f"{later.from_on:%d/%m/%Y}"},
            "to_on",
        )
    committee.to_on = to_on
    committee.save(update_fields=["to_on"])
    for member in committee.members.filter(Q(to_on=None) | Q(to_on__gt=to_on)):
        member.to_on = to_on
        member.save()
    return committee


@transaction.atomic
def leave_committee(*, member, to_on):
    """End a membership of the Steering Committee on its last day."""
    _refuse_before(member.from_on, to_on)
    member.to_on = to_on
    member.save()
    return member


@transaction.atomic
def leave_team(*, member, to_on):
    """End a membership of a team on its last day.

    With a leader goes the right to the village, so that nobody records for a team that he
    has left; the village then has no leader until it is handed over.
    """
    member = TeamMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    _refuse_before(member.from_on, to_on)
    member.to_on = to_on
    member.save(update_fields=["to_on"])
    if member.role == TeamMember.Role.LEADER and member.user_id:
        rights = Assignment.objects.filter(
            user=member.user_id, village=member.team.village_id, role=TEAM_LEADER
        ).filter(Q(to_on=None) | Q(to_on__gt=to_on))
        for right in rights:
            if right.from_on > to_on:
                right.delete()
            else:
                right.to_on = to_on
                right.save(update_fields=["to_on"])
    return member


def _refuse_before(from_on, to_on):
    if to_on < from_on:
        raise ChangeRefused(_("The last day cannot be before the first."), "to_on")
