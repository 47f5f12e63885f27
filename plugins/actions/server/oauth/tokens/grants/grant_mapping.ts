import { oncePerFrozen, type SavedObject } from '@latchkey/saved-objects';
import type { GrantKey } from './grant_key.ts';
import type { GrantChanges, GrantRecord } from './grant_record.ts';
import { heldGrantOf, heldGrantToStore } from './held_grant.ts';
import { factsToStore, storedFactsOf } from './stored_facts.ts';
import type { ConnectorTokenAttributes, UserConnectorTokenAttributes } from './token_types.ts';

/** Attributes that `user_connector_token` and `connector_token` have in common. */
type CommonAttributes = Omit<
  ConnectorTokenAttributes,
  'account' | 'connectorId' | 'tokenType' | 'token' | 'refreshToken' | 'grantFacts'
> &
  Pick<
    UserConnectorTokenAttributes,
    | 'account'
    | 'authorizedAt'
    | 'heldUntil'
    | 'lifetimeStartedAt'
    | 'requestedScopes'
    | 'uncheckedClient'
    | 'uncheckedSince'
    | 'unrevoked'
  >;

/**
 * Maps a `user_connector_token` document to a frozen record. For an unchanged document, returns the
 * same record again.
 */
export const recordOfUserToken = oncePerFrozen(
  (row: SavedObject<UserConnectorTokenAttributes>): GrantRecord => {
    const { profileUid, connectorId, credentials, supersededGrants = [] } = row.attributes;
    return Object.freeze({
      ...commonOf(row.attributes),
      key: { scope: 'per-user' as const, connectorId, profileUid },
      version: row.version,
      accessToken: credentials?.accessToken,
      refreshToken: credentials?.refreshToken,
      facts: storedFactsOf(row.attributes.grantGeneration, credentials?.grantFacts),
      held: credentials?.held && heldGrantOf(credentials.held),
      supersededGrants,
    });
  },
);

/** Maps a `connector_token` document to a frozen record, as {@link recordOfUserToken} does. */
export const recordOfSharedToken = oncePerFrozen(
  (row: SavedObject<ConnectorTokenAttributes>): GrantRecord => {
    const { connectorId, token, refreshToken, grantGeneration, grantFacts } = row.attributes;
    return Object.freeze({
      ...commonOf(row.attributes),
      key: { scope: 'shared' as const, connectorId },
      version: row.version,
      accessToken: token,
      refreshToken,
      facts: storedFactsOf(grantGeneration, grantFacts),
      held: undefined,
      supersededGrants: [],
    });
  },
);

/** Attributes to write. An absent member leaves the attribute unchanged; `undefined` removes it. */
export type CommonChanges = {
  -readonly [K in keyof CommonAttributes]?: CommonAttributes[K] | undefined;
};

/**
 * Maps changes of a record to attributes of the saved-object type of `key`, without the tokens.
 * Absent members stay absent. Attributes that describe an authorization are omitted for a shared
 * token, which has none.
 */
export function commonAttributesOf(key: GrantKey, changes: GrantChanges): CommonChanges {
  const attributes: CommonChanges = {};
  const set = <K extends keyof CommonAttributes>(
    member: keyof GrantChanges,
    name: K,
    value: CommonAttributes[K] | undefined,
  ): void => {
    if (member in changes) attributes[name] = value;
  };
  const { lastError, refresh, scopes, requestedScopes } = changes;
  set('generation', 'grantGeneration', changes.generation);
  set('clientFingerprint', 'clientFingerprint', changes.clientFingerprint);
  set('spaceId', 'spaceId', changes.spaceId);
  set('state', 'status', changes.state);
  set('stateSince', 'statusSince', iso(changes.stateSince));
  set('failures', 'failures', changes.failures);
  set(
    'lastError',
    'lastError',
    lastError && { code: lastError.code, at: lastError.at.toISOString() },
  );
  set('nextAttemptAt', 'nextAttemptAt', iso(changes.nextAttemptAt));
  set('issuedAt', 'issuedAt', iso(changes.issuedAt));
  set('expiresAt', 'expiresAt', iso(changes.expiresAt));
  set('refreshTokenExpiresAt', 'refreshTokenExpiresAt', iso(changes.refreshTokenExpiresAt));
  set('scopes', 'scopes', scopes && [...scopes]);
  set('account', 'account', changes.account && accountAttributes(key, changes));
  set('lastUsedAt', 'lastUsedAt', iso(changes.lastUsedAt));
  set('pendingUntil', 'pendingUntil', iso(changes.pendingUntil));
  set('keepAliveAt', 'keepAliveAt', iso(changes.keepAliveAt));
  set('refresh', 'refresh', refresh && intentAttributes(refresh));
  if (key.scope === 'shared') {
    set('issuedFor', 'issuedFor', changes.issuedFor);
    return attributes;
  }
  set('authorizedAt', 'authorizedAt', iso(changes.authorizedAt));
  set('lifetimeStartedAt', 'lifetimeStartedAt', iso(changes.lifetimeStartedAt));
  set('requestedScopes', 'requestedScopes', requestedScopes && [...requestedScopes]);
  set('held', 'heldUntil', iso(changes.held?.until));
  set('unchecked', 'uncheckedSince', iso(changes.unchecked?.since));
  set('unchecked', 'uncheckedClient', changes.unchecked?.client);
  set(
    'unrevoked',
    'unrevoked',
    changes.unrevoked && { ...changes.unrevoked, at: changes.unrevoked.at.toISOString() },
  );
  return attributes;
}

