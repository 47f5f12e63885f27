import { AsyncLocalStorage } from 'node:async_hooks';
import { type ConnectorSpec, defineAction } from '@latchkey/connector-specs';
import { aLocalProvider } from '@latchkey/oauth-providers/mocks';
import { z } from 'zod';
import type { Call } from '../plan/protocol.ts';
import { PROVIDER_ORIGIN, secretOf } from '../provider/provider_server.ts';

/** State of one call of a worker, for everything that runs in it. */
export interface CallContext extends Call {
  readonly worker: string;
  /** Client of the connector that the execution read. `undefined`: it has not been read yet. */
  client: string | undefined;
  enteredRefresh: boolean;
  /** `true`: the call got the fresh token that was stored before, and yet called the refresh. */
  waitedWithFreshToken: boolean;
}

/** The call to which the running code belongs. `undefined` outside of calls. */
export const currentCall = new AsyncLocalStorage<CallContext>();

export const CHAOS_TYPE = '.chaos';

/**
 * A connector type whose action requests the API of the provider once, and names the caller in
 * headers.
 */
export const chaosSpec: ConnectorSpec = {
  metadata: {
    id: CHAOS_TYPE,
    displayName: 'Chaos',
    description: 'The API of the strict provider.',
    minimumLicense: 'basic',
    supportedFeatureIds: ['workflows'],
  },
  auth: { types: ['oauth_authorization_code'] },
  schema: z.strictObject({}),
  apiOrigins: [PROVIDER_ORIGIN],
  provider: aLocalProvider({ revocationUrl: `${PROVIDER_ORIGIN}/revoke` }),
  actions: {
    whoami: defineAction({
      input: z.strictObject({}),
      scope: 'read',
      description: 'Requests whose token was sent.',
      handler: async ({ request }) => {
        const call = currentCall.getStore();
        if (call === undefined)
          throw new Error('The chaos connector was executed outside a recorded call.');
        const { status } = await request({
          url: `${PROVIDER_ORIGIN}/api/whoami`,
          headers: {
            'x-call': call.call,
            'x-worker': call.worker,
            'x-user': call.user,
            'x-connector': call.connector,
            'x-client': call.client ?? '',
          },
        });
        return { status };
      },
    }),
  },
  test: { enabled: false, handler: async () => ({}) },
};

/** Returns the secrets of a connector of the strict provider. */
export function connectorSecrets(client: string) {
  return {
    authType: 'oauth_authorization_code',
    authorizationUrl: `${PROVIDER_ORIGIN}/authorize`,
    tokenUrl: `${PROVIDER_ORIGIN}/token`,
    revocationUrl: `${PROVIDER_ORIGIN}/revoke`,
    clientId: client,
    clientSecret: secretOf(client),
    tokenEndpointAuthMethod: 'client_secret_basic',
  } as const;
}
