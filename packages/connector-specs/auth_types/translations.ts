/**
 * Texts of the auth types and of the config fields of providers in other languages, by the English
 * text.
 */
export const AUTH_TYPE_TRANSLATIONS: Readonly<Record<'de', Readonly<Record<string, string>>>> = {
  de: {
    Authentication: 'Authentifizierung',
    None: 'Keine',
    'Basic authentication': 'Basic-Authentifizierung',
    Username: 'Benutzername',
    Password: 'Passwort',
    'Bearer token': 'Bearer-Token',
    Token: 'Token',
    'API key header': 'API-Schlüssel im Header',
    'Header name': 'Name des Headers',
    'API key': 'API-Schlüssel',
    'OAuth Client Credentials': 'OAuth Client Credentials',
    'OAuth 2.0 Authorization Code': 'OAuth 2.0 Authorization Code',
    'Quick Connect OAuth 2.0': 'Schnellverbindung (OAuth 2.0)',
    'Authorization URL': 'Autorisierungs-URL',
    'Token URL': 'Token-URL',
    'Revocation URL': 'Widerrufs-URL',
    'Endpoint that revokes authorizations at the provider (RFC 7009). Must belong to the same provider.':
      'Endpunkt, der Autorisierungen beim Anbieter widerruft (RFC 7009). Muss zum selben Anbieter gehören.',
    Issuer: 'Aussteller (Issuer)',
    'Issuer of the provider, exactly as in its metadata. A response of another issuer is rejected.':
      'Aussteller des Anbieters, genau wie in dessen Metadaten. Eine Antwort eines anderen Ausstellers wird abgelehnt.',
    'Userinfo URL': 'Userinfo-URL',
    'Endpoint that names the authorized account, which is displayed to users. Must be on the origin of the token URL or of the API.':
      'Endpunkt, der das autorisierte Konto nennt, das Benutzern angezeigt wird. Muss zum Ursprung der Token-URL oder der API gehören.',
    'Client ID': 'Client-ID',
    'Client secret': 'Client-Secret',
    'OAuth Client Credentials (Private Key JWT)':
      'OAuth Client Credentials (privater Schlüssel, JWT)',
    'Client authentication': 'Authentifizierung des Clients',
    'Client secret in the body (client_secret_post)': 'Client-Secret im Body (client_secret_post)',
    'Client secret in the header (client_secret_basic)':
      'Client-Secret im Header (client_secret_basic)',
    'Assertion signed with a private key (private_key_jwt)':
      'Mit privatem Schlüssel signierte Assertion (private_key_jwt)',
    'None, the client is public (none)': 'Keine, der Client ist öffentlich (none)',
    'Private key': 'Privater Schlüssel',
    'Unencrypted key in PEM that signs the assertions of the client.':
      'Unverschlüsselter Schlüssel in PEM, der die Assertions des Clients signiert.',
    Certificate: 'Zertifikat',
    'In PEM. Its thumbprint is sent with each assertion, as Microsoft requires.':
      'In PEM. Sein Fingerabdruck wird mit jeder Assertion gesendet, wie Microsoft es verlangt.',
    'Key ID': 'Schlüssel-ID',
    'Name of the key at the provider.': 'Name des Schlüssels beim Anbieter.',
    'Signing algorithm': 'Signaturalgorithmus',
    'Without a choice: RS256 for RSA, and the algorithm of the curve for others.':
      'Ohne Auswahl: RS256 für RSA, sonst der Algorithmus der Kurve.',
    'Assertion audience': 'Empfänger der Assertion (aud)',
    'Without a value: the issuer, or the token URL if there is none.':
      'Ohne Wert: der Aussteller, oder die Token-URL, wenn es keinen gibt.',
    'Assertion issuer': 'Aussteller der Assertion (iss)',
    'Without a value: the client ID. At Apple: the team ID.':
      'Ohne Wert: die Client-ID. Bei Apple: die Team-ID.',
    'Assertion parameter': 'Parameter der Assertion',
    'Standard (client_assertion)': 'Standard (client_assertion)',
    'Apple (client_secret)': 'Apple (client_secret)',
    'Apple expects the assertion as client_secret.':
      'Apple erwartet die Assertion als client_secret.',
    'Path to the id of the account': 'Pfad zur ID des Kontos',
    'Path to the name of the account': 'Pfad zum Namen des Kontos',
    'Scope parameter': 'Parameter für Scopes',
    'Path to the access token': 'Pfad zum Access-Token',
    'Path to the token type': 'Pfad zum Token-Typ',
    'Token type': 'Token-Typ',
    Scope: 'Berechtigungen (Scopes)',
    'Permissions to request, separated by spaces.':
      'Angeforderte Berechtigungen, getrennt durch Leerzeichen.',
    'Additional token request fields': 'Weitere Felder der Token-Anfrage',
    'Tenant ID': 'Mandanten-ID (Tenant)',
    'ID or domain of the tenant of your app registration. With "organizations", users of every tenant can connect. Not used with Quick Connect.':
      'ID oder Domain des Mandanten (Tenant) Ihrer App-Registrierung. Mit „organizations“ können sich Benutzer aller Mandanten verbinden. Wird mit der Schnellverbindung nicht verwendet.',
    Subdomain: 'Subdomain',
    'Login host': 'Anmelde-Host',
    'Accounts host': 'Host der Anmeldung',
    'GitLab host': 'GitLab-Host',
    'Host of the instance': 'Host der Instanz',
    Host: 'Host',
  },
};
