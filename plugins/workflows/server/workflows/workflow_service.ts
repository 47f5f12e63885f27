import type { ActionsStart } from '@latchkey/actions-plugin/server';
import { type Clock, HttpError, type Principal, type Randomness } from '@latchkey/core/server';
import {
  CONFLICT,
  filter,
  isSavedObjectError,
  retryConflicts,
  type SavedObject,
  type SavedObjectsRepository,
  unlessConflict,
} from '@latchkey/saved-objects';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import type { SpacesStart } from '@latchkey/spaces-plugin/server';
import { TaskScheduleError } from '@latchkey/task-manager-plugin/server';
import {
  inputsSchema,
  type KnownConnector,
  type KnownWorkflow,
  type WorkflowEdits,
} from '@latchkey/workflow-language';
import { RESERVED_WORKFLOW_IDS } from '../../common/index.ts';
import type { ScheduleTasks } from '../schedules/index.ts';
import { describeWorkflow } from './describe_workflow.ts';
import type { DocumentOwner } from './document_reader.ts';
import type { AnalyzedText } from './document_work.ts';
import type { StepTypes } from './step_types.ts';
import {
  documentId,
  LISTED_FIELDS,
  type ListedAttributes,
  type ListedWorkflow,
  readWorkflow,
  type StoredWorkflow,
  toListedWorkflows,
  toStored,
} from './stored_workflow.ts';
import { visibleConnectors } from './visible_connectors.ts';
import { WorkflowError } from './workflow_error.ts';
import type { CharacterTotals, WorkflowLimits } from './workflow_limits.ts';
import {
  MAX_DESCRIPTION,
  revisionOf,
  versionOf,
  WORKFLOW_TYPE,
  type WorkflowAttributes,
} from './workflow_type.ts';

/** Maximum characters of an id. Longer texts cannot be ids, so they are only looked up as names. */
const MAX_ID_LENGTH = 128;
/** Maximum attempts to change a workflow that other requests change at the same time. */
const MAX_ATTEMPTS = 20;
/**
 * Maximum number of workflows, started by the steps of one workflow, that are checked. Further ones
 * are not checked.
 */
const MAX_REFERENCES = 50;
/**
 * Maximum milliseconds to look up the workflows that steps start. Workflows that are not found by
 * then are not checked.
 */
const LOOKUPS_MS = 1_000;

/** Dependencies of {@link WorkflowService}. */
export interface WorkflowServiceDeps {
  readonly repository: SavedObjectsRepository;
  readonly actions: Pick<ActionsStart, 'getActionsClient' | 'deferredUser'>;
  readonly schedules: ScheduleTasks;
  readonly spaces: Pick<SpacesStart, 'isOpen'>;
  readonly stepTypes: StepTypes;
  readonly limits: Pick<WorkflowLimits, 'ensureOneMore' | 'ensureCharacters' | 'ensureSchedule'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly security: Pick<SecurityStart, 'audit'>;
}

/** A workflow to create. */
interface NewWorkflow {
  readonly yaml: string;
  /** Edits of the YAML before it is stored. */
  readonly edits?: WorkflowEdits | undefined;
  /** Id of the new workflow. Absent: the id is random. */
  readonly id?: string | undefined;
  /** Connectors of the principal, if the caller has read them before. */
  readonly connectors?: readonly KnownConnector[] | undefined;
  /** Totals of a request that saves many workflows. */
  readonly totals?: CharacterTotals | undefined;
}

interface WorkflowToAdd extends Pick<NewWorkflow, 'totals'> {
  readonly workflowId: string;
  readonly attributes: WorkflowAttributes;
}

/** A text to check, and objects that the check looks up. */
interface TextToCheck extends Pick<NewWorkflow, 'yaml' | 'edits' | 'connectors'> {
  /** Workflows that the steps start. Absent: they are not checked. */
  readonly workflows?: readonly KnownWorkflow[];
}

