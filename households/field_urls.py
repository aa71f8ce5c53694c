"""The addresses that the leaders' phones speak to."""

from django.urls import path

from households.views.package import phone_package, phone_poverty

urlpatterns = [
    path("package/", phone_package, name="phone_package"),
    path("poverty/", phone_poverty, name="phone_poverty"),
]
