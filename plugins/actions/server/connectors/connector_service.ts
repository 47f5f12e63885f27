import type { Logger, Principal, Randomness } from '@latchkey/core/server';
import { CONFLICT, isConflict, retryConflicts, SavedObjectError } from '@latchkey/saved-objects';
import type { AccessControl } from '../audit/index.ts';
import {
  type ConnectorAuthor,
  ConnectorError,
  connectorIdTaken,
  type DecryptedConnector,
} from '../connector_data/index.ts';
import type {
  ConnectorRevocation,
  PreparedRevocation,
  RevocationJob,
} from '../oauth/mass_revocation/index.ts';
import type { ProviderClientFactory } from '../oauth/strategies/index.ts';
import { type ConnectorHealth, missingKeyError, type Tokens } from '../oauth/tokens/index.ts';
import type { ConnectorView } from '../types.ts';
import type { ConnectorChecks } from './connector_checks.ts';
import { ensureOneMoreConnector } from './connector_limits.ts';
import type { ConnectorStore, EditableConnector } from './connector_store.ts';
import { viewOf } from './connector_view.ts';
import type { ConnectorWarnings } from './connector_warnings.ts';
import { GrantEndingWrite } from './grant_ending_write.ts';
import { grantsSurvive } from './grants_survive.ts';
import type { HiddenIds } from './hidden_ids.ts';
import type { PreconfiguredConnectors } from './preconfigured.ts';
import type { ConnectorValues } from './update_rules.ts';

/**
 * Attempts of a deletion. Each edit of the connector during the deletion causes one more attempt.
 */
const DELETE_RETRIES = {
  attempts: 10,
  contended: (): never => {
    throw new SavedObjectError('conflict', 'The connector is being edited. Delete it again.', {
      type: 'action',
    });
  },
} as const;

/** Name, config and secrets of a connector, as the caller sent them. */
export interface ConnectorInput extends ConnectorValues {
  readonly name: string;
}

/** Result of an update. */
export interface ConnectorUpdate {
  readonly connector: ConnectorView;
  /** Number of users who must authorize again, as far as it is known at the end of the update. */
  readonly disconnected: number;
  /** Id of the job that is still ending grants. Absent: all grants have ended. */
  readonly revocationJobId?: string;
}

/** Dependencies of {@link ConnectorService}. */
export interface ConnectorServiceDeps {
  readonly clients: ProviderClientFactory;
  readonly warnings: ConnectorWarnings;
  readonly store: ConnectorStore;
  readonly preconfigured: PreconfiguredConnectors;
  readonly checks: ConnectorChecks;
  readonly grants: Pick<Tokens['grants'], 'hasGrants' | 'revokeShared'>;
  readonly revocationJobs: Pick<ConnectorRevocation, 'prepare' | 'commit' | 'rollback'>;
  readonly problems: Pick<ConnectorHealth, 'clear'>;
  /**
   * Retries the waiting revocations of a connector. Returns immediately; the work is done in the
   * background.
   */
  readonly retryRevocations: (connectorId: string) => void;
  readonly access: AccessControl;
  readonly hiddenIds: HiddenIds;
  /** Reads from the store whether a space is open, as described at `SpacesStart`. */
  readonly isSpaceOpen: (spaceId: string) => Promise<boolean>;
  /** Maximum number of stored connectors of one space. */
  readonly maxPerSpace: number;
  readonly logger: Logger;
  readonly randomness: Randomness;
}

/**
 * Creates, updates and deletes connectors for one user in one space. A connector of another space
 * is treated as missing. {@link VisibleConnectors} reads connectors.
 */
export class ConnectorService {
  readonly #deps: ConnectorServiceDeps;
  readonly #grantEnding: GrantEndingWrite;

  constructor(deps: ConnectorServiceDeps) {
    this.#deps = deps;
    this.#grantEnding = new GrantEndingWrite(deps);
  }

