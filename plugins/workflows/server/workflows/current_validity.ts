import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { createLruCache, type Principal } from '@latchkey/core/server';
import type { KnownConnector } from '@latchkey/workflow-language';
import type { DocumentReader } from './document_reader.ts';
import type { StoredWorkflow } from './stored_workflow.ts';
import { WorkflowError } from './workflow_error.ts';
import type { WorkflowService } from './workflow_service.ts';

/** Results that are kept, by the YAML and the connectors that it states. */
const KEPT_RESULTS = 2_000;
/** Characters of YAML that one request checks: a page of usual workflows, or one large one. */
const CHECKED_PER_REQUEST = 1_000_000;

/** Dependencies of {@link CurrentValidity}. */
export interface CurrentValidityDeps {
  readonly workflows: Pick<WorkflowService, 'connectors'>;
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
  async of(
    principal: Principal,
    workflows: readonly StoredWorkflow[],
  ): Promise<readonly StoredWorkflow[]> {
    if (workflows.every(({ connectors }) => connectors.length === 0)) return workflows;
    const known = await this.#deps.workflows.connectors(principal);
    if (known === undefined) return workflows;
    const current: StoredWorkflow[] = [];
    let left = CHECKED_PER_REQUEST;
    for (const workflow of workflows) {
      const stated = statedBy(workflow, known);
      const isNarrowed = stated.some(({ enabledActions }) => enabledActions !== undefined);
      const isDoubtful = isNarrowed || (!workflow.valid && stated.length > 0);
      if (isDoubtful) left -= workflow.yaml.length;
      const isChecked = isDoubtful && left >= 0;
      const valid = isChecked
        ? await this.#isValid(principal, workflow, { known, stated })
        : workflow.valid;
      current.push(valid === workflow.valid ? workflow : { ...workflow, valid });
    }
    return current;
  }

  async #isValid(
    { user }: Principal,
    { yaml, valid }: StoredWorkflow,
    {
      known,
      stated,
    }: { readonly known: readonly KnownConnector[]; readonly stated: readonly KnownConnector[] },
  ): Promise<boolean> {
    const key = createHash('sha256')
      .update(JSON.stringify([yaml, stated]))
      .digest('base64url');
    const kept = this.#results.get(key);
    if (kept !== undefined) return kept;
    // A check of a small text is not interrupted.
    await setImmediate();
    try {
      const owner = { profileUid: user?.profileUid ?? '' };
      const checked = await this.#deps.documents.analyze(yaml, { connectors: known }, owner);
      const result = checked?.valid ?? valid;
      this.#results.set(key, result);
      return result;
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      return valid;
    }
  }
}

/** The connectors that the steps of a workflow state by id or name. */
function statedBy(
  { connectors }: StoredWorkflow,
  known: readonly KnownConnector[],
): readonly KnownConnector[] {
  return known.filter(({ id, name }) => connectors.includes(id) || connectors.includes(name));
}
