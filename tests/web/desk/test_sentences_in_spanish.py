"""The exact sentences of a call in Spanish, whatever language the desk speaks (S-53)."""

from dataclasses import replace

import pytest

from tests.web.desk.test_sentences import SAID, Say, desk, every_sentence, say

__all__ = ["desk", "say"]

SPANISH = replace(SAID, language="es", words=("ámbar", "tetera"))


def test_s53_everything_that_is_said_is_said_in_the_language_of_the_call(say: Say) -> None:
    script = say(SPANISH, voicemail=True, ask=True, text=True)

    assert script.language == "es"
    assert script.first == "Hola, habla Ada. Ámbar."
    assert script.both == "¿Es buen momento para hablar en privado? Si no, diga solo ‘número equivocado’ y cuelgo."
    assert script.forgotten == "¿Qué nombre nos dio? ¿Y me puede decir uno de los horarios que marcó?"
    assert script.otherwise == "Perdón, número equivocado."
    assert script.stranger == "Hola, ¿puedo hablar con Sam? No dejo recado, gracias."
    assert script.voicemail == (
        "Hola, Sam. Habla Ada. Le devuelvo la llamada. Volveré a llamar el martes por la tarde."
    )
    assert script.text == "Hola, Sam. ¿Le sigue quedando bien el martes por la tarde? Responda S o N."
    assert say(replace(SPANISH, email="sam@example.org")).email == "Por favor, llámenos."


@pytest.mark.parametrize("last", [False, True])
def test_s50_the_practice_is_named_only_where_that_was_allowed(say: Say, last: bool) -> None:
    named, unnamed = (say(SPANISH, voicemail=True, say_practice=named, last=last) for named in (True, False))

    again = "Por favor, llámenos al" if last else "Volveré a llamar el martes por la tarde, o llámenos al"
    assert named.voicemail == f"Hola, Sam. Habla Ada, de Family Strategies. {again} 480-555-0142."
    assert not [one for one in every_sentence(unnamed) if "Family Strategies" in one or "480" in one]


@pytest.mark.parametrize(
    ("when", "time"),
    [
        (("mon-pm",), "esta tarde"),
        (("mon-eve",), "esta noche"),
        (("tue-am",), "el martes por la mañana"),
        (("wed-eve",), "el miércoles por la noche"),
        (("mon-am",), "el próximo lunes por la mañana"),
    ],
)
def test_the_next_time_is_told_in_spanish(say: Say, when: tuple[str, ...], time: str) -> None:
    text = say(SPANISH, text=True, when=when).text

    assert text == f"Hola, Sam. ¿Le sigue quedando bien {time}? Responda S o N."


@pytest.mark.parametrize("speaks", ["en", "es"])
def test_the_language_of_the_desk_changes_nothing(say: Say, speaks: str) -> None:
    """S-53; a language we have no sentences in gets the English ones, to be said in it."""
    spoken = {
        language: say(replace(SAID, language=language), speaks=speaks).otherwise for language in ("en", "es", "other")
    }

    assert spoken == {
        "en": "Sorry, wrong number.",
        "es": "Perdón, número equivocado.",
        "other": "Sorry, wrong number.",
    }
