import { z } from 'zod';
import type { DevProviders } from '../start_dev_providers.ts';

const client = z.object({ clientId: z.string(), clientSecret: z.string().optional() });
const endpoints = {
  origin: z.string(),
  authorizationEndpoint: z.string(),
  tokenEndpoint: z.string(),
  revocationEndpoint: z.string(),
};

/** Addresses and development credentials of running test providers, for another process. */
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

/** Selects the public part of the description; the secrets of EARS are left out. */
export const describeDevProviders = (providers: DevProviders): DevProvidersDescription =>
  descriptionSchema.parse(providers);
