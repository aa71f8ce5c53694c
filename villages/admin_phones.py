"""Phones and sign-in cards in the admin: to look at. Issuing and revoking have pages of their own.

The key of a phone is shown nowhere; the code of a card is stored nowhere.
"""

from django.contrib import admin

from villages.access import ADMIN, OFFICIAL
from villages.admin_access import ReadOnlyAdmin
from villages.models import Phone, SignInCard


@admin.register(SignInCard)
class SignInCardAdmin(ReadOnlyAdmin):
    list_display = ("user", "commune", "issued_at", "expires_at", "used_at", "withdrawn_at")
    list_filter_in_scope = ("commune",)
    list_filter = (
        ("used_at", admin.EmptyFieldListFilter),
        ("withdrawn_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("user", "commune")
    date_hierarchy = "issued_at"
    search_fields = ("user__full_name", "user__username")
    viewed_by = (ADMIN, OFFICIAL)
    goes_with_its_owner = True


@admin.register(Phone)
class PhoneAdmin(ReadOnlyAdmin):
    list_display = ("user", "name", "commune", "registered_at", "last_seen_at", "revoked_at")
    list_filter_in_scope = ("commune",)
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user", "commune")
    date_hierarchy = "registered_at"
    search_fields = ("user__full_name", "user__username", "name", "=uuid")
    exclude = ("public_key",)
    viewed_by = (ADMIN, OFFICIAL)
    goes_with_its_owner = True
