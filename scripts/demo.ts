import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devServerSettings, startDevProviders } from '@latchkey/dev-providers';
import { readArguments } from './arguments.ts';
import { Client } from './demo/client.ts';
import { Narrator } from './demo/narrator.ts';
import {
  authorizeEverything,
  createConnectors,
  createUsers,
  disconnectBen,
  searchOwnFiles,
  surviveExpiry,
} from './demo/scenario.ts';
import { startServerProcess } from './demo/server_process.ts';
import { startElasticsearch } from './es/index.ts';

const USAGE = `Plays the main job without a browser: a real server process, stand-ins for Google and EARS, two people.

  npm run demo -- [--elasticsearch] [--nodes N]

  --elasticsearch  on a real Elasticsearch, started here, instead of the embedded store
  --nodes N        on a cluster of so many nodes
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
  'Latchkey demo: two people, one Google Drive connector each way, everybody’s own files.',
);
console.log('Starting the stand-ins and a server …');
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
const server = await startServerProcess(folder, {
  ...devServerSettings(providers),
  ...(cluster === undefined ? {} : { 'elasticsearch.hosts': cluster.hosts }),
}).catch(async (error: unknown) => {
  await Promise.all([providers.stop(), cluster?.stop()]);
  throw error;
});
console.log(
  `  server ${server.origin}, Google ${providers.google.origin}, EARS ${providers.ears.origin}`,
);

try {
  const basic = Buffer.from('elastic:changeme').toString('base64');
  const cast = {
    admin: new Client(server.origin, { authorization: `Basic ${basic}` }),
    ana: new Client(server.origin),
    ben: new Client(server.origin),
    providers,
  };
  await createUsers(cast, narrator);
  await createConnectors(cast, narrator);
  await authorizeEverything(cast, narrator);
  await searchOwnFiles(cast, narrator);
  await surviveExpiry(cast, narrator);
  await disconnectBen(cast, narrator);
} finally {
  await server.stop();
  await Promise.all([providers.stop(), cluster?.stop()]);
  rmSync(folder, { recursive: true, force: true });
}

narrator.printTable();
if (narrator.failed > 0) {
  console.log(
    `\n${narrator.failed} steps failed. The server’s last lines:\n${server.log().slice(-4000)}`,
  );
  process.exitCode = 1;
} else {
  console.log('\nEverything went as it should.');
}
