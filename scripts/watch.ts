import { once } from 'node:events';
import { configFilesFor } from '@latchkey/core/server/lifecycle';
import { devServerSettings } from '@latchkey/dev-providers';
import { readArguments, readSettings } from './arguments.ts';
import { ROOT } from './command.ts';
import { seed, startEmulators, welcome } from './development_server.ts';
import { startAppServer, writeWatchBuild } from './watch/app_server.ts';
import { isServerCode } from './watch/is_server_code.ts';
import { createPageServer } from './watch/page_server.ts';
import { ServerProcess } from './watch/server_process.ts';

const USAGE = `Runs a development server that follows changes: the server starts again, and open pages get new versions of views without losing their state.

  npm run watch -- [--no-providers] [--port PORT] [--config FILE]... [--set KEY=VALUE]...

  --no-providers   without local test providers
  --port PORT      port of the page; default 5601
  --config FILE    files to read, in this order, instead of config/kibana.yml
  --set KEY=VALUE  one setting; overrides all files

Run npm run types or an editor beside it: types are not checked.
`;

const { values } = readArguments(USAGE, {
  options: {
    'no-providers': { type: 'boolean', default: false },
    port: { type: 'string', default: '5601' },
    config: { type: 'string', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});

// A malformed setting must end the command before anything starts.
readSettings(USAGE, values.set);
const providers = values['no-providers'] ? undefined : await startEmulators();
const url = `http://localhost:${values.port}`;
const server = new ServerProcess(
  ROOT,
  {
    mode: 'development',
    root: ROOT,
    configFiles: configFilesFor({ root: ROOT, mode: 'development', given: values.config }),
    browserBuilds: writeWatchBuild(ROOT),
    defaults: providers === undefined ? {} : devServerSettings(providers),
    settings: values.set,
    overrides: {
      // Browsers reach only the page server below, at the public address.
      'server.host': '127.0.0.1',
      'server.port': 0,
      'server.publicBaseUrl': url,
    },
  },
  (line) => console.error(line),
);
const page = createPageServer({
  app: (request, response, next) => app.middlewares(request, response, next),
  server: () => server.address,
});
const app = await startAppServer(ROOT, page);
app.watcher.on('all', (_, file) => {
  if (isServerCode(ROOT, file)) void server.restart();
});
server.start();
page.listen(Number(values.port), 'localhost');
await once(page, 'listening');
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

await server.address;
if (providers !== undefined) await seed(url, providers);
welcome(url, providers);

async function stop(): Promise<void> {
  await server.stop();
  await app.close();
  process.exit(0);
}
