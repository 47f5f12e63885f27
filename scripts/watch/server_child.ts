// Runs the server of `npm run watch` in a process of its own, which ends at every change of server
// code.
import { parseSetting, runServer } from '@latchkey/core/server/lifecycle';
import type { ChildOptions } from './server_process.ts';

process.once('message', async ({ settings, overrides, ...options }: ChildOptions) => {
  const server = await runServer({
    ...options,
    overrides: Object.assign({}, ...settings.map(parseSetting), overrides),
  });
  if (server?.url !== undefined) process.send?.({ url: server.url });
});
// The watching process has ended, so this process stops too.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
