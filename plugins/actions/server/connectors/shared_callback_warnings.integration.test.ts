import { afterEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  clientCredentials,
  createActionsFixture,
  oauthApp,
} from '../execution/actions_fixture.mock.ts';
import { IDP_ORIGIN } from '../execution/strict_idp.mock.ts';

const STATED = oauthApp({ issuer: IDP_ORIGIN });
const PROMISE = { authorization_response_iss_parameter_supported: true };
const UNNAMED = expect.stringMatching(/names itself.*iss.*sharedRedirectUriOrigins/);

let fixture: ActionsFixture;
afterEach(() => fixture.close());

const url = '/api/actions/connector/c1';
/**
 * Starts a server with these settings and a provider with this metadata, and returns the warnings
 * of a connector after it is saved and read.
 */
async function warningsOf(
  secrets: object,
  settings: object = { redirectUri: 'shared' },
  metadata: object = {},
) {
  fixture = await createActionsFixture({
    config: { auth: { oauth_authorization_code: settings } },
  });
  const body = {
    issuer: IDP_ORIGIN,
    authorization_endpoint: `${IDP_ORIGIN}/authorize`,
    token_endpoint: `${IDP_ORIGIN}/token`,
    ...metadata,
  };
  fixture.idp.upstream.response = () => ({ body });
  const send = (method: 'POST' | 'GET', more: object = {}) =>
    fixture.inject<Record<string, unknown>>({ method, url, ...more });
  const request = { name: 'c1', connector_type_id: '.probe', secrets };
  const saved = await send('POST', { body: request });
  expect(saved.status).toBe(200);
  expect((await send('GET')).body['warnings']).toEqual(saved.body['warnings']);
  return saved.body['warnings'];
}

describe('a connector on a callback that all providers share', () => {
  it('A14: is saved with a warning when the metadata does not promise `iss`, which responses must contain', async () => {
    expect(await warningsOf(STATED)).toEqual([UNNAMED]);
    expect(JSON.stringify(fixture.logger.lines)).toContain(`add ${IDP_ORIGIN} to`);
  });

  it.each([
    ['its metadata promises it', STATED, { redirectUri: 'shared' }, PROMISE],
    [
      'an operator trusts its provider',
      STATED,
      { redirectUri: 'shared', sharedRedirectUriOrigins: [IDP_ORIGIN] },
      {},
    ],
    ['each provider has its own callback', STATED, {}, {}],
    ['it has no callback at all', clientCredentials, { redirectUri: 'shared' }, {}],
  ])('has no warning when %s', async (_when, secrets, settings, metadata) => {
    expect(await warningsOf(secrets, settings, metadata)).toBeUndefined();
  });
});
