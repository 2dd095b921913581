"""What headings of pages that are no articles say, in the languages of the outlets we know; data for `ingest.web.walls`.

Each entry is a regular expression that a heading begins with, in lower case. Add what you meet; a test holds real headlines against them.
"""

from __future__ import annotations

import re

_THING = "(?:the |this |that )?(?:page|article|story|content)(?: you(?:'re| are)? \\w+(?: for)?)?"
# Soft 404. `$` where a headline may go on: "No longer available: the last of the steam trains".
GONE = (
    *("(?:error |fehler |erreur )?404", "(?:(?:page|article|story|content|document|file|url|post|entry|resource) )?not found$"),
    *("page unavailable$", "nothing (?:was )?found$", "no longer available$", "nicht gefunden$"),
    _THING + " (?:can(?:'t| ?not)|could(?:n't| not))",
    _THING + " (?:does(?:n't| not)|is(?:n't| not) (?:available|existing|here|found|there))",
    _THING + " (?:is no longer|was not|has been (?:re)?moved)",
    *(
        "(?:we |sorry, we )?(?:can(?:'t|not)|could(?:n't| not)) find (?:the|that|this|what)",
        "seite (?:nicht|existiert)",
        "artikel nicht gefunden",
    ),
    *("diese seite (?:existiert|wurde nicht|konnte nicht)", "die seite (?:existiert|wurde nicht|konnte nicht)"),
    *("page (?:introuvable|non trouvée|inexistante)", "cette page n", "página no", "página não", "pagina (?:niet|non|not)"),
    *("sidan (?:kunde|finns|hittades) ", "siden (?:ble|blev|findes|finnes) ", "nie znaleziono strony", "strona nie", "страница не"),
    "ページが見つかりません",
)
# Bot walls and challenges.
BOT = (
    *("just a moment$", "attention required$", "access denied$", "access to this page has been denied", "are you a (?:robot|human)$"),
    *(
        "robot check$",
        "pardon our interruption$",
        "checking (?:your|if the) (?:browser|site)",
        "verify(?:ing)? (?:that )?you are (?:a )?human",
    ),
    *(
        "(?:please )?verify (?:that )?you",
        "security check$",
        "one more step$",
        "human verification$",
        "bot verification$",
        "ddos protection",
    ),
    *("please enable (?:javascript|js|cookies)", "unusual traffic", "request blocked$", "captcha$", "(?:sorry, )?you have been blocked$"),
    *(
        "prove you(?:'re| are)",
        "i'm not a robot$",
        "sicherheitsüberprüfung$",
        "sind sie ein (?:roboter|mensch)$",
        "vérification de sécurité$",
    ),
    *("êtes-vous un robot$", "verificación de seguridad$", "no soy un robot$", "verifica di sicurezza$", "проверка браузера"),
)
LOGIN = (
    *("log[ -]?in", "sign[ -]?in", "please (?:log|sign) in", "(?:you must|you need to) (?:be logged|log|sign) in", "members only$"),
    *("subscribers only$", "create (?:a|an|your) (?:free )?account", "(?:jetzt )?anmeld(?:en|ung)", "einloggen", "bitte (?:melden|loggen)"),
    *("connexion$", "connectez-vous", "se connecter$", "identifiez-vous", "inici(?:ar|a|e) sesión", "accedi$", "entrar$", "inloggen"),
    *("logga in", "logg inn", "log ind", "zaloguj", "вход$", "войти$"),
)
CONSENT = (
    *("before you continue$", "we (?:value|care about) your privacy", "your (?:privacy|data|choices)(?: matters?| choices| settings)?$"),
    *("cookies?(?: ?-? ?(?:settings|preferences|consent|notice|policy|wall|einstellungen|hinweis|richtlinie))?$", "consent$"),
    *("(?:accept|manage) (?:all )?cookies", "privacy (?:settings|choices|preferences)$", "datenschutz(?:-?(?:einstellungen|hinweis))?$"),
    *(
        "ihre (?:privatsphäre|daten)$",
        "privatsphäre(?:-einstellungen)?$",
        "zustimmung$",
        "einwilligung$",
        "votre (?:vie privée|consentement)$",
    ),
    *(
        "gestion des cookies$",
        "nous respectons votre vie privée",
        "(?:su|tu) privacidad$",
        "valoramos (?:su|tu) privacidad",
        "la tua privacy$",
    ),
    *("privacy-?instellingen$", "toestemming$"),
)
# Segments of a path, and first labels of a host, to which only walls redirect.
LOGIN_PARTS = frozenset(
    {
        *("login", "log-in", "signin", "sign-in", "logon", "sso", "oauth", "authorize", "auth"),
        *("anmelden", "anmeldung", "connexion", "acceso", "inloggen", "logga-in"),
    }
)
CONSENT_PARTS = frozenset(
    {
        *("consent", "cookie-consent", "cookiewall", "cookie-wall", "consent-wall", "privacygate", "privacy-gate"),
        *("myprivacy", "zustimmung", "guce", "cmp", "gdpr"),
    }
)
# What the bot services' own pages carry, and no page that they only watch over.
BOT_MARKS = re.compile(
    rb"_cf_chl_opt|cf-challenge|cf-browser-verification|captcha-delivery\.com|Incapsula incident|_Incapsula_Resource\?|px-captcha"
    rb"|AwsWafIntegration|sucuri_cloudproxy_js|distil_r_captcha|/\.well-known/ddos-guard/|errors\.edgesuite\.net"
    rb"|class=[\"']?(?:g-recaptcha|h-captcha|cf-turnstile)"
)
# The button of a consent wall.
AGREE = re.compile(rb"accept|agree|zustimm|akzeptier|einverstanden|acept|accett|akkoord|godk|zgadzam", re.IGNORECASE)


def beginning(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """The expression for a heading that begins with one of the phrases (`$`: and ends with it), an interjection and signs set aside."""
    whole = "|".join(phrase.replace("$", r"(?=\W*$)") for phrase in phrases)
    return re.compile(rf"^(?:oops|sorry|whoops|ups|hoppla|error|ooh)?[\s!.,:…-]*(?:{whole})(?!\w)", re.IGNORECASE)
