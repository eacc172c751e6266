"""What a sentence of an incident seems to be about, in German, French, Spanish or Portuguese.

Cues go by their names, so that what knows them all may read this. Whoever says `not` or `if` does
not say that anything was done or is over: of such a sentence that is not read at all.
"""

import re
from collections.abc import Set

from copilot.reviews.words import word_set

FUNCTION_WORDS = word_set(
    """
    der das und ist sind nicht wir ich ein eine einen einem einer auf für von zu dem haben habe hat
    wird werden noch auch bei nach seit wieder kein keine alle jetzt läuft sich aus über nur schon
    gibt wurde wurden können kann gerade weil wegen dass vom zum zur beim mir uns
    la le les un nous pas je une et avec pour sur dans qui que ça sont au c'est j'ai il cette leur
    notre depuis parce
    el los las con está están del por se hay estamos pero como una este esta fue
    uma não estão foi já da em ao mas foram são pelo pela
    """
)
"""Little words, without those that are English words or abbreviations, too."""
_LITTLE_WORDS = FUNCTION_WORDS | word_set(
    """
    das die den des es mit dir euch er sie war waren so am im in um ob du de en y e o a os as do dos
    das na no com lo me te su son ce aux est qu elle ils ser ter tem em ele ela eu um
    """
)
_ENGLISH = re.compile(r"\b(?:the|is|are|was|were|to|of|and|we|it|with|this|that|for|not)\b")
_ACCENTS = re.compile(r"[äöüßàâçéèêëîïôûùñáíóúãõ]")
_ENOUGH = 2


def _cue(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)")


