import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { waitUntil, within } from '../../e2e/rig/wait_until.ts';
import { type House, subjectIn } from '../house.ts';

/** The life of a lease, and what busy machines add. */
const RECOVERY_MS = 60_000;

/** `kill -9` of a process that has a refresh under way. */
export function dying(houseOf: () => House): void {
  it('G85: goes on with the grant when a process dies before the provider heard of the refresh', async () => {
    const house = houseOf();
    const { ana, second, provider } = house;
    const connector = await house.createConnector();
    await house.connect(ana, connector);
    await house.letTokenEnd(ana, connector);
    await dieInRefresh(house, connector, 'hold_request');
    const answers = await within(
      'callers of another process',
      RECOVERY_MS,
      house.storm(ana, [second], { connector, calls: 20 }),
    );
    expect(new Set(answers.map(subjectIn))).toEqual(new Set([await provider.subjectOf('ana')]));
    expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
    // That of the dead process, which got nowhere, and one more.
    expect(house.tokenRequests().map(({ status }) => status)).toEqual([undefined, 200]);
  });

  it('G85: says the truth when a process dies with the answer, and a new authorization heals it', async () => {
    const house = houseOf();
    const { ana, ben, first, second, provider } = house;
    const isRefused = provider.spentTokens === 'refused';
    const connector = await house.createConnector();
    await house.connect(ana, connector);
    await house.connect(ben, connector);
    await house.letTokenEnd(ana, connector);
    await dieInRefresh(house, connector, 'hold_answer');
    const answers = await within(
      'callers of another process',
      RECOVERY_MS,
      house.storm(ana, [second], { connector, calls: 20 }),
    );
    for (const answer of answers) {
      expect(answer).toMatchObject(
        isRefused
          ? { status: 'error', authorization_reason: 'token_revoked' }
          : { status: 'ok', data: { status: 200 } },
      );
    }
    expect(await ana.status(second, connector)).toMatchObject(
      isRefused
        ? { connection_status: 'needs_reauth', last_error: { code: 'refresh_answer_lost' } }
        : { connection_status: 'connected' },
    );
    // Answered, and lost; then asked once more.
    expect(house.tokenRequests().map(({ status }) => status)).toEqual([200, isRefused ? 400 : 200]);
    if (isRefused)
      expect(house.tokenRequests()[1]?.answer).toMatchObject({ error: 'invalid_grant' });
    // Nobody else notices.
    subjectIn(await house.whoAmI(ben, second, connector));
    await house.connect(ana, connector);
    expect(subjectIn(await house.whoAmI(ana, first, connector))).toBe(
      await provider.subjectOf('ana'),
    );
    expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
  });

  it('G105: knows what became of the grant when the provider stood still and acted later', async () => {
    const house = houseOf();
    const { ana, first, second, provider } = house;
    const connector = await house.createConnector();
    await house.connect(ana, connector);
    await house.letTokenEnd(ana, connector);
    provider.pause();
    const refused = await house.whoAmI(ana, first, connector).finally(provider.resume);
    expect(refused).toMatchObject({ status: 'error', errorSource: 'framework' });
    expect(refused.authorization_reason).toBeUndefined();
    await waitUntil('the late answer', () =>
      house.tokenRequests().every(({ status }) => status !== undefined),
    );
    await sleep(Math.max(0, Date.parse(String(refused.retry)) - Date.now()));
    const answer = await house.whoAmI(ana, second, connector);
    const isRefused = provider.spentTokens === 'refused';
    expect(await ana.status(first, connector)).toMatchObject(
      isRefused
        ? { connection_status: 'needs_reauth', last_error: { code: 'refresh_answer_lost' } }
        : { connection_status: 'connected' },
    );
    expect(answer.status).toBe(isRefused ? 'error' : 'ok');
    await house.connect(ana, connector);
    subjectIn(await house.whoAmI(ana, second, connector));
  });
}

/** Ends a process of its own when its token request is where it is wanted. */
async function dieInRefresh(
  house: House,
  connector: string,
  kind: 'hold_request' | 'hold_answer',
): Promise<void> {
  const { proxy, tokenUrl } = house.provider;
  const victim = await house.addProcess();
  const held = proxy.interfere({ pathEnd: new URL(tokenUrl).pathname, method: 'POST' }, { kind });
  const cut = house.whoAmI(house.ana, victim, connector).catch(() => 'cut');
  await held.happened;
  await victim.kill9();
  expect(await cut).toBe('cut');
}
