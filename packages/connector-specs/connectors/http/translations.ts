import { REQUEST_TRANSLATIONS } from '../../http_request/index.ts';

/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    ...REQUEST_TRANSLATIONS.de,
    'Send requests to an HTTP service with shared credentials.':
      'Anfragen an einen HTTP-Dienst mit gemeinsamen Zugangsdaten senden.',
    'Require authentication': 'Authentifizierung erforderlich',
    'Username and password': 'Benutzername und Passwort',
    'Client certificate': 'Client-Zertifikat',
    'OAuth 2.0 client credentials': 'OAuth 2.0 Client Credentials',
    'Certificate type': 'Art des Zertifikats',
    'Certificate and private key': 'Zertifikat und privater Schlüssel',
    'Certificate authority': 'Zertifizierungsstelle',
    'PEM, or PEM in base64. Replaces the authorities of the system.':
      'PEM oder PEM in Base64. Ersetzt die Zertifizierungsstellen des Systems.',
    'Verification mode': 'Art der Prüfung',
    'Access token URL': 'URL für Zugriffstoken',
    'Additional fields': 'Weitere Felder',
    'A JSON object of strings, sent with every token request.':
      'Ein JSON-Objekt mit Texten, das mit jeder Token-Anfrage gesendet wird.',
    Certificate: 'Zertifikat',
    'Private key': 'Privater Schlüssel',
    'PFX file': 'PFX-Datei',
    'Secret headers': 'Geheime Header',
    "Sends an HTTP request to the connector's service with the connector's credentials and returns status, headers and body. A status other than 2xx is a failure.":
      'Sendet eine HTTP-Anfrage mit den Zugangsdaten des Konnektors an dessen Dienst und liefert Status, Header und Inhalt. Ein anderer Status als 2xx ist ein Fehlschlag.',
  },
} as const;
