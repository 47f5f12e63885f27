/** Who can sign in at every stand-in. */
export type UserId = 'ana' | 'ben';

/** One seeded person; the e-mail address is the account name at Google and at the strict server. */
export interface TestUser {
  readonly id: UserId;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
}

/** The two people of the story. Each has an account of their own everywhere, and files nobody else sees. */
export const users: Readonly<Record<UserId, TestUser>> = Object.freeze({
  ana: { id: 'ana', email: 'ana@example.com', givenName: 'Ana', familyName: 'Alvarez' },
  ben: { id: 'ben', email: 'ben@example.com', givenName: 'Ben', familyName: 'Berger' },
});

/** Accepts `ana`, `ben` or an e-mail address and gives the e-mail address. */
export const emailOf = (account: string): string =>
  account === 'ana' || account === 'ben' ? users[account].email : account;
