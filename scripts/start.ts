import { join } from 'node:path';
import { configFilesFor, runServer } from '@latchkey/core/server/lifecycle';
import { devServerSettings } from '@latchkey/dev-providers';
import { EsError, type RunningElasticsearch, startElasticsearch } from '@latchkey/elasticsearch';
import { readArguments, readSettings } from './arguments.ts';
import { buildAppInChild } from './build_in_child.ts';
import { ROOT } from './command.ts';
import { seed, startEmulators, welcome } from './development_server.ts';

const USAGE = `Runs a development server and local test providers: Google, EARS and a strict OAuth server.

  npm start -- [--no-providers] [--elasticsearch] [--config FILE]... [--set KEY=VALUE]...

  --no-providers   the server alone, for use with real providers
  --elasticsearch  on a real Elasticsearch, started here, instead of the embedded store
  --config FILE    files to read, in this order, instead of config/kibana.yml
  --set KEY=VALUE  one setting; overrides all files
`;

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
  // Users need the public address, because cookies and redirects belong to it.
  welcome(server.publicBaseUrl ?? server.url, providers);
}

/**
 * Starts a cluster for this process. It stops with the process; its data stays for the next start.
 */
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
