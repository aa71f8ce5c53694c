"""Sessions before anybody came: planned once, planned anew, deleted when they were a mistake."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from training.models import TrainingSession
from villages.refusals import ChangeRefused

Status = TrainingSession.Status


class SavedAlready(ChangeRefused):
    """The page was sent again and says something else than the session it has saved."""

    def __init__(self, session):
        super().__init__(
            _(
                "This page has saved the session «%(title)s» of %(day)s already. To change that "
                "one, open it from the list. To plan another one, press «Save» again."
            )
            % {"title": session.title, "day": f"{session.held_on:%d/%m/%Y}"}
        )


def plan_session(form, *, uuid, by):
    """Save a new session once, however often its page is sent; return it.

    ``uuid`` was made with the page. Raises ``SavedAlready`` where what it saved differs.
    """
    known = _known(form, uuid, by)
    if known is not None:
        return known
    form.instance.uuid = uuid
    try:
        with transaction.atomic():
            return form.save()
    except IntegrityError:
        # The other half of a double click was faster.
        known = _known(form, uuid, by)
        if known is None:
            raise
        return known


@transaction.atomic
def restore_session(session):
    """Plan a cancelled session anew; whoever was expected still is."""
    session = _locked(session)
    if session is None:
        raise ChangeRefused(_("This session was deleted meanwhile."))
    if session.status == Status.CANCELLED:
        session.status, session.cancel_reason = Status.PLANNED, ""
        session.save()
    return session


@transaction.atomic
def delete_session(session):
    """Delete a session entered by mistake, with its invitations; the log keeps that it was.

    Refused where somebody was noted, a photograph is kept or a phone has sent a list.
    """
    session = _locked(session)
    if session is None:
        return
    reason = why_kept(session)
    if reason:
        raise ChangeRefused(reason)
    encounter = session.encounter
    session.delete()
    if encounter is not None:
        encounter.delete()


def why_kept(session):
    """Return in words what hangs on a session, so that it is cancelled instead; or ``None``."""
    if session.status == Status.CLOSED:
        return _("The session is closed.")
    if session.attendances.exists():
        return _("People are noted as having come. Cancel the session instead.")
    if session.evidence.exists():
        return _("Photographs of the signed list are kept with it. Remove them first.")
    if session.sheets.exists():
        return _("A phone has sent a list of who came. Cancel the session instead.")
    return None


def _known(form, uuid, by):
    """Return the session that this page has saved before, or ``None``."""
    known = TrainingSession.objects.writable_by(by).filter(uuid=uuid).first()
    if known is not None and _differs(known, form):
        raise SavedAlready(known)
    return known


def _differs(session, form):
    said = {name: form.cleaned_data[name] for name in form.Meta.fields if name in form.fields}
    skills = said.pop("skills")
    return set(skills) != set(session.skills.all()) or any(
        getattr(session, name) != value for name, value in said.items()
    )


def _locked(session):
    return TrainingSession.objects.select_for_update(of=("self",)).filter(pk=session.pk).first()
