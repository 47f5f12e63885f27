import type { TokenGrant } from '@latchkey/oauth-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  ana,
  createActionsFixture,
  oauthApp,
} from './actions_fixture.mock.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
  await fixture.create('personal', { connector_type_id: '.probe', secrets: oauthApp() });
});
afterEach(() => fixture.close());

const run = async () =>
  (await fixture.execute('personal', { subAction: 'get' }, { user: ana })).body;

describe('a token that the service rejects after its user has authorized again', () => {
  /**
   * Executes an action with the first grant, which the second one replaces before the service
   * rejects its token.
   */
  const replaced = async (first: Partial<TokenGrant>, second: Partial<TokenGrant>) => {
    await fixture.connect('personal', ana, 'default', first);
    fixture.api.response = async () => {
      fixture.api.response = () => ({});
      await fixture.connect('personal', ana, 'default', second);
      return { status: 401 };
    };
    return run();
  };
  const account = (id: string) => ({ account: { id, label: id } });
  const sites = ['c1', 'c2'].map((id) => ({ id, label: id, facts: { cloud: id } }));

  it.each([
    ['other facts', { facts: { org: 'a' } }, { facts: { org: 'b' } }],
    ['the same facts', { facts: { org: 'a' } }, { facts: { org: 'a' } }],
    ['facts that the earlier grant lacks', {}, { facts: { org: 'b' } }],
    ['sites of which none is chosen', {}, { facts: {}, sites }],
    ['another account', account('a'), account('b')],
  ])('is not replaced by a token with %s', async (_case, first, second) => {
    expect(await replaced(first, second)).toMatchObject({
      status: 'error',
      message: 'Request failed with status code 401',
    });
    expect(fixture.api.seen).toHaveLength(1);
  });

  it.each([
    ['the same account', account('a'), account('a')],
    ['an account that the provider does not name', account('a'), {}],
  ])('is replaced by the token of a grant with %s', async (_case, first, second) => {
    expect(await replaced(first, second)).toMatchObject({ status: 'ok' });
    const [before, after] = fixture.api.seen.map(({ headers }) => headers.authorization);
    expect(after).not.toBe(before);
  });

  it('is replaced by a refreshed token of the same grant, even if the grant has facts', async () => {
    await fixture.connect('personal', ana, 'default', { facts: { org: 'a' } });
    fixture.api.response = () => {
      fixture.api.response = () => ({});
      return { status: 401 };
    };
    expect(await run()).toMatchObject({ status: 'ok' });
    expect(fixture.idp.tokenCalls).toHaveLength(1);
  });
});
