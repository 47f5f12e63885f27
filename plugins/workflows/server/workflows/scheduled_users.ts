import type { Principal } from '@latchkey/core/server';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import type { ListedWorkflow } from './stored_workflow.ts';

/** The members of a workflow that name the user of its scheduled runs. */
type Scheduled = Pick<ListedWorkflow, 'spaceId' | 'runsAs'>;

/** Users as whom scheduled runs act. */
export class ScheduledUsers {
  readonly #security: Pick<SecurityStart, 'getDeferredUser' | 'missingPrivileges'>;

  constructor(security: Pick<SecurityStart, 'getDeferredUser' | 'missingPrivileges'>) {
    this.#security = security;
  }

  /**
   * The user of scheduled runs. `undefined`: the user was disabled or deleted, so that scheduled
   * runs fail immediately.
   */
  async userOf({ spaceId, runsAs }: Scheduled): Promise<Principal | undefined> {
    const user = await this.#security.getDeferredUser(runsAs);
    return user && { user, spaceId };
  }

  /**
   * Returns `true` if a user may run workflows.
   * @param user `undefined`: the user was disabled or deleted
   */
  async mayRun(user: Principal | undefined): Promise<boolean> {
    if (user === undefined) return false;
    const missing = await this.#security.missingPrivileges(user, [WORKFLOW_PRIVILEGES.execute]);
    return missing.length === 0;
  }

  /**
   * Tells for each scheduled workflow if its user may run workflows. Each user is checked only
   * once, so that a page of a list needs few checks.
   */
  async mayRunEach(
    workflows: readonly ListedWorkflow[],
  ): Promise<ReadonlyMap<ListedWorkflow, boolean>> {
    const checks = new Map<string, Promise<boolean>>();
    const scheduled = workflows.filter(({ scheduleKeys }) => scheduleKeys.length > 0);
    const results = scheduled.map(async (workflow) => {
      const { spaceId, runsAs } = workflow;
      const key = JSON.stringify([spaceId, runsAs.profileUid, runsAs.apiKeyId]);
      const check = checks.get(key) ?? this.userOf(workflow).then((user) => this.mayRun(user));
      checks.set(key, check);
      return [workflow, await check] as const;
    });
    return new Map(await Promise.all(results));
  }
}
