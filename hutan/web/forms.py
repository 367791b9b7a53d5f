"""Forms that show refusals beside their fields.

``bi`` labels, Django's own checks of form (required, length), and refusals of the services: a
refusal goes beside the field it names, or above the form. Usage::

    form = TransferForm(request.POST)
    with form.refusals():
        propose(...)
    if form.is_accepted:
        return redirect(...)
    return render(request, ..., {"form": form}, status=form.status)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import lazy

from hutan.kernel.refusals import Refusal, Refusals
from hutan.web.language import bi
from hutan.web.refusals import status_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def words(zh: str, en: str) -> StrPromise:
    """Return a label or help text that is said when it is shown, in the reader's language."""
    return lazy(lambda: str(bi(zh, en)), str)()  # type: ignore[return-value]  # a promise of str


class RefusingForm(forms.Form):
    """A form that keeps what was refused and shows it in the reader's language."""

    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self._refused: list[Refusal] = []
        self._done = False
        self.status = 200

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Run what is asked; keep what it refuses. Nothing runs if the form itself is wrong.

        As a context cannot skip its body, an invalid form raises ``FormInvalid`` inside it at the
        first use of ``cleaned``.
        """
        try:
            yield
        except FormInvalid:
            self.status = 422
        except Refusal as refusal:
            self.refuse(refusal)
        except Refusals as several:
            self.refuse(*several)
        else:
            self._done = True

    def cleaned(self, name: str) -> Any:
        """Return a checked value; inside ``refusals()`` only."""
        if not self.is_valid():
            raise FormInvalid
        return self.cleaned_data[name]

    def refuse(self, *refusals: Refusal) -> None:
        """Keep refusals, to be shown beside the fields they name."""
        self._refused.extend(refusals)
        self.status = status_of(self._refused[0])

    @property
    def is_accepted(self) -> bool:
        """Tell whether what was asked has been done."""
        return self._done

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """Return all refusals."""
        return tuple(self._refused)

    @property
    def refused_as_a_whole(self) -> tuple[Refusal, ...]:
        """Return the refusals that name no field of this form."""
        return tuple(refusal for refusal in self._refused if refusal.field not in self.fields)

    def refused_at(self, name: str) -> tuple[Refusal, ...]:
        """Return the refusals that stand beside one field."""
        return tuple(refusal for refusal in self._refused if refusal.field == name)


class FormInvalid(Exception):
    """A value was asked of a form whose fields are not filled as they must be."""
