import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { createLruCache, type Principal } from '@latchkey/core/server';
import type { KnownConnector } from '@latchkey/workflow-language';
import type { DocumentReader } from './document_reader.ts';
import type { ListedWorkflow } from './stored_workflow.ts';
import { WorkflowError } from './workflow_error.ts';
import type { WorkflowService } from './workflow_service.ts';

/** Maximum number of results that are kept. Their key consists of the YAML and its connectors. */
const KEPT_RESULTS = 2_000;
/**
 * Maximum characters of YAML that one request checks: one page of typical workflows, or one large
 * workflow.
 */
const CHECKED_PER_REQUEST = 1_000_000;

/** A workflow to check. If `yaml` is absent, it is read when it is needed. */
export type CheckedWorkflow = Pick<ListedWorkflow, 'id' | 'connectors' | 'valid' | 'revision'> & {
  readonly yaml?: string;
};

/** Dependencies of {@link CurrentValidity}. */
export interface CurrentValidityDeps {
  readonly workflows: Pick<WorkflowService, 'connectors' | 'get'>;
  readonly documents: Pick<DocumentReader, 'analyze'>;
}

/**
 * Tells if stored workflows are valid now. The stored `valid` may be outdated, because connectors
 * change after a workflow is saved: an action that a step uses may no longer be enabled.
 */
export class CurrentValidity {
  readonly #deps: CurrentValidityDeps;
  readonly #results = createLruCache<string, boolean>(KEPT_RESULTS);

  constructor(deps: CurrentValidityDeps) {
    this.#deps = deps;
  }

  /**
   * Copies of the workflows with the current value of `valid`, if the user may see connectors. For
   * other users, and for workflows whose check would take too long, `valid` is the value of the
   * last save.
   */
  async of<W extends CheckedWorkflow>(
    principal: Principal,
    workflows: readonly W[],
  ): Promise<readonly W[]> {
    if (workflows.every(({ connectors }) => connectors.length === 0)) return workflows;
    const known = await this.#deps.workflows.connectors(principal);
    if (known === undefined) return workflows;
    const current: W[] = [];
    let remainingCharacters = CHECKED_PER_REQUEST;
    for (const workflow of workflows) {
      const named = connectorsNamedBy(workflow, known);
      const isNarrowed = named.some(({ enabledActions }) => enabledActions !== undefined);
      const isDoubtful = isNarrowed || (!workflow.valid && named.length > 0);
      if (!isDoubtful) {
        current.push(workflow);
        continue;
      }
      const key = keyOf(workflow, named);
      let valid = this.#results.get(key);
      if (valid === undefined) {
        remainingCharacters -= workflow.revision.yamlLength;
        if (remainingCharacters >= 0) valid = await this.#check(principal, workflow, known);
        if (valid !== undefined) this.#results.set(key, valid);
      }
      current.push({ ...workflow, valid: valid ?? workflow.valid });
    }
    return current;
  }

  /**
   * Checks one workflow. `undefined`: the workflow has changed meanwhile, or the check takes too
   * long.
   */
  async #check(
    principal: Principal,
    workflow: CheckedWorkflow,
    connectors: readonly KnownConnector[],
  ): Promise<boolean | undefined> {
    // The check of a small text cannot be interrupted, so other work gets a turn before it.
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

/** Key that changes when the YAML or one of its connectors changes. */
function keyOf({ revision }: CheckedWorkflow, named: readonly KnownConnector[]): string {
  return createHash('sha256')
    .update(JSON.stringify([revision.version, named]))
    .digest('base64url');
}

/** The connectors that the steps of a workflow name by id or by name. */
function connectorsNamedBy(
  { connectors }: CheckedWorkflow,
  known: readonly KnownConnector[],
): readonly KnownConnector[] {
  return known.filter(({ id, name }) => connectors.includes(id) || connectors.includes(name));
}
