"""«Thay tổ trưởng»: a village gets a new leader in one step, and the past keeps the old one."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from villages.access import TEAM_LEADER
from villages.cards import withdraw_card
from villages.models import Assignment, Phone, SignInCard, Team, TeamMember, Village
from villages.periods import today
from villages.phones import revoke_phone
from villages.text import fold

FURTHEST_AHEAD = timedelta(days=31)
LONGEST_NAME = 60


class HandoverRefused(Exception):
    """Why a village cannot be handed over so; ``words`` say it, ``field`` names what to change."""

    def __init__(self, words, field="on"):
        super().__init__(words)
        self.words = words
        self.field = field


@dataclass(frozen=True)
class NewLeader:
    """Who takes over: an account, a member of the team, or somebody new by name."""

    user: object = None
    member: TeamMember = None
    full_name: str = ""
    sex: str = ""
    phone: str = ""

    @property
    def account(self):
        """The account there is already, or None."""
        return self.user or (self.member.user if self.member else None)

    @property
    def name(self):
        return self.full_name or (self.member and self.member.full_name) or str(self.user)


@dataclass(frozen=True)
class Handover:
    """What handing over will change, or has changed."""

    village: Village
    on: object
    ending: list  # assignments that end the day before
    leading: list  # memberships as leader that end the day before
    signed_out: list  # phones that are signed out now
    leaving: list = field(default_factory=list)  # accounts with nothing left in the portal
    staying: list = field(default_factory=list)  # accounts with other work
    assignment: Assignment = None

    @property
    def last_day(self):
        return self.on - timedelta(days=1)


def plan_handover(*, village, new, on):
    """Return what would change, and change nothing. Raises HandoverRefused."""
    if on > today() + FURTHEST_AHEAD:
        raise HandoverRefused(_("This day is more than 31 days ahead."))
    if on < village.from_on or (village.to_on and on > village.to_on):
        raise HandoverRefused(_("The village does not exist on that day."))
    team = Team.objects.filter(village=village).first()
    members = TeamMember.objects.filter(team=team).filter(Q(to_on=None) | Q(to_on__gte=on))
    leading = list(members.filter(role=TeamMember.Role.LEADER).select_related("user"))
    if any(_is_same_person(member, new) for member in leading if member.to_on is None):
        raise HandoverRefused(_("This person leads the team already."), "who")
    ending = _ending(village, on, members, new)
    for row in [*ending, *leading]:
        if row.from_on >= on:
            raise HandoverRefused(
                _("The present leader began on %(day)s. Choose a later day.")
                % {"day": f"{row.from_on:%d/%m/%Y}"}
            )
    leaving = [row.user for row in ending if not _has_more(row, on)]
    # Until the day has come the old leader goes on; afterwards the account opens nothing.
    phones = Phone.objects.trusted().filter(user__in=leaving) if on <= today() else []
    staying = [row.user for row in ending if row.user not in leaving]
    return Handover(village, on, ending, leading, list(phones), leaving, staying)


@transaction.atomic
def hand_over(*, village, new, on, by, stays=False):
    """Hand a village to a new leader from a day on; return what changed.

    The old leader's right and leadership end the day before, and what was recorded keeps its
    author. ``stays`` keeps the old leader in the team as a member. Raises HandoverRefused.
    """
    # Two officials at the same moment queue up here, and the second sees what the first did.
    village = Village.objects.select_for_update(no_key=True).get(pk=village.pk)
    team, _made = Team.objects.get_or_create(village=village, defaults={"from_on": on})
    plan = plan_handover(village=village, new=new, on=on)
    for row in [*plan.ending, *plan.leading]:
        row.to_on = plan.last_day
        row.save(update_fields=["to_on"])
    for member in plan.leading if stays else []:
        _stay_as_member(member, on)
    user = _account_of(new)
    _lead(team, user, new, on)
    assignment = _assign(village, user, on)
    for card in SignInCard.objects.filter(user__in=plan.leaving, withdrawn_at__isnull=True):
        if on <= today():
            withdraw_card(card=card)
    for phone in plan.signed_out:
        revoke_phone(phone=phone, by=by)
    return replace(plan, assignment=assignment)


def _ending(village, on, members, new):
    """Return the rights to this village that end: all but the new leader's and other members'."""
    others = members.exclude(role=TeamMember.Role.LEADER).exclude(user=None).values("user")
    rights = Assignment.objects.filter(village=village, role=TEAM_LEADER)
    rights = rights.filter(Q(to_on=None) | Q(to_on__gte=on)).select_related("user")
    user = new.account
    if user is not None:
        rights = rights.exclude(user=user)
    led = members.filter(role=TeamMember.Role.LEADER).exclude(user=None).values("user")
    return list(rights.filter(Q(user__in=led) | ~Q(user__in=others)))


def _has_more(ended, on):
    """Whether the account keeps any other right from that day on."""
    if ended.user.is_superuser:
        return True
    rest = Assignment.objects.filter(user=ended.user).exclude(village=ended.village)
    rest |= Assignment.objects.filter(user=ended.user, village=None)
    return rest.filter(Q(to_on=None) | Q(to_on__gte=on)).exists()


def _is_same_person(member, new):
    user = new.account
    return member == new.member or (user is not None and member.user_id == user.pk)


def _stay_as_member(leader, on):
    TeamMember.objects.create(
        team=leader.team,
        full_name=leader.full_name,
        role=TeamMember.Role.MEMBER,
        organisation=leader.organisation,
        sex=leader.sex,
        phone=leader.phone,
        user=leader.user,
        from_on=on,
    )


def _account_of(new):
    """Return the new leader's account, made without a password when there is none."""
    known = new.account
    if known is not None:
        return known
    phone = new.phone or (new.member.phone if new.member is not None else "")
    bare = fold(new.name).replace(" ", "-")
    kept = "".join(sign for sign in bare if sign.isascii() and (sign.isalnum() or sign == "-"))
    stem = kept[:LONGEST_NAME].strip("-") or "to-truong"
    accounts = get_user_model().objects
    number = 1
    while True:
        username = stem if number == 1 else f"{stem}-{number}"
        number += 1
        if accounts.filter(username=username).exists():
            continue
        try:
            with transaction.atomic():
                return accounts.create(
                    username=username,
                    full_name=new.name,
                    phone=phone,
                    password=make_password(None),
                )
        except IntegrityError:
            # Somebody took the name between the question and the answer: try the next.
            continue


