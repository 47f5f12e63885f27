import { expect, it } from '@jest/globals';
import { type House, subjectIn } from '../house.ts';

const ROUNDS = 10;
const CALLERS = 50;

/** Refresh tokens that are good once, and many callers. */
export function refreshing(houseOf: () => House): void {
  it(`makes one token request for an expired token, with four processes and ${CALLERS} callers in each, ${ROUNDS} rounds long`, async () => {
    const house = houseOf();
    const { ana, first, second, provider } = house;
    const processes = [first, second, await house.addProcess(), await house.addProcess()];
    const connector = await house.createConnector();
    await house.connect(ana, connector);
    const subject = await provider.subjectOf('ana');
    for (let round = 1; round <= ROUNDS; round += 1) {
      await house.letTokenEnd(ana, connector);
      const answers = await house.storm(ana, processes, { connector, calls: CALLERS });
      expect(answers.map(subjectIn)).toEqual(Array(processes.length * CALLERS).fill(subject));
      expect(house.tokenRequests().map(({ status }) => status)).toEqual([200]);
    }
    expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
    for (const extra of processes.slice(2)) await extra.stop();
  });

  it('presents each refresh token once, and the one that was answered last', async () => {
    const house = houseOf();
    const { ana, first, second, provider } = house;
    const connector = await house.createConnector();
    provider.proxy.forget();
    await house.connect(ana, connector);
    const seen = [...house.tokenRequests()];
    for (let round = 1; round <= 3; round += 1) {
      provider.proxy.forget();
      provider.proxy.interfere({ pathEnd: provider.api.path }, { kind: 'answer', status: 401 });
      subjectIn(await house.whoAmI(ana, round % 2 === 0 ? first : second, connector));
      seen.push(...house.tokenRequests());
    }
    const answered = seen.slice(0, -1).map(({ answer }) => answer['refresh_token']);
    const presented = seen.slice(1).map(({ form }) => form['refresh_token']);
    expect(presented).toHaveLength(3);
    expect(new Set(presented).size).toBe(3);
    expect(presented).toEqual(answered);
  });
}
