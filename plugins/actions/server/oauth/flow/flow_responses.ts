import type { LocalizedText } from '@latchkey/core/common';

/**
 * Codes of refused or failed authorizations. Codes are public: new ones may be added, none is
 * renamed.
 */
export type FlowErrorCode =
  | 'public_base_url_missing'
  | 'return_url_refused'
  | 'endpoint_not_allowed'
  | 'rate_limited'
  | 'response_malformed'
  | 'state_missing'
  | 'state_invalid'
  | 'state_used'
  | 'state_expired'
  | 'wrong_user'
  | 'wrong_browser'
  | 'wrong_provider'
  | 'issuer_mismatch'
  | 'wrong_response_mode'
  | 'issuer_unknown'
  | 'api_key_not_allowed'
  | 'not_permitted'
  | 'connector_deleted'
  | 'connector_changed'
  | 'provider_refused'
  | 'provider_rejected_request'
  | 'provider_unavailable'
  | 'code_missing'
  | 'exchange_failed'
  | 'grant_fact_refused'
  | 'grant_fact_missing'
  | 'site_not_found'
  | 'connector_misconfigured'
  | 'store_unavailable'
  | 'account_kept'
  | 'nothing_to_decide'
  | 'attempt_not_found'
  | 'interrupted'
  | 'unexpected';

/** Response for one code. */
export interface FlowResponse {
  readonly statusCode: number;
  /** Text that says what has happened and what the user can do. Shown in the browser. */
  readonly text: LocalizedText;
  /** `true`: another attempt may succeed, so the page links to a new start. */
  readonly canStartAgain?: true;
}

/** Unknown and expired states have the same text, so that a guessed state reveals nothing (A2). */
const UNKNOWN_OR_TIMED_OUT: FlowResponse = {
  statusCode: 400,
  text: {
    en: 'This authorization is unknown or has timed out. Start it again from the connector.',
    de: 'Diese Autorisierung ist unbekannt oder abgelaufen. Beginnen Sie sie beim Konnektor neu.',
  },
};

/**
 * The text does not name the failed check, because that would help an attacker, and the user cannot
 * act on it.
 */
const ANOTHER_PROVIDER: FlowResponse = {
  statusCode: 400,
  text: {
    en: 'The response did not come from the provider of this connector. Nothing was stored. If it happens again, tell an administrator.',
    de: 'Die Antwort kam nicht vom Anbieter dieses Konnektors. Es wurde nichts gespeichert. Wenn es wieder passiert, sagen Sie es einem Administrator.',
  },
};

