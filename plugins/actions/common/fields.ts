import { plainText } from '@latchkey/core/common';
import { z } from 'zod';

/**
 * Id of an existing connector. Only its length is checked: operators choose the ids of
 * preconfigured connectors, and a request with an unknown id gets 404.
 */
export const connectorId = z.string().min(1).max(36);

/** Id of a connector type, for example `.google_drive`. */
export const connectorTypeId = z.string().min(1).max(64);

/** Name of a connector. Control characters are refused. */
export const connectorName = plainText(1000);

/** Config or secrets of a connector, as values by field name. */
export const connectorValues = z.record(z.string().max(256), z.unknown());

/** Names of fields whose stored secrets an update keeps. */
export const keepSecrets = z.array(z.string().min(1).max(256)).max(100);

/** Version of a stored connector. Clients must not interpret it, only send it back. */
export const connectorVersion = z.string().min(1).max(100);

/** Stable id of a user. */
export const profileUid = z.string().min(1).max(512);

/** Path parameters of the OAuth routes that belong to one connector. */
export const oauthParams = z.strictObject({ connectorId });

/** Id of one authorization attempt. */
export const flowId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not the id of an authorization');

/** Maximum number of search results that each of the supported stores can return. */
export const MAX_SHOWN = 10_000;

/** Query parameters of a route that returns a list in pages. */
export const pageQuery = {
  page: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_SHOWN)
    .default(1)
    .describe(`The pages show the first ${MAX_SHOWN}; those beyond are empty.`),
  per_page: z.coerce.number().int().min(1).max(100).default(20),
};

/** Code of an error and the instant at which it occurred. */
export const errorAt = z.object({ code: z.string(), at: z.string() });
