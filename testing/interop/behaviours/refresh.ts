import { waitUntil } from '@latchkey/core/server/wait_until';
import { requestsTo } from '@latchkey/test-proxy';
import { expect, it } from 'vitest';
import { type InteropEnvironment, subjectIn } from '../environment/interop_environment.ts';

const ROUNDS = 10;
const CALLERS = 250;
const CYCLES = 5;
/**
 * Lifetime of an access token in seconds. The token is refreshed in the last quarter of its
 * lifetime, and callers wait for the refresh only in its last ten seconds.
 */
const LIFE_SECONDS = 160;
const SHORTLY_AFTER_MARGIN_MS = 39_000;
/**
 * Time after which callers succeed again: the deadline of a token call, plus the delay of busy
 * machines.
 */
const RECOVERY_MS = 90_000;

/** Defines the tests of refresh tokens that can be used once, with many callers. */
export function describeRefresh(environmentOf: () => InteropEnvironment): void {
  it(`G83: makes one token request for an expired token, with four processes and ${CALLERS} callers in each, in ${ROUNDS} rounds`, async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    const processes = [
      first,
      second,
      await environment.addProcess(),
      await environment.addProcess(),
    ];
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    const subject = await provider.subjectOf('ana');
    for (let round = 1; round <= ROUNDS; round += 1) {
      await environment.expireToken(ana, connector);
      const responses = await environment.burst(ana, processes, { connector, calls: CALLERS });
      expect(responses.map(subjectIn)).toEqual(Array(processes.length * CALLERS).fill(subject));
      expect(environment.tokenRequests().map(({ status }) => status)).toEqual([200]);
    }
    expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
    for (const extra of processes.slice(2)) await extra.stop();
  });

  it(`G109: sends each refresh token once, and always the latest one, in ${CYCLES} rotations`, async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    const connector = await environment.createConnector();
    provider.proxy.clear();
    await environment.connect(ana, connector);
    const seen = [...environment.tokenRequests()];
    for (let round = 1; round <= CYCLES; round += 1) {
      provider.proxy.clear();
      provider.proxy.plan(requestsTo(provider.api.path), { status: 401 });
      subjectIn(await environment.whoAmI(ana, round % 2 === 0 ? first : second, connector));
      seen.push(...environment.tokenRequests());
    }
    const responded = seen.slice(0, -1).map(({ json }) => json['refresh_token']);
    const presented = seen.slice(1).map(({ form }) => form['refresh_token']);
    expect(presented).toHaveLength(CYCLES);
    expect(new Set(presented).size).toBe(CYCLES);
    expect(presented).toEqual(responded);
  });

  it('G106: serves a valid token during its refresh, so no caller waits for a provider that hangs', async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    const connector = await environment.createConnector();
    const endsAt = await environment.connectFor(LIFE_SECONDS, ana, connector);
    await waitUntil('the margin', () => Date.now() > endsAt - SHORTLY_AFTER_MARGIN_MS, {
      timeoutMs: LIFE_SECONDS * 1_000,
    });
    provider.proxy.clear();
    const token = requestsTo(new URL(provider.tokenUrl).pathname, 'POST');
    const held = provider.proxy.plan(token, 'hold_request');
    for (const server of [first, second])
      subjectIn(await environment.whoAmI(ana, server, connector));
    // The status is still "connected", so the failure is not known yet: callers that had waited for
    // the refresh would have returned only after the failure.
    expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
    await held;
    expect(environment.tokenRequests().map(({ status }) => status)).toEqual([undefined]);

    await waitUntil(
      'a fresh token',
      async () => {
        await environment.whoAmI(ana, second, connector);
        return environment.tokenRequests().some(({ status }) => status === 200);
      },
      { timeoutMs: RECOVERY_MS },
    );
    subjectIn(await environment.whoAmI(ana, first, connector));
    expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
  });
}
