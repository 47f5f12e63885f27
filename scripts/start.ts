import { join } from 'node:path';
import { configFilesFor, runServer } from '@latchkey/core/server/lifecycle';
import {
  type DevProviders,
  devServerSettings,
  startControlServer,
  startDevProviders,
} from '@latchkey/dev-providers';
import { EsError, type RunningElasticsearch, startElasticsearch } from '@latchkey/elasticsearch';
import { readArguments, readSettings } from './arguments.ts';
import { buildAppInChild } from './build_in_child.ts';
import { ROOT } from './command.ts';
import { Client } from './demo/client.ts';
import { DEVELOPMENT_USERS, seedDevelopment } from './demo/seed.ts';

const USAGE = `Runs a development server and local test providers: Google, EARS and a strict OAuth server.

  npm start -- [--no-providers] [--elasticsearch] [--config FILE]... [--set KEY=VALUE]...

  --no-providers   the server alone, for use with real providers
  --elasticsearch  on a real Elasticsearch, started here, instead of the embedded store
  --config FILE    files to read, in this order, instead of config/kibana.yml
  --set KEY=VALUE  one setting; overrides all files
`;
const CONTROL_PORT = 4040;

const { values } = readArguments(USAGE, {
  options: {
    'no-providers': { type: 'boolean', default: false },
    elasticsearch: { type: 'boolean', default: false },
    config: { type: 'string', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});

await start();

async function start(): Promise<void> {
  await buildAppInChild();
  const providers = values['no-providers'] ? undefined : await startEmulators();
  const cluster = values.elasticsearch ? await startCluster() : undefined;
  const server = await runServer({
    mode: 'development',
    root: ROOT,
    configFiles: configFilesFor({ root: ROOT, mode: 'development', given: values.config }),
    defaults: {
      ...(providers === undefined ? {} : devServerSettings(providers)),
      ...(cluster === undefined ? {} : { 'elasticsearch.hosts': cluster.hosts }),
    },
    overrides: readSettings(USAGE, values.set),
  });
  if (server?.url === undefined) return;
  if (providers !== undefined) await seed(server.url, providers);
  // Users need the public address: cookies and redirects belong to it.
  welcome(server.publicBaseUrl ?? server.url, providers);
}

async function startEmulators(): Promise<DevProviders> {
  try {
    const providers = await startDevProviders();
    await startControlServer(providers, CONTROL_PORT);
    return providers;
  } catch (error) {
    console.error(
      `The test providers cannot start: ${error instanceof Error ? error.message : error}`,
    );
    console.error(
      'Is another development server running? Stop it, or use: npm start -- --no-providers',
    );
    process.exit(1);
  }
}

/** Stops with this process; its data stays for the next start. */
async function startCluster(): Promise<RunningElasticsearch> {
  try {
    return await startElasticsearch({
      dataPath: join(ROOT, 'data', 'elasticsearch'),
      report: (line) => console.log(line),
    });
  } catch (error) {
    if (!(error instanceof EsError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

async function seed(url: string, providers: DevProviders): Promise<void> {
  const basic = Buffer.from('elastic:changeme').toString('base64');
  try {
    await seedDevelopment(new Client(url, { authorization: `Basic ${basic}` }), providers);
  } catch (error) {
    console.warn(
      `The development users and connectors could not be created: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function welcome(url: string, providers: DevProviders | undefined): void {
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
