import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpClient, HttpClientError } from '@latchkey/core/public';
import { createServer, type Server } from '@latchkey/core/server/lifecycle';
import { getActiveSpace, getSpace } from '@latchkey/spaces-plugin/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visitSpaces } from './visit_spaces.ts';

const CREDENTIALS = 'elastic:changeme';
let folder: string;
let server: Server;
let baseUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-typed-client-'));
  server = await createServer({
    mode: 'development',
    root: join(import.meta.dirname, '..', '..'),
    configFiles: [],
    env: {},
    overrides: { 'path.data': folder, 'server.port': 0 },
    logDestination: { write: () => undefined },
  });
  await server.start();
  baseUrl = server.url ?? '';
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

it('the typed client calls routes of a running server with the types of their contracts', async () => {
  expect(await visitSpaces(baseUrl, CREDENTIALS)).toEqual(['Default', 'Visited space']);
});

it('the typed client gets typed errors, and can call internal routes of a running server', async () => {
  const headers = { authorization: `Basic ${btoa(CREDENTIALS)}` };
  const http = new HttpClient({ fetch, baseUrl, headers });
  expect((await http.call(getActiveSpace)).id).toBe('default');
  const error = await http.call(getSpace, { params: { id: 'visited' } }).catch(String);
  expect(error).toContain('visited');
  const anonymous = new HttpClient({ fetch, baseUrl });
  const refused = await anonymous.call(getActiveSpace).catch((caught: unknown) => caught);
  expect(refused).toBeInstanceOf(HttpClientError);
  expect(refused).toMatchObject({ code: 'request_failed', status: 401 });
});
