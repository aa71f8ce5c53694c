"""Certificates and invitations in the admin: to look at. Issuing and inviting have pages."""

from django.contrib import admin

from training.models import Certificate, Invitation
from villages.access import ADMIN, OFFICIAL
from villages.admin_access import ReadOnlyAdmin


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ("code", "full_name", "title", "held_on", "issued_on", "issued_by", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("issued_by",)
    date_hierarchy = "issued_on"
    search_fields = ("=code", "full_name", "title")
    viewed_by = (ADMIN, OFFICIAL)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("session", "resident", "staff_member", "invited_by", "invited_at")
    list_select_related = ("session", "resident", "staff_member", "invited_by")
    date_hierarchy = "invited_at"
    search_fields = ("session__title",)
    folded_search_fields = ("resident__name_folded", "staff_member__name_folded")
    viewed_by = (ADMIN, OFFICIAL)
    goes_with_its_owner = True
