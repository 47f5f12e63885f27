import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, tokenCall } from '../test_client.mock.ts';
import { ControlError, connectDevProviders, type RemoteDevProviders } from './index.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const ports = ['google', 'ears', 'strict', 'control'].flatMap((name) => [`--${name}-port`, '0']);

let child: ChildProcess;
let control: string;
let remote: RemoteDevProviders;

/** Reads the output of the process until the last provider has printed its address. */
async function announced(process_: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of process_.stdout ?? []) {
    printed += String(chunk);
    if (/Control +\S+\n/.test(printed)) break;
  }
  return printed;
}

beforeAll(async () => {
  child = spawn(process.execPath, [main, ...ports], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  const printed = await announced(child);
  expect(printed.match(/^(Google|EARS|Strict|Control) +http:\/\/127\.0\.0\.1:\d+$/gm)).toHaveLength(
    4,
  );
  control = /Control +(\S+)/.exec(printed)?.[1] ?? '';
  remote = await connectDevProviders(control);
});

afterAll(async () => {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

const post = (path: string, init: RequestInit) =>
  fetch(`${control}/_control/${path}`, { method: 'POST', ...init });
const json = { 'content-type': 'application/json' };

describe('test providers in a separate process', () => {
  it('are controlled and observed through the control API', async () => {
    const { google } = remote;
    const client = {
      ...google,
      clientId: google.client.clientId,
      clientSecret: google.client.clientSecret ?? '',
      scope: 'https://www.googleapis.com/auth/drive',
      extra: { access_type: 'offline' },
    };
    const tokens = await connect(client, 'ana');
    expect(await google.isGrantAlive('ana')).toBe(true);
    expect(await google.expireAccessTokens({ account: 'ana' })).toBe(1);
    await google.failNext({
      endpoint: 'token',
      grantType: 'refresh_token',
      fault: { kind: 'status', status: 503 },
    });
    const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    expect((await tokenCall(client, fields)).status).toBe(503);
    expect((await tokenCall(client, fields)).status).toBe(200);
    const refreshes = await google.requests({ endpoint: 'token', grantType: 'refresh_token' });
    expect(refreshes.map((record) => record.status)).toEqual([503, 200]);
    expect(refreshes[0]?.at).toBeInstanceOf(Date);
    expect(await google.revokeGrants()).toBe(1);
    expect(await google.isGrantAlive('ana')).toBe(false);
  });

  it('accept settings and return them', async () => {
    const changed = await remote.strict.changeSettings({ accessTokenTtlSeconds: 5 });
    expect(changed).toMatchObject({ accessTokenTtlSeconds: 5 });
    expect(await remote.ears.counts()).toEqual({});
  });

  it.each([
    [
      'a request from a page of another origin',
      { headers: { ...json, origin: 'http://evil.example' }, body: '[]' },
      403,
    ],
    ['a form', { body: new URLSearchParams() }, 403],
    ['malformed JSON', { headers: json, body: '{' }, 400],
    ['wrong arguments', { headers: json, body: '[{"colour":"red"}]' }, 400],
  ])('refuse %s', async (_case, init, status) => {
    expect((await post('google/requests', init)).status).toBe(status);
  });

  it.each(['google/stop', 'google/constructor', 'nobody/counts', 'google'])(
    'refuse the operation %s, which does not exist',
    async (path) => {
      expect((await post(path, { headers: json, body: '[]' })).status).toBe(404);
    },
  );

  it('name the failed operation in their error', async () => {
    const wrong = connectDevProviders(remote.google.origin);
    await expect(wrong).rejects.toThrow(ControlError);
  });
});
