import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { within } from '@latchkey/test-environment';
import { requestsTo } from '@latchkey/test-proxy';
import { expect, it } from 'vitest';
import { type InteropEnvironment, subjectIn } from '../environment/interop_environment.ts';

/**
 * Time within which other processes continue: the duration of a lease, plus the delay of busy
 * machines.
 */
const RECOVERY_MS = 60_000;

/** Defines the tests of a process that is killed with SIGKILL during a refresh. */
export function describeCrashRecovery(environmentOf: () => InteropEnvironment): void {
  it('G85: keeps the grant usable when a process dies before its token request reaches the provider', async () => {
    const environment = environmentOf();
    const { ana, second, provider } = environment;
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    await environment.expireToken(ana, connector);
    await killDuringRefresh(environment, connector, 'hold_request');
    const responses = await within(
      'callers of another process',
      RECOVERY_MS,
      environment.burst(ana, [second], { connector, calls: 20 }),
    );
    expect(new Set(responses.map(subjectIn))).toEqual(new Set([await provider.subjectOf('ana')]));
    expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
    // The first request is that of the killed process, which did not arrive; there is one more.
    expect(environment.tokenRequests().map(({ status }) => status)).toEqual([undefined, 200]);
  });

  it('G85: shows the correct state of the grant when a process dies before it stores the response, and a new authorization repairs the grant', async () => {
    const environment = environmentOf();
    const { ana, ben, first, second, provider } = environment;
    const isRefused = provider.spentTokens === 'refused';
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    await environment.connect(ben, connector);
    await environment.expireToken(ana, connector);
    await killDuringRefresh(environment, connector, 'hold_response');
    const responses = await within(
      'callers of another process',
      RECOVERY_MS,
      environment.burst(ana, [second], { connector, calls: 20 }),
    );
    for (const response of responses) {
      expect(response).toMatchObject(
        isRefused
          ? { status: 'error', authorization_reason: 'token_revoked' }
          : { status: 'ok', data: { status: 200 } },
      );
    }
    expect(await ana.status(second, connector)).toMatchObject(
      isRefused
        ? { connection_status: 'needs_reauth', last_error: { code: 'refresh_response_lost' } }
        : { connection_status: 'connected' },
    );
    // The response to the first request was lost; there is one more request.
    expect(environment.tokenRequests().map(({ status }) => status)).toEqual([
      200,
      isRefused ? 400 : 200,
    ]);
    if (isRefused)
      expect(environment.tokenRequests()[1]?.json).toMatchObject({ error: 'invalid_grant' });
    // Other users are not affected.
    subjectIn(await environment.whoAmI(ben, second, connector));
    await environment.connect(ana, connector);
    expect(subjectIn(await environment.whoAmI(ana, first, connector))).toBe(
      await provider.subjectOf('ana'),
    );
    expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
  });

  it('G105: shows the correct state of the grant when the provider hung and acted on the request later', async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    await environment.expireToken(ana, connector);
    provider.pause();
    const refused = await environment.whoAmI(ana, first, connector).finally(provider.resume);
    expect(refused).toMatchObject({ status: 'error', errorSource: 'framework' });
    expect(refused.authorization_reason).toBeUndefined();
    await waitUntil('the late response', () =>
      environment.tokenRequests().every(({ status }) => status !== undefined),
    );
    await sleep(Math.max(0, Date.parse(String(refused.retry)) - Date.now()));
    const response = await environment.whoAmI(ana, second, connector);
    const isRefused = provider.spentTokens === 'refused';
    expect(await ana.status(first, connector)).toMatchObject(
      isRefused
        ? { connection_status: 'needs_reauth', last_error: { code: 'refresh_response_lost' } }
        : { connection_status: 'connected' },
    );
    expect(response.status).toBe(isRefused ? 'error' : 'ok');
    await environment.connect(ana, connector);
    subjectIn(await environment.whoAmI(ana, second, connector));
  });
}

/**
 * Kills a process when its token request has reached the provider's proxy (`hold_request`), or when
 * the response has (`hold_response`).
 */
async function killDuringRefresh(
  environment: InteropEnvironment,
  connector: string,
  kind: 'hold_request' | 'hold_response',
): Promise<void> {
  const { proxy, tokenUrl } = environment.provider;
  const victim = await environment.addProcess();
  const held = proxy.plan(requestsTo(new URL(tokenUrl).pathname, 'POST'), kind);
  const cut = environment.whoAmI(environment.ana, victim, connector).catch(() => 'cut');
  await held;
  await victim.kill9();
  expect(await cut).toBe('cut');
}