  /**
   * Creates a connector.
   * @throws ConnectorError `id_taken`, `too_many_taken_ids`, `space_deleted`,
   * `id_is_preconfigured`, `connector_limit_reached`, `connector_too_large`, or the code of a
   * refusal by the endpoint checks or by the comparison with the issuer's metadata
   * @throws ConnectorTypeError for an invalid type, config or secrets
   */
  async create(
    principal: Principal,
    request: ConnectorInput & { readonly id: string | undefined; readonly connectorTypeId: string },
  ): Promise<ConnectorView> {
    const { access, store, preconfigured, randomness } = this.#deps;
    const id = request.id ?? randomness.uuid();
    await access.ensure(principal, 'create', id);
    if (preconfigured.has(id)) {
      throw new ConnectorError(
        'id_is_preconfigured',
        id,
        `This ${id} already exists in a preconfigured action.`,
      );
    }
    await this.#ensureRoom({ id, spaceId: principal.spaceId });
    const { connectorTypeId } = request;
    const draft = { id, spaceId: principal.spaceId, name: request.name, version: '' };
    const { valid, issuerCheck } = await this.#deps.checks.ofNew(
      { ...draft, connectorTypeId },
      request,
    );
    await this.#ensureSpaceOpen(principal.spaceId, id);
    access.record(principal, { operation: 'create', outcome: 'unknown', connectorId: id });
    const create = () =>
      store.create(
        { name: request.name, connectorTypeId, ...valid, issuerCheck },
        { id, spaceId: principal.spaceId, createdBy: authorOf(principal) },
      );
    const created = await (request.id === undefined
      ? create()
      : this.#deps.hiddenIds.choose({ principal, id }, create, (error) =>
          this.#isHidden(error, { id, spaceId: principal.spaceId }),
        ));
    await this.#removeIfSpaceClosed(created);
    return this.#saved(created);
  }

  /**
   * Changes a connector. A change of the name or the description keeps all users connected. Grants
   * end, and are revoked at the old endpoint, only if the edit would send tokens to other hosts or
   * use them with another client.
   * @param input `version`: the change is refused if another version is stored
   * @returns the connector, and the number of users who must authorize again
   * @throws ConnectorError `not_found`, `preconfigured_is_read_only`, `stale_version`,
   * `auth_type_is_fixed`, `auth_mode_is_fixed`, `secrets_required`, `invalid_keep_secrets`,
   * `connector_too_large`, `key_not_configured`, or the code of a refusal by the endpoint checks or
   * by the comparison with the issuer's metadata
   * @throws SavedObjectError `conflict` when another edit was saved during the update
   */
  async update(
    principal: Principal,
    id: string,
    input: ConnectorInput & { readonly version?: string | undefined },
  ): Promise<ConnectorUpdate> {
    const { access, store, clients, checks } = this.#deps;
    await access.ensure(principal, 'update', id);
    const current = await checks.writable(id, principal.spaceId, input.version);
    await checks.ensureRevocable(current);
    const { valid, issuerCheck, connector: next } = await checks.ofUpdate(current, input);
    access.record(principal, { operation: 'update', outcome: 'unknown', connectorId: id });
    const { connectorTypeId } = current;
    const write = async () =>
      store.replace(
        current,
        { name: input.name, connectorTypeId, ...valid, issuerCheck },
        authorOf(principal),
      );
    if (grantsSurvive(current, next, clients)) {
      const updated = await write();
      // Revocations may have failed because of a wrong client secret, which the edit may have
      // corrected.
      this.#deps.retryRevocations(id);
      return { connector: this.#saved(updated), disconnected: 0 };
    }
    const { written: updated, revocationJob } = await this.#grantEnding.run(
      { connector: current, reason: 'connector_changed', actor: principal },
      write,
    );
    return {
      connector: this.#saved(updated),
      disconnected:
        revocationJob.state === 'running'
          ? Math.max(revocationJob.total, revocationJob.ended)
          : revocationJob.ended,
      ...(revocationJob.state === 'running' ? { revocationJobId: revocationJob.id } : {}),
    };
  }

  /**
   * Deletes a connector. All its grants end, and are revoked with the client of the deleted
   * version.
   * @param options `force`: deletes the connector even if this server lacks the key of the client,
   * so that the grants cannot be revoked
   * @returns id of the job that is still ending grants. `undefined`: all grants have ended
   * @throws ConnectorError `not_found`, `preconfigured_is_read_only`, `key_not_configured`
   */
  async delete(
    principal: Principal,
    id: string,
    { force = false }: { readonly force?: boolean | undefined } = {},
  ): Promise<string | undefined> {
    const { access, store, revocationJobs } = this.#deps;
    const { spaceId } = principal;
    await access.ensure(principal, 'delete', id);
    // Job of the previous attempt. Needed if another request deletes the connector between
    // attempts.
    let previous: PreparedRevocation | undefined;
    // Deletes only the version whose client is stored in the job. If an edit has just set another
    // client, its grants could not be revoked after the deletion of that version.
    const revocationJob = await retryConflicts<RevocationJob | undefined>(async (attempt) => {
      const connector =
        previous === undefined
          ? await this.#deps.checks.writable(id, spaceId)
          : await store.readForChange(id, spaceId);
      // Another request has deleted the connector since the previous attempt.
      if (connector === undefined) return previous && revocationJobs.commit(previous);
      if (!force) await this.#deps.checks.ensureRevocable(connector);
      if (attempt === 1)
        access.record(principal, { operation: 'delete', outcome: 'unknown', connectorId: id });
      let conflict: unknown;
      const job = { connector, reason: 'connector_deleted', actor: principal } as const;
      const write = async (prepared: PreparedRevocation) => {
        try {
          await store.delete(id, spaceId, connector.version);
        } catch (error) {
          if (isConflict(error)) conflict = error;
          previous = prepared;
          throw error;
        }
      };
      try {
        return (await this.#grantEnding.run(job, write)).revocationJob;
      } catch (error) {
        // Only a conflict of this write leads to another attempt. An error after the deletion must
        // not, because the connector no longer exists.
        if (error !== conflict) throw error;
        return CONFLICT;
      }
    }, DELETE_RETRIES);
    return revocationJob?.state === 'running' ? revocationJob.id : undefined;
  }

  /**
   * Deletes a connector as {@link delete} does, while its space is deleted. Checks no privilege,
   * because the deletion of the space has checked it. Deletes only the version that was read.
   * @param how `isForced`: as `force` of {@link delete}
   * @returns number of grants that end, as far as it is known
   * @throws SavedObjectError `conflict` when the connector was changed meanwhile,
   * `store_unavailable` when this server lacks the key of the client
   */
  async deleteWithSpace(
    connector: EditableConnector,
    { actor, isForced }: { readonly actor: Principal | undefined; readonly isForced: boolean },
  ): Promise<number> {
    const { id, spaceId, version, missingKey } = connector;
    if (!isForced && missingKey !== undefined && (await this.#deps.grants.hasGrants(id)))
      throw missingKeyError(missingKey);
    const { access, store, problems } = this.#deps;
    const event = { operation: 'delete', outcome: 'unknown', connectorId: id } as const;
    access.record({ user: actor?.user, spaceId }, event);
    await problems.clear(connector);
    const { revocationJob } = await this.#grantEnding.run(
      { connector, reason: 'connector_deleted', actor },
      () => store.delete(id, spaceId, version),
    );
    return Math.max(revocationJob.total, revocationJob.ended);
  }

  /**
   * Checks that the space may have one more connector.
   * @throws ConnectorError `connector_limit_reached`, or `id_taken` if the id exists, which takes
   * precedence
   */
  async #ensureRoom(target: Pick<DecryptedConnector, 'id' | 'spaceId'>): Promise<void> {
    const { store, maxPerSpace } = this.#deps;
    try {
      await ensureOneMoreConnector(target, { store, maxPerSpace });
    } catch (error) {
      // A caller who repeats a request whose response was lost must learn that the connector
      // exists.
      const isTaken = (await store.read(target.id, target.spaceId)) !== undefined;
      throw isTaken ? connectorIdTaken(target.id) : error;
    }
  }

  /** Returns `true` if the id is taken by a connector of another space. */
  async #isHidden(
    error: unknown,
    { id, spaceId }: { readonly id: string; readonly spaceId: string },
  ): Promise<boolean> {
    const isTaken = error instanceof ConnectorError && error.code === 'id_taken';
    return isTaken && (await this.#deps.store.read(id, spaceId)) === undefined;
  }

  async #ensureSpaceOpen(spaceId: string, connectorId: string): Promise<void> {
    if (await this.#deps.isSpaceOpen(spaceId)) return;
    throw new ConnectorError('space_deleted', connectorId, `Space [${spaceId}] does not exist`);
  }

  /**
   * Deletes the new connector again if its space was closed meanwhile. The deletion of a space may
   * miss connectors that are written after the space was closed.
   */
  async #removeIfSpaceClosed({ id, spaceId, version }: DecryptedConnector): Promise<void> {
    try {
      await this.#ensureSpaceOpen(spaceId, id);
    } catch (error) {
      if (error instanceof ConnectorError) await this.#deps.store.delete(id, spaceId, version);
      throw error;
    }
  }

  /**
   * Returns the saved connector. Logs its warnings too, because clients may ignore them in the
   * response.
   */
  #saved(connector: DecryptedConnector): ConnectorView {
    const { logger } = this.#deps;
    const warnings = this.#deps.warnings.of(connector);
    if (warnings.length > 0) {
      logger.warn(`Connector [${connector.id}] was saved with a warning: ${warnings.join(' ')}`, {
        'latchkey.connector_id': connector.id,
      });
    }
    return viewOf({ ...connector, isMissingSecrets: false }, { warnings });
  }
}

function authorOf({ user }: Principal): ConnectorAuthor | undefined {
  return user && { username: user.username, profileUid: user.profileUid };
}
