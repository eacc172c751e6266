"""An incident that people talked about in another language is told in their words, too."""

import pytest

from copilot.local.drafter import LocalDrafter
from copilot.local.drafter_elsewhere import is_elsewhere
from copilot.local.drafter_wording import quoted_to_fit
from copilot.reviews.cues import Cue, cues_in
from copilot.reviews.cues_abroad import is_abroad
from copilot.reviews.models import Section
from copilot.reviews.salience import points, sentences_of
from tests.unit.local.test_drafter import a_request, conversation, draft, texts
from tests.unit.reviews.messages import a_message

TALK = {
    "de": (
        "Die Suche ist nicht erreichbar, Kunden sehen Fehler",
        "der Index ist voll, weil der Import seit gestern läuft",
        "habe den Import gestoppt und den Index neu gestartet",
        "die Suche läuft wieder, alles normal",
        "zum Glück war das Backup frisch",
    ),
    "fr": (
        "La recherche ne répond plus, les clients ont des erreurs",
        "l'index est saturé parce que l'import tourne depuis hier",
        "j'ai arrêté l'import et redémarré l'index",
        "la recherche est de nouveau disponible pour les clients",
        "heureusement la sauvegarde était fraîche",
    ),
    "es": (
        "La búsqueda está caída, los clientes no pueden pagar",
        "el índice está saturado porque la importación sigue desde ayer",
        "reiniciamos el índice y la importación",
        "la búsqueda vuelve a funcionar para los clientes",
        "por suerte la copia era reciente",
    ),
    "pt": (
        "A busca está fora do ar, os clientes não conseguem pagar",
        "o índice está saturado porque a importação não terminou, o disco caiu",
        "reiniciei o índice e a importação para os clientes",
        "a busca voltou ao normal para os clientes",
        "ainda bem que a cópia era recente",
    ),
}


@pytest.mark.parametrize("tongue", TALK)
def test_the_story_is_told_in_the_words_of_those_who_lived_it(tongue: str) -> None:
    trouble, cause, deed, end, good = TALK[tongue]
    lines = zip(("ana", "ben", "ben", "ana", "dana"), TALK[tongue], strict=True)
    told = draft(conversation(*lines))
    assert end in texts(told, Section.SUMMARY)[0]
    for section, said in (
        (Section.DETECTION, trouble),
        (Section.CONTRIBUTING_FACTORS, cause),
        (Section.RESPONSE, deed),
        (Section.WENT_WELL, good),
    ):
        assert any(said in text for text in texts(told, section)), section


@pytest.mark.parametrize(
    "text",
    [
        "bitte den Index nicht neu gestartet lassen",
        "die Suche ist noch nicht behoben",
        "wenn der Import gestoppt wird, geht die Suche wieder",
        "la recherche n'est pas encore rétablie",
        "si on a redémarré l'index, c'est résolu",
        "la búsqueda todavía no está restablecida",
        "cuando reiniciamos el índice está resuelto",
        "a busca ainda não foi restaurada",
    ],
)
def test_what_is_denied_or_supposed_was_not_done_and_is_not_over(text: str) -> None:
    assert not cues_in(text) & {Cue.ACTION, Cue.OUTCOME, Cue.END}


@pytest.mark.parametrize(
    "text",
    [
        "es lag nicht an der Ursache im Index, wir suchen noch die Ursache",
        "on cherche encore la cause de la panne",
        "todavía buscamos la causa de la caída",
        "a causa da queda é desconhecida, não sabemos",
    ],
)
def test_a_cause_that_is_looked_for_is_none(text: str) -> None:
    assert Cue.CAUSE not in cues_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "letzte Woche war die Suche ausgefallen",
        "la semaine dernière la recherche était en panne",
        "la semana pasada la búsqueda se cayó por los clientes",
        "semana passada a busca caiu para os clientes",
        "das ist nur eine Übung, die Suche ist ausgefallen",
    ],
)
def test_another_time_is_told_of_nowhere(text: str) -> None:
    assert is_elsewhere(sentences_of(a_message(1, text))[0])
    assert LocalDrafter().draft(a_request([a_message(1, text)])).claims == ()


@pytest.mark.parametrize(
    "text", ["der Index ist seit gestern voll", "l'index est plein depuis hier"]
)
def test_what_lasts_is_of_now(text: str) -> None:
    assert not is_elsewhere(sentences_of(a_message(1, text))[0])


@pytest.mark.parametrize(
    "text",
    [
        "the rollback of 4812 did not help",
        "LA datacenter is fine, ES cluster is red",
        "EST 14:00 deploy done",
        "naïve retries made it worse for the café app",
    ],
)
def test_english_is_read_as_english(text: str) -> None:
    assert not is_abroad(text.lower())


def test_a_quote_is_not_cut_before_a_not_of_another_language() -> None:
    for text in (
        "wir haben den Index neu gebaut, aber die Suche läuft noch nicht",
        "nous avons relancé le service, mais la page ne charge pas",
        "reiniciamos el servicio, pero la página nunca carga",
    ):
        assert quoted_to_fit(text, 6) is None


@pytest.mark.parametrize(
    ("text", "is_wanted"),
    [
        ("wir sollten einen Alarm auf die Größe des Index einrichten", True),
        ("il faudrait une alerte sur la taille de l'index", True),
        ("deberíamos escribir un runbook para el índice", True),
        ("precisamos de um teste para a importação", True),
        ("wir sollten die Suche neu starten", False),
        ("wir brauchen keinen Alarm für den Index", False),
        ("sollten wir einen Alarm einrichten?", False),
        ("letzte Woche sagten wir, wir sollten einen Alarm einrichten", False),
    ],
)
def test_work_that_is_wanted_is_a_follow_up(text: str, is_wanted: bool) -> None:
    told = texts(draft(conversation(("ana", text))), Section.FOLLOW_UPS)
    assert told == ([f"14:01 ana: “{text}”"] if is_wanted else [])


def test_a_that_of_another_language_points() -> None:
    assert points(sentences_of(a_message(1, "das ist wegen der Datenbank langsam"))[0])
    assert not points(sentences_of(a_message(1, "das Netz ist wegen der Last langsam"))[0])


def test_little_words_do_not_make_two_sentences_one() -> None:
    told = draft(
        conversation(
            ("ana", "die Suche ist für alle Kunden nicht erreichbar"),
            ("ben", "die Kasse ist für alle Kunden langsam"),
            ("ana", "die Suche läuft wieder"),
        )
    )
    assert any("Kasse" in claim.text for claim in told)
