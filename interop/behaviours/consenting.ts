import { expect, it } from '@jest/globals';
import { type InteropEnvironment, subjectIn } from '../environment.ts';

/** A server on which consent can become a demand after people authorized. */
export function consenting(environmentOf: () => InteropEnvironment): void {
  it('H113: asks the person, and not the administrator, when the provider begins to demand a consent they never gave', async () => {
    const environment = environmentOf();
    const { admin, ana, first, second, provider } = environment;
    const app = await environment.newApp();
    await provider.demandConsent?.(app.clientId, false);
    const connector = await environment.createConnector({ ...app });
    await environment.connect(ana, connector);
    await environment.letTokenEnd(ana, connector);
    await provider.demandConsent?.(app.clientId, true);

    const response = await environment.whoAmI(ana, second, connector);
    expect(environment.tokenRequests().map(({ response: said }) => said['error'])).toEqual([
      'invalid_scope',
    ]);
    expect(response).toMatchObject({ status: 'error', authorization_reason: 'token_revoked' });
    expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'needs_reauth' });
    const path = `/api/actions/connector/${connector}`;
    expect(await admin.json(first, { method: 'GET', path })).not.toHaveProperty('oauth_problem');

    await environment.connect(ana, connector);
    subjectIn(await environment.whoAmI(ana, second, connector));
  });
}
