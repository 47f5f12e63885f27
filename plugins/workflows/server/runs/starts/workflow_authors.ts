import type { SecurityStart } from '@latchkey/security-plugin/server';
import { WORKFLOW_PRIVILEGES } from '../../../common/index.ts';
import type { StoredWorkflow } from '../../workflows/index.ts';
import type { CanRead, RunAccess } from '../reading/run_access.ts';
import type { StoredRun } from '../store/run_store.ts';
import { isOwnWorkflow } from './personal_connections.ts';

/** Privileges that let a user run steps that call services. */
const OF_STEPS = [WORKFLOW_PRIVILEGES.execute, 'actions:execute'];

/** The user who saved a workflow last. Its steps are chosen by this user. */
type Author = Pick<StoredWorkflow, 'runsAs' | 'spaceId'>;

/** Rights of the author of a workflow in the space of the workflow. */
interface AuthorRights {
  /** Tells if the author may read the data of a run. */
  readonly canRead: CanRead;
  /** Why the author's steps may not act as another user. Undefined: they may. */
  readonly refusal: string | undefined;
}

/** Rights of a workflow in a run of a user who is not its author. */
export interface WorkflowRights {
  /** True: the author may read the data of the run that starts the workflow. */
  readonly canRead: boolean;
  /** Why the workflow is not started. Undefined: it is. */
  readonly refusal: string | undefined;
}

/** Dependencies of {@link WorkflowAuthors}. */
export interface WorkflowAuthorsDeps {
  readonly security: Pick<SecurityStart, 'getDeferredUser' | 'missingPrivileges'>;
  readonly access: Pick<RunAccess, 'reader'>;
}

/**
 * Rights of the authors of workflows that a run starts without its user: as handler of its failure,
 * or by a step. Such a workflow acts as the user of the run, so what it receives and calls must be
 * what its author could read and call. Create one for each piece of work: it remembers the rights.
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
