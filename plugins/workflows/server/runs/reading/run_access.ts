import type { Principal } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { READ_OUTPUTS_PRIVILEGE, WORKFLOW_PRIVILEGES } from '../../../common/index.ts';
import { WorkflowError } from '../../workflows/index.ts';
import type { StoredRun } from '../store/run_store.ts';

/**
 * Privileges that an API key needs to read the data of its owner's executions: with them, the key
 * could have started the executions itself.
 */
const OF_OWN_RUNS = [WORKFLOW_PRIVILEGES.execute, 'actions:execute'];

const VERBS = { respond: 'responds to', export_fixture: 'exports a fixture of' } as const;

/** Tells if the reader may see inputs, outputs and error messages of a run. */
export type CanRead = (run: Pick<StoredRun, 'profileUid' | 'apiKeyId'>) => boolean;

/** Decides who may read the data of runs and who may respond to them. */
export class RunAccess {
  readonly #security: Pick<SecurityStart, 'missingPrivileges' | 'audit'>;

  constructor(security: Pick<SecurityStart, 'missingPrivileges' | 'audit'>) {
    this.#security = security;
  }

  /**
   * Returns which runs a principal may read. The user of a run sees its data, other users only with
   * the privilege for it. An API key sees the runs that it started. It sees other runs of its owner
   * only if it could have started them.
   */
  async reader(principal: Principal): Promise<CanRead> {
    const { user } = principal;
    if (user === undefined) return () => false;
    const lacks = async (privileges: readonly string[]): Promise<boolean> =>
      (await this.#security.missingPrivileges(principal, privileges)).length > 0;
    if (!(await lacks([READ_OUTPUTS_PRIVILEGE]))) return () => true;
    const { profileUid, apiKeyId } = user;
    const isLimited = apiKeyId !== undefined && (await lacks(OF_OWN_RUNS));
    return (run) => run.profileUid === profileUid && (!isLimited || run.apiKeyId === apiKeyId);
  }

  /**
   * Condition of a search by the data of runs, which must find only runs whose data the principal
   * may read.
   * @throws WorkflowError `execution_of_other_key` for an API key that may not read all runs of its
   *   owner, because searches do not distinguish the keys of a user
   */
  async readableBy(principal: Principal): Promise<{ readonly profileUid?: string }> {
    const { user } = principal;
    const missing = (privileges: readonly string[]) =>
      this.#security.missingPrivileges(principal, privileges);
    if ((await missing([READ_OUTPUTS_PRIVILEGE])).length === 0) return {};
    const ofOwnRuns = user?.apiKeyId === undefined ? [] : await missing(OF_OWN_RUNS);
    if (ofOwnRuns.length > 0)
      throw new WorkflowError(
        'execution_of_other_key',
        `The API key lacks ${ofOwnRuns.join(', ')}, so it cannot search executions by their concurrency key.`,
      );
    return { profileUid: user?.profileUid ?? '' };
  }

  /**
   * Checks that the principal may respond to a run, or reuse its inputs and results. The run
   * continues with the privileges of its start, so an API key with fewer privileges must not
   * respond.
   * @throws WorkflowError `execution_of_other_user`, `execution_of_other_key`
   */
  async ensureMayRespond(principal: Principal, run: StoredRun): Promise<void> {
    const { user } = principal;
    if (user?.profileUid !== run.profileUid)
      throw new WorkflowError(
        'execution_of_other_user',
        `Only user [${run.username}] can respond to this execution or reuse its results.`,
      );
    if (user.apiKeyId === undefined || user.apiKeyId === run.apiKeyId) return;
    const missing = await this.#security.missingPrivileges(principal, OF_OWN_RUNS);
    if (missing.length === 0) return;
    throw new WorkflowError(
      'execution_of_other_key',
      `The API key lacks ${missing.join(', ')}, so it cannot respond to this execution or reuse its results.`,
    );
  }

  /** Writes an audit event for a response to a run, or for its export as a fixture. */
  recordAction(
    principal: Principal,
    { id }: StoredRun,
    action: 'respond' | 'export_fixture',
  ): void {
    this.#security.audit.log(principal, {
      action: `workflow_execution_${action}`,
      outcome: 'success',
      message: `User ${VERBS[action]} workflow execution [${id}]`,
    });
  }

  /** Writes an audit event if the principal cancels a run of another user. */
  recordCancel(principal: Principal, { id, profileUid }: StoredRun): void {
    if (principal.user?.profileUid === profileUid) return;
    this.#security.audit.log(principal, {
      action: 'workflow_execution_cancel',
      outcome: 'success',
      message: `User cancels workflow execution [${id}] of another user`,
      subjectProfileUid: profileUid,
    });
  }

  /** Writes an audit event if the principal reads data of another user. */
  recordRead(principal: Principal, run: StoredRun): void {
    if (principal.user?.profileUid === run.profileUid) return;
    this.#security.audit.log(principal, {
      action: 'workflow_execution_read_outputs',
      outcome: 'success',
      message: `User reads inputs and outputs of workflow execution [${run.id}] of another user`,
      subjectProfileUid: run.profileUid,
    });
  }
}
