import { describe, expect, it } from 'vitest';
import { UNKNOWN_SPACE_HEADER } from '../../common/index.ts';
import type { FetchResponse } from '../http_client.ts';
import type { Clock } from '../types.ts';
import { ServerWatch } from './server_watch.ts';

/** Reason with which the platform aborts a request after its deadline. */
const LATE = Object.assign(new Error('late'), { name: 'TimeoutError' });

type Reply =
  | {
      readonly status: number;
      readonly build?: string;
      readonly user?: string;
      readonly isUnknownSpace?: true;
    }
  | Error;

/**
 * Creates a watch and records the timers that it starts.
 * @param replies responses of its server, in order
 */
function create(...replies: readonly Reply[]) {
  const timers: (() => void)[] = [];
  const urls: string[] = [];
  const rest = [...replies];
  const clock: Clock = {
    now: () => 0,
    after: (_delay, callback) => {
      timers.push(callback);
      return () => undefined;
    },
  };
  const watch = new ServerWatch({
    clock,
    buildId: 'one',
    username: 'ana',
    statusUrl: '/api/status',
    pagePrefix: '/s/team',
    fetch: async (url): Promise<FetchResponse> => {
      urls.push(url);
      const reply = rest.shift() ?? { status: 200 };
      if (reply instanceof Error) throw reply;
      const { status, build, user, isUnknownSpace } = reply;
      const headers: Readonly<Record<string, string | undefined>> = {
        'x-latchkey-build': build,
        'x-latchkey-user': user,
        ...(isUnknownSpace ? { [UNKNOWN_SPACE_HEADER]: 'true' } : {}),
      };
      return {
        status,
        headers: { get: (name) => headers[name] ?? null },
        text: async () => '',
      };
    },
  });
  const send = (signal?: AbortSignal, url = '/api/thing') =>
    watch.fetch(url, {
      method: 'GET',
      headers: {},
      ...(signal === undefined ? {} : { signal }),
    });
  const runTimers = async () => {
    for (const timer of timers.splice(0)) timer();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { watch, send, timers, runTimers, urls };
}

describe('the watch over the server', () => {
  it('marks the session as ended by a 401, and keeps this mark after later successful responses', async () => {
    const { watch, send } = create({ status: 401 }, { status: 200 });
    const changes: boolean[] = [];
    watch.subscribe(() => changes.push(watch.getSnapshot().isSessionEnded));
    await send();
    await send();
    expect(changes).toEqual([true]);
  });

  it('continues the session when the user has signed in again', async () => {
    const { watch, send } = create({ status: 401 }, { status: 200 });
    await send();
    watch.continueSession();
    await send();
    expect(watch.getSnapshot().isSessionEnded).toBe(false);
  });

  it.each([
    ['the space of the page', '/s/team/api/thing', true],
    ['another space', '/s/teams/api/thing', false],
  ])(
    'marks a space as missing only if it is the space of the page: %s',
    async (_what, url, isGone) => {
      const { watch, send } = create({ status: 404, isUnknownSpace: true }, { status: 404 });
      await send(undefined, url);
      await send(undefined, url);
      expect(watch.getSnapshot().isSpaceGone).toBe(isGone);
    },
  );

  it('detects a new build by the header of any response', async () => {
    const { watch, send } = create({ status: 200, build: 'one' }, { status: 404, build: 'two' });
    await send();
    expect(watch.getSnapshot().hasNewBuild).toBe(false);
    await send();
    expect(watch.getSnapshot().hasNewBuild).toBe(true);
  });

  it('names another user who has signed in, until the first user has signed in again', async () => {
    const { watch, send } = create(
      { status: 404, user: 'j%C3%BCrgen' },
      { status: 200 },
      { status: 200, user: 'ana' },
    );
    const names: unknown[] = [watch.getSnapshot().otherUser];
    for (let count = 0; count < 3; count += 1) {
      await send();
      names.push(watch.getSnapshot().otherUser);
    }
    expect(names).toEqual([undefined, 'jürgen', 'jürgen', undefined]);
  });

  it.each<[string, Reply]>([
    ['a request without response', new TypeError('Failed to fetch')],
    ['a proxy without server', { status: 502 }],
  ])('requests the status repeatedly after %s, until the server responds', async (_what, lost) => {
    const { watch, send, runTimers, urls, timers } = create(lost, lost, { status: 503 });
    await send().catch(() => undefined);
    expect(watch.getSnapshot().isReachable).toBe(false);
    await runTimers();
    expect(watch.getSnapshot().isReachable).toBe(false);
    await runTimers();
    expect(watch.getSnapshot().isReachable).toBe(true);
    expect(urls).toEqual(['/api/thing', '/api/status', '/api/status']);
    expect(timers).toEqual([]);
  });

  it('requests the status only once although several requests fail', async () => {
    const down = new TypeError('Failed to fetch');
    const { send, timers } = create(down, down, down);
    await Promise.allSettled([send(), send(), send()]);
    expect(timers).toHaveLength(1);
  });

  it('does not treat a cancelled request as a lost one', async () => {
    const { watch, send } = create(new DOMException('aborted', 'AbortError'));
    await send(AbortSignal.abort()).catch(() => undefined);
    expect(watch.getSnapshot().isReachable).toBe(true);
  });

  it.each<[string, Reply, boolean]>([
    ['treats the server as reachable when the status route responds', { status: 200 }, true],
    [
      'treats the server as unreachable when the status route does not respond either',
      new TypeError('Failed to fetch'),
      false,
    ],
  ])('after a timeout, %s', async (_what, status, isReachable) => {
    const { watch, send, urls } = create(LATE, status);
    await send(AbortSignal.abort(LATE)).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve));
    expect(urls).toEqual(['/api/thing', '/api/status']);
    expect(watch.getSnapshot().isReachable).toBe(isReachable);
  });

  it('stops requesting the status when another request reaches the server first', async () => {
    const { send, runTimers, urls } = create(new TypeError('Failed to fetch'), { status: 200 });
    await send().catch(() => undefined);
    await send();
    await runTimers();
    expect(urls).toEqual(['/api/thing', '/api/thing']);
  });
});
