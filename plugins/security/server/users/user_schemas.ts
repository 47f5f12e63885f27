import { z } from 'zod';
import { newPassword } from '../passwords/index.ts';
import type { User } from './user.ts';

/** A name somebody may have; letters matter by case, as in Kibana. */
const username = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9_@.+$-]+$/, 'may hold letters, digits and _ @ . + $ -');

/** Whether somebody could have this name. */
export const isUsername = (text: string): boolean => username.safeParse(text).success;

export const userParams = z.strictObject({ username });

/** Kibana's body. Absent `fullName`, `email` and `metadata` are removed from an existing account, as in Kibana. */
export const saveUserBody = z.strictObject({
  username: username.optional(),
  password: newPassword.nullish(),
  roles: z.array(z.string().min(1).max(128)).max(100).default([]),
  full_name: z.string().max(256).nullish(),
  email: z.string().max(256).nullish(),
  metadata: z
    .record(z.string().max(128), z.union([z.string().max(1024), z.number(), z.boolean()]))
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
