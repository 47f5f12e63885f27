import { type AuthenticatedUser, createLruCache, type Logger } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { AccessControl } from '../../audit/index.ts';
import {
  type ConnectorReader,
  type DecryptedConnector,
  requireReadable,
} from '../../connector_data/index.ts';
import {
  ConnectorConfigurationError,
  type ProviderClient,
  type ProviderClientFactory,
} from '../strategies/index.ts';
import type {
  GrantRevoker,
  RevokeReason,
  UncheckedGrant,
  UncheckedGrants,
} from '../tokens/index.ts';
import { FlowError } from './flow_error.ts';

/** Dependencies of {@link GrantCheck}. */
export interface GrantCheckDeps {
  readonly connectors: ConnectorReader;
  readonly clients: Pick<ProviderClientFactory, 'forConnector'>;
  readonly grantRevoker: Pick<GrantRevoker, 'revokeNow'>;
  readonly uncheckedGrants: Pick<UncheckedGrants, 'forEachDue' | 'markChecked'>;
  readonly access: AccessControl;
  /** Reads the current user from the store. */
  readonly users: Pick<SecurityStart, 'getActiveUser'>;
  readonly logger: Logger;
}

/** Maximum number of connectors of which the failed check is remembered. */
const MAX_WARNINGS = 1_000;

/** Why a stale grant is revoked, by the error of the check. */
const REASONS: Partial<Record<FlowError['code'], RevokeReason>> = {
  connector_deleted: 'connector_deleted',
  connector_changed: 'connector_changed',
  not_permitted: 'access_lost',
};

/**
 * Checks that a grant belongs to the current client of its connector, and that its user may use the
 * connector. A grant is checked before and after it is stored: a job that ended the other grants
 * may have missed a grant that was stored after an edit, a deletion or the removal of the user.
 */
export class GrantCheck {
  readonly #deps: GrantCheckDeps;
  /** Ids of connectors whose failed check is in the log. The task repeats it each minute. */
  readonly #warned = createLruCache<string, true>(MAX_WARNINGS);

  constructor(deps: GrantCheckDeps) {
    this.#deps = deps;
  }

  /**
   * Reads the connector of a grant or of an authorization.
   * @throws FlowError `connector_deleted`, `connector_changed`, `connector_misconfigured`
   * @throws SavedObjectError when the store is unavailable or the secrets cannot be decrypted
   */
  async openConnector(of: {
    readonly connectorId: string;
    readonly spaceId: string;
    readonly clientFingerprint: string;
  }): Promise<{ readonly connector: DecryptedConnector; readonly client: ProviderClient }> {
    const { connectors, clients } = this.#deps;
    const connector = requireReadable(await connectors.find(of.connectorId, of.spaceId));
    if (connector === undefined) throw new FlowError('connector_deleted');
    const client = configured(() => clients.forConnector(connector));
    if (client.fingerprint !== of.clientFingerprint) throw new FlowError('connector_changed');
    return { connector, client };
  }

  /**
   * Checks the privilege in the given space.
   * @param user `undefined`: the user was removed
   * @throws FlowError `not_permitted`
   */
  async ensurePermitted(user: AuthenticatedUser | undefined, spaceId: string): Promise<void> {
    const isAllowed = await this.#deps.access.allows({ user, spaceId }, 'execute-oauth');
    if (!isAllowed) throw new FlowError('not_permitted');
  }

  /**
   * Checks a stored grant, for security. If the connector was edited or deleted, or the user was
   * removed, revokes the grant with the client that obtained it. Ends only this generation, because
   * the user may have authorized the edited connector meanwhile. Otherwise removes the mark of the
   * grant. If the check cannot be made, the mark stays, and the check is made again later.
   * @throws FlowError `connector_deleted`, `connector_changed`, `not_permitted` after the grant has
   * ended
   * @throws TokenUnavailableError, SavedObjectError when a stale grant cannot be ended now
   */
  async run(grant: UncheckedGrant): Promise<void> {
    const stale = await this.#findStale(grant);
    if (stale === undefined) return;
    const { connectorId, profileUid, generation, client } = grant;
    await this.#deps.grantRevoker.revokeNow({
      connectorId,
      profileUid,
      reason: stale.reason,
      actor: undefined,
      authorization: { generation, client },
    });
    throw stale.error;
  }

  /**
   * Checks the grants whose check was interrupted, as {@link run} does.
   * @throws the first error of reading or ending a grant, after all other grants were processed; an
   * error of the search immediately
   */
  async runDue(signal: AbortSignal): Promise<void> {
    const check = async (grant: UncheckedGrant): Promise<void> => {
      try {
        await this.run(grant);
      } catch (error) {
        // The grant has ended. No user waits for the error.
        if (!(error instanceof FlowError)) throw error;
      }
    };
    await this.#deps.uncheckedGrants.forEachDue(check, signal);
  }

  /** Returns why a grant is stale. `undefined`: it is not, or this cannot be determined now. */
  async #findStale(
    grant: UncheckedGrant,
  ): Promise<{ readonly reason: RevokeReason; readonly error: FlowError } | undefined> {
    const { users, uncheckedGrants, logger } = this.#deps;
    const { connectorId, profileUid, spaceId } = grant;
    try {
      // Without its client, only the user is checked. No user edits or deletes a preconfigured
      // connector, and this server may have another configuration file than the one that stored the
      // grant. A server of an older version has checked the connector itself.
      if (grant.client !== undefined) await this.openConnector(grant);
      await this.ensurePermitted(await users.getActiveUser(profileUid), spaceId);
      await uncheckedGrants.markChecked(grant);
      this.#warned.delete(connectorId);
    } catch (error) {
      const reason = error instanceof FlowError ? REASONS[error.code] : undefined;
      if (reason !== undefined && error instanceof FlowError) {
        this.#warned.delete(connectorId);
        return { reason, error };
      }
      if (this.#warned.has(connectorId)) return undefined;
      this.#warned.set(connectorId, true);
      logger.warn(
        `A new grant of connector [${connectorId}] could not be checked; it stays in use, and the check is repeated each minute`,
        { error },
      );
    }
    return undefined;
  }
}

function configured<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof ConnectorConfigurationError)
      throw new FlowError('connector_misconfigured', { cause: error });
    throw error;
  }
}