/** Response by code: the HTTP status, and a text that says who can do what. */
export const FLOW_RESPONSES: Readonly<Record<FlowErrorCode, FlowResponse>> = {
  public_base_url_missing: {
    statusCode: 400,
    text: {
      en: 'This server does not know its own address. Ask an administrator to set [server.publicBaseUrl].',
      de: 'Dieser Server kennt seine eigene Adresse nicht. Bitten Sie einen Administrator, [server.publicBaseUrl] festzulegen.',
    },
  },
  return_url_refused: {
    statusCode: 400,
    text: {
      en: 'The return URL must lead back to a page of this server.',
      de: 'Die Rücksprungadresse muss zu einer Seite dieses Servers führen.',
    },
  },
  endpoint_not_allowed: {
    statusCode: 400,
    text: {
      en: 'This server may not call an OAuth endpoint of this connector. Ask an administrator to check its URLs and [xpack.actions.allowedHosts].',
      de: 'Dieser Server darf einen OAuth-Endpunkt dieses Konnektors nicht aufrufen. Bitten Sie einen Administrator, die Adressen und [xpack.actions.allowedHosts] zu prüfen.',
    },
  },
  rate_limited: {
    statusCode: 429,
    text: {
      en: 'Too many authorization attempts. Wait a while and try again.',
      de: 'Es gab zu viele Versuche. Warten Sie eine Weile, und versuchen Sie es erneut.',
    },
  },
  response_malformed: {
    statusCode: 400,
    text: {
      en: 'The provider’s response repeats a parameter, or a parameter is too long. Nothing was stored. Go back to the window of the provider, or start again from the connector. If it happens again, tell an administrator.',
      de: 'Die Antwort des Anbieters wiederholt einen Parameter, oder ein Parameter ist zu lang. Es wurde nichts gespeichert. Kehren Sie zum Fenster des Anbieters zurück, oder beginnen Sie beim Konnektor neu. Wenn es wieder passiert, sagen Sie es einem Administrator.',
    },
  },
  state_missing: {
    statusCode: 400,
    text: {
      en: 'This link is incomplete. Start the authorization again from the connector.',
      de: 'Dieser Link ist unvollständig. Beginnen Sie die Autorisierung beim Konnektor neu.',
    },
  },
  state_invalid: UNKNOWN_OR_TIMED_OUT,
  state_expired: UNKNOWN_OR_TIMED_OUT,
  state_used: {
    statusCode: 400,
    text: {
      en: 'This authorization was already completed or ended. The connector shows whether you are connected.',
      de: 'Diese Autorisierung wurde bereits abgeschlossen oder beendet. Der Konnektor zeigt, ob Sie verbunden sind.',
    },
  },
  wrong_user: {
    statusCode: 403,
    text: {
      en: 'This authorization was started by another user. Start your own from the connector.',
      de: 'Ein anderer Benutzer hat diese Autorisierung begonnen. Beginnen Sie beim Konnektor Ihre eigene.',
    },
  },
  wrong_browser: {
    statusCode: 403,
    text: {
      en: 'This authorization was started in another browser. Start it again in this one.',
      de: 'Diese Autorisierung wurde in einem anderen Browser begonnen. Beginnen Sie sie in diesem neu.',
    },
    canStartAgain: true,
  },
  wrong_provider: ANOTHER_PROVIDER,
  issuer_mismatch: ANOTHER_PROVIDER,
  wrong_response_mode: {
    statusCode: 400,
    text: {
      en: 'The provider’s response did not arrive in the requested form. Nothing was stored. If it happens again, tell an administrator.',
      de: 'Die Antwort des Anbieters kam nicht in der verlangten Form an. Es wurde nichts gespeichert. Wenn es wieder passiert, sagen Sie es einem Administrator.',
    },
  },
  issuer_unknown: {
    statusCode: 400,
    text: {
      en: 'All providers share one redirect URI here, and the issuer of this connector is unknown. Ask an administrator to enter its issuer.',
      de: 'Alle Anbieter teilen sich hier eine Weiterleitungsadresse, und der Aussteller (Issuer) dieses Konnektors ist unbekannt. Bitten Sie einen Administrator, ihn einzutragen.',
    },
  },
  api_key_not_allowed: {
    statusCode: 403,
    text: {
      en: 'An API key cannot authorize a connector. Sign in with a browser, or send username and password (HTTP Basic).',
      de: 'Mit einem API-Schlüssel kann kein Konnektor autorisiert werden. Melden Sie sich mit einem Browser an, oder senden Sie Benutzername und Passwort (HTTP Basic).',
    },
  },
  not_permitted: {
    statusCode: 403,
    text: {
      en: 'You may not authorize connectors in this space. Ask an administrator for access.',
      de: 'Sie dürfen in diesem Bereich keine Konnektoren autorisieren. Bitten Sie einen Administrator um Zugriff.',
    },
  },
  connector_deleted: {
    statusCode: 404,
    text: {
      en: 'The connector no longer exists. Nothing was stored.',
      de: 'Der Konnektor ist nicht mehr vorhanden. Es wurde nichts gespeichert.',
    },
  },
  connector_changed: {
    statusCode: 409,
    text: {
      en: 'The connector was changed while you were authorizing it. Nothing was stored. Start again.',
      de: 'Der Konnektor wurde geändert, während Sie ihn autorisierten. Es wurde nichts gespeichert. Beginnen Sie neu.',
    },
    canStartAgain: true,
  },
  provider_refused: {
    statusCode: 400,
    text: {
      en: 'Access was not granted, so nothing was stored. If that was a mistake, start again.',
      de: 'Der Zugriff wurde nicht gewährt, daher wurde nichts gespeichert. Wenn das ein Versehen war, beginnen Sie neu.',
    },
    canStartAgain: true,
  },
  provider_rejected_request: {
    statusCode: 400,
    text: {
      en: 'The provider rejected what this connector asks for. Ask an administrator to check its OAuth app, redirect URI and scopes.',
      de: 'Der Anbieter lehnt ab, was dieser Konnektor verlangt. Bitten Sie einen Administrator, OAuth-App, Weiterleitungsadresse und Berechtigungen des Konnektors zu prüfen.',
    },
  },
  provider_unavailable: {
    statusCode: 502,
    text: {
      en: 'The provider cannot handle authorizations right now. Try again in a moment.',
      de: 'Der Anbieter kann im Moment keine Autorisierungen bearbeiten. Versuchen Sie es gleich noch einmal.',
    },
    canStartAgain: true,
  },
  code_missing: {
    statusCode: 400,
    text: {
      en: 'The provider sent no authorization code. Start again.',
      de: 'Der Anbieter hat keinen Autorisierungscode gesendet. Beginnen Sie neu.',
    },
    canStartAgain: true,
  },
  exchange_failed: {
    statusCode: 502,
    text: {
      en: 'The provider did not complete the authorization. Try again; if it keeps failing, tell an administrator.',
      de: 'Der Anbieter hat die Autorisierung nicht abgeschlossen. Versuchen Sie es erneut. Wenn es weiterhin fehlschlägt, sagen Sie es einem Administrator.',
    },
    canStartAgain: true,
  },
  grant_fact_refused: {
    statusCode: 502,
    text: {
      en: 'The provider named an address of its API that this connector does not permit. Nothing was stored, and no token was sent there. Tell an administrator.',
      de: 'Der Anbieter nannte eine Adresse seiner Schnittstelle, die dieser Konnektor nicht erlaubt. Es wurde nichts gespeichert und kein Token dorthin gesendet. Sagen Sie es einem Administrator.',
    },
  },
  grant_fact_missing: {
    statusCode: 502,
    text: {
      en: 'The provider did not name the organisation or site that this connector calls. Nothing was stored. Start again with an account that has access to one.',
      de: 'Der Anbieter nannte keine Organisation oder Site, die dieser Konnektor aufrufen kann. Es wurde nichts gespeichert. Beginnen Sie neu mit einem Konto, das auf eine zugreifen kann.',
    },
    canStartAgain: true,
  },
  site_not_found: {
    statusCode: 404,
    text: {
      en: 'Your authorization does not cover this site. If it is new, authorize the connector again.',
      de: 'Ihre Autorisierung gilt nicht für diese Site. Wenn sie neu ist, autorisieren Sie den Konnektor erneut.',
    },
  },
  connector_misconfigured: {
    statusCode: 500,
    text: {
      en: 'The OAuth settings of this connector are incomplete or refused by the provider. Ask an administrator to check them.',
      de: 'Die OAuth-Einstellungen dieses Konnektors sind unvollständig oder werden vom Anbieter abgelehnt. Bitten Sie einen Administrator, sie zu prüfen.',
    },
  },
  store_unavailable: {
    statusCode: 503,
    text: {
      en: 'The authorization could not be stored right now. Start again in a moment.',
      de: 'Die Autorisierung konnte gerade nicht gespeichert werden. Beginnen Sie gleich noch einmal.',
    },
    canStartAgain: true,
  },
  account_kept: {
    statusCode: 409,
    text: {
      en: 'The account that was connected stays in use.',
      de: 'Das bisher verbundene Konto bleibt in Verwendung.',
    },
  },
  nothing_to_decide: {
    statusCode: 404,
    text: {
      en: 'There is nothing left to decide. The connector shows which account is connected.',
      de: 'Es gibt nichts mehr zu entscheiden. Der Konnektor zeigt, welches Konto verbunden ist.',
    },
  },
  attempt_not_found: {
    statusCode: 404,
    text: {
      en: 'This authorization is unknown, or it ended more than an hour ago. The connector shows whether you are connected.',
      de: 'Diese Autorisierung ist unbekannt, oder sie endete vor mehr als einer Stunde. Der Konnektor zeigt, ob Sie verbunden sind.',
    },
  },
  interrupted: {
    statusCode: 500,
    text: {
      en: 'The server stopped before it finished this authorization. Start again.',
      de: 'Der Server wurde beendet, bevor er diese Autorisierung abgeschlossen hatte. Beginnen Sie neu.',
    },
    canStartAgain: true,
  },
  unexpected: {
    statusCode: 500,
    text: {
      en: 'The authorization failed on this server. Try again; if it keeps failing, tell an administrator.',
      de: 'Die Autorisierung ist auf diesem Server fehlgeschlagen. Versuchen Sie es erneut. Wenn es weiterhin fehlschlägt, sagen Sie es einem Administrator.',
    },
    canStartAgain: true,
  },
};
