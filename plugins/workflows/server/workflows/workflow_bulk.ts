import type { Logger, Principal } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import { MAX_BULK_BYTES } from '../../common/index.ts';
import type { StoredWorkflow } from './stored_workflow.ts';
import { WorkflowError } from './workflow_error.ts';
import { CharacterTotals } from './workflow_limits.ts';
import type { WorkflowService } from './workflow_service.ts';

/** Maximum characters of the name of a workflow. */
const MAX_NAME_LENGTH = 1_024;
/** Suffix of the name of a copy, as in Kibana. */
const COPY = ' Copy';
/** Number of workflows that an export reads together. */
const WORKFLOWS_PER_READ = 10;
/** Bytes of an export besides its workflows: at most those of an empty one and a large count. */
const BYTES_AROUND_EXPORT = 150;

/** A request to create many workflows. */
interface BulkRequest {
  readonly items: readonly { readonly yaml: string; readonly id?: string | undefined }[];
  /** `true`: a workflow with the same id is replaced. */
  readonly overwrite: boolean;
}

/** Reason why a workflow was not changed, with its error code. */
type BulkError = Pick<WorkflowError, 'message'> & { readonly code: string };

/** Services for requests that change many workflows. */
export interface BulkDeps {
  readonly workflows: WorkflowService;
  readonly logger: Logger;
}

/** Result of the creation of many workflows. */
export interface BulkCreated {
  readonly created: readonly StoredWorkflow[];
  readonly failed: readonly {
    /** Position in the request, from 0. */
    readonly index: number;
    readonly id: string | undefined;
    readonly error: BulkError;
  }[];
}

/** A workflow that was not changed by a request for many workflows. */
export interface BulkFailure {
  readonly id: string;
  readonly error: BulkError;
}

/** Result of the deletion of many workflows. */
export interface BulkDeleted {
  readonly deleted: number;
  readonly failures: readonly BulkFailure[];
}

/** Result of a change of many workflows. */
export interface BulkChanged {
  readonly changed: number;
  readonly failures: readonly BulkFailure[];
}

/**
 * Creates workflows one after the other. A refused workflow does not prevent the others. A failure
 * of the server ends the request and is reported for each remaining workflow.
 * @throws a failure of the server before anything was created
 */
export async function createMany(
  { workflows, logger }: BulkDeps,
  principal: Principal,
  { items, overwrite }: BulkRequest,
): Promise<BulkCreated> {
  const connectors = await workflows.connectors(principal);
  const totals = new CharacterTotals();
  const created: StoredWorkflow[] = [];
  const failed: BulkCreated['failed'][number][] = [];
  for (const [index, { yaml, id }] of items.entries()) {
    try {
      created.push(await createOrReplace());
    } catch (error) {
      if (error instanceof WorkflowError) {
        failed.push({ index, id, error });
        continue;
      }
      if (created.length === 0) throw error;
      const failure = serverFailure(error, logger);
      const rest = [...items.entries()].slice(index);
      failed.push(...rest.map(([at, item]) => ({ index: at, id: item.id, error: failure })));
      break;
    }

    async function createOrReplace(): Promise<StoredWorkflow> {
      try {
        return await workflows.create(principal, { yaml, id, connectors, totals });
      } catch (error) {
        const isTaken = error instanceof WorkflowError && error.code === 'workflow_exists';
        if (!overwrite || id === undefined || !isTaken) throw error;
        return workflows.update(principal, id, { yaml, totals });
      }
    }
  }
  return { created, failed };
}

/**
 * Deletes workflows. A workflow that does not exist does not prevent the deletion of the others.
 * @throws a failure of the server before anything was deleted
 */
export async function deleteMany(
  deps: BulkDeps,
  principal: Principal,
  ids: readonly string[],
): Promise<BulkDeleted> {
  const { changed, failures } = await forEach(deps, ids, (id) =>
    deps.workflows.delete(principal, id),
  );
  return { deleted: changed, failures };
}

/**
 * Enables or disables workflows. A refused workflow does not prevent the change of the others.
 * @throws a failure of the server before anything was changed
 */
export function setEnabledMany(
  deps: BulkDeps,
  principal: Principal,
  { ids, enabled }: { readonly ids: readonly string[]; readonly enabled: boolean },
): Promise<BulkChanged> {
  const totals = new CharacterTotals();
  return forEach(deps, ids, (id) => deps.workflows.update(principal, id, { enabled, totals }));
}

