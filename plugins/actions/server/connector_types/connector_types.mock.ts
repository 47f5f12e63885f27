import { type ConnectorSpec, defineAction } from '@latchkey/connector-specs';
import { createEgress } from '@latchkey/egress';
import { z } from 'zod';
import type { ConnectorTypeDeps } from './connector_type.ts';

/** Returns a valid spec for tests. A test overrides the members that matter to it. */
export const aConnectorSpec = (over: Partial<ConnectorSpec> = {}): ConnectorSpec => ({
  metadata: {
    id: '.sample',
    displayName: 'Sample',
    description: 'A sample service.',
    minimumLicense: 'basic',
    supportedFeatureIds: ['workflows'],
  },
  auth: { types: ['none', 'bearer', 'oauth_authorization_code'] },
  schema: z.strictObject({ url: z.string().max(2_048), region: z.string().max(9).default('eu') }),
  validateUrls: { fields: ['url'] },
  actions: {
    echo: defineAction({
      input: z.strictObject({ text: z.string().max(10).default('hi') }),
      scope: 'read',
      description: 'Returns its input.',
      handler: async (_context, { text }) => ({ text }),
    }),
  },
  test: { enabled: true, handler: async () => ({}) },
  ...over,
});

/**
 * Returns dependencies with the allow-list of a real egress, which may reach `allowedHosts` by
 * https only.
 */
export const connectorTypeDeps = (
  over: Partial<ConnectorTypeDeps> & { readonly allowedHosts?: readonly string[] } = {},
): ConnectorTypeDeps => {
  const { allowedHosts = ['*'], ...deps } = over;
  const egress = createEgress({
    allowedHosts,
    dangerouslyAllowHttp: false,
    hostOverrides: {},
    customHostSettings: [],
    verificationMode: 'full',
    maxResponseBytes: 1_048_576,
    timeoutMs: 1_000,
  });
  return {
    ensureUriAllowed: (uri) => egress.ensureUriAllowed(uri),
    maxPayloadBytes: 1_000,
    ...deps,
  };
};
