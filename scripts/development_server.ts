import { type DevProviders, startControlServer, startDevProviders } from '@latchkey/dev-providers';
import { Client } from './demo/client.ts';
import { DEVELOPMENT_USERS, seedDevelopment } from './demo/seed.ts';

const CONTROL_PORT = 4040;

/** Starts the test providers. Ends the process with an explanation when they cannot start. */
export async function startEmulators(): Promise<DevProviders> {
  try {
    const providers = await startDevProviders();
    await startControlServer(providers, CONTROL_PORT);
    return providers;
  } catch (error) {
    console.error(
      `The test providers cannot start: ${error instanceof Error ? error.message : error}`,
    );
    console.error(
      'Is another development server running? Stop it, or add the option --no-providers',
    );
    process.exit(1);
  }
}

/**
 * Creates the users and connectors of development servers. A failure is only reported as a warning.
 */
export async function seed(url: string, providers: DevProviders): Promise<void> {
  const basic = Buffer.from('elastic:changeme').toString('base64');
  try {
    await seedDevelopment(new Client(url, { authorization: `Basic ${basic}` }), providers);
  } catch (error) {
    console.warn(
      `The development users and connectors could not be created: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Prints the accounts and addresses of a development server. */
export function welcome(url: string, providers: DevProviders | undefined): void {
  const accounts: readonly {
    readonly name: string;
    readonly password: string;
    readonly what: string;
  }[] = [
    { name: 'elastic', password: 'changeme', what: 'administrator' },
    ...(providers === undefined ? [] : DEVELOPMENT_USERS).map(({ username, password }) => ({
      name: username,
      password,
      what: 'may use connectors',
    })),
  ];
  const lines = [
    '',
    `Latchkey runs at ${url}`,
    '',
    ...accounts.map(
      ({ name, password, what }) => `  ${name.padEnd(8)} ${password.padEnd(26)} ${what}`,
    ),
    '',
    `  open       ${url} in a browser, sign in`,
    `  try        curl -u elastic:changeme ${url}/api/actions/connectors`,
    `  API        ${url}/api/openapi.json`,
    ...(providers === undefined
      ? []
      : [
          `  providers  Google ${providers.google.origin}, EARS ${providers.ears.origin}, strict OAuth ${providers.strict.origin}`,
          `  connect    sign in as ana, press Connect at ${url}/app/my_connections`,
          `  OAuth app  for a Google Drive connector of your own: client id ${providers.google.client.clientId}, secret ${providers.google.client.clientSecret}`,
        ]),
    '  stop       Ctrl+C',
    '',
  ];
  console.log(lines.join('\n'));
}