/**
 * Changes workflows one after the other. A failure of the server ends the loop, and is reported for
 * all remaining workflows.
 * @throws a failure of the server before anything was changed
 */
async function forEach(
  { logger }: BulkDeps,
  ids: readonly string[],
  change: (id: string) => Promise<unknown>,
): Promise<BulkChanged> {
  let changed = 0;
  const failures: BulkFailure[] = [];
  const wanted = [...new Set(ids)];
  for (const [index, id] of wanted.entries()) {
    try {
      await change(id);
      changed += 1;
    } catch (error) {
      if (error instanceof WorkflowError) {
        failures.push({ id, error });
        continue;
      }
      if (changed === 0) throw error;
      const failure = serverFailure(error, logger);
      failures.push(...wanted.slice(index).map((each) => ({ id: each, error: failure })));
      break;
    }
  }
  return { changed, failures };
}

/** Logs an error that is not a refusal, and returns a general error for the response. */
function serverFailure(error: unknown, logger: Logger): BulkError {
  logger.error(
    'A bulk change of workflows stopped at an error; the remaining workflows were not changed',
    {
      error,
    },
  );
  return {
    code: error instanceof SavedObjectError ? error.code : 'unavailable',
    message: 'The server could not change this workflow. Try again.',
  };
}

/**
 * Copies a workflow. The copy is disabled if it would start by itself.
 * @throws the same errors as `WorkflowService.get`
 */
export async function cloneWorkflow(
  workflows: WorkflowService,
  principal: Principal,
  id: string,
): Promise<StoredWorkflow> {
  const { yaml, name, triggerTypes } = await workflows.get(principal, id);
  const startsByItself = triggerTypes.some((type) => type !== 'manual');
  const edits = {
    name: `${name.slice(0, MAX_NAME_LENGTH - COPY.length)}${COPY}`,
    ...(startsByItself ? { enabled: false } : {}),
  };
  try {
    return await workflows.create(principal, { yaml, edits });
  } catch (error) {
    const isEditable = !(error instanceof WorkflowError) || error.code !== 'workflow_not_editable';
    if (isEditable) throw error;
    if (!startsByItself) return workflows.create(principal, { yaml });
    throw new WorkflowError(
      'workflow_not_editable',
      `Workflow [${id}] cannot be copied, because \`enabled\` cannot be changed in its YAML.`,
    );
  }
}

/** A workflow in an export. */
export interface ExportedWorkflow {
  readonly id: string;
  readonly yaml: string;
}

/**
 * Reads the workflows with the ids that exist, in the order of the ids. Stops when there are more
 * bytes than an import accepts.
 * @throws WorkflowError `workflow_not_found` if none of them exists when the export begins,
 *   `export_too_large`
 */
export async function exportMany(
  workflows: Pick<WorkflowService, 'getMany' | 'getManyListed'>,
  principal: Principal,
  ids: readonly string[],
): Promise<readonly ExportedWorkflow[]> {
  const listed = await workflows.getManyListed(principal, [...new Set(ids)]);
  if (listed.length === 0)
    throw new WorkflowError('workflow_not_found', `Workflow [${ids[0]}] does not exist.`);
  // A text has at least as many bytes as characters, so most exports that are too large are refused
  // before texts are read.
  let bytes = listed.reduce((sum, { revision }) => sum + revision.yamlLength, 0);
  if (bytes > MAX_BULK_BYTES) throw exportTooLarge();
  bytes = BYTES_AROUND_EXPORT;
  const exported: ExportedWorkflow[] = [];
  for (let from = 0; from < listed.length; from += WORKFLOWS_PER_READ) {
    const part = listed.slice(from, from + WORKFLOWS_PER_READ).map(({ id }) => id);
    for (const { id, yaml } of await workflows.getMany(principal, part)) {
      bytes += Buffer.byteLength(JSON.stringify({ id, yaml })) + 1;
      if (bytes > MAX_BULK_BYTES) throw exportTooLarge();
      exported.push({ id, yaml });
    }
  }
  return exported;
}

function exportTooLarge(): WorkflowError {
  return new WorkflowError(
    'export_too_large',
    `The workflows have more than ${MAX_BULK_BYTES / 1024 ** 2} MB together. Export fewer workflows per request.`,
  );
}
