import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ROOT } from './command.ts';
import { type ServedPlugin, servePlugin } from './serve_plugin.mock.ts';

let served: ServedPlugin | undefined;
afterEach(() => served?.stop());

/** One request per example, and the response that shows that the plugin works. */
const REQUESTS: Readonly<Record<string, { readonly path: string; readonly body: object }>> = {
  hello_plugin: {
    path: '/api/hello_plugin/greeting/Ana',
    body: { message: 'Hello, Ana' },
  },
};

it('each example plugin has a request in this test', () => {
  const folders = readdirSync(join(ROOT, 'examples'));
  expect(
    folders.filter((name) => existsSync(join(ROOT, 'examples', name, 'kibana.jsonc'))),
  ).toEqual(Object.keys(REQUESTS));
});

it.each(Object.entries(REQUESTS))(
  "the server runs the example %s together with the product's plugins, under plain Node",
  async (name, { path, body }) => {
    served = await servePlugin(`examples/${name}`);
    expect(await served.request('POST', path)).toEqual({ status: 200, body });
    expect((await served.request('GET', '/api/actions/connectors')).status).toBe(200);
    expect(await served.stop()).toBe(0);
  },
);
