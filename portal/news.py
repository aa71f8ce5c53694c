"""The public information page: what the commune tells everybody, to read or to follow."""

from datetime import datetime, time
from uuid import NAMESPACE_URL, uuid5

from django import forms
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.dateparse import parse_date
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from training.models import Communication
from training.publishing import public_communications
from villages.access import public
from villages.models import Commune
from villages.text import clean_text

ITEMS = 20
IN_FEED = 30
SECONDS_KEPT = 300


class NewsFilter(forms.Form):
    """The months and channels there are something of."""

    thang = forms.ChoiceField(required=False)
    kenh = forms.ChoiceField(required=False)

    def __init__(self, asked, *, items):
        super().__init__(asked)
        months = (
            items.order_by().annotate(month=TruncMonth("published_on")).values("month").distinct()
        )
        self.months = sorted((row["month"] for row in months), reverse=True)
        used = set(items.order_by().values_list("channel", flat=True).distinct())
        self.fields["thang"].label = _("Month")
        self.fields["thang"].choices = [
            ("", _("All months")),
            *((f"{month:%Y-%m}", f"{month:%m/%Y}") for month in self.months),
        ]
        self.fields["kenh"].label = _("Channel")
        self.fields["kenh"].choices = [
            ("", _("All channels")),
            *((code, label) for code, label in Communication.Channel.choices if code in used),
        ]

    def narrowed(self, items):
        """Keep the items of the chosen month and channel; what makes no sense narrows nothing."""
        self.is_valid()
        if month := self.cleaned_data.get("thang"):
            first = parse_date(f"{month}-01")
            items = items.filter(published_on__year=first.year, published_on__month=first.month)
        if channel := self.cleaned_data.get("kenh"):
            items = items.filter(channel=channel)
        return items


@public
@require_GET
def news(request, code=None):
    """Show what a commune tells everybody; with several communes, first which of them."""
    commune = _commune(code)
    if commune is None:
        return _kept(request, render(request, "portal/news_communes.html", _communes()))
    items = public_communications(commune)
    chosen = NewsFilter(request.GET, items=items)
    found = chosen.narrowed(items).annotate(files=Count("attachments"))
    found = found.order_by("-published_on", "-pk")
    context = {
        "unit": commune,
        "is_demo": commune.is_demo,
        "filter": chosen,
        "page": Paginator(found, ITEMS).get_page(request.GET.get("page")),
        "feed_url": reverse("news_feed_of", args=[commune.code]),
    }
    return _kept(request, render(request, "portal/news.html", context))


@public
@require_GET
def news_item(request, code, pk):
    """Show one item with its files; what is not meant for everybody is not there."""
    item = get_object_or_404(
        public_communications().select_related("commune"), commune__code=code, pk=pk
    )
    context = {
        "item": item,
        "unit": item.commune,
        "is_demo": item.commune.is_demo,
        "files": item.attachments.without_content(),
        "feed_url": reverse("news_feed_of", args=[code]),
    }
    return _kept(request, render(request, "portal/news_item.html", context))


class NewsFeed(Feed):
    """The newest public items as an Atom feed, the same for everybody."""

    feed_type = Atom1Feed

    def __call__(self, request, *args, **kwargs):
        # Readers of feeds choose no language and follow for years.
        with translation.override("vi"):
            response = super().__call__(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=SECONDS_KEPT)
        return response

    def get_object(self, request, code=None):
        commune = _commune(code)
        return commune if commune is not None else Commune()

    def title(self, commune):
        name = commune.full_name if commune.pk else _("all communes")
        return xml_text(_("Digital literacy for all") + f" – {name}")

    def link(self, commune):
        return reverse("news_of", args=[commune.code]) if commune.pk else reverse("news")

    def feed_guid(self, commune):
        return lasting_id(self.link(commune))

    def subtitle(self, commune):
        return _("News, articles and videos of the programme.")

    def items(self, commune):
        items = public_communications(commune if commune.pk else None).select_related("commune")
        return items[:IN_FEED]

    def item_title(self, item):
        return xml_text(item.title)

    def item_description(self, item):
        # A summary of a feed is HTML: what was typed as text has to be written as such.
        return linebreaks(xml_text(item.summary), autoescape=True) if item.summary else ""

    def item_link(self, item):
        return reverse("news_item", args=[item.commune.code, item.pk])

    def item_guid(self, item):
        return lasting_id(self.item_link(item))

    def item_pubdate(self, item):
        # The beginning of the day: a reader of feeds hides what lies in the future.
        return timezone.make_aware(datetime.combine(item.published_on, time()))

    item_updateddate = item_pubdate

    def item_author_name(self, item):
        return xml_text(item.commune.full_name)

    def item_categories(self, item):
        return [str(item.get_kind_display()), str(item.get_channel_display())]


def lasting_id(address):
    """Return an id that stays the same when the portal moves to another host."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, address)}"


def xml_text(text):
    """Return text that XML can hold: some signs stand in no XML document, not even escaped."""
    return "".join(sign for sign in clean_text(text) if sign not in "\ufffe\uffff")


news_feed = public(require_GET(NewsFeed()))


def latest_news(commune, count=3):
    """Return the newest public items of a commune."""
    return list(public_communications(commune)[:count])


def _commune(code):
    """Return the commune of a code, or the only one; ``None`` when there are several or none."""
    if code is not None:
        found = Commune.objects.filter(code=code).first()
        if found is None:
            raise Http404
        return found
    first_two = list(Commune.objects.order_by("code")[:2])
    return first_two[0] if len(first_two) == 1 else None


def _communes():
    told = public_communications().order_by().values("commune").annotate(items=Count("pk"))
    counts = {row["commune"]: row["items"] for row in told}
    communes = Commune.objects.filter(pk__in=counts).order_by("province_code", "code")
    return {"communes": [(commune, counts[commune.pk]) for commune in communes]}


def _kept(request, response):
    """Let a browser keep the page a while; it carries the reader's own language and token."""
    if not request.user.is_authenticated:
        patch_cache_control(response, private=True, max_age=SECONDS_KEPT)
        patch_vary_headers(response, ["Cookie"])
    return response
