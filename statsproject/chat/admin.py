"""The admin of the chat's tables."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from .models import ImportProgress, Message, Room, Subscription, Team, Upload, User


@admin.register(User)
class WorkspaceUserAdmin(UserAdmin):
    """Accounts, with the fields that the chat adds to Django's user."""

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Personal info"), {"fields": ("name", "email", "language")}),
        (_("Chat"), {"fields": ("type", "presence")}),
        (_("Permissions"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    list_display = ("username", "name", "type", "presence", "is_active", "last_login")
    list_filter = ("type", "presence", "is_active", "is_staff", "groups")
    search_fields = ("username", "name", "email")


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    """Rooms."""

    list_display = ("name", "type", "parent", "team", "is_archived", "created_at")
    list_filter = ("type", "is_archived", "team")
    list_select_related = ("parent", "team")
    search_fields = ("name", "id")
    autocomplete_fields = ("parent", "team")


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    """Teams."""

    list_display = ("name",)
    search_fields = ("name",)


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Messages, latest first, searchable by id."""

    list_display = ("id", "room", "author", "sent_at", "is_pinned")
    list_filter = ("is_pinned",)
    list_select_related = ("room", "author")
    ordering = ("-sent_at",)
    search_fields = ("=id",)
    show_full_result_count = False
    raw_id_fields = ("room", "author", "thread_root")


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    """Subscriptions of users to rooms."""

    list_display = ("user", "room", "last_seen_at")
    list_select_related = ("user", "room")
    search_fields = ("user__username", "room__name")
    raw_id_fields = ("user", "room")


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin):
    """Uploaded files."""

    list_display = ("name", "size", "room", "user", "uploaded_at")
    list_select_related = ("room", "user")
    search_fields = ("name", "=id")
    raw_id_fields = ("room", "user")


@admin.register(ImportProgress)
class ImportProgressAdmin(admin.ModelAdmin):
    """Progress of unfinished imports. If it is deleted, the import starts from the beginning."""

    list_display = ("file", "lines", "accepted", "rejected", "is_done")
    search_fields = ("file",)
