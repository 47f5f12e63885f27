import { authTypeOf } from '@latchkey/connector-specs';
import type { Logger, Principal, Randomness } from '@latchkey/core/server';
import type { AccessControl } from '../audit/index.ts';
import type { ConnectorType, TypeRegistry } from '../connector_types/index.ts';
import type {
  ConnectorRevocation,
  PreparedRevocation,
  RevocationJob,
} from '../oauth/mass_revocation/index.ts';
import type { ConnectorHealth, Tokens } from '../oauth/tokens/index.ts';
import type {
  ConnectorAuthor,
  ConnectorView,
  DecryptedConnector,
  EndpointRefusal,
} from '../types.ts';
import { authModeOfConnector, withAuthType } from './auth_mode.ts';
import { ConnectorError, connectorNotFound } from './connector_error.ts';
import type { ConnectorStore, EditableConnector } from './connector_store.ts';
import { preconfiguredViewOf, viewOf } from './connector_view.ts';
import { connectorWarnings, type WarningDeps, warningsOfStored } from './connector_warnings.ts';
import { grantsSurvive } from './grants_survive.ts';
import type { HiddenIds } from './hidden_ids.ts';
import type { IssuerDiscovery } from './issuer_discovery.ts';
import type { PreconfiguredConnectors } from './preconfigured.ts';
import { ensureSameAuth, secretsAfterUpdate } from './update_rules.ts';

type Values = Readonly<Record<string, unknown>>;

/** A connector as a caller describes it. */
export interface ConnectorInput {
  readonly name: string;
  readonly config: Values;
  /** `undefined` on an update keeps the stored ones. */
  readonly secrets: Values | undefined;
}

/** What an update leads to. */
export interface ConnectorUpdate {
  readonly connector: ConnectorView;
  /** How many people must authorize again, as far as known. */
  readonly disconnected: number;
  /** The run that is still ending their grants; absent: it is done. */
  readonly revocationJobId?: string;
}

/** What {@link ConnectorService} works with. */
export interface ConnectorServiceDeps extends WarningDeps {
  readonly store: ConnectorStore;
  readonly preconfigured: PreconfiguredConnectors;
  readonly types: TypeRegistry;
  readonly grants: Pick<Tokens['grants'], 'forgetShared'>;
  readonly revocationJobs: Pick<ConnectorRevocation, 'prepare' | 'commit' | 'rollback'>;
  readonly problems: Pick<ConnectorHealth, 'currentOf' | 'clear'>;
  /** Tries the revocations of a connector that wait, in the background. */
  readonly retryRevocations: (connectorId: string) => void;
  readonly discoverIssuer: IssuerDiscovery;
  /** What keeps a connector from being saved. */
  readonly endpointRefusals: (connector: DecryptedConnector) => readonly EndpointRefusal[];
  readonly access: AccessControl;
  readonly hiddenIds: HiddenIds;
  /** Exact, see `SpacesStart`. */
  readonly isSpaceOpen: (spaceId: string) => Promise<boolean>;
  readonly logger: Logger;
  readonly randomness: Randomness;
}

/** Create, read, update and delete as one person in one space. A connector of another space does not exist. */
export class ConnectorService {
  readonly #deps: ConnectorServiceDeps;

  constructor(deps: ConnectorServiceDeps) {
    this.#deps = deps;
  }

