import { expect, it } from '@jest/globals';
import { type House, subjectIn } from '../house.ts';

/** Several connectors on one client of the provider. */
export function sharing(houseOf: () => House): void {
  it('lets one person use two connectors on one client, each with its own chain of refresh tokens', async () => {
    const house = houseOf();
    const { ana, first, second } = house;
    const connectors = [await house.createConnector(), await house.createConnector()];
    for (const connector of connectors) await house.connect(ana, connector);
    for (let round = 1; round <= 2; round += 1) {
      for (const connector of connectors) {
        await house.letTokenEnd(ana, connector);
        subjectIn(await house.whoAmI(ana, second, connector));
        expect(house.tokenRequests().map(({ status }) => status)).toEqual([200]);
      }
    }
    for (const connector of connectors) {
      expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
    }
  });

  it('knows what became of the other connector of the same person when one is disconnected', async () => {
    const house = houseOf();
    const { ana, ben, first, second, provider } = house;
    const [ended, other] = [await house.createConnector(), await house.createConnector()];
    for (const connector of [ended, other]) await house.connect(ana, connector);
    await house.connect(ben, ended);
    await ana.disconnect(first, ended);
    const answer = await house.whoAmI(ana, second, other);
    const lives = provider.revocationEnds === 'grant';
    expect(answer).toMatchObject(
      lives ? { status: 'ok' } : { status: 'error', authorization_reason: 'token_revoked' },
    );
    expect(await ana.status(first, other)).toMatchObject({
      connection_status: lives ? 'connected' : 'needs_reauth',
    });
    subjectIn(await house.whoAmI(ben, second, ended));
    await house.connect(ana, other);
    subjectIn(await house.whoAmI(ana, second, other));
  });
}