def _lead(team, user, new, on):
    """Make the person the team's leader from that day; an earlier membership ends before it."""
    details = {"full_name": new.name, "sex": new.sex, "phone": new.phone, "organisation": ""}
    before = new.member
    if before is None:
        present = TeamMember.objects.filter(team=team, user=user)
        before = present.filter(Q(to_on=None) | Q(to_on__gte=on)).first()
    if before is not None:
        details = {name: getattr(before, name) for name in details}
        if before.from_on >= on:
            # A membership that would begin later, or on the day itself, becomes the leadership.
            before.role, before.user, before.from_on = TeamMember.Role.LEADER, user, on
            before.save(update_fields=["role", "user", "from_on"])
            return before
        before.to_on = on - timedelta(days=1)
        before.user = user
        before.save(update_fields=["to_on", "user"])
    return TeamMember.objects.create(
        team=team, user=user, role=TeamMember.Role.LEADER, from_on=on, **details
    )


def _assign(village, user, on):
    """Give the right to the village from that day; one that goes on already stays as it is."""
    rights = Assignment.objects.filter(user=user, village=village, role=TEAM_LEADER)
    going_on = rights.filter(to_on=None).order_by("from_on").first()
    if going_on is not None:
        if going_on.from_on > on:
            going_on.from_on = on
            going_on.save(update_fields=["from_on"])
        return going_on
    # A right that would end later ends the day before, so that the two do not overlap.
    for right in rights.filter(to_on__gte=on, from_on__lt=on):
        right.to_on = on - timedelta(days=1)
        right.save(update_fields=["to_on"])
    return Assignment.objects.create(
        user=user, role=TEAM_LEADER, commune=village.commune, village=village, from_on=on
    )
