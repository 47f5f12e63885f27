import { expect, it } from 'vitest';
import { NO_PASSWORD, type PasswordValues, passwordForm } from './password_form.ts';

const values: PasswordValues = {
  ...NO_PASSWORD,
  current: 'the old one',
  next: 'the new one',
  repeated: 'the new one',
};

it('the password form accepts a new password that was entered twice', () => {
  expect(passwordForm.safeParse(values).success).toBe(true);
});

it.each([
  ['an empty current password', { current: '' }, ['current']],
  ['a short password', { next: 'short', repeated: 'short' }, ['next']],
  ['a different repetition', { repeated: 'the new on' }, ['repeated']],
  [
    'a new password that equals the current one',
    { next: 'the old one', repeated: 'the old one' },
    ['same'],
  ],
])('the password form refuses %s', (_, changes, messages) => {
  const result = passwordForm.safeParse({ ...values, ...changes });
  expect(result.error?.issues.map(({ message }) => message)).toEqual(messages);
});
