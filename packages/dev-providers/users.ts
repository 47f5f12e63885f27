/** Users with an account at every test provider. */
export type UserId = 'ana' | 'ben';

/** One seeded user; the e-mail address is the account name at Google and at the strict server. */
export interface TestUser {
  readonly id: UserId;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
}

/**
 * The two test users. Each has their own account at every provider, and files that no other user
 * sees.
 */
export const users: Readonly<Record<UserId, TestUser>> = Object.freeze({
  ana: { id: 'ana', email: 'ana@example.com', givenName: 'Ana', familyName: 'Alvarez' },
  ben: { id: 'ben', email: 'ben@example.com', givenName: 'Ben', familyName: 'Berger' },
});

/** Accepts `ana`, `ben` or an e-mail address and returns the e-mail address. */
export const emailOf = (account: string): string =>
  account === 'ana' || account === 'ben' ? users[account].email : account;
