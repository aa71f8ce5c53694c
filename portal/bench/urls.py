"""All addresses of the portal and a bare view beside them."""

from django.http import HttpResponse
from django.urls import path

from portal.urls import handler400, handler403, handler404, handler500, urlpatterns
from villages.models import Commune

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def bare(request):
    """The least a signed-in page costs: the session, the user and one query."""
    name = Commune.objects.values_list("name", flat=True).first()
    return HttpResponse(f"{request.user.pk} {name}")


urlpatterns = [path("bench/bare/", bare, name="bench_bare"), *urlpatterns]