/** Changes of a workflow. Absent members stay as they are. */
export interface WorkflowChanges extends WorkflowEdits {
  readonly yaml?: string | undefined;
  /** Version that the caller edited. Absent: any version is replaced. */
  readonly version?: string | undefined;
  /** Totals of a request that saves many workflows. */
  readonly totals?: CharacterTotals | undefined;
}

/** Stores and checks workflows. Callers, such as routes, check the privileges. */
export class WorkflowService {
  readonly #deps: WorkflowServiceDeps;

  constructor(deps: WorkflowServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Connectors that the principal may use in steps. `undefined`: the principal may not see
   * connectors, so they are not checked.
   */
  async connectors(principal: Principal): Promise<readonly KnownConnector[] | undefined> {
    const all = await visibleConnectors(this.#deps.actions, principal);
    return all?.map(({ id, name, connectorTypeId, enabledActions }) => ({
      id,
      name,
      connectorTypeId,
      ...(enabledActions === undefined ? {} : { enabledActions }),
    }));
  }

  /**
   * Checks YAML with the connectors that the principal may use, and with the workflows of the space
   * that its steps start. The latter do not decide whether a stored workflow is valid, because they
   * may be stored later.
   * @throws WorkflowError `workflow_too_complex`, `too_many_yaml_checks`
   */
  async validate(principal: Principal, yaml: string): Promise<AnalyzedText> {
    const connectors = await this.connectors(principal);
    const checked = await this.#check(principal, { yaml, connectors });
    const workflows = await this.#known(principal, checked?.workflows ?? []);
    const all =
      workflows.length === 0
        ? checked
        : await this.#check(principal, { yaml, connectors, workflows });
    if (all === undefined) throw new Error('A text without edits was not checked.');
    return all;
  }

  /**
   * Parses a text. `undefined`: the text is not YAML, or takes too long.
   * @throws WorkflowError `too_many_yaml_checks`
   */
  read(principal: Principal, yaml: string): Promise<unknown> {
    return this.#deps.stepTypes.documents.read(yaml, ownerOf(principal));
  }

  /**
   * Validates and stores a new workflow.
   * @throws WorkflowError `workflow_exists`, `workflow_id_reserved`, `workflow_limit_reached`,
   * `schedule_limit_reached`, `workflow_not_editable`, `workflow_not_valid` for a schedule that
   * cannot occur, `workflow_too_complex`, `too_many_yaml_checks`
   */
  async create(
    principal: Principal,
    { yaml, edits, id, connectors, totals }: NewWorkflow,
  ): Promise<StoredWorkflow> {
    const { repository, randomness, clock, spaces, schedules } = this.#deps;
    const { spaceId } = principal;
    const at = new Date(clock.now()).toISOString();
    const by = usernameOf(principal);
    const newId = id ?? `workflow-${randomness.uuid()}`;
    if (RESERVED_WORKFLOW_IDS.includes(newId)) throw idReserved(newId);
    const checked = await this.#check(principal, { yaml, edits, connectors });
    if (checked === undefined) throw notEditable(newId);
    const saved = { yaml: checked.yaml, lastUpdatedAt: at, lastUpdatedBy: by };
    const attributes: WorkflowAttributes = {
      ...describeWorkflow(checked),
      ...saved,
      spaceId,
      runsAs: this.#runsAs(principal),
      createdAt: at,
      createdBy: by,
      revision: revisionOf(saved),
    };
    await ensureOpen(spaces, spaceId);
    await this.#ensureRoom(principal, { workflowId: newId, attributes, totals });
    const key = { spaceId, workflowId: newId };
    try {
      const created = await schedules
        .saving(key, attributes, () =>
          repository.create(WORKFLOW_TYPE, attributes, { id: documentId(spaceId, newId) }),
        )
        .catch(throwMapped);
      // The deletion of the space does not find a workflow that is written after its search.
      if (!(await spaces.isOpen(spaceId))) {
        await repository.delete(WORKFLOW_TYPE, documentId(spaceId, newId));
        await ensureOpen(spaces, spaceId);
      }
      totals?.saved(by, { before: 0, after: saved.yaml.length });
      this.#record(principal, newId, 'create');
      return toStored(created);
    } catch (error) {
      if (!isSavedObjectError(error, 'conflict')) throw error;
      throw idTaken(newId);
    }
  }

  /**
   * Reads one workflow.
   * @throws WorkflowError `workflow_not_found`
   */
  async get({ spaceId }: Pick<Principal, 'spaceId'>, id: string): Promise<StoredWorkflow> {
    return toStored(await this.#read(spaceId, id));
  }

  /**
   * Finds the workflow with an id; if there is none, the workflow with this name. The id has
   * priority, because it identifies one workflow, while any workflow may have any name. The search
   * by name may miss changes of the last second.
   */
  async findByIdOrName(
    { spaceId }: Pick<Principal, 'spaceId'>,
    idOrName: string,
  ): Promise<StoredWorkflow | 'missing' | 'ambiguous'> {
    const { repository } = this.#deps;
    const byId =
      idOrName.length > MAX_ID_LENGTH
        ? undefined
        : await readWorkflow(repository, { spaceId, workflowId: idOrName });
    if (byId !== undefined) return byId;
    const { savedObjects } = await repository.find({
      type: WORKFLOW_TYPE,
      filter: filter.and(filter.equals('spaceId', spaceId), filter.equals('name', idOrName)),
      perPage: 2,
      fields: [],
    });
    const [only, other] = savedObjects;
    if (other !== undefined) return 'ambiguous';
    const found =
      only && (await repository.getIfExists<WorkflowAttributes>(WORKFLOW_TYPE, only.id));
    return found === undefined ? 'missing' : toStored(found);
  }

  /** Reads workflows by their ids, in the order of the ids. Ids without a workflow are left out. */
  async getMany(
    { spaceId }: Pick<Principal, 'spaceId'>,
    ids: readonly string[],
  ): Promise<readonly StoredWorkflow[]> {
    const found = await this.#deps.repository.bulkGet<WorkflowAttributes>(
      ids.map((id) => ({ type: WORKFLOW_TYPE, id: documentId(spaceId, id) })),
    );
    return found.flatMap((each) => (each === undefined ? [] : [toStored(each)]));
  }

  /** Reads workflows like {@link getMany}, but without the YAML. */
  async getManyListed(
    { spaceId }: Pick<Principal, 'spaceId'>,
    ids: readonly string[],
  ): Promise<readonly ListedWorkflow[]> {
    const { repository } = this.#deps;
    const found = await repository.bulkGet<ListedAttributes>(
      ids.map((id) => ({ type: WORKFLOW_TYPE, id: documentId(spaceId, id) })),
      { fields: LISTED_FIELDS },
    );
    return toListedWorkflows(
      repository,
      found.filter((each) => each !== undefined),
    );
  }

  /**
   * Changes a workflow. Name, description, tags and `enabled` are changed in the YAML. {@link get}
   * cuts long descriptions; if the caller sends such a cut description back, the description stays
   * as it is.
   * @throws WorkflowError `workflow_not_found`, `stale_version`, `workflow_not_editable`,
   *   `workflow_limit_reached`, `schedule_limit_reached`, `workflow_too_complex`,
   *   `too_many_yaml_checks`
   */
  async update(
    principal: Principal,
    id: string,
    { yaml, version, totals, ...wanted }: WorkflowChanges,
  ): Promise<StoredWorkflow> {
    const { repository, clock, schedules, limits } = this.#deps;
    const { spaceId } = principal;
    const connectors = await this.connectors(principal);
    const updated = await retryConflicts<StoredWorkflow>(
      async () => {
        const current = await this.#read(spaceId, id);
        const { attributes } = current;
        if (version !== undefined && version !== versionOf(attributes)) throw staleVersion(id);
        const edits = withoutCutDescription(wanted, attributes);
        const text = { yaml: yaml ?? attributes.yaml, edits, connectors };
        const checked = await this.#check(principal, text);
        if (checked === undefined) throw notEditable(id);
        const saved = {
          yaml: checked.yaml,
          lastUpdatedAt: new Date(clock.now()).toISOString(),
          lastUpdatedBy: usernameOf(principal),
        };
        const changes = {
          ...describeWorkflow(checked),
          ...saved,
          revision: revisionOf(saved),
          // A user who only enables a workflow did not write its steps, so scheduled runs must not
          // act as this user.
          ...(yaml === undefined ? {} : { runsAs: this.#runsAs(principal) }),
        };
        const lengths = { before: attributes.yaml.length, after: saved.yaml.length };
        await limits.ensureCharacters(attributes.createdBy, lengths, totals);
        await limits.ensureSchedule(attributes, { ...attributes, ...changes });
        const write = () =>
          repository.update<WorkflowAttributes>(WORKFLOW_TYPE, documentId(spaceId, id), changes, {
            version: current.version,
          });
        const key = { spaceId, workflowId: id };
        const after = await schedules
          .saving(key, { ...attributes, ...changes }, () => unlessConflict(write))
          .catch(throwMapped);
        if (after === undefined) return CONFLICT;
        totals?.saved(attributes.createdBy, lengths);
        return toStored(after);
      },
      {
        attempts: MAX_ATTEMPTS,
        contended: () => {
          throw staleVersion(id);
        },
      },
    );
    this.#record(principal, id, 'update');
    return updated;
  }

  /**
   * Deletes a workflow.
   * @throws WorkflowError `workflow_not_found`, `stale_version`
   */
  async delete(principal: Principal, id: string): Promise<void> {
    const { repository, schedules } = this.#deps;
    const { spaceId } = principal;
    await retryConflicts<true>(
      async () => {
        const { version } = await this.#read(spaceId, id);
        const remove = async (): Promise<true> => {
          await repository.delete(WORKFLOW_TYPE, documentId(spaceId, id), { version });
          return true;
        };
        const key = { spaceId, workflowId: id };
        const isDeleted = await schedules.saving(key, undefined, () => unlessConflict(remove));
        return isDeleted ?? CONFLICT;
      },
      {
        attempts: MAX_ATTEMPTS,
        contended: () => {
          throw staleVersion(id);
        },
      },
    );
    this.#record(principal, id, 'delete');
  }

  /**
   * Checks the limits for a new workflow.
   * @throws WorkflowError if a limit is reached; if the id also exists, `workflow_exists` instead
   */
  async #ensureRoom(
    principal: Principal,
    { workflowId, attributes, totals }: WorkflowToAdd,
  ): Promise<void> {
    const { repository, limits } = this.#deps;
    const { spaceId } = principal;
    try {
      await limits.ensureOneMore(principal, attributes.createdBy);
      const after = attributes.yaml.length;
      await limits.ensureCharacters(attributes.createdBy, { before: 0, after }, totals);
      await limits.ensureSchedule(undefined, attributes);
    } catch (error) {
      // Replacing an existing workflow does not increase the number of workflows.
      if ((await readWorkflow(repository, { spaceId, workflowId })) !== undefined)
        throw idTaken(workflowId);
      throw error;
    }
  }

  #record(principal: Principal, id: string, change: 'create' | 'update' | 'delete'): void {
    this.#deps.security.audit.log(principal, {
      action: `workflow_${change}`,
      outcome: 'success',
      message: `User has ${change}d workflow [${id}]`,
      savedObject: { type: WORKFLOW_TYPE, id },
    });
  }

