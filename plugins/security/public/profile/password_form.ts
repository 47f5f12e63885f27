import { z } from 'zod';
import { newPassword } from '../../common/index.ts';

/**
 * Schema of the form with which users change their own password. Messages of its issues are keys of
 * translated texts.
 */
export const passwordForm = z
  .object({
    current: z.string().min(1, 'current'),
    next: z.string().refine((text) => newPassword.safeParse(text).success, 'next'),
    repeated: z.string(),
    endsApiKeys: z.boolean(),
  })
  .refine(({ next, repeated }) => next === repeated, { path: ['repeated'], message: 'repeated' })
  .refine(({ current, next }) => next === '' || current !== next, {
    path: ['next'],
    message: 'same',
  });

/** Values of the form. */
export type PasswordValues = z.infer<typeof passwordForm>;

/** Initial values of the form. */
export const NO_PASSWORD: PasswordValues = {
  current: '',
  next: '',
  repeated: '',
  endsApiKeys: false,
};
