import { z } from 'zod';
import type { DevProviders } from '../start_dev_providers.ts';

const client = z.object({ clientId: z.string(), clientSecret: z.string().optional() });
const endpoints = {
  origin: z.string(),
  authorizationEndpoint: z.string(),
  tokenEndpoint: z.string(),
  revocationEndpoint: z.string(),
};

/**
 * Schema of the addresses of running test providers and of their development credentials, for
 * another process.
 */
export const descriptionSchema = z.object({
  google: z.object({ ...endpoints, client }),
  ears: z.object({ origin: z.string() }),
  strict: z.object({
    ...endpoints,
    clients: z.object({ basic: client, post: client, public: client }),
  }),
});

/** Description of the running providers, as {@link descriptionSchema} parses it. */
export type DevProvidersDescription = z.infer<typeof descriptionSchema>;

/**
 * Returns the description of running test providers. It contains the client secrets that connectors
 * need, which are for development only, but not the clients of EARS.
 */
export const describeDevProviders = (providers: DevProviders): DevProvidersDescription =>
  descriptionSchema.parse(providers);
