"""Rows of the parties context."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Finds users by login."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of that login, as the authentication back end asks for it."""
        return self.get(login=username)


class User(AbstractBaseUser):
    """A login. Rights come from the posts of its person, never from the login itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    login = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.login