  /** The user whose connections scheduled runs of a workflow use: the user of this request. */
  #runsAs(principal: Principal): WorkflowAttributes['runsAs'] {
    const { profileUid, apiKeyId } = this.#deps.actions.deferredUser(principal);
    return { username: usernameOf(principal), profileUid, apiKeyId };
  }

  async #read(spaceId: string, id: string): Promise<SavedObject<WorkflowAttributes>> {
    const found = await this.#deps.repository.getIfExists<WorkflowAttributes>(
      WORKFLOW_TYPE,
      documentId(spaceId, id),
    );
    if (found === undefined) throw notFound(id);
    return found;
  }

  /** Edits and checks a text. `undefined`: an edit is not possible. */
  async #check(
    principal: Principal,
    { yaml, edits = {}, connectors, workflows }: TextToCheck,
  ): Promise<AnalyzedText | undefined> {
    const options = {
      edits,
      connectors: connectors ?? (await this.connectors(principal)),
      workflows,
    };
    return this.#deps.stepTypes.documents.analyze(yaml, options, ownerOf(principal));
  }

  /**
   * Finds the workflows that steps start, with their inputs. Workflows that cannot be read are left
   * out.
   */
  async #known(
    principal: Principal,
    references: readonly string[],
  ): Promise<readonly KnownWorkflow[]> {
    const known: KnownWorkflow[] = [];
    const ended = new AbortController();
    const lookUpAll = async (): Promise<void> => {
      for (const reference of references.slice(0, MAX_REFERENCES)) {
        if (ended.signal.aborted) return;
        const found = await this.#lookUp(principal, reference).catch(() => undefined);
        if (found !== undefined) known.push(found);
      }
    };
    const deadline = this.#deps.clock.sleep(LOOKUPS_MS, ended.signal).catch(() => undefined);
    await Promise.race([lookUpAll(), deadline]);
    ended.abort();
    return [...known];
  }

  async #lookUp(principal: Principal, reference: string): Promise<KnownWorkflow> {
    const workflow = await this.findByIdOrName(principal, reference);
    if (workflow === 'missing' || workflow === 'ambiguous') return { reference, state: workflow };
    const inputs = inputsSchema(await this.read(principal, workflow.yaml));
    return { reference, state: 'found', inputs };
  }
}

