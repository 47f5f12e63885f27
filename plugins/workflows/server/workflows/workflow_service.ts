import type { ActionsStart } from '@latchkey/actions-plugin/server';
import { type Clock, HttpError, type Principal, type Randomness } from '@latchkey/core/server';
import {
  filter,
  isSavedObjectError,
  type SavedObject,
  type SavedObjectsRepository,
} from '@latchkey/saved-objects';
import type { SpacesStart } from '@latchkey/spaces-plugin/server';
import { TaskScheduleError } from '@latchkey/task-manager-plugin/server';
import {
  isRecord,
  ownProperty,
  type ValidationResult,
  validateWorkflow,
} from '@latchkey/workflow-language';
import {
  type ScheduleTasks,
  scheduledTriggersOf,
  triggerTypesOf,
  type WorkflowKey,
} from '../schedules/index.ts';
import type { StepTypes } from './step_types.ts';
import { WorkflowError } from './workflow_error.ts';
import { WORKFLOW_TYPE, type WorkflowAttributes } from './workflow_type.ts';

/** A workflow as it is stored. */
export type StoredWorkflow = WorkflowAttributes & { readonly id: string };

/** Dependencies of {@link WorkflowService}. */
export interface WorkflowServiceDeps {
  readonly repository: SavedObjectsRepository;
  readonly actions: Pick<ActionsStart, 'getActionsClient' | 'deferredUser'>;
  readonly schedules: ScheduleTasks;
  readonly spaces: Pick<SpacesStart, 'isOpen'>;
  readonly stepTypes: StepTypes;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** Stores and checks workflows. Routes check the privileges. */
export class WorkflowService {
  readonly #deps: WorkflowServiceDeps;

  constructor(deps: WorkflowServiceDeps) {
    this.#deps = deps;
  }

  /** Checks YAML with the connectors that the principal may use. */
  async validate(principal: Principal, yaml: string): Promise<ValidationResult> {
    const { actions, stepTypes } = this.#deps;
    const connectors = await actions.getActionsClient(principal).getAll();
    return validateWorkflow(yaml, {
      registry: stepTypes.registry,
      connectors: connectors.map(({ id, name, connectorTypeId }) => ({
        id,
        name,
        connectorTypeId,
      })),
    });
  }

  /** @throws WorkflowError `workflow_exists` */
  async create(
    principal: Principal,
    { yaml, id }: { readonly yaml: string; readonly id?: string | undefined },
  ): Promise<StoredWorkflow> {
    const { repository, randomness, clock, spaces, schedules } = this.#deps;
    const { spaceId } = principal;
    const at = new Date(clock.now()).toISOString();
    const by = usernameOf(principal);
    const attributes: WorkflowAttributes = {
      ...(await this.#described(principal, yaml)),
      spaceId,
      runsAs: this.#runsAs(principal),
      createdAt: at,
      createdBy: by,
      updatedAt: at,
      updatedBy: by,
    };
    const newId = id ?? `workflow-${randomness.uuid()}`;
    await ensureOpen(spaces, spaceId);
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
      return toStored(created);
    } catch (error) {
      if (!isSavedObjectError(error, 'conflict')) throw error;
      throw new WorkflowError('workflow_exists', `The workflow id [${newId}] is taken.`);
    }
  }

  /** @throws WorkflowError `workflow_not_found` */
  async get({ spaceId }: Pick<Principal, 'spaceId'>, id: string): Promise<StoredWorkflow> {
    return toStored(await this.#read(spaceId, id));
  }

  async list(
    { spaceId }: Pick<Principal, 'spaceId'>,
    { page, size }: { readonly page: number; readonly size: number },
  ): Promise<{ readonly workflows: readonly StoredWorkflow[]; readonly total: number }> {
    const { savedObjects, total } = await this.#deps.repository.find<WorkflowAttributes>({
      type: WORKFLOW_TYPE,
      filter: filter.equals('spaceId', spaceId),
      sort: [{ field: 'name', order: 'asc' }],
      page,
      perPage: size,
    });
    return { workflows: savedObjects.map(toStored), total };
  }

