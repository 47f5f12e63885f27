import { account, text } from './fields.ts';
import { operation } from './github_api.ts';

export const getMe = operation('GET /user', {
  scope: 'read',
  description:
    'Returns the GitHub account of the credentials: login, name and public profile. Use it to find out who "me" is.',
  input: {},
  output: account.extend({ name: text(), email: text(), company: text(), bio: text() }),
});
