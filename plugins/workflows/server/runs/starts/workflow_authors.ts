import type { SecurityStart } from '@latchkey/security-plugin/server';
import { WORKFLOW_PRIVILEGES } from '../../../common/index.ts';
import type { StoredWorkflow } from '../../workflows/index.ts';
import type { CanRead, RunAccess } from '../reading/run_access.ts';
import type { StoredRun } from '../store/run_store.ts';
import { isOwnWorkflow } from './personal_connections.ts';

/** Privileges that a user needs to run steps that call services. */
const OF_STEPS = [WORKFLOW_PRIVILEGES.execute, 'actions:execute'];

/** The author of a workflow: the user who saved it last, and so decides about its steps. */
type Author = Pick<StoredWorkflow, 'runsAs' | 'spaceId'>;

/** Rights that the author of a workflow has in the space of the workflow. */
interface AuthorRights {
  /** Tells if the author may read the data of a run. */
  readonly canRead: CanRead;
  /** Reason why the author's steps may not act as another user. `undefined`: they may. */
  readonly refusal: string | undefined;
}

/** Rights of a workflow that is started by a run of another user. */
export interface WorkflowRights {
  /** `true`: the author of the workflow may read the data of the run that starts it. */
  readonly canRead: boolean;
  /** Reason why the workflow must not be started. `undefined`: it may be started. */
  readonly refusal: string | undefined;
}

/** Dependencies of {@link WorkflowAuthors}. */
export interface WorkflowAuthorsDeps {
  readonly security: Pick<SecurityStart, 'getDeferredUser' | 'missingPrivileges'>;
  readonly access: Pick<RunAccess, 'reader'>;
}

/**
 * Rights of the authors of workflows that a run starts without a decision of its user: as the
 * handler of its failure, or by a step. Such a workflow acts as the user of the run. It must
 * receive only what its author could read, and call only what its author could call. Create one
 * object for each piece of work, because it remembers the rights.
 */
export class WorkflowAuthors {
  readonly #deps: WorkflowAuthorsDeps;
  readonly #rights = new Map<string, AuthorRights>();

  constructor(deps: WorkflowAuthorsDeps) {
    this.#deps = deps;
  }

  /** The rights of a workflow that a run starts. */
  async rightsOf(workflow: Author, run: StoredRun): Promise<WorkflowRights> {
    if (isOwnWorkflow(workflow, run)) return { canRead: true, refusal: undefined };
    const { canRead, refusal } = await this.#ofAuthor(workflow);
    return { canRead: canRead(run), refusal };
  }

  async #ofAuthor(workflow: Author): Promise<AuthorRights> {
    const { spaceId, runsAs } = workflow;
    const key = JSON.stringify([spaceId, runsAs.profileUid, runsAs.apiKeyId]);
    const known = this.#rights.get(key);
    if (known !== undefined) return known;
    const rights = await this.#look(workflow);
    this.#rights.set(key, rights);
    return rights;
  }

  async #look({ spaceId, runsAs: { profileUid, apiKeyId, username } }: Author) {
    const { security, access } = this.#deps;
    const author = `User [${username}], who saved this workflow last,`;
    const user = await security.getDeferredUser({ profileUid, apiKeyId });
    if (user === undefined)
      return { canRead: () => false, refusal: `${author} was disabled or deleted.` };
    const principal = { user, spaceId };
    const missing = await security.missingPrivileges(principal, OF_STEPS);
    return {
      canRead: await access.reader(principal),
      refusal:
        missing.length === 0
          ? undefined
          : `${author} lacks ${missing.join(', ')} in this space, so its steps cannot act as another user.`,
    };
  }
}
