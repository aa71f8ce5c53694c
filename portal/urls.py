"""Every address of the portal. Each app brings its own."""

from django.contrib import admin
from django.urls import include, path

from households.views.household_cards import household_card
from portal import installing, views
from portal.card_sign_in import card_sign_in
from portal.news import news, news_feed, news_item

urlpatterns = [
    path("", views.start, name="start"),
    path("home/", views.home, name="home"),
    path("programme/", views.programme, name="programme"),
    path("news/", news, name="news"),
    path("news/feed/", news_feed, name="news_feed"),
    path("news/<slug:code>/", news, name="news_of"),
    path("news/<slug:code>/feed/", news_feed, name="news_feed_of"),
    path("news/<slug:code>/<int:pk>/", news_item, name="news_item"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("card/<int:pk>/<slug:code>/", card_sign_in, name="card_sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.password_change, name="password_change"),
    path("password/done/", views.password_change_done, name="password_change_done"),
    path("language/", views.set_language, name="set_language"),
    path("service-worker.js", installing.service_worker, name="service_worker"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("offline/", installing.offline, name="offline"),
    path("admin/login/", views.admin_sign_in, name="admin_sign_in"),
    path("admin/", admin.site.urls),
    path("villages/", include("villages.urls")),
    path("imports/", include("villages.import_urls")),
    path("exports/", include("villages.export_urls")),
    path("", include("villages.file_urls")),
    path("households/", include("households.urls")),
    # Short: it stands in a code that cheap cameras have to read.
    path("h/<uuid:uuid>/", household_card, name="household_card"),
    path("field/", include("households.field_urls")),
    path("training/", include("training.urls")),
    path("", include("training.public_urls")),
    path("", include("reports.urls")),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.page_not_found"
handler500 = "portal.errors.server_error"
