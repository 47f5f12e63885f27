import { REQUEST_TRANSLATIONS } from '../../http_request/index.ts';

/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    ...REQUEST_TRANSLATIONS.de,
    'Custom API': 'Eigene API',
    'Provider data': 'Anbieterdaten',
    'JSON with what is special about the OAuth provider, for example {"token": {"format": "json"}}. The documentation lists all members.':
      'JSON mit den Besonderheiten des OAuth-Anbieters, zum Beispiel {"token": {"format": "json"}}. Die Dokumentation nennt alle Angaben.',
    "Send requests to any HTTP service, with shared credentials or each user's own account.":
      'Anfragen an einen beliebigen HTTP-Dienst senden, mit gemeinsamen Zugangsdaten oder dem eigenen Konto jedes Benutzers.',
    "Sends an HTTP request to the connector's service with the connector's credentials and returns status, headers and body. Error statuses are results, not failures.":
      'Sendet eine HTTP-Anfrage mit den Zugangsdaten des Konnektors an dessen Dienst und liefert Status, Header und Inhalt. Ein Fehlerstatus ist ein Ergebnis, kein Fehlschlag.',
  },
} as const;
