import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { fingerprint } from '../faults/index.ts';
import { users } from '../users.ts';

const KEY_ID = 'dev-google-1';
const LIFETIME_SECONDS = 3600;

/** Returns a stable id of an account, in place of Google's numeric one. */
export const subjectOf = (account: string): string => `dev-${fingerprint(account)}`;

/** The authorization that an ID token describes. */
export interface IdTokenOwner {
  readonly account: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Nonce of the authorization request, copied into the ID token. `undefined`: it had none. */
  readonly nonce: string | undefined;
}

/**
 * Signs ID tokens as Google does, with RS256 and a published key. `@emulators/google` would
 * sign with a secret that clients cannot verify.
 */
export class IdTokenSigner {
  readonly #issuer: () => string;
  readonly #now: () => Date;
  #keys: ReturnType<typeof generateKeyPair> | undefined;

  constructor(options: { readonly issuer: () => string; readonly now: () => Date }) {
    this.#issuer = options.issuer;
    this.#now = options.now;
  }

  async sign(grant: IdTokenOwner): Promise<string> {
    const { privateKey } = await this.#pair();
    const issuedAt = Math.floor(this.#now().getTime() / 1000);
    const user = Object.values(users).find((candidate) => candidate.email === grant.account);
    return new SignJWT({
      azp: grant.clientId,
      ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
      ...(grant.scopes.includes('email') ? { email: grant.account, email_verified: true } : {}),
      ...(grant.scopes.includes('profile') && user !== undefined
        ? { name: `${user.givenName} ${user.familyName}` }
        : {}),
    })
      .setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' })
      .setIssuer(this.#issuer())
      .setAudience(grant.clientId)
      .setSubject(subjectOf(grant.account))
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .sign(privateKey);
  }

  /** Returns the JWK set for `/oauth2/v3/certs`. */
  async publicKeys(): Promise<object> {
    const { publicKey } = await this.#pair();
    return { keys: [{ ...(await exportJWK(publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' }] };
  }

  /** Returns the key pair. It is created at first use, because generating an RSA key is slow. */
  #pair(): ReturnType<typeof generateKeyPair> {
    this.#keys ??= generateKeyPair('RS256');
    return this.#keys;
  }
}
