import type { Principal } from '@latchkey/core/server';
import { type Filter, filter, type SavedObjectsRepository } from '@latchkey/saved-objects';
import { MAX_YAML_LENGTH } from '../../common/index.ts';
import { WorkflowError } from './workflow_error.ts';
import { WORKFLOW_TYPE, type WorkflowAttributes } from './workflow_type.ts';

/** Number of workflows whose lengths are read in one call, without their YAML. */
const WORKFLOWS_PER_READ = 1_000;
/** Maximum number of schedules of one workflow. */
const MAX_SCHEDULES = 10;

/** Maximum numbers of workflows. */
export interface WorkflowLimitNumbers {
  /** Maximum number of workflows in one space. */
  readonly maxPerSpace: number;
  /** Maximum number of workflows that one user has created, in all spaces. */
  readonly maxPerUser: number;
  /** Maximum characters of the YAML of all workflows that one user has created, in all spaces. */
  readonly maxCharactersPerUser: number;
  /** Maximum number of workflows with an active schedule that run as one user, in all spaces. */
  readonly maxScheduledPerUser: number;
}

/**
 * Characters of all workflows of each user, for one request that saves many workflows. The total of
 * a user is read once. Afterwards, what the request saves is added to it.
 */
export class CharacterTotals {
  readonly #ofUsers = new Map<string, number>();

  /** Number of characters of all workflows of a user. `undefined`: not read yet. */
  of(username: string): number | undefined {
    return this.#ofUsers.get(username);
  }

  know(username: string, characters: number): void {
    this.#ofUsers.set(username, characters);
  }

  /** Records that a workflow of the user was saved. */
  saved(username: string, { before, after }: TextLengths): void {
    const known = this.of(username);
    if (known !== undefined) this.know(username, known + after - before);
  }
}

/**
 * Characters of the YAML of a workflow before and after a change. `before` is 0 for a new workflow.
 */
export interface TextLengths {
  readonly before: number;
  readonly after: number;
}

/** The part of a workflow that decides whether it has an active schedule, and for whom. */
type Scheduled = Pick<WorkflowAttributes, 'enabled' | 'valid' | 'scheduleKeys' | 'runsAs'>;

/**
 * Enforces the limits of workflows. Searches miss changes of the last moments, so workflows of
 * these moments can exceed a limit.
 */
export class WorkflowLimits {
  readonly #repository: SavedObjectsRepository;
  readonly #numbers: WorkflowLimitNumbers;

  constructor(repository: SavedObjectsRepository, numbers: WorkflowLimitNumbers) {
    this.#repository = repository;
    this.#numbers = numbers;
  }

  /**
   * Checks that one more workflow may be created.
   * @param username user who creates the workflow
   * @throws WorkflowError `workflow_limit_reached`
   */
  async ensureOneMore({ spaceId }: Pick<Principal, 'spaceId'>, username: string): Promise<void> {
    const { maxPerSpace, maxPerUser } = this.#numbers;
    const [ofSpace, ofUser] = await Promise.all([
      this.#count(filter.equals('spaceId', spaceId)),
      this.#count(ofUserNamed(username)),
    ]);
    if (ofSpace >= maxPerSpace)
      throw new WorkflowError(
        'workflow_limit_reached',
        `The space has ${maxPerSpace} workflows, which is the maximum. Delete some first.`,
      );
    if (ofUser >= maxPerUser)
      throw new WorkflowError(
        'workflow_limit_reached',
        `You have created ${maxPerUser} workflows, which is the maximum. Delete some first.`,
      );
  }

  /**
   * Checks that the YAML of a workflow may be stored. A change that makes it shorter is always
   * allowed. The lengths are not read if the user has few workflows, because each has at most a
   * megabyte.
   * @param username user who has created the workflow
   * @param totals totals of a request that saves many workflows
   * @throws WorkflowError `workflow_limit_reached`
   */
  async ensureCharacters(
    username: string,
    lengths: TextLengths,
    totals = new CharacterTotals(),
  ): Promise<void> {
    const { maxCharactersPerUser: max } = this.#numbers;
    const added = lengths.after - lengths.before;
    if (added <= 0) return;
    if (totals.of(username) === undefined) {
      const atMost = (await this.#count(ofUserNamed(username))) * MAX_YAML_LENGTH;
      if (atMost + added <= max) return;
      totals.know(username, await this.#charactersOf(username));
    }
    if ((totals.of(username) ?? 0) + added <= max) return;
    throw new WorkflowError(
      'workflow_limit_reached',
      `The YAML of all workflows that user [${username}] has created may have ${max} characters. Shorten or delete some first.`,
    );
  }

  async #charactersOf(username: string): Promise<number> {
    const batches = this.#repository.iterate<Pick<WorkflowAttributes, 'revision'>>({
      type: WORKFLOW_TYPE,
      filter: ofUserNamed(username),
      fields: ['revision'],
      batchSize: WORKFLOWS_PER_READ,
    });
    let total = 0;
    for await (const batch of batches) {
      for (const { attributes } of batch) total += attributes.revision.yamlLength;
    }
    return total;
  }

  /**
   * Checks that a workflow may have an active schedule. It may if it already had one for the same
   * user.
   * @param before the workflow before the change; absent: the workflow is new
   * @throws WorkflowError `schedule_limit_reached`; `workflow_not_valid` if the workflow has too
   *   many schedules
   */
  async ensureSchedule(before: Scheduled | undefined, after: Scheduled): Promise<void> {
    if (isScheduled(after) && after.scheduleKeys.length > MAX_SCHEDULES)
      throw new WorkflowError(
        'workflow_not_valid',
        `The workflow has ${after.scheduleKeys.length} schedules; at most ${MAX_SCHEDULES} are allowed.`,
      );
    const { profileUid, username } = after.runsAs;
    const hadSchedule =
      before !== undefined && isScheduled(before) && before.runsAs.profileUid === profileUid;
    if (!isScheduled(after) || hadSchedule) return;
    const { maxScheduledPerUser } = this.#numbers;
    const count = await this.#count(
      filter.equals('runsAs.profileUid', profileUid),
      filter.equals('triggerTypes', 'scheduled'),
      filter.equals('enabled', true),
      filter.equals('valid', true),
    );
    if (count < maxScheduledPerUser) return;
    throw new WorkflowError(
      'schedule_limit_reached',
      `${maxScheduledPerUser} workflows with a schedule run as user [${username}], which is the maximum. Disable some first.`,
    );
  }

  async #count(...conditions: readonly Filter[]): Promise<number> {
    const all = filter.and(...conditions);
    return (await this.#repository.find({ type: WORKFLOW_TYPE, filter: all, perPage: 0 })).total;
  }
}

function isScheduled({ enabled, valid, scheduleKeys }: Scheduled): boolean {
  return enabled && valid && scheduleKeys.length > 0;
}

function ofUserNamed(username: string): Filter {
  return filter.equals('createdBy', username);
}
