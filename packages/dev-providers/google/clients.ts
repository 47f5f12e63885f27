/** An OAuth app registered at the Google emulator. */
export interface GoogleClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Name of the app on the consent page. */
  readonly name: string;
}

/** The organisation's app, for connectors with `oauth_authorization_code`. Development only. */
export const organisationClient: GoogleClient = Object.freeze({
  clientId: 'dev-organisation.apps.googleusercontent.com',
  clientSecret: 'dev-only-organisation-secret',
  name: 'Latchkey (organisation app)',
});

/** The app of EARS; our server does not know its secret. Development only. */
export const earsGoogleClient: GoogleClient = Object.freeze({
  clientId: 'dev-ears.apps.googleusercontent.com',
  clientSecret: 'dev-only-ears-google-secret',
  name: 'EARS (Quick Connect)',
});

/** Clients that the Google emulator knows. */
export const googleClients: readonly GoogleClient[] = [organisationClient, earsGoogleClient];

/** Finds a client by its id. `undefined`: there is no such client. */
export const findClient = (clientId: string): GoogleClient | undefined =>
  googleClients.find((client) => client.clientId === clientId);
