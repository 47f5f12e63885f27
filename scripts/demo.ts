import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devServerSettings, startDevProviders } from '@latchkey/dev-providers';
import { startElasticsearch } from '@latchkey/elasticsearch';
import { startServer } from '@latchkey/test-environment';
import { readArguments } from './arguments.ts';
import { Client } from './demo/client.ts';
import { Narrator } from './demo/narrator.ts';
import {
  authorizeEverything,
  createConnectors,
  createUsers,
  disconnectBen,
  searchAfterExpiry,
  searchOwnFiles,
} from './demo/scenario.ts';

const USAGE = `Runs the main use case without a browser: a real server process, test providers for Google and EARS, two users.

  npm run demo -- [--elasticsearch] [--nodes N]

  --elasticsearch  on a real Elasticsearch, started here, instead of the embedded store
  --nodes N        on a cluster of N nodes
`;

const { values } = readArguments(USAGE, {
  options: {
    elasticsearch: { type: 'boolean', default: false },
    nodes: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'latchkey-demo-'));
const narrator = new Narrator();
console.log(
  'Latchkey demo: two users, two Google Drive connectors, each user sees their own files.',
);
console.log('Starting the test providers and a server …');
const providers = await startDevProviders({
  google: { port: 0 },
  ears: { port: 0 },
  strict: { port: 0 },
});
const cluster = values.elasticsearch
  ? await startElasticsearch({
      nodes: Number(values.nodes),
      report: (line) => console.log(`  ${line}`),
    })
  : undefined;
const server = await startServer({
  dataPath: join(folder, 'data'),
  settings: {
    ...devServerSettings(providers),
    ...(cluster === undefined ? {} : { 'elasticsearch.hosts': cluster.hosts }),
  },
}).catch(async (error: unknown) => {
  await Promise.all([providers.stop(), cluster?.stop()]);
  throw error;
});
console.log(
  `  server ${server.url}, Google ${providers.google.origin}, EARS ${providers.ears.origin}`,
);

try {
  const basic = Buffer.from('elastic:changeme').toString('base64');
  const context = {
    admin: new Client(server.url, { authorization: `Basic ${basic}` }),
    ana: new Client(server.url),
    ben: new Client(server.url),
    providers,
  };
  await createUsers(context, narrator);
  await createConnectors(context, narrator);
  await authorizeEverything(context, narrator);
  await searchOwnFiles(context, narrator);
  await searchAfterExpiry(context, narrator);
  await disconnectBen(context, narrator);
} finally {
  await server.stop();
  await Promise.all([providers.stop(), cluster?.stop()]);
  rmSync(folder, { recursive: true, force: true });
}

narrator.printTable();
if (narrator.failed > 0) {
  console.log(
    `\n${narrator.failed} steps failed. Last lines of the server's log:\n${server.output().slice(-4000)}`,
  );
  process.exitCode = 1;
} else {
  console.log('\nAll steps passed.');
}
