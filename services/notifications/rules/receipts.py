"""What a delivery report, or the answer of a mail server, says of an address: code and text together decide.

The codes (RFC 3463) are used loosely: 5.1.1 comes with a full box, 5.7.1 with "no such user", and a refusal that
is about us comes with all of them. So the text goes first, the code counts where the text leaves it open, and only
what says that there is no such address says so of the address at once.
"""

from __future__ import annotations

import re
from enum import StrEnum

_STATUS = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?=[ -]|$)")
_NEAR = 200
# What the codes themselves say, where the text adds nothing: no such mailbox, domain, or moved without an address.
_GONE_CODES = frozenset({(1, 1), (1, 2), (1, 6), (1, 10)})
# The address, its box or its domain may be at fault, or just today.
_DOUBTFUL_CODES = frozenset(
    {(1, 0), (1, 3), (1, 4), (2, 0), (2, 1), (2, 2), (2, 4), (4, 1), (4, 3), (4, 4), (4, 7)}
)


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# About us, this message or the way there: it says nothing of the address, whatever else stands beside it.
_ABOUT_US = _any_of(
    r"\bspam|\bjunk\b|unsolicited|bulk mail|\b(rbl|dnsbl|pbl|sbl)\b|blackl|black list|block ?list|deny ?list",
    r"spamhaus|spamcop|barracuda|sorbs|senderscore|reputation|\bblocked\b|blocking|\bbanned\b|prohibit",
    r"\bpolicy\b|\bpolicies\b|virus|malware|phish|malicious|suspicious",
    r"content (was )?(reject|filter|denied|refused)|message (size|content)",
    r"(in|from|missing|invalid|your) headers?\b",
    r"dmarc|dkim|\bspf\b|authenticat|\bauth\b|relay(ing)?( access)?( is)? (denied|not|prohibit|disabled)",
    r"(unable|cannot|not (allowed|permitted)) to relay|not a relay|access denied|permission",
    r"not authori[sz]ed|unauthori[sz]ed|restrict|gr[ea]y ?list",
    r"\brate\b|rate[- ]?limit|too (many|fast|quickly|much)|throttl|limits? (\w+ ){0,3}(exceed|reach)",
    r"(exceed\w*|over|hit|reached) (\w+ ){0,4}limit|(daily|sending) quota",
    r"\bsender\b|sender'?s|envelope[- ]from|mail from|return[- ]path|\bhelo\b|\behlo\b",
    r"afzender|absender|expéditeur",
    r"reverse dns|\brdns\b|\bptr\b|your (ip|host|server|domain|network)|client host",
    r"\btls\b|\bssl\b|certificate|encrypt|smtputf8|8bitmime|charset|line (is )?too long",
    r"message (\w+ ){0,3}too (large|big|long)|too (large|big)\b|size limit|maximum (message )?size",
    r"\bmoderated\b|members? only|only (accept|allow)|not accepting (mail|messages) from",
)
# The address may be good, and may be good again: full, closed for now, or a domain that could not be looked up.
_DOUBT = _any_of(
    r"quota|(mailbox|inbox|box|account|user)( is| was)? ?(too )?full|insufficient|storage|no space|out of space",
    r"\bvol(le)?\b|speicher|espace disque|disk",
    r"disabled|inactive|deactivated|suspend|\blocked\b|frozen|dormant|\bexpired\b|on hold|archived|not active",
    r"no longer active|not currently|currently unavailable|buiten gebruik|geblokkeerd|uitgeschakeld|gesperrt",
    r"deaktiviert|désactiv|inactif",
    r"temporar|try again|tr(y|ied) later|again later|later again|deferred|timed? ?out|time-out|retry|in progress",
    r"tijdelijk|vorübergehend|cannot be verified|could not be verified|unverified|verification",
    r"name (service|server)[^.;]{0,40}(error|fail|time|problem|tempor|not respond|unreach)|servfail|nameserver",
    r"\bdns\b[^.;]{0,30}(error|fail|problem|time|lookup|record)|dns domain|(domain|mx|dns|host) ?lookup",
    r"no mx\b|mx record|name resolution|resolving|host or domain name not found|non-?existent hosts",
    r"connection (refused|reset|lost|drop)|connect to|unreachable|no route|network is|\bloop|too many hops",
    r"hop count|at this time|directory (is )?(not|un)|routing|greeting",
    r"(internal|system|local|server|software|configuration|processing) (error|problem|failure)",
    r"misconfig",
)
_WHO = (
    r"(users?|mail ?box|inbox|recipients?|address(es)?|account|addressee|person|alias|local[- ]?part|user ?name"
    r"|userid|customer|domain|host|mail ?drop|subscriber|gebruiker|ontvanger|geadresseerde|postvak|(e-?)?mailadres"
    r"|adres|benutzer|empfänger|postfach|adresse|utilisateur|destinataire|usuario|destinatario|utente|casella)"
)
_NO_SUCH = r"(no such|unknown|invalid|non-?existing|non-?existent|unrecogni[sz]ed|incorrect|illegal|bad)"
_KIND = r"( or \w+| destination| local| virtual| e-?mail| mail| recipient| user| remote| system| final| delivery)*"
_UNKNOWN = (
    r"(unknown|not found|not known|unrecogni[sz]ed|not recogni[sz]ed|non-?existent|invalid|deleted|removed"
    r"|be found|nicht gefunden|unbekannt|inconnue?|inexistante?|desconocido|inexistente|sconosciuto|onbekend"
    r"|niet gevonden)"
)
_NOBODY = _any_of(
    rf"\b{_NO_SUCH}{_KIND} ?{_WHO}\b|\b{_WHO}\b[^.;!]{{0,70}}\b{_UNKNOWN}\b|(onbekende?|unbekannte[rs]?) {_WHO}",
    r"wasn.?t found|was not found at|address not found|(do|does|did)( not|n.?t) (seem to )?exist",
    rf"{_WHO} (by|with) that name|no account found|no longer exists?|not exist\b",
    r"doesn.?t exist|(doesn.?t|does not|do not) have an? [\w.-]+ account",
    rf"(is not|isn.?t|not|no longer) (a |an )?(valid|known|existing|recogni[sz]ed|local)( \w+)? ?{_WHO}\b",
    rf"\bno( \w+)? {_WHO}( here| there)*( by| with| of| named| for| called| under)|not our customer|no mailbox",
    r"(no one|nobody) here by|(couldn.?t|could not|can.?t|cannot|unable to) find (your |the |any |a )?"
    rf"(\w+ )?{_WHO}",
    rf"\b{_WHO}\b[^.;!]{{0,40}}no longer (valid|in use|works?|here|available|on)|not (known|listed) (here|at|in)",
    r"nosuchuser|recip(ient)?notfound|unrouteable address|nxdomain|has moved",
    r"bestaat niet|existiert nicht|n.existe pas|no existe|non esiste",
)
# The standard's own words for reply 550, said of everything; they count where the code does not say otherwise.
_UNAVAILABLE = re.compile(r"mailbox (is )?unavailable")
_UNAVAILABLE_CODES = (0, 1, 3, 5)
# A server that goes on trying has not said anything yet.
_STILL_TRYING = _any_of(
    r"will (?!not)(\w+ ){0,3}(retr|try|attempt|keep)|(still|being) (be )?retr(ied|ying)",
    r"not yet been delivered|attempts will continue|warning (message )?only|need not resend",
    r"do not need to (resend|send)|verzögert",
    r"no action is required|\bdelayed\b|wordt opnieuw geprobeerd|vertraagd|wird (weiterhin|erneut) versucht",
)