  /** @throws ConnectorError `id_taken`, `too_many_taken_ids`, `space_deleted`, `id_is_preconfigured`, or what the issuer's metadata or the endpoints are refused with; ConnectorTypeError for a type, config or secrets that do not fit */
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
    const { connectorTypeId } = request;
    const type = this.#deps.types.getEnabled(connectorTypeId);
    const valid = validated(type, request.config, request.secrets ?? {});
    const draft = { id, spaceId: principal.spaceId, name: request.name, version: '' };
    const next = asConnector({ ...draft, connectorTypeId }, valid);
    const issuerCheck = await this.#deps.discoverIssuer(next, undefined);
    this.#ensureEndpoints({ ...next, issuerCheck });
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
    await this.#removeUnlessSpaceIsOpen(created);
    return this.#saved(created);
  }

  /** With its warnings for those who may do something about them. @throws ConnectorError `not_found` */
  async get(principal: Principal, id: string): Promise<ConnectorView> {
    const { access } = this.#deps;
    await access.ensure(principal, 'get', id);
    const view = await this.#find(principal, id);
    if (view === undefined) {
      access.record(principal, {
        operation: 'get',
        outcome: 'failure',
        connectorId: id,
        errorCode: 'not_found',
      });
      throw connectorNotFound(id);
    }
    access.record(principal, { operation: 'get', outcome: 'success', connectorId: id });
    return view;
  }

  /** Stored and preconfigured connectors by name. */
  async getAll(principal: Principal): Promise<readonly ConnectorView[]> {
    const { access, store, preconfigured } = this.#deps;
    await access.ensure(principal, 'get');
    access.record(principal, { operation: 'find', outcome: 'success' });
    const stored = await store.list(principal.spaceId);
    const fixed = preconfigured.list().flatMap(({ id, exposeConfig }) => {
      const connector = preconfigured.get(id, principal.spaceId);
      const problems = preconfigured.problemsOf(id);
      return connector === undefined
        ? []
        : [preconfiguredViewOf(connector, exposeConfig, problems)];
    });
    // A stored connector whose id was preconfigured later is hidden by it everywhere, here too.
    const visible = stored.filter(({ id }) => !preconfigured.has(id));
    const problems = await this.#deps.problems.currentOf(visible);
    const views = visible.map((connector) =>
      viewOf(connector, { oauthProblem: problems.get(connector.id) }),
    );
    return [...views, ...fixed].sort(byName);
  }

  /**
   * How each connector authorizes, in no order: of all connectors, or of those of `ids` that exist in the space. What is asked for by id costs the
   * same however many there are.
   */
  async getAuthModes(
    principal: Principal,
    ids: readonly string[] | undefined,
  ): Promise<readonly Pick<DecryptedConnector, 'id' | 'authMode' | 'version'>[]> {
    const { access, store, preconfigured } = this.#deps;
    await access.ensure(principal, 'get');
    access.record(principal, { operation: 'find', outcome: 'success' });
    const { spaceId } = principal;
    const fixedIds = ids ?? preconfigured.list().map(({ id }) => id);
    const fixed = fixedIds.flatMap((id) => preconfigured.get(id, spaceId) ?? []);
    const stored = ids === undefined ? store.list(spaceId) : store.readMany(ids, spaceId);
    return [...(await stored).filter(({ id }) => !preconfigured.has(id)), ...fixed];
  }

  /**
   * A rename or another description keeps everybody connected; grants end, and are revoked where they were made, only when the tokens would go
   * elsewhere or somebody else would ask for them.
   * @returns the connector, and what it costs people
   * @throws ConnectorError `not_found`, `preconfigured_is_read_only`, `auth_type_is_fixed`, `auth_mode_is_fixed`, `secrets_required`, or what the issuer's metadata or the endpoints are refused with
   */
  async update(principal: Principal, id: string, input: ConnectorInput): Promise<ConnectorUpdate> {
    const { access, store, clients } = this.#deps;
    await access.ensure(principal, 'update', id);
    const current = await this.#writable(id, principal.spaceId);
    const type = this.#deps.types.getEnabled(current.connectorTypeId);
    const secrets = secretsAfterUpdate(current, input, type);
    const valid = validated(type, input.config, secrets);
    ensureSameAuth(current, valid);
    const next = asConnector(current, valid);
    const issuerCheck = await this.#deps.discoverIssuer(next, current.issuerCheck);
    const checked = { ...next, issuerCheck };
    this.#ensureEndpoints(checked);
    access.record(principal, { operation: 'update', outcome: 'unknown', connectorId: id });
    const { connectorTypeId } = current;
    const write = async () =>
      store.replace(
        current,
        { name: input.name, connectorTypeId, ...valid, issuerCheck },
        authorOf(principal),
      );
    if (grantsSurvive(current, checked, clients)) {
      const updated = await write();
      // The client secret may have been corrected.
      this.#deps.retryRevocations(id);
      return { connector: this.#saved(updated), disconnected: 0 };
    }
    const { written: updated, run } = await this.#revokingGrants(
      { connector: current, reason: 'connector_changed', actor: principal },
      write,
    );
    return {
      connector: this.#saved(updated),
      disconnected: run.state === 'running' ? Math.max(run.total, run.ended) : run.ended,
      ...(run.state === 'running' ? { revocationJobId: run.id } : {}),
    };
  }

  /**
   * Everybody's authorization ends with it, and is revoked by the client that the connector had.
   * @returns the run that goes on ending them; `undefined`: it is done
   * @throws ConnectorError `not_found`, `preconfigured_is_read_only`
   */
  async delete(principal: Principal, id: string): Promise<string | undefined> {
    const { access, store } = this.#deps;
    await access.ensure(principal, 'delete', id);
    const connector = await this.#writable(id, principal.spaceId);
    access.record(principal, { operation: 'delete', outcome: 'unknown', connectorId: id });
    const { run } = await this.#revokingGrants(
      { connector, reason: 'connector_deleted', actor: principal },
      () => store.delete(id, principal.spaceId),
    );
    return run.state === 'running' ? run.id : undefined;
  }

  /**
   * As {@link delete}, with the whole space: whoever deletes the space was asked for their rights by then. Deletes the version that was read.
   * @returns how many authorizations it ends, as far as known
   * @throws SavedObjectError `conflict` when the connector is another one by now
   */
  async deleteWithSpace(
    connector: EditableConnector,
    actor: Principal | undefined,
  ): Promise<number> {
    const { id, spaceId, version } = connector;
    const { access, store, problems } = this.#deps;
    const event = { operation: 'delete', outcome: 'unknown', connectorId: id } as const;
    access.record({ user: actor?.user, spaceId }, event);
    await problems.clear(connector);
    const { run } = await this.#revokingGrants(
      { connector, reason: 'connector_deleted', actor },
      () => store.delete(id, spaceId, version),
    );
    return Math.max(run.total, run.ended);
  }

  /** Whether an id could not be created because it is taken in another space. */
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

  /** The deletion of a space finds what was written before the space was closed, and perhaps not what is written later. */
  async #removeUnlessSpaceIsOpen({ id, spaceId, version }: DecryptedConnector): Promise<void> {
    try {
      await this.#ensureSpaceOpen(spaceId, id);
    } catch (error) {
      if (error instanceof ConnectorError) await this.#deps.store.delete(id, spaceId, version);
      throw error;
    }
  }

  /**
   * Recorded first, so that a crash at any moment leaves either everything as it was or a run that ends the grants; then written; then ended.
   */
  async #revokingGrants<T>(
    job: {
      readonly connector: DecryptedConnector;
      readonly reason: 'connector_changed' | 'connector_deleted';
      readonly actor: Principal | undefined;
    },
    write: () => Promise<T>,
  ): Promise<{ readonly written: T; readonly run: RevocationJob }> {
    const { revocationJobs, grants } = this.#deps;
    const { id } = job.connector;
    // A token of everybody may be requested again until the change is written, and costs nothing.
    await grants.forgetShared(id);
    const prepared = await revocationJobs.prepare(job);
    const written = await this.#orAbandon(prepared, write);
    await grants.forgetShared(id);
    return { written, run: await revocationJobs.commit(prepared) };
  }

  async #orAbandon<T>(prepared: PreparedRevocation, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      await this.#deps.revocationJobs.rollback(prepared);
      throw error;
    }
  }

  /** @throws ConnectorError with the code of the refusal */
  #ensureEndpoints(connector: DecryptedConnector): void {
    const [refusal] = this.#deps.endpointRefusals(connector);
    if (refusal !== undefined)
      throw new ConnectorError(refusal.code, connector.id, refusal.message);
  }

  async #find(principal: Principal, id: string): Promise<ConnectorView | undefined> {
    const { access, store, preconfigured } = this.#deps;
    const { spaceId } = principal;
    // They name hosts, which are among the secrets and belong to what an entry may hide.
    const mayBeWarned = await access.holds(principal, 'update');
    const fixed = preconfigured.get(id, spaceId);
    if (fixed !== undefined) {
      const isExposed = preconfigured.exposesConfig(id);
      const warnings = isExposed && mayBeWarned ? connectorWarnings(fixed, this.#deps) : [];
      return preconfiguredViewOf(fixed, isExposed, [...preconfigured.problemsOf(id), ...warnings]);
    }
    const connector = await store.read(id, spaceId);
    if (connector === undefined) return undefined;
    const problems = await this.#deps.problems.currentOf([connector]);
    const warnings = mayBeWarned ? await warningsOfStored(connector, this.#deps) : [];
    return viewOf(connector, { oauthProblem: problems.get(id), warnings });
  }

  /** What was just written; its warnings also go to the log, for those who do not read answers. */
  #saved(connector: DecryptedConnector): ConnectorView {
    const { logger } = this.#deps;
    const warnings = connectorWarnings(connector, this.#deps);
    if (warnings.length > 0) {
      logger.warn(`Connector [${connector.id}] was saved with a warning: ${warnings.join(' ')}`, {
        'latchkey.connector_id': connector.id,
      });
    }
    return viewOf({ ...connector, isMissingSecrets: false }, { warnings });
  }

  async #writable(id: string, spaceId: string): Promise<EditableConnector> {
    if (this.#deps.preconfigured.has(id)) {
      throw new ConnectorError(
        'preconfigured_is_read_only',
        id,
        `Preconfigured connector [${id}] can only be changed in the configuration file`,
      );
    }
    const connector = await this.#deps.store.readForChange(id, spaceId);
    if (connector === undefined) throw connectorNotFound(id);
    return connector;
  }
}

/** The connector as it will be once these values are stored. */
function asConnector(
  current: Pick<DecryptedConnector, 'id' | 'spaceId' | 'name' | 'connectorTypeId' | 'version'>,
  { config, secrets }: { readonly config: Values; readonly secrets: Values },
): DecryptedConnector {
  const authType = authTypeOf(secrets, config);
  return { ...current, config, secrets, authType, authMode: authModeOfConnector(secrets, config) };
}

function authorOf({ user }: Principal): ConnectorAuthor | undefined {
  return user && { username: user.username, profileUid: user.profileUid };
}

/** What is stored: parsed, and the config with its copy of the auth type. */
function validated(type: ConnectorType, config: Values, secrets: Values) {
  const valid = type.validate.secrets(secrets);
  return { secrets: valid, config: withAuthType(type.validate.config(config), valid) };
}

/** Made once: ten thousand names are sorted in a fraction of the time that `localeCompare` takes. */
const collator = new Intl.Collator();

function byName(a: ConnectorView, b: ConnectorView): number {
  return collator.compare(a.name, b.name) || collator.compare(a.id, b.id);
}
