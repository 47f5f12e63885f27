import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { salesforceSpec } from '../testing/index.ts';
import {
  type ActionsFixture,
  ana,
  createActionsFixture,
  oauthApp,
} from './actions_fixture.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture({ specs: [salesforceSpec] });
  const connector_type_id = salesforceSpec.metadata.id;
  await fixture.create('crm', { connector_type_id, secrets: oauthApp() });
});
afterEach(() => fixture.close());

const run = async () => (await fixture.execute('crm', { subAction: 'whoami' }, { user: ana })).body;

describe('a grant without the grant fact that decides the host of the API', () => {
  it('makes executions ask the user to authorize until a grant has the fact', async () => {
    await fixture.connect('crm');
    expect(await run()).toMatchObject({
      status: 'error',
      authorization_reason: 'token_revoked',
      service_message: expect.stringContaining('Authorize the connector again'),
    });
    const facts = { instance_url: 'https://acme.my.salesforce.com' };
    await fixture.connect('crm', ana, 'default', { facts });
    expect(await run()).not.toHaveProperty('authorization_reason');
  });
});
