"""Enterprises and cooperatives, and what they declare of their workers."""

from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from training.filters import EnterpriseFilter
from training.forms.enterprises import DeclarationForm, EnterpriseForm
from training.models import Enterprise, WorkerDeclaration
from training.rolls import AlreadyHandedIn, declare_workers
from training.views.sessions import form_methods
from villages.access import ADMIN, COMMUNE_ROLES, OFFICIAL, for_roles
from villages.answers import answer_form, sent, writes
from villages.exporting import exported, made_on_note, words_of
from villages.lists import in_order, listing, way_back
from villages.percent import percent
from villages.periods import today
from villages.refusals import ChangeRefused
from villages.tables import Table, TableColumn

SORTS = {
    "name": ["name__folded"],
    "group": ["group__position"],
    "declared": ["declared_on"],
    "workers": ["workers"],
    "equipped": ["equipped"],
}


@for_roles(*COMMUNE_ROLES)
@require_GET
def enterprise_list(request):
    """List enterprises with what each declared last."""
    context = _listed(request)
    for enterprise in context["page"]:
        enterprise.percent = percent(enterprise.equipped, enterprise.workers)
    context["may_write"] = writes(request.user)
    return render(request, "training/enterprise_list.html", context)


@exported("enterprise_list", title=gettext_lazy("Enterprises and cooperatives"))
def enterprise_table(request):
    """Draw the enterprises as a table, narrowed and sorted as the page is."""
    context = _listed(request)
    return Table(
        title=_("Enterprises and cooperatives"),
        file_name="doanh-nghiep-hop-tac-xa",
        notes=(made_on_note(), *words_of(context["filter"].form)),
        columns=(
            TableColumn(_("Name of the enterprise"), width=40),
            TableColumn(_("Group"), width=26),
            TableColumn(_("Village"), width=22),
            TableColumn(_("Last declaration")),
            TableColumn(_("Workers")),
            TableColumn(_("With digital skills")),
            TableColumn(_("Share"), is_percent=True),
        ),
        rows=(
            [
                enterprise.name,
                str(enterprise.group),
                enterprise.village.full_name if enterprise.village else "",
                enterprise.declared_on,
                enterprise.workers,
                enterprise.equipped,
                percent(enterprise.equipped, enterprise.workers),
            ]
            for enterprise in in_order(context).iterator(chunk_size=1000)
        ),
    )


def _listed(request):
    last = WorkerDeclaration.objects.filter(
        enterprise=OuterRef("pk"), declared_on__lte=today()
    ).order_by("-declared_on")
    enterprises = (
        Enterprise.objects.visible_to(request.user)
        .select_related("group", "village")
        .annotate(
            declared_on=Subquery(last.values("declared_on")[:1]),
            workers=Subquery(last.values("workers")[:1]),
            equipped=Subquery(last.values("equipped")[:1]),
        )
    )
    filterset = EnterpriseFilter(request, enterprises)
    return listing(request, filterset, sorts=SORTS, default="name")


@for_roles(*COMMUNE_ROLES)
@require_GET
def enterprise_detail(request, pk):
    """Show an enterprise with all it declared."""
    enterprises = Enterprise.objects.visible_to(request.user).select_related("group", "village")
    enterprise = get_object_or_404(enterprises, pk=pk)
    declarations = list(enterprise.declarations.order_by("-declared_on"))
    for row in declarations:
        row.percent = percent(row.equipped, row.workers)
    return render(
        request,
        "training/enterprise_detail.html",
        {
            "enterprise": enterprise,
            "declarations": declarations,
            "back": way_back(request, "enterprise_list"),
            "may_write": writes(request.user),
        },
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def enterprise_add(request):
    """Add an enterprise or cooperative."""
    address = way_back(request, "enterprise_list")
    return _form(request, Enterprise(), "training/enterprise_add.html", address)


@for_roles(OFFICIAL, ADMIN)
@form_methods
def enterprise_edit(request, pk):
    """Change an enterprise or cooperative."""
    enterprise = _writable(request, pk)
    return _form(request, enterprise, "training/enterprise_edit.html", _address(enterprise))


def _form(request, enterprise, template, cancel_url):
    return answer_form(
        request,
        EnterpriseForm(sent(request), user=request.user, instance=enterprise),
        template,
        save=lambda form: form.save(),
        done=_address,
        message=_("The enterprise is saved."),
        cancel_url=cancel_url,
    )


@for_roles(OFFICIAL, ADMIN)
@form_methods
def declaration_add(request, pk):
    """Record what an enterprise declares of its workers for a day."""
    enterprise = _writable(request, pk)

    def save(form):
        try:
            return declare_workers(enterprise, **form.cleaned_data)
        except AlreadyHandedIn as known:
            raise ChangeRefused(_already(known.rows[0]), "correct") from None

    return answer_form(
        request,
        DeclarationForm(sent(request), initial={"declared_on": today()}),
        "training/declaration_add.html",
        save=save,
        done=_address(enterprise),
        message=lambda changed: (
            _("The declaration is saved.")
            if changed
            else _("These numbers were handed in already. Nothing changed.")
        ),
        enterprise=enterprise,
        cancel_url=_address(enterprise),
    )


def _already(row):
    return _(
        "Other numbers were handed in for that day (%(listed)s). Tick the box to replace them."
    ) % {"listed": f"{row.equipped}/{row.workers}"}


def _address(enterprise):
    return reverse("enterprise_detail", args=[enterprise.pk])


def _writable(request, pk):
    return get_object_or_404(Enterprise.objects.writable_by(request.user), pk=pk)
