"""The team of a village that ends, or goes on under another name."""

from datetime import timedelta

from villages.models import Assignment, Target, Team, TeamMember
from villages.periods import not_ended_before


def members_on(village, day):
    """Return the members of a village's team who are in it on a day or join later."""
    return TeamMember.objects.filter(not_ended_before(day), team__village=village).order_by("pk")


def assignments_on(village, day):
    """Return who leads a village on a day or later."""
    return Assignment.objects.filter(not_ended_before(day), village=village).order_by("pk")


def end_team(former, effective_on, journal):
    """End a village's team, its members and its leaders' assignments on the day before."""
    _end(journal.watch(members_on(former, effective_on)), effective_on)
    _end(journal.watch(_teams_on(former, effective_on)), effective_on)
    _end(journal.watch(assignments_on(former, effective_on)), effective_on)


def continue_team(former, successor, effective_on, document, journal):
    """Have team, members, leaders and targets of a village go on in its successor."""
    members = list(members_on(former, effective_on))
    leaders = list(assignments_on(former, effective_on))
    team = _teams_on(former, effective_on).first()
    end_team(former, effective_on, journal)
    if team is not None:
        _continue_members(team, members, successor, effective_on, document, journal)
    for leader in leaders:
        journal.made(
            Assignment.objects.create(
                user=leader.user,
                role=leader.role,
                commune=leader.commune,
                village=successor,
                from_on=max(effective_on, leader.from_on),
            )
        )
    for target in Target.objects.filter(village=former, year__gte=effective_on.year):
        target.pk, target.village = None, successor
        target._state.adding = True
        target.save()
        journal.made(target)


def _continue_members(team, members, successor, effective_on, document, journal):
    following = journal.made(
        Team.objects.create(
            village=successor,
            document=document or team.document,
            from_on=max(effective_on, team.from_on),
        )
    )
    for member in members:
        journal.made(
            TeamMember.objects.create(
                team=following,
                full_name=member.full_name,
                role=member.role,
                organisation=member.organisation,
                sex=member.sex,
                phone=member.phone,
                document_number=member.document_number,
                user=member.user,
                from_on=max(effective_on, member.from_on),
            )
        )


def _teams_on(village, day):
    return Team.objects.filter(not_ended_before(day), village=village)


def _end(periods, effective_on):
    for period in periods:
        period.to_on = max(effective_on - timedelta(days=1), period.from_on)
        period.save()