/** Returns the attributes that tell whose grant a document contains. They never change. */
export function identityOf(key: GrantKey): Record<string, unknown> {
  return key.scope === 'shared'
    ? { connectorId: key.connectorId, tokenType: 'access_token' }
    : { connectorId: key.connectorId, profileUid: key.profileUid, credentialType: 'oauth' };
}

type TokenAttributes = {
  readonly token?: string | undefined;
  readonly refreshToken?: string | undefined;
  readonly grantFacts?: ConnectorTokenAttributes['grantFacts'] | undefined;
  readonly credentials?: UserConnectorTokenAttributes['credentials'] | undefined;
  readonly supersededGrants?: UserConnectorTokenAttributes['supersededGrants'] | undefined;
};

/**
 * Maps changes of tokens to attributes. Tokens, grant facts and held grant of a user are one
 * encrypted attribute, so members that do not change are copied from the record.
 */
export function tokenAttributesOf(
  key: GrantKey,
  changes: GrantChanges,
  previous: GrantRecord | undefined,
): TokenAttributes {
  return { ...currentTokensOf(key, changes, previous), ...supersededTokensOf(key, changes) };
}

function supersededTokensOf({ scope }: GrantKey, { supersededGrants }: GrantChanges) {
  if (scope === 'shared' || supersededGrants === undefined) return {};
  return { supersededGrants: supersededGrants.length === 0 ? undefined : [...supersededGrants] };
}

function currentTokensOf(
  key: GrantKey,
  changes: GrantChanges,
  previous: GrantRecord | undefined,
): TokenAttributes {
  const members = ['accessToken', 'refreshToken', 'facts', 'held'];
  if (!members.some((member) => member in changes)) return {};
  const accessToken = 'accessToken' in changes ? changes.accessToken : previous?.accessToken;
  const refreshToken = 'refreshToken' in changes ? changes.refreshToken : previous?.refreshToken;
  const facts = 'facts' in changes ? changes.facts : previous?.facts;
  const generation = changes.generation ?? previous?.generation;
  const grantFacts =
    facts === undefined || generation === undefined ? undefined : factsToStore(generation, facts);
  if (key.scope === 'shared')
    return {
      token: accessToken,
      refreshToken,
      grantFacts: accessToken === undefined ? undefined : grantFacts,
    };
  if (accessToken === undefined) return { credentials: undefined };
  const held = 'held' in changes ? changes.held : previous?.held;
  return {
    credentials: {
      accessToken,
      ...(refreshToken === undefined ? {} : { refreshToken }),
      ...(grantFacts === undefined ? {} : { grantFacts }),
      ...(held === undefined ? {} : { held: heldGrantToStore(held) }),
    },
  };
}

/**
 * Maps the account and its source to attributes. A shared token has no account of a user, so it has
 * no source.
 */
function accountAttributes(
  { scope }: GrantKey,
  { account, accountSource }: GrantChanges,
): CommonAttributes['account'] {
  if (account === undefined) return undefined;
  return {
    ...account,
    ...(scope === 'shared' || accountSource === undefined ? {} : { source: accountSource }),
  };
}

function intentAttributes(
  intent: NonNullable<GrantRecord['refresh']>,
): NonNullable<ConnectorTokenAttributes['refresh']> {
  const { owner, until, renewals: beat, spent } = intent;
  return { owner, until: until.toISOString(), beat, ...(spent === undefined ? {} : { spent }) };
}

function commonOf(
  row: CommonAttributes,
): Omit<
  GrantRecord,
  'key' | 'version' | 'accessToken' | 'refreshToken' | 'facts' | 'held' | 'supersededGrants'
> {
  return {
    generation: row.grantGeneration,
    clientFingerprint: row.clientFingerprint,
    issuedFor: row.issuedFor,
    spaceId: row.spaceId,
    authorizedAt: date(row.authorizedAt),
    state: row.status,
    stateSince: new Date(row.statusSince),
    issuedAt: date(row.issuedAt),
    expiresAt: date(row.expiresAt),
    refreshTokenExpiresAt: date(row.refreshTokenExpiresAt),
    lifetimeStartedAt: date(row.lifetimeStartedAt),
    scopes: row.scopes,
    requestedScopes: row.requestedScopes,
    // An older version stores an unknown account with an empty id when it puts a held grant into
    // use.
    account:
      row.account === undefined || row.account.id === ''
        ? undefined
        : { id: row.account.id, label: row.account.label },
    accountSource: row.account?.source,
    unchecked:
      row.uncheckedSince === undefined
        ? undefined
        : { since: new Date(row.uncheckedSince), client: row.uncheckedClient },
    unrevoked: row.unrevoked && { ...row.unrevoked, at: new Date(row.unrevoked.at) },
    lastError: row.lastError && { code: row.lastError.code, at: new Date(row.lastError.at) },
    failures: row.failures,
    nextAttemptAt: date(row.nextAttemptAt),
    lastUsedAt: date(row.lastUsedAt),
    pendingUntil: date(row.pendingUntil),
    keepAliveAt: date(row.keepAliveAt),
    refresh: row.refresh && {
      owner: row.refresh.owner,
      until: new Date(row.refresh.until),
      renewals: row.refresh.beat,
      spent: row.refresh.spent,
    },
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  };
}

function date(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

function iso(instant: Date | undefined): string | undefined {
  return instant?.toISOString();
}