  /** @throws WorkflowError `workflow_not_found` */
  async update(
    principal: Principal,
    id: string,
    {
      yaml,
      enabled,
    }: { readonly yaml?: string | undefined; readonly enabled?: boolean | undefined },
  ): Promise<StoredWorkflow> {
    const { repository, clock, schedules } = this.#deps;
    const { attributes } = await this.#read(principal.spaceId, id);
    const described = yaml === undefined ? {} : await this.#described(principal, yaml);
    const changes = {
      ...described,
      ...(enabled === undefined ? {} : { enabled }),
      runsAs: this.#runsAs(principal),
      updatedAt: new Date(clock.now()).toISOString(),
      updatedBy: usernameOf(principal),
    };
    const key = { spaceId: principal.spaceId, workflowId: id };
    const { outcome, after } = await schedules
      .saving(key, { ...attributes, ...changes }, () =>
        repository.mutate<WorkflowAttributes>(
          WORKFLOW_TYPE,
          documentId(principal.spaceId, id),
          (current) => (current === undefined ? 'skip' : changes),
        ),
      )
      .catch(throwMapped);
    if (outcome !== 'updated' || after === undefined) throw notFound(id);
    return toStored(after);
  }

  /** @throws WorkflowError `workflow_not_found` */
  async delete({ spaceId }: Pick<Principal, 'spaceId'>, id: string): Promise<void> {
    const { repository, schedules } = this.#deps;
    const { version } = await this.#read(spaceId, id);
    await schedules.saving({ spaceId, workflowId: id }, undefined, () =>
      repository.delete(WORKFLOW_TYPE, documentId(spaceId, id), { version }),
    );
  }

  /** The user whose connections scheduled runs of a workflow use. */
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

  async #described(principal: Principal, yaml: string) {
    const { valid, document } = await this.validate(principal, yaml);
    const text = (key: string): string | undefined => {
      const value = ownProperty(document, key);
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const tags = isRecord(document) ? document['tags'] : undefined;
    return {
      name: (text('name') ?? 'Untitled workflow').slice(0, 1_024),
      description: text('description'),
      enabled: ownProperty(document, 'enabled') !== false,
      tags: tagsOf(tags),
      valid,
      yaml,
      triggerTypes: [...triggerTypesOf(document)],
      scheduleKeys: valid ? scheduledTriggersOf(document).map(({ key }) => key) : [],
    };
  }
}

/** @throws WorkflowError `workflow_not_valid` for a schedule that cannot occur; else the error */
function throwMapped(error: unknown): never {
  if (!(error instanceof TaskScheduleError)) throw error;
  throw new WorkflowError(
    'workflow_not_valid',
    `A schedule of the workflow is not possible: ${error.message}`,
  );
}

/** Reads a workflow in real time. Undefined: it does not exist. */
export async function readWorkflow(
  repository: SavedObjectsRepository,
  { spaceId, workflowId }: WorkflowKey,
): Promise<(StoredWorkflow & { readonly version: string }) | undefined> {
  const found = await repository.getIfExists<WorkflowAttributes>(
    WORKFLOW_TYPE,
    documentId(spaceId, workflowId),
  );
  return found && { ...toStored(found), version: found.version };
}

/** @throws HttpError 401 without a user */
export function usernameOf({ user }: Pick<Principal, 'user'>): string {
  if (user === undefined) throw new HttpError(401, 'Authentication is required.');
  return user.username;
}

/** @throws HttpError 404 if the space is being deleted */
async function ensureOpen(spaces: Pick<SpacesStart, 'isOpen'>, spaceId: string): Promise<void> {
  if (!(await spaces.isOpen(spaceId))) throw new HttpError(404, 'The space does not exist.');
}

/** Tags within the limits of the store. Longer ones are cut. */
function tagsOf(tags: unknown): string[] {
  const texts = Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  return texts.slice(0, 1_000).map((tag) => tag.slice(0, 1_024));
}

function toStored({ id, attributes }: SavedObject<WorkflowAttributes>): StoredWorkflow {
  return { ...attributes, id: workflowIdOf(id, attributes) };
}

/** Id of a workflow in its space, from the id of its document. */
export function workflowIdOf(id: string, { spaceId }: Pick<WorkflowAttributes, 'spaceId'>): string {
  return id.slice(spaceId.length + 1);
}

/** Ids are those of a space, so that one space does not see which ids another one has. */
function documentId(spaceId: string, id: string): string {
  return `${spaceId}:${id}`;
}

function notFound(id: string): WorkflowError {
  return new WorkflowError('workflow_not_found', `Workflow [${id}] does not exist.`);
}
