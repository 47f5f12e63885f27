import { z } from 'zod';
import { elasticsearchName, MAX_NAME_LENGTH, metadataKey } from '../elasticsearch_names.ts';
import { newPassword } from '../passwords/index.ts';
import type { User } from './user.ts';

/** A name somebody may have; letters matter by case, as in Kibana. */
const username = elasticsearchName.refine(
  (name) => !name.includes(':'),
  // RFC 7617 §2: the first colon ends the name.
  'must not hold a colon, which HTTP Basic cannot carry',
);

/** Whether somebody could have this name. */
export const isUsername = (text: string): boolean => username.safeParse(text).success;

export const userParams = z.strictObject({ username });

/** Kibana's body. Absent `fullName`, `email` and `metadata` are removed from an existing account, as in Kibana. */
export const saveUserBody = z.strictObject({
  username: username.optional(),
  password: newPassword.nullish(),
  /** Always asked for: whoever leaves it out does not mean to take all roles away. */
  roles: z.array(z.string().min(1).max(MAX_NAME_LENGTH)).max(100),
  full_name: z.string().max(256).nullish(),
  email: z.string().max(256).nullish(),
  metadata: z
    .record(metadataKey, z.union([z.string().max(1024), z.number(), z.boolean()]))
    .nullish(),
  enabled: z.boolean().default(true),
});

/** A person in Kibana's words. */
export function userBody(user: User) {
  return {
    username: user.username,
    roles: user.roles,
    full_name: user.fullName ?? null,
    email: user.email ?? null,
    metadata: user.metadata,
    enabled: user.enabled,
    profile_uid: user.profileUid,
  };
}
