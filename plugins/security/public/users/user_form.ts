import { isPlainText } from '@latchkey/core/common';
import { z } from 'zod';
import { isUsername, newPassword, type saveUser } from '../../common/index.ts';

/** A user as the list shows it. */
export interface UserView {
  readonly profile_uid: string;
  readonly username: string;
  readonly roles: readonly string[];
  /** `null`: the user has no full name. */
  readonly full_name: string | null;
  /** `null`: the user has no email address. */
  readonly email: string | null;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  readonly enabled: boolean;
  /** Date of the last login by form, in ISO 8601. `null`: the user has never signed in by form. */
  readonly last_login: string | null;
  readonly version: string;
}

/** A user as the form edits it. */
export type EditedUser = Omit<UserView, 'last_login'>;

const MAX_NAME = 256;
const EMAIL = /^$|^[^\s@]+@[^\s@]+$/;

const fields = {
  username: z.string().trim().refine(isUsername, 'username'),
  fullName: z.string().trim().max(MAX_NAME, 'tooLong').refine(isPlainText, 'characters'),
  email: z.string().trim().max(MAX_NAME, 'tooLong').regex(EMAIL, 'email'),
  roles: z.array(z.string()),
  password: z.string(),
};

/** Schema of the form of an existing user. Messages of its issues are keys of translated texts. */
export const existingUserForm = z.object(fields);

/** Schema of the form of a new user, which requires a password. */
export const newUserForm = z.object({
  ...fields,
  password: z.string().refine((text) => newPassword.safeParse(text).success, 'password'),
});

/** Values of both forms. */
export type UserValues = z.infer<typeof existingUserForm>;

/** Values of the form for an existing user, or for a new one (`undefined`). */
export const userValues = (user: EditedUser | undefined): UserValues => ({
  username: user?.username ?? '',
  fullName: user?.full_name ?? '',
  email: user?.email ?? '',
  roles: [...(user?.roles ?? [])],
  password: '',
});

/** Body of the request that saves the values. Members that the form does not show are kept. */
export function userBody(
  { fullName, email, roles, password }: UserValues,
  before: Pick<UserView, 'metadata' | 'enabled'> | undefined,
): z.input<typeof saveUser.body> {
  return {
    roles,
    ...(fullName === '' ? {} : { full_name: fullName }),
    ...(email === '' ? {} : { email }),
    ...(before === undefined ? { password } : { metadata: { ...before.metadata } }),
    enabled: before?.enabled ?? true,
  };
}
