import { z } from 'zod';

/** Maximum length of the name of a user or role in Elasticsearch. */
export const MAX_NAME_LENGTH = 507;

/** Elasticsearch's rule for names of users and roles. */
export const elasticsearchName = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(
    /^[!-~](?:[ -~]*[!-~])?$/,
    'may hold letters, digits, symbols and inner spaces of the ASCII alphabet',
  );

/**
 * Name of a member of metadata. As in Elasticsearch, names with a leading underscore (`_reserved`)
 * are reserved for the server.
 */
export const metadataKey = z
  .string()
  .max(128)
  .refine((key) => !key.startsWith('_'), 'must not begin with _');
