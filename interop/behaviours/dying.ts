import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { waitUntil, within } from '../../e2e/support/wait_until.ts';
import { type InteropEnvironment, subjectIn } from '../environment.ts';

/** The life of a lease, and what busy machines add. */
const RECOVERY_MS = 60_000;

/** `kill -9` of a process that has a refresh under way. */
export function dying(environmentOf: () => InteropEnvironment): void {
  it('G85: goes on with the grant when a process dies before the provider heard of the refresh', async () => {
    const environment = environmentOf();
    const { ana, second, provider } = environment;
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    await environment.letTokenEnd(ana, connector);
    await dieInRefresh(environment, connector, 'hold_request');
    const responses = await within(
      'callers of another process',
      RECOVERY_MS,
      environment.burst(ana, [second], { connector, calls: 20 }),
    );
    expect(new Set(responses.map(subjectIn))).toEqual(new Set([await provider.subjectOf('ana')]));
    expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
    // That of the dead process, which got nowhere, and one more.
    expect(environment.tokenRequests().map(({ status }) => status)).toEqual([undefined, 200]);
  });

  it('G85: says the truth when a process dies with the answer, and a new authorization heals it', async () => {
    const environment = environmentOf();
    const { ana, ben, first, second, provider } = environment;
    const isRefused = provider.spentTokens === 'refused';
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    await environment.connect(ben, connector);
    await environment.letTokenEnd(ana, connector);
    await dieInRefresh(environment, connector, 'hold_answer');
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
    // Answered, and lost; then asked once more.
    expect(environment.tokenRequests().map(({ status }) => status)).toEqual([
      200,
      isRefused ? 400 : 200,
    ]);
    if (isRefused)
      expect(environment.tokenRequests()[1]?.response).toMatchObject({ error: 'invalid_grant' });
    // Nobody else notices.
    subjectIn(await environment.whoAmI(ben, second, connector));
    await environment.connect(ana, connector);
    expect(subjectIn(await environment.whoAmI(ana, first, connector))).toBe(
      await provider.subjectOf('ana'),
    );
    expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
  });

  it('G105: knows what became of the grant when the provider stood still and acted later', async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    await environment.letTokenEnd(ana, connector);
    provider.pause();
    const refused = await environment.whoAmI(ana, first, connector).finally(provider.resume);
    expect(refused).toMatchObject({ status: 'error', errorSource: 'framework' });
    expect(refused.authorization_reason).toBeUndefined();
    await waitUntil('the late answer', () =>
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

/** Ends a process of its own when its token request is where it is wanted. */
async function dieInRefresh(
  environment: InteropEnvironment,
  connector: string,
  kind: 'hold_request' | 'hold_answer',
): Promise<void> {
  const { proxy, tokenUrl } = environment.provider;
  const victim = await environment.addProcess();
  const held = proxy.interfere({ pathEnd: new URL(tokenUrl).pathname, method: 'POST' }, { kind });
  const cut = environment.whoAmI(environment.ana, victim, connector).catch(() => 'cut');
  await held.happened;
  await victim.kill9();
  expect(await cut).toBe('cut');
}
