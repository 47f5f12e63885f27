import type { BootData } from '@latchkey/core/common';
import { z } from 'zod';
import { type createApiKey, securityBrowserSettings } from '../../common/index.ts';
import { findProblems, type GrantDraft, toGrants } from '../grants/index.ts';

const MAX_NAME = 256;
/** Maximum number of days that the field accepts if the server sets no limit. */
const MAX_DAYS = 3650;
const DEFAULT_DAYS = 90;

/** Name that this page gives the descriptor of a restricted key. The server allows any name. */
const DESCRIPTOR = 'restriction';

/** Limits that the server sets, from the boot data. */
export function readApiKeyLimits({ plugins }: Pick<BootData, 'plugins'>): {
  readonly maxDays: number;
  /** Maximum number of keys per user. `undefined`: unknown. */
  readonly maxKeys: number | undefined;
} {
  const { data } = securityBrowserSettings.safeParse(plugins['security']);
  return { maxDays: data?.maxApiKeyDays ?? MAX_DAYS, maxKeys: data?.maxApiKeysPerUser };
}

const fields = z.object({
  name: z.string().trim().min(1, 'name').max(MAX_NAME, 'name'),
  /** Text of the field for the number of days. */
  days: z.string(),
  isRestricted: z.boolean(),
  grants: z.custom<readonly GrantDraft[]>(),
});

/** Schema of the form of a new key. Messages of its issues are keys of translated texts. */
export const apiKeyForm = (maxDays: number) =>
  fields
    .refine(({ days }) => isDays(days, maxDays), { path: ['days'], message: 'days' })
    .refine(
      ({ isRestricted, grants }) =>
        !isRestricted || (grants.length > 0 && findProblems(grants).size === 0),
      { path: ['grants'], message: 'grants' },
    );

/** Values of the form. */
export type ApiKeyValues = z.infer<typeof fields>;

/**
 * Initial values: a key that is valid for 90 days, or for the longest time that the server allows,
 * and may do everything that its owner may do.
 */
export const newApiKey = (maxDays: number): ApiKeyValues => ({
  name: '',
  days: String(Math.min(DEFAULT_DAYS, maxDays)),
  isRestricted: false,
  grants: [],
});

function isDays(text: string, maxDays: number): boolean {
  const days = Number(text);
  return Number.isInteger(days) && days >= 1 && days <= maxDays;
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