class Report(StrEnum):
    """What a report comes down to."""

    DELIVERED = "delivered"
    GONE = "gone"  # it did not arrive, and there is no such address
    DOUBTFUL = (
        "doubtful"  # it did not arrive, and the address may be why: so often in a row, and it counts as gone
    )
    FAILED = "failed"  # it did not arrive, and that says nothing of the address
    NOTHING = "nothing"  # still trying, or passed on: not known yet


def read_report(action: str, status: str, *texts: str) -> Report:
    """Read the Action and the Status of one recipient (RFC 3464).

    texts  what the servers said in words, that of the server itself first; the first that says something counts
    """
    outcome = (action.split() or [""])[0].strip(" ;").casefold()
    if outcome == "delivered":
        return Report.DELIVERED
    if outcome not in ("failed", "error"):
        return Report.NOTHING
    code = _code(status, *texts)
    for text in texts:
        meant = _read_words(text)
        if meant is not None:
            return Report.DOUBTFUL if meant is Report.GONE and code is not None and code[0] != 5 else meant
    return _read_code(code, is_unavailable=any(_UNAVAILABLE.search(_plain(text)) for text in texts))


def read_reply(code: int, text: str) -> Report:
    """Read what a mail server answered to one recipient."""
    return read_report("failed", "5.0.0" if 500 <= code <= 599 else "4.0.0", text)


def read_prose(text: str, *, is_failure: bool) -> Report:
    """Read a report that no machine was meant to read.

    is_failure  it is known that it did not arrive, and not yet why
    """
    if _STILL_TRYING.search(_plain(text)):
        return Report.NOTHING
    has_code = _code("", text) is not None
    meant = read_report("failed", "" if has_code else "5.0.0", text)
    says_why = has_code or _read_words(text) is not None
    return meant if is_failure or says_why else Report.NOTHING


def _read_words(text: str) -> Report | None:
    plain = _plain(text)
    nobody = _NOBODY.search(plain)
    # A long report has more in it than why: what counts against it stands close by.
    near = plain if nobody is None else plain[max(0, nobody.start() - _NEAR) : nobody.end() + _NEAR]
    if _ABOUT_US.search(near):
        return Report.FAILED
    if _DOUBT.search(near):
        return Report.DOUBTFUL
    return None if nobody is None else Report.GONE


def _read_code(code: tuple[int, int, int] | None, *, is_unavailable: bool) -> Report:
    if code is None:
        return Report.FAILED
    if code[0] == 5 and (code[1:] in _GONE_CODES or (is_unavailable and code[1] in _UNAVAILABLE_CODES)):
        return Report.GONE
    return Report.DOUBTFUL if code[1:] in _DOUBTFUL_CODES | _GONE_CODES else Report.FAILED


def _code(status: str, *texts: str) -> tuple[int, int, int] | None:
    """Return the code that says most: that of the server in its own words, else that of the report."""
    for text in (*texts, status):
        for match in _STATUS.finditer(text):
            # A number of a version that begins with a 2 is no code of something that did not arrive.
            if match[1] != "2" and (match[2], match[3]) != ("0", "0"):
                return int(match[1]), int(match[2]), int(match[3])
    for text in (status, *texts):
        first = _STATUS.search(text) or _REPLY.search(text)
        if first is not None:
            return int(first[1]), 0, 0
    return None


def _plain(text: str) -> str:
    """Return the words alone, small, on one line; addresses of people and pages may hold any word."""
    words = re.sub(r"https?://\S+|<?[^\s<>@]+@[^\s<>@]+>?", " ", text.casefold())
    return " ".join(words.replace("’", "'").split())
