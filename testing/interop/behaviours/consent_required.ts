import { expect, it } from 'vitest';
import { type InteropEnvironment, subjectIn } from '../environment/interop_environment.ts';

/** Defines the tests of a provider that starts to require consent after users have authorized. */
export function describeConsentRequired(environmentOf: () => InteropEnvironment): void {
  it('H113: asks the user, not the administrator, when the provider starts to require consent', async () => {
    const environment = environmentOf();
    const { admin, ana, first, second, provider } = environment;
    const app = await environment.newApp();
    await provider.requireConsent?.(app.clientId, false);
    const connector = await environment.createConnector({ ...app });
    await environment.connect(ana, connector);
    await environment.expireToken(ana, connector);
    await provider.requireConsent?.(app.clientId, true);

    const response = await environment.whoAmI(ana, second, connector);
    expect(environment.tokenRequests().map(({ json }) => json['error'])).toEqual(['invalid_scope']);
    expect(response).toMatchObject({ status: 'error', authorization_reason: 'token_revoked' });
    expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'needs_reauth' });
    const path = `/api/actions/connector/${connector}`;
    expect(await admin.json(first, { method: 'GET', path })).not.toHaveProperty('oauth_problem');

    await environment.connect(ana, connector);
    subjectIn(await environment.whoAmI(ana, second, connector));
  });
}
