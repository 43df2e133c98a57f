"""Forms of objections and their answers."""

from __future__ import annotations

from django import forms

from models.letter.objections import LONGEST_TEXT, ObjectionOutcome


class ObjectionForm(forms.Form):
    """An objection as it came in."""

    text = forms.CharField(max_length=LONGEST_TEXT)
    received = forms.DateField()
    person = forms.CharField(max_length=150)


class AnswerForm(forms.Form):
    """The answer of a case."""

    outcome = forms.ChoiceField(choices=[(each.value, each.value) for each in ObjectionOutcome])
    text = forms.CharField(max_length=LONGEST_TEXT)
