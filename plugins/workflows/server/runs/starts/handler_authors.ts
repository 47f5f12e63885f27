import type { SecurityStart } from '@latchkey/security-plugin/server';
import { WORKFLOW_PRIVILEGES } from '../../../common/index.ts';
import type { StoredWorkflow } from '../../workflows/index.ts';
import type { CanRead, RunAccess } from '../reading/run_access.ts';
import type { StoredRun } from '../store/run_store.ts';

/** Privileges that let a user run steps that call services. */
const OF_STEPS = [WORKFLOW_PRIVILEGES.execute, 'actions:execute'];

/** The user who saved a handler last. Its steps are chosen by this user and act as another one. */
type Author = Pick<StoredWorkflow, 'runsAs' | 'spaceId'>;

/** Rights of the author of a handler in the space of the handler. */
interface AuthorRights {
  /** Tells if the author may read the data of a run. */
  readonly canRead: CanRead;
  /** Why the author's steps may not act as another user. Undefined: they may. */
  readonly refusal: string | undefined;
}

/** A handler of a failed run. */
export interface HandlerRights {
  /** True: the event has what the failed run says. */
  readonly canRead: boolean;
  /** Why the handler is not started. Undefined: it is. */
  readonly refusal: string | undefined;
}

/** Dependencies of {@link HandlerAuthors}. */
export interface HandlerAuthorsDeps {
  readonly security: Pick<SecurityStart, 'getDeferredUser' | 'missingPrivileges'>;
  readonly access: Pick<RunAccess, 'reader'>;
}

/**
 * Rights of the authors of handlers. A handler acts as the user of the failed run, so what it
 * receives and calls must be what its author could read and call. Create one for a few failures:
 * it remembers the rights.
 */
export class HandlerAuthors {
  readonly #deps: HandlerAuthorsDeps;
  readonly #rights = new Map<string, AuthorRights>();

  constructor(deps: HandlerAuthorsDeps) {
    this.#deps = deps;
  }

  /** The rights of a handler of a failed run. */
  async rightsOf(handler: Author, run: StoredRun): Promise<HandlerRights> {
    const { profileUid, apiKeyId } = handler.runsAs;
    // A key can have fewer privileges than its owner.
    const hasOwnRights = apiKeyId === null || apiKeyId === run.apiKeyId;
    if (profileUid === run.profileUid && hasOwnRights) return { canRead: true, refusal: undefined };
    const { canRead, refusal } = await this.#ofAuthor(handler);
    return { canRead: canRead(run), refusal };
  }

  async #ofAuthor(handler: Author): Promise<AuthorRights> {
    const { spaceId, runsAs } = handler;
    const key = JSON.stringify([spaceId, runsAs.profileUid, runsAs.apiKeyId]);
    const known = this.#rights.get(key);
    if (known !== undefined) return known;
    const rights = await this.#look(handler);
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
          : `${author} lacks ${missing.join(', ')} in this space, so the workflow cannot handle failures of other users.`,
    };
  }
}
