import { createHash } from 'node:crypto';
import { filter, type SavedObject, type SavedObjectsRepository } from '@latchkey/saved-objects';
import type { WorkflowKey } from '../schedules/index.ts';
import { WORKFLOW_TYPE, type WorkflowAttributes } from './workflow_type.ts';

/** Workflows that are read in one call. */
const WORKFLOWS_PER_READ = 10;

/** A workflow as it is stored. */
export type StoredWorkflow = WorkflowAttributes & { readonly id: string };

/**
 * Enabled, valid workflows of a space with a trigger, in small batches because each has its YAML.
 * May lack changes of the last second.
 */
export async function* workflowsWithTrigger(
  repository: SavedObjectsRepository,
  trigger: string,
  spaceId: string,
): AsyncGenerator<readonly StoredWorkflow[]> {
  const batches = repository.iterate<WorkflowAttributes>({
    type: WORKFLOW_TYPE,
    filter: filter.and(
      filter.equals('triggerTypes', trigger),
      filter.equals('enabled', true),
      filter.equals('spaceId', spaceId),
    ),
    batchSize: WORKFLOWS_PER_READ,
  });
  for await (const batch of batches) yield batch.map(toStored).filter(({ valid }) => valid);
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

/**
 * Version of a workflow for callers that edit it. It changes with each change by a user, and not
 * with what the server stores beside.
 */
export function versionOf({
  lastUpdatedAt,
  lastUpdatedBy,
  yaml,
}: Pick<WorkflowAttributes, 'lastUpdatedAt' | 'lastUpdatedBy' | 'yaml'>): string {
  return createHash('sha256')
    .update(`${lastUpdatedAt}\n${lastUpdatedBy}\n${yaml}`)
    .digest('base64url');
}

/** A workflow as services and routes use it. */
export function toStored({ id, attributes }: SavedObject<WorkflowAttributes>): StoredWorkflow {
  return { ...attributes, id: workflowIdOf(id, attributes) };
}

/** Id of a workflow in its space, from the id of its document. */
export function workflowIdOf(id: string, { spaceId }: Pick<WorkflowAttributes, 'spaceId'>): string {
  return id.slice(spaceId.length + 1);
}

/** Ids are those of a space, so that one space does not see which ids another one has. */
export function documentId(spaceId: string, id: string): string {
  return `${spaceId}:${id}`;
}
