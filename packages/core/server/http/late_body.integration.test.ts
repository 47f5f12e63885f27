import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLoggerMock } from '../logging/logger.mock.ts';
import { systemClock, systemRandomness } from '../time/index.ts';
import { aNotFoundPage, anHttpConfig } from './http_config.mock.ts';
import { HttpService } from './http_service.ts';
import { anAuthenticatedUser } from './principal.mock.ts';
import { respond } from './respond.ts';
import type { AuthenticatedUser } from './types.ts';

const PRIVILEGE = 'thing:write';
const BODY = '{"name":"a"}';

let service: HttpService;
let url: URL;
let user: AuthenticatedUser | undefined;
let missing: string[];
let authentications: number;
let onAuthentication: () => void;
/** Name of the user of each handled request. */
let handled: (string | undefined)[];

beforeEach(async () => {
  [user, missing, authentications, handled] = [anAuthenticatedUser(), [], 0, []];
  onAuthentication = () => {};
  service = new HttpService({
    config: anHttpConfig(),
    logger: createLoggerMock(),
    clock: systemClock,
    randomness: systemRandomness,
    notFoundPage: aNotFoundPage,
  });
  service.setup.registerAuthenticator(async () => {
    authentications += 1;
    onAuthentication();
    return user === undefined ? { type: 'unauthenticated' } : { type: 'authenticated', user };
  });
  service.setup.registerAuthorizer(async () => missing);
  const route = { method: 'post', access: 'public', summary: 'x' } as const;
  const body = z.strictObject({ name: z.string() });
  const handle = (request: { readonly user: AuthenticatedUser | undefined }) => {
    handled.push(request.user?.username);
    return respond.ok({});
  };
  const router = service.setup.createRouter();
  router.handle({ ...route, path: '/send', body, privileges: [PRIVILEGE] }, handle);
  router.handle({ ...route, path: '/open', body, authentication: 'best_effort' }, handle);
  url = new URL(await service.listen());
});
afterEach(() => service.stop());

const headed = (lines: string, path = '/send') =>
  `POST ${path} HTTP/1.1\r\nhost: localhost\r\nkbn-xsrf: x\r\nconnection: close\r\ncontent-type: application/json\r\n${lines}\r\n\r\n`;
const LENGTH = `content-length: ${BODY.length}`;

/**
 * Sends the first part, and the second part when the server has authenticated the user.
 * @param between called before the second part is sent
 */
function send(parts: readonly string[], between: () => void = () => {}): Promise<string> {
  const [head = '', rest] = parts;
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname, () => socket.write(head));
    onAuthentication = () => {
      onAuthentication = () => {};
      if (rest === undefined) return;
      between();
      socket.write(rest);
    };
    let response = '';
    socket.on('data', (chunk) => {
      response += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(response));
    socket.on('error', reject);
  });
}

const CHUNK = `${BODY.length.toString(16)}\r\n${BODY}\r\n`;
const HELD = [
  ['the last byte', [`${headed(LENGTH)}${BODY.slice(0, -1)}`, BODY.slice(-1)]],
  ['the whole body', [headed(LENGTH), BODY]],
  ['the last chunk', [`${headed('transfer-encoding: chunked')}${CHUNK}`, '0\r\n\r\n']],
] as const;

describe.each(HELD)('F148: a request that sends %s after a delay', (_, parts) => {
  it('is refused when its user has become invalid meanwhile', async () => {
    const response = await send(parts, () => {
      user = undefined;
    });
    expect(response).toMatch(/^HTTP\/1\.1 401 /);
    // Only signed-in users get these headers.
    expect(response).not.toContain('kbn-name');
    expect(handled).toEqual([]);
  });

  it('is refused when its user has lost the privilege meanwhile', async () => {
    const response = await send(parts, () => {
      missing = [PRIVILEGE];
    });
    expect(response).toMatch(/^HTTP\/1\.1 403 /);
    expect(handled).toEqual([]);
  });

  it('is handled with the user as authenticated at the end of the body', async () => {
    const response = await send(parts, () => {
      user = anAuthenticatedUser({ username: 'renamed' });
    });
    expect(response).toMatch(/^HTTP\/1\.1 200 /);
    expect(handled).toEqual(['renamed']);
    expect(authentications).toBe(2);
  });
});

describe('the second check of a request', () => {
  it('leaves the request without a user on a route that serves every caller', async () => {
    const [head, last] = [headed(LENGTH, '/open') + BODY.slice(0, -1), BODY.slice(-1)];
    const response = await send([head, last], () => {
      user = undefined;
    });
    expect(response).toMatch(/^HTTP\/1\.1 200 /);
    expect(handled).toEqual([undefined]);
  });

  it('is not made when the body arrived with the headers', async () => {
    expect(await send([headed(LENGTH) + BODY])).toMatch(/^HTTP\/1\.1 200 /);
    expect(authentications).toBe(1);
    expect(handled).toHaveLength(1);
  });
});