/**
 * Removes an unchanged description from the changes. Responses cut long descriptions, and the
 * caller may send the cut text back, although the YAML has more.
 */
function withoutCutDescription(
  { description, ...others }: WorkflowEdits,
  shown: Pick<WorkflowAttributes, 'description'>,
): WorkflowEdits {
  const isCut = description?.length === MAX_DESCRIPTION && description === shown.description;
  return isCut || description === undefined ? others : { ...others, description };
}

function ownerOf({ user }: Pick<Principal, 'user'>): DocumentOwner {
  return { profileUid: user?.profileUid ?? '' };
}

/**
 * Throws the error of a schedule as a WorkflowError.
 * @throws WorkflowError `workflow_not_valid` for a schedule that has no occurrences; otherwise the
 *   error itself
 */
function throwMapped(error: unknown): never {
  if (!(error instanceof TaskScheduleError)) throw error;
  throw new WorkflowError(
    'workflow_not_valid',
    `A schedule of the workflow is not possible: ${error.message}`,
  );
}

/**
 * Returns the name of the user of a request.
 * @throws HttpError 401 without a user
 */
export function usernameOf({ user }: Pick<Principal, 'user'>): string {
  if (user === undefined) throw new HttpError(401, 'Authentication is required.');
  return user.username;
}

/**
 * Checks that the space is not being deleted.
 * @throws HttpError 404 if it is
 */
async function ensureOpen(spaces: Pick<SpacesStart, 'isOpen'>, spaceId: string): Promise<void> {
  if (!(await spaces.isOpen(spaceId))) throw new HttpError(404, 'The space does not exist.');
}

function idReserved(id: string): WorkflowError {
  return new WorkflowError(
    'workflow_id_reserved',
    `The workflow id [${id}] is the name of a page. Choose another id.`,
  );
}

function idTaken(id: string): WorkflowError {
  return new WorkflowError('workflow_exists', `The workflow id [${id}] is taken.`);
}

function staleVersion(id: string): WorkflowError {
  return new WorkflowError(
    'stale_version',
    `Workflow [${id}] was changed by another request. Read it again before you change it.`,
  );
}

function notEditable(id: string): WorkflowError {
  return new WorkflowError(
    'workflow_not_editable',
    `The change cannot be written into the YAML of workflow [${id}]. Edit the YAML itself.`,
  );
}

function notFound(id: string): WorkflowError {
  return new WorkflowError('workflow_not_found', `Workflow [${id}] does not exist.`);
}
