"""Addresses that anybody may open: the codes on certificates stand in them."""

from django.urls import path

from training.views import certificates

urlpatterns = [
    path("certificates/", certificates.certificate_check, name="certificate_check"),
    path("certificates/<slug:code>/", certificates.certificate_verify, name="certificate_verify"),
]
