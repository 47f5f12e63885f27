import { filter, type SavedObject, type SavedObjectsRepository } from '@latchkey/saved-objects';
import type { WorkflowKey } from '../schedules/index.ts';
import { revisionOf, WORKFLOW_TYPE, type WorkflowAttributes } from './workflow_type.ts';

/** Number of workflows that are read in one call. */
const WORKFLOWS_PER_READ = 10;

/** A workflow as it is stored. */
export type StoredWorkflow = WorkflowAttributes & { readonly id: string };

/**
 * Attributes that lists of workflows show or need: all except the YAML and attributes for searches.
 */
export const LISTED_FIELDS = [
  'spaceId',
  'name',
  'description',
  'enabled',
  'tags',
  'valid',
  'triggerTypes',
  'scheduleKeys',
  'connectors',
  'runsAs',
  'createdAt',
  'createdBy',
  'lastUpdatedAt',
  'lastUpdatedBy',
  'revision',
] as const satisfies readonly (keyof WorkflowAttributes)[];

/** Attributes with the names {@link LISTED_FIELDS}. */
export type ListedAttributes = Pick<WorkflowAttributes, (typeof LISTED_FIELDS)[number]>;

/** A workflow without its YAML, for lists. */
export type ListedWorkflow = ListedAttributes & { readonly id: string };

/**
 * Finds enabled, valid workflows of a space with a trigger. Their YAML is not read, because a
 * hundred workflows can have 100 MB. May miss changes of the last second.
 */
export async function* workflowsWithTrigger(
  repository: SavedObjectsRepository,
  trigger: string,
  spaceId: string,
): AsyncGenerator<readonly ListedWorkflow[]> {
  const batches = repository.iterate<ListedAttributes>({
    type: WORKFLOW_TYPE,
    fields: LISTED_FIELDS,
    filter: filter.and(
      filter.equals('triggerTypes', trigger),
      filter.equals('enabled', true),
      filter.equals('spaceId', spaceId),
    ),
    batchSize: WORKFLOWS_PER_READ,
  });
  for await (const batch of batches) {
    const listed = await toListedWorkflows(repository, batch);
    yield listed.filter(({ valid }) => valid);
  }
}

/** Reads a workflow in real time. `undefined`: it does not exist. */
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

/** Converts a saved object to a workflow for services and routes. */
export function toStored({ id, attributes }: SavedObject<WorkflowAttributes>): StoredWorkflow {
  const revision = hasOwnRevision(attributes) ? attributes.revision : revisionOf(attributes);
  return { ...attributes, revision, id: workflowIdOf(id, attributes) };
}

/**
 * Converts saved objects that were read with {@link LISTED_FIELDS} to workflows, in their order. A
 * server of an older build, which writes no revision, may have changed a workflow; such a workflow
 * is read again as a whole. A workflow that was deleted meanwhile is left out.
 */
export async function toListedWorkflows(
  repository: SavedObjectsRepository,
  found: readonly SavedObject<ListedAttributes>[],
): Promise<readonly ListedWorkflow[]> {
  const outdated = found.filter(({ attributes }) => !hasOwnRevision(attributes));
  const read = await repository.bulkGet<WorkflowAttributes>(outdated);
  const corrected = new Map(outdated.map((object, i) => [object, read[i]]));
  return found.flatMap((object): ListedWorkflow[] => {
    const { id, attributes } = object;
    if (!corrected.has(object)) return [{ ...attributes, id: workflowIdOf(id, attributes) }];
    const whole = corrected.get(object);
    if (whole === undefined) return [];
    const { yaml: _, searchText: __, sortName: ___, ...listed } = toStored(whole);
    return [listed];
  });
}

function hasOwnRevision({ revision, lastUpdatedAt }: ListedAttributes): boolean {
  return revision.updatedAt === lastUpdatedAt;
}

/** Id of a workflow within its space, from the id of its document. */
export function workflowIdOf(id: string, { spaceId }: Pick<WorkflowAttributes, 'spaceId'>): string {
  return id.slice(spaceId.length + 1);
}

/**
 * Id of the document of a workflow. It includes the space, so that users of one space cannot find
 * out which ids another space has.
 */
export function documentId(spaceId: string, id: string): string {
  return `${spaceId}:${id}`;
}
