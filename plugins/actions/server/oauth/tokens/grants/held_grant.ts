import type { AccountOrigin } from '@latchkey/oauth-client';
import { z } from 'zod';
import {
  factsToStore,
  type StoredFacts,
  storedFactsAttributes,
  storedFactsOf,
} from './stored_facts.ts';

/** Schema of {@link TokenToRevoke}. */
export const tokenToRevoke = z.strictObject({
  token: z.string().min(1).max(200_000),
  kind: z.enum(['refresh_token', 'access_token']),
});
/** A token that will be revoked, and whether it is a refresh token or an access token. */
export type TokenToRevoke = z.infer<typeof tokenToRevoke>;

const instant = z.iso.datetime();
const token = z.string().min(1).max(200_000);

/** Schema of the place where an account was found. */
export const accountSource = z.enum(['id_token', 'token_response', 'userinfo']);

/** Stored form of a held grant, inside the encrypted credentials of the grant in use. */
export const heldGrantAttributes = z.strictObject({
  generation: z.string().min(1).max(64),
  flowId: z.string().min(1).max(64),
  browserBinding: z.string().min(1).max(128),
  returnUrl: z.string().max(2048).optional(),
  until: instant,
  authorizedAt: instant,
  accessToken: token,
  refreshToken: token.optional(),
  issuedAt: instant,
  expiresAt: instant.optional(),
  refreshTokenExpiresAt: instant.optional(),
  scopes: z.array(z.string().max(512)).max(200).optional(),
  requestedScopes: z.array(z.string().max(512)).max(200).optional(),
  /** An empty id means that the provider named no account. Older versions require the member. */
  account: z.strictObject({
    id: z.string().max(512),
    label: z.string().max(512),
    source: accountSource.optional(),
  }),
  earlierTokens: z.array(tokenToRevoke).max(100),
});
/** Stored form of a held grant since model version 9. */
export const heldGrantAttributesV9 = heldGrantAttributes.extend({
  grantFacts: storedFactsAttributes.optional(),
});
type HeldGrantAttributes = z.infer<typeof heldGrantAttributesV9>;

/**
 * A grant of a different account than the connected one, or of an unknown account. It waits in the
 * document of the grant in use until the user decides. A change that concerns both grants is
 * therefore one compare-and-set.
 */
export type HeldGrant = Readonly<
  Omit<HeldGrantAttributes, Instants | 'account' | 'grantFacts' | 'returnUrl' | Optional> & {
    /** Account of the grant. `undefined`: the provider named none. */
    readonly account: { readonly id: string; readonly label: string } | undefined;
    /** Where the account was found. `undefined`: unknown. */
    readonly accountSource: AccountOrigin | undefined;
    readonly until: Date;
    /** Instant at which the user authorized. */
    readonly authorizedAt: Date;
    readonly issuedAt: Date;
    readonly expiresAt: Date | undefined;
    readonly refreshTokenExpiresAt: Date | undefined;
    readonly refreshToken: string | undefined;
    readonly scopes: readonly string[] | undefined;
    readonly requestedScopes: readonly string[] | undefined;
    readonly facts: StoredFacts | undefined;
    /**
     * Path to which the browser returns after the decision. `undefined`: the result page is shown.
     */
    readonly returnUrl: string | undefined;
  }
>;
type Instants = 'until' | 'authorizedAt' | 'issuedAt' | 'expiresAt' | 'refreshTokenExpiresAt';
type Optional = 'refreshToken' | 'scopes' | 'requestedScopes';

/** Maps a held grant to its stored form. */
export function heldGrantToStore(held: HeldGrant): HeldGrantAttributes {
  const { account, accountSource, refreshToken, scopes, requestedScopes, returnUrl, ...others } =
    held;
  const { facts, ...dated } = others;
  const { expiresAt, refreshTokenExpiresAt, ...rest } = dated;
  return {
    ...rest,
    account: {
      ...(account ?? { id: '', label: '' }),
      ...(account === undefined || accountSource === undefined ? {} : { source: accountSource }),
    },
    until: held.until.toISOString(),
    authorizedAt: held.authorizedAt.toISOString(),
    issuedAt: held.issuedAt.toISOString(),
    earlierTokens: [...held.earlierTokens],
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
    ...(refreshTokenExpiresAt === undefined
      ? {}
      : { refreshTokenExpiresAt: refreshTokenExpiresAt.toISOString() }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    ...(requestedScopes === undefined ? {} : { requestedScopes: [...requestedScopes] }),
    ...(returnUrl === undefined ? {} : { returnUrl }),
    ...(facts === undefined ? {} : { grantFacts: factsToStore(held.generation, facts) }),
  };
}

/** Maps the stored form to a held grant. */
export function heldGrantOf(stored: HeldGrantAttributes): HeldGrant {
  const { account, refreshToken, scopes, requestedScopes, returnUrl, grantFacts, ...others } =
    stored;
  const { expiresAt, refreshTokenExpiresAt, ...rest } = others;
  return {
    ...rest,
    account: account.id === '' ? undefined : { id: account.id, label: account.label },
    accountSource: account.source,
    until: new Date(stored.until),
    authorizedAt: new Date(stored.authorizedAt),
    issuedAt: new Date(stored.issuedAt),
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
    refreshTokenExpiresAt:
      refreshTokenExpiresAt === undefined ? undefined : new Date(refreshTokenExpiresAt),
    refreshToken,
    scopes,
    requestedScopes,
    returnUrl,
    facts: storedFactsOf(stored.generation, grantFacts),
  };
}