_OVER = (
    r"behoben|gelöst|entstört|entwarnung|wiederhergestellt|erholt sich",
    r"wieder (?:da|normal\w*|stabil|erreichbar|verfügbar|online|grün|ok|oben|gesund|in ordnung)",
    r"(?:läuft|laufen|funktioniert|funktionieren|geht|gehen) wieder",
    r"résolue?s?|rétabli\w*|corrigée?s?|revenue?s? à la normale|stabilisée?s?|remarche\w*",
    r"de nouveau (?:opérationnel\w*|disponibles?|normal\w*|en ligne|stables?)",
    r"fonctionne\w* (?:de|à) nouveau",
    r"resuelt\w+|solucionad\w+|restablecid\w+|recuperad\w+|arreglad\w+|normalizad\w+|estables?",
    r"(?:vuelve|volvió|vuelven) a (?:funcionar|la normalidad)|ya funciona\w*",
    r"funciona\w* de nuevo",
    r"resolvid\w+|corrigid\w+|restabelecid\w+|restaurad\w+|estável|estáveis",
    r"volt(?:ou|aram) (?:ao normal|a funcionar|ao ar)|funcionando (?:de novo|novamente)",
)
_CUES = {
    "symptom": _cue(
        r"fehler\w*|ausfall|ausfälle|ausgefallen|störung\w*|kaputt|hängt|hängen|abgestürzt"
        r"|stürz\w+",
        r"absturz|langsam\w*|nicht (?:erreichbar|verfügbar|mehr|möglich|laden)|unerreichbar",
        r"(?:geht|gehen|funktioniert|funktionieren|lädt|laden|antwortet|antworten) nicht",
        r"fehl(?:geschlagen|schläge)|schl(?:ä|a)g\w* fehl|überlastet|voll(?:gelaufen)?|verloren",
        r"probleme?n?|steht still|lahmgelegt|(?:ist|sind|est|sont|está|están|estão) (?:\w+ )?down",
        r"erreurs?|panne|indisponib\w+|plant(?:é|ée|és|ent)|échou\w+|échecs?|lente?s?|bloquée?s?",
        r"ne (?:répond\w*|fonctionne\w*|marche\w*|charge\w*) (?:plus|pas)|perdue?s?|inaccessib\w+",
        r"tombée?s?|saturée?s?|problèmes?|pleine?s?|ralenti\w*|injoignables?|coupures?",
        r"error(?:es)?|caíd[oa]s?|se cayó|fall(?:a|an|o|os|as|ó|aron|ando)|lent[oa]s?|lentitud",
        r"no (?:responde\w*|funciona\w*|carga\w*|puede\w*)|bloquead\w+|perdid\w+|saturad\w+",
        r"llen[oa]s?|problemas?|indisponib\w+|inaccesib\w+",
        r"erros?|fora do ar|caiu|caíram|falh\w+|lentidão|travad\w+|travou|chei[oa]s?|queda",
        r"não (?:responde\w*|funciona\w*|carrega\w*|consegue\w*)|indisponív\w+|instáve\w+",
    ),
    "impact": _cue(
        r"kund(?:e|en|innen)|(?:be)?nutzer\w*|anwender\w*|bestellung\w*|zahlung\w*|alle[rn]?",
        r"niemand|betroffen\w*",
        r"clients?|utilisateurs?|commandes?|paiements?|personne|touchée?s?",
        r"clientes?|usuari[oa]s?|pedidos?|pagos?|todos|nadie|afecta\w*",
        r"usuári[oa]s?|utilizador\w*|pagamentos?|ninguém|afeta\w*",
    ),
    "action": _cue(
        r"neu ?gestartet|neustart\w*|starte\w* .{0,30}neu|zurück(?:gerollt|gesetzt)|rollbacks?",
        r"roll(?:e|en|t) .{0,30}zurück|deployt|deploye|umgeschaltet|umgestellt|skalier(?:t|e|en)",
        r"hochskaliert|abgeschaltet|deaktiviert|aktiviert|gelöscht|gepatcht|erhöht|ausgerollt",
        r"eingespielt|gestoppt|gesperrt|geleert",
        r"redémarr\w+|relanc\w+|retour arrière|annul(?:é|ée|ons)|déploy(?:é|ée|ons)|basculé\w*",
        r"désactivé\w*|supprimé\w*|augmenté\w*|arrêté\w*|purgé\w*",
        r"reinici(?:é|ó|amos|ado|ada|ando|aron)|revert(?:í|imos|ido|ida)|desplegad\w+|desplegamos",
        r"desactiv(?:é|amos|ado|ada)|elimin(?:é|amos|ado|ada)|aument(?:é|amos|ado|ada)",
        r"escal(?:é|amos|ado|ada|ando)|vuelta atrás",
        r"reinici(?:ei|ou|aram)|revert(?:i|emos|eu|ido|ida)|desativ(?:ei|amos|ado|ada)",
        r"remov(?:i|emos|eu|ido|ida)|aument(?:ei|ou)|escal(?:ei|ou)|fiz(?:emos)? (?:o )?deploy",
    ),
    "plan": _cue(
        r"wir (?:sollten|könnten|müssen|werden|wollen)|ich werde|lasst? uns"
        r"|soll(?:en)? (?:wir|ich)",
        r"on (?:devrait|pourrait|va|doit)|nous (?:devrions|allons|devons)|je vais"
        r"|il fau(?:t|drait)",
        r"deberíamos|debemos|vamos a|voy a|hay que|podríamos|tenemos que|propongo",
        r"deveríamos|devemos|vamos|vou|temos que|precisamos|poderíamos|proponho",
    ),
    "outcome": _cue(*_OVER),
    "end": _cue(*_OVER),
    "cause": _cue(
        r"ursache|weil|wegen|verursacht\w*|aufgrund|l(?:ag|iegt) an|ausgelöst durch|abgelaufen",
        r"la cause|parce qu\w*|à cause d\w*|causée?s?|due?s? (?:à|au)|provoquée?s?|en raison d\w+",
        r"expirée?s?",
        r"la causa|causad[oa]|causó|porque|debido al?|por culpa|provocad\w+|caducad\w+|expirad\w+",
        r"a causa|causou|devido a\w*|por causa|expirou|venceu",
    ),
    "finding": _cue(
        r"gefunden|festgestellt|entdeckt|herausgefunden|identifiziert",
        r"trouvé\w*|découvert\w*|identifié\w*|constaté\w*",
        r"encontr(?:é|amos|ado|ada)|descubr(?:í|imos)|identific(?:ó|amos|ado|ada)",
        r"encontr(?:ei|ou)|descobr(?:i|imos|iu)|identific(?:ou|uei)",
    ),
    "guess": _cue(
        r"vielleicht|vermutlich|wahrscheinlich|möglicherweise|ich (?:glaube|denke|vermute)",
        r"scheint|eventuell|evtl",
        r"peut-être|probablement|je (?:pense|crois)|semble\w*|on dirait|sans doute",
        r"quizás?|tal vez|probablemente|creo que|parece\w*|posiblemente|supongo",
        r"talvez|provavelmente|acho que|possivelmente|suponho",
    ),
    "well": _cue(
        r"zum glück|gut (?:gelaufen|geklappt|gemacht)",
        r"heureusement|bien (?:passé|joué|fonctionné)|bonne nouvelle",
        r"por suerte|menos mal|salió bien|buen trabajo",
        r"ainda bem|felizmente|deu certo|bom trabalho",
    ),
    "hard": _cue(
        r"schwer zu|keine ahnung|lange gedauert|zu spät|kein (?:runbook|alarm|dashboard)\w*",
        r"difficile de|pas clair|aucune idée|trop (?:tard|longtemps)|pas (?:de"
        r"|d') ?(?:runbook|alerte)",
        r"difícil|ni idea|demasiado tarde|tardamos|sin (?:runbook|alerta|documentación)",
        r"não está claro|tarde demais|demor(?:ou|amos)|sem (?:runbook|alerta|documentação)",
    ),
    "status": _cue(
        r"(?:störung|incident|vorfall) (?:ist |wurde |wird )?(?:behoben|beendet|eröffnet"
        r"|geschlossen)",
        r"incident (?:est |a été )?(?:résolu|clos|déclaré|ouvert|terminé)",
        r"inciden(?:te|cia) (?:está |fue )?(?:resuelt|cerrad|declarad|abiert)[oa]",
        r"incidente (?:foi )?(?:resolvid|encerrad|declarad|abert|fechad)o",
    ),
    "detected": _cue(
        r"(?:kunden|nutzer|anwender) (?:melde|bericht|beschwer)\w*|alarm (?:ausgelöst|gekommen)",
        r"(?:clients|utilisateurs) (?:signal|remont|se plaign)\w*|alerte (?:déclenchée|reçue)",
        r"(?:clientes|usuarios) (?:report|inform|se quej)\w*|alerta (?:disparada|recibida)",
        r"(?:clientes|usuários) (?:relat|reclam)\w*|alerta (?:disparou|recebido)",
    ),
}
DENIED_ABROAD = re.compile(
    r"\b(?:nicht|kein\w*|nie|niemals|pas|jamais|aucun\w*|no|nunca|ningun\w*|não|nem)(?!\w)"
)
_SUPPOSED = re.compile(
    r"\b(?:wenn|falls|sobald|bevor|bitte|könnte\w*|sollte\w*|würde\w*|si|quand|lorsque|svp"
    r"|avant que"
    r"|pourrait|cuando|podría\w*|por favor|antes de|quando|se (?:o|a|os|as|não)|poderia\w*)(?!\w)"
)
_NO_CAUSE = re.compile(
    r"\b(?:nicht|kein\w*|pas|no|não)\s+(?:\w+\s+){0,2}(?:ursache|weil|wegen|an |schuld"
    r"|cause|à cause"
    r"|causé|dû|causa|debido|por|devido)"
    r"|\b(?:such\w*|untersuch\w*|ermitt\w*|finden|cherch\w*|investig\w*|busca\w*"
    r"|procura\w*|anali\w+)"
    r"[^.]{0,30}\b(?:ursache|cause|causa)"
    r"|\b(?:ursache|cause|causa)\b[^.]{0,15}\b(?:unbekannt|unklar|inconnue|desconocida"
    r"|desconhecida)"
)
_UNDONE = frozenset({"action", "outcome", "end", "status"})


def is_abroad(plain: str) -> bool:
    """Whether it seems to be in one of these languages; takes lower case."""
    found = len(FUNCTION_WORDS.intersection(plain.split()))
    if not plain.isascii() and _ACCENTS.search(plain):
        found += 1
    return found >= _ENOUGH or (found > 0 and not _ENGLISH.search(plain))


def little_words_in(text: str) -> frozenset[str]:
    """Those that carry no meaning, where the text seems to be in one of these languages."""
    plain = text.lower()
    return _LITTLE_WORDS if is_abroad(plain) else frozenset()


def cues_abroad(plain: str, english: Set[str]) -> Set[str]:
    """All cues of a sentence in one of these languages, given those that its English words have."""
    cues = set(english) | {name for name, pattern in _CUES.items() if pattern.search(plain)}
    if DENIED_ABROAD.search(plain) or _SUPPOSED.search(plain):
        cues -= _UNDONE
    if _NO_CAUSE.search(plain):
        cues.discard("cause")
    return cues
