import { z } from 'zod';
import { faultPlanSchema } from '../faults/index.ts';

const text = z.string().min(1).max(300);
const requestFilter = z.strictObject({
  endpoint: text.optional(),
  account: text.optional(),
  grantType: text.optional(),
});
const grantFilter = z.strictObject({ account: text.optional(), clientId: text.optional() });
const seconds = z.number().int().min(1).max(31_536_000);

const common = {
  requests: z.tuple([requestFilter.optional()]),
  counts: z.tuple([]),
  failNext: z.tuple([faultPlanSchema]),
  clearFaults: z.tuple([]),
  clearRequests: z.tuple([]),
};

/**
 * Operations of each test provider that another process may call, with the schema of their
 * arguments. The names are those of the handles' functions; the request body is the list of
 * arguments. `settings` changes the given settings, keeps the others and returns all.
 */
export const operations = {
  google: {
    ...common,
    expireAccessTokens: z.tuple([grantFilter.optional()]),
    rejectAccessToken: z.tuple([text]),
    revokeGrants: z.tuple([grantFilter.optional()]),
    isGrantAlive: z.tuple([text, text.optional()]),
    settings: z.tuple([
      z.strictObject({
        accessTokenLifetimeSeconds: seconds.optional(),
        issuer: z.url().max(300).optional(),
        requirePkce: z.boolean().optional(),
        refreshTokenOnlyAfterConsent: z.boolean().optional(),
        revocationReach: z.enum(['grant', 'app']).optional(),
      }),
    ]),
  },
  ears: {
    ...common,
    settings: z.tuple([
      z.strictObject({
        providerTimeoutMs: z.number().int().min(1).max(600_000).optional(),
        omitsExpiresIn: z.boolean().optional(),
        tokenType: text.optional(),
      }),
    ]),
  },
  strict: {
    ...common,
    expireAccessTokens: z.tuple([text.optional(), text.optional()]),
    rejectAccessToken: z.tuple([text]),
    revokeGrant: z.tuple([text, text.optional()]),
    isGrantAlive: z.tuple([text, text.optional()]),
    tokenRequests: z.tuple([requestFilter.omit({ endpoint: true }).optional()]),
    settings: z.tuple([
      z.strictObject({
        accessTokenTtlSeconds: seconds.optional(),
        refreshTokenTtlSeconds: seconds.optional(),
      }),
    ]),
  },
} as const;

/** Name of a test provider in the control API. */
export type EmulatorName = keyof typeof operations;
