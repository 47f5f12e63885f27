import { expect, it } from '@jest/globals';
import { type House, subjectIn } from '../house.ts';

/** A server on which consent can become a demand after people authorized. */
export function consenting(houseOf: () => House): void {
  it('H113: asks the person, and not the administrator, when the provider begins to demand a consent they never gave', async () => {
    const house = houseOf();
    const { admin, ana, first, second, provider } = house;
    const app = await house.newApp();
    await provider.demandConsent?.(app.clientId, false);
    const connector = await house.createConnector({ ...app });
    await house.connect(ana, connector);
    await house.letTokenEnd(ana, connector);
    await provider.demandConsent?.(app.clientId, true);

    const answer = await house.whoAmI(ana, second, connector);
    expect(house.tokenRequests().map(({ answer: said }) => said['error'])).toEqual([
      'invalid_scope',
    ]);
    expect(answer).toMatchObject({ status: 'error', authorization_reason: 'token_revoked' });
    expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'needs_reauth' });
    const path = `/api/actions/connector/${connector}`;
    expect(await admin.json(first, { method: 'GET', path })).not.toHaveProperty('oauth_problem');

    await house.connect(ana, connector);
    subjectIn(await house.whoAmI(ana, second, connector));
  });
}
