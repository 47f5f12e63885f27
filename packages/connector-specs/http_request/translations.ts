/** Texts of a request below a configured URL in other languages, by the English text. */
export const REQUEST_TRANSLATIONS = {
  de: {
    URL: 'URL',
    'Requests and credentials are sent to this URL and below it only.':
      'Anfragen und Zugangsdaten werden nur an diese URL und Adressen darunter gesendet.',
    'Appended to the URL of the connector': 'Wird an die URL des Konnektors angehängt',
    'Absolute URL below the URL of the connector':
      'Vollständige URL unterhalb der URL des Konnektors',
    'Text is sent unchanged, any other value as JSON':
      'Text wird unverändert gesendet, jeder andere Wert als JSON',
    'Milliseconds. Cannot exceed the limit of the server':
      'Millisekunden. Höchstens die Grenze des Servers',
    'Idempotency header': 'Header für Idempotenz',
    'Header in which the service accepts a key, so that it carries out a repeated request once. Workflows send one with POST and PATCH.':
      'Header, in dem der Dienst einen Schlüssel annimmt, damit er eine wiederholte Anfrage nur einmal ausführt. Workflows senden einen mit POST und PATCH.',
    Request: 'Anfrage senden',
    Method: 'Methode',
    Path: 'Pfad',
    Url: 'URL',
    Query: 'Abfrageparameter',
    Headers: 'Header',
    Body: 'Inhalt',
    Timeout: 'Zeitlimit',
    Fetcher: 'Einstellungen der Verbindung',
  },
} as const;
