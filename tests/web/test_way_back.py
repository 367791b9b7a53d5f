"""A transaction's page leads back to where its reader came from."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.web.people import sign_in
from tests.web.town import Town


def test_the_clerk_gets_back_to_what_waits_and_a_unit_to_its_account(
    db: None, client: Client
) -> None:
    """The desk's list is offered to the registry agency alone; a unit sees its own account."""
    town = Town.with_everything()
    sign_in(client, town.people["registry_clerk"])
    desk = client.get(f"/transactions/{town.waiting}").content.decode()
    assert f'href="{reverse("desk_waiting")}"' in desk
    other = Client()
    sign_in(other, town.people["account_representative"])
    unit = other.get(f"/transactions/{town.waiting}").content.decode()
    assert f'href="{reverse("desk_waiting")}"' not in unit
    assert "/history" in unit
