import { expect, it } from 'vitest';
import { type InteropEnvironment, subjectIn } from '../environment/interop_environment.ts';

/** Defines the tests of several connectors that use one client at the provider. */
export function describeSharedClient(environmentOf: () => InteropEnvironment): void {
  it('lets one user use two connectors with one client, each with its own refresh tokens', async () => {
    const environment = environmentOf();
    const { ana, first, second } = environment;
    const connectors = [await environment.createConnector(), await environment.createConnector()];
    for (const connector of connectors) await environment.connect(ana, connector);
    for (let round = 1; round <= 2; round += 1) {
      for (const connector of connectors) {
        await environment.expireToken(ana, connector);
        subjectIn(await environment.whoAmI(ana, second, connector));
        expect(environment.tokenRequests().map(({ status }) => status)).toEqual([200]);
      }
    }
    for (const connector of connectors) {
      expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
    }
  });

  it("shows the correct state of a user's second connector when the first one is disconnected", async () => {
    const environment = environmentOf();
    const { ana, ben, first, second, provider } = environment;
    const [ended, other] = [
      await environment.createConnector(),
      await environment.createConnector(),
    ];
    for (const connector of [ended, other]) await environment.connect(ana, connector);
    await environment.connect(ben, ended);
    await ana.disconnect(first, ended);
    const response = await environment.whoAmI(ana, second, other);
    const lives = provider.revocationEnds === 'grant';
    expect(response).toMatchObject(
      lives ? { status: 'ok' } : { status: 'error', authorization_reason: 'token_revoked' },
    );
    expect(await ana.status(first, other)).toMatchObject({
      connection_status: lives ? 'connected' : 'needs_reauth',
    });
    subjectIn(await environment.whoAmI(ben, second, ended));
    await environment.connect(ana, other);
    subjectIn(await environment.whoAmI(ana, second, other));
  });
}
