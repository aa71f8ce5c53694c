"""The addresses that the leaders' phones speak to."""

from django.urls import path

from households.views.field import field, field_words
from households.views.package import phone_package, phone_poverty
from households.views.phone import phone_hello, phone_registration
from households.views.sealed import sealed_records

urlpatterns = [
    path("", field, name="field"),
    path("words.js", field_words, name="field_words"),
    path("hello/", phone_hello, name="phone_hello"),
    path("package/", phone_package, name="phone_package"),
    path("phones/<uuid:uuid>/", phone_registration, name="phone_registration"),
    path("sealed/", sealed_records, name="sealed_records"),
    path("poverty/", phone_poverty, name="phone_poverty"),
]
