import { afterEach, expect, it } from 'vitest';
import { createLoopbackFixture } from './fixtures/loopback_fixture.ts';

const { server, egress, stopAll } = createLoopbackFixture();

afterEach(stopAll);

/** Maximum connections of one pool to one origin. */
const MAX_CONNECTIONS = 256;

it('F147: a call for a token does not wait for actions that use all connections to the host', async () => {
  const waiting: (() => void)[] = [];
  let isReleased = false;
  let allWait = (): void => {};
  const areAllWaiting = new Promise<void>((resolve) => {
    allWait = resolve;
  });
  const { origin } = await server(({ url }, response) => {
    if (url === '/token' || isReleased) response.end(url);
    else waiting.push(() => response.end(url));
    if (waiting.length === MAX_CONNECTIONS) allWait();
  });
  const client = egress();
  const actions = client.createClient({ headers: {} });
  const calls = Array.from({ length: MAX_CONNECTIONS + 1 }, () =>
    actions.request({ url: `${origin}/slow` }),
  );
  await areAllWaiting;
  const response = await client.fetch(`${origin}/token`, { method: 'POST' });
  expect(await response.text()).toBe('/token');
  // All connections are in use, so the last action still waits for one.
  expect(waiting).toHaveLength(MAX_CONNECTIONS);
  isReleased = true;
  for (const respond of waiting) respond();
  await Promise.all(calls);
});
