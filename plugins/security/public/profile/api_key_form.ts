import { z } from 'zod';
import type { createApiKey } from '../../common/index.ts';
import { findProblems, type GrantDraft, toGrants } from '../grants/index.ts';

const MAX_NAME = 256;
/** Upper limit of the field; the server may have a lower one. */
const MAX_DAYS = 3650;

/** Name of the descriptor of a key that this page restricts. The server allows any name. */
const DESCRIPTOR = 'restriction';

/** Values of the form of a new key. Messages are names of texts. */
export const apiKeyForm = z
  .object({
    name: z.string().trim().min(1, 'name').max(MAX_NAME, 'name'),
    /** As the number field holds it. */
    days: z.string(),
    isRestricted: z.boolean(),
    grants: z.custom<readonly GrantDraft[]>(),
  })
  .refine(({ days }) => isDays(days), { path: ['days'], message: 'days' })
  .refine(
    ({ isRestricted, grants }) =>
      !isRestricted || (grants.length > 0 && findProblems(grants).size === 0),
    { path: ['grants'], message: 'grants' },
  );

/** Values of the form. */
export type ApiKeyValues = z.infer<typeof apiKeyForm>;

/** A key for 90 days that may do everything that its owner may do. */
export const NEW_API_KEY: ApiKeyValues = { name: '', days: '90', isRestricted: false, grants: [] };

function isDays(text: string): boolean {
  const days = Number(text);
  return Number.isInteger(days) && days >= 1 && days <= MAX_DAYS;
}

/** Body of the request that creates the key. */
export function apiKeyBody({
  name,
  days,
  isRestricted,
  grants,
}: ApiKeyValues): z.input<typeof createApiKey.body> {
  return {
    name: name.trim(),
    expiration: `${Number(days)}d`,
    ...(isRestricted ? { role_descriptors: { [DESCRIPTOR]: { kibana: toGrants(grants) } } } : {}),
  };
}
