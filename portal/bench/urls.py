"""All addresses of the portal and a bare view beside them."""

from django.db import connection
from django.http import HttpResponse
from django.urls import path

from portal.urls import handler400, handler403, handler404, handler500, urlpatterns
from villages.models import Commune

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def bare(request):
    """The least a signed-in page costs: the session, the user and one query."""
    name = Commune.objects.values_list("name", flat=True).first()
    return HttpResponse(f"{request.user.pk} {name}")


def bare_write(request, uuid):
    """The least a stored request costs: the session, the user and one row."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_bare VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [uuid, request.body.decode()],
        )
    return HttpResponse(status=201 if cursor.rowcount else 200)


urlpatterns = [
    path("bench/bare/", bare, name="bench_bare"),
    path("bench/bare-write/<uuid:uuid>/", bare_write, name="bench_bare_write"),
    *urlpatterns,
]
