import type { ProviderEntry } from '@latchkey/oauth-providers';

/** Returns the values of a response that names the account, by path. */
export function accountValues(
  { account }: ProviderEntry,
  email: string,
): Readonly<Record<string, string>> {
  if (account?.from !== 'request') return { account: email };
  const { idPath, labelPath } = account;
  return {
    [idPath]: `id-of-${email}`,
    ...(labelPath === undefined ? {} : { [labelPath]: email }),
    account: email,
  };
}
