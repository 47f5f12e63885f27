import { z } from 'zod';

/** Settings of this plugin that every browser receives in the boot data. They contain no secret. */
export const securityBrowserSettings = z.object({
  /** Maximum number of stored API keys of one user, expired ones included. */
  maxApiKeysPerUser: z.number(),
  /** Maximum lifetime of an API key in whole days. Absent: no limit. */
  maxApiKeyDays: z.number().optional(),
});
