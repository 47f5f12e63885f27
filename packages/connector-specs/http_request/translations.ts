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
    'Default true': 'Standard: true',
    'Default 5': 'Standard: 5',
    'Max bytes of the response. Cannot exceed the limit of the server':
      'Höchstzahl der Bytes der Antwort. Höchstens die Grenze des Servers',
    'Ignored: connections are always reused':
      'Wird übergangen: Verbindungen werden immer wiederverwendet',
    'TLS is always verified. An administrator can set exceptions per host':
      'TLS wird immer geprüft. Ein Administrator kann Ausnahmen je Host festlegen',
  },
} as const;
