import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { createLruCache, type Principal } from '@latchkey/core/server';
import type { KnownConnector } from '@latchkey/workflow-language';
import type { DocumentReader } from './document_reader.ts';
import type { ListedWorkflow } from './stored_workflow.ts';
import { WorkflowError } from './workflow_error.ts';
import type { WorkflowService } from './workflow_service.ts';

/** Results that are kept, by the YAML and the connectors that it states. */
const KEPT_RESULTS = 2_000;
/** Characters of YAML that one request checks: a page of usual workflows, or one large one. */
const CHECKED_PER_REQUEST = 1_000_000;

/** A workflow to check. Without its YAML, it is read when it is needed. */
export type CheckedWorkflow = Pick<ListedWorkflow, 'id' | 'connectors' | 'valid' | 'revision'> & {
  readonly yaml?: string;
};

/** Dependencies of {@link CurrentValidity}. */
export interface CurrentValidityDeps {
  readonly workflows: Pick<WorkflowService, 'connectors' | 'get'>;
  readonly documents: Pick<DocumentReader, 'analyze'>;
}

/**
 * Tells if stored workflows are valid now. Connectors change after a workflow is saved: an action
 * of a step may no longer be enabled.
 */
export class CurrentValidity {
  readonly #deps: CurrentValidityDeps;
  readonly #results = createLruCache<string, boolean>(KEPT_RESULTS);

  constructor(deps: CurrentValidityDeps) {
    this.#deps = deps;
  }

  /**
   * The workflows with `valid` as it is now for a user who may see the connectors; for others as of
   * the last save. Those that would take too long to be checked keep their value.
   */
  async of<W extends CheckedWorkflow>(
    principal: Principal,
    workflows: readonly W[],
  ): Promise<readonly W[]> {
    if (workflows.every(({ connectors }) => connectors.length === 0)) return workflows;
    const known = await this.#deps.workflows.connectors(principal);
    if (known === undefined) return workflows;
    const current: W[] = [];
    let left = CHECKED_PER_REQUEST;
    for (const workflow of workflows) {
      const stated = statedBy(workflow, known);
      const isNarrowed = stated.some(({ enabledActions }) => enabledActions !== undefined);
      const isDoubtful = isNarrowed || (!workflow.valid && stated.length > 0);
      if (!isDoubtful) {
        current.push(workflow);
        continue;
      }
      const key = keyOf(workflow, stated);
      let valid = this.#results.get(key);
      if (valid === undefined) {
        left -= workflow.revision.yamlLength;
        if (left >= 0) valid = await this.#check(principal, workflow, known);
        if (valid !== undefined) this.#results.set(key, valid);
      }
      current.push({ ...workflow, valid: valid ?? workflow.valid });
    }
    return current;
  }

  /** Undefined: the workflow has changed, or takes too long. */
  async #check(
    principal: Principal,
    workflow: CheckedWorkflow,
    connectors: readonly KnownConnector[],
  ): Promise<boolean | undefined> {
    // A check of a small text is not interrupted.
    await setImmediate();
    const { workflows, documents } = this.#deps;
    try {
      const { yaml, revision } =
        workflow.yaml === undefined ? await workflows.get(principal, workflow.id) : workflow;
      if (yaml === undefined || revision.version !== workflow.revision.version) return undefined;
      const owner = { profileUid: principal.user?.profileUid ?? '' };
      return (await documents.analyze(yaml, { connectors }, owner))?.valid;
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      return undefined;
    }
  }
}

/** A key that changes with the YAML and with the connectors that it states. */
function keyOf({ revision }: CheckedWorkflow, stated: readonly KnownConnector[]): string {
  return createHash('sha256')
    .update(JSON.stringify([revision.version, stated]))
    .digest('base64url');
}

/** The connectors that the steps of a workflow state by id or name. */
function statedBy(
  { connectors }: CheckedWorkflow,
  known: readonly KnownConnector[],
): readonly KnownConnector[] {
  return known.filter(({ id, name }) => connectors.includes(id) || connectors.includes(name));
}
