import { ConnectorError } from '../connector_data/index.ts';

/** Waiting executions of one user per slot. A thousand callers may need one expired token. */
const MAX_WAITING_PER_SLOT = 20;

/** The one who executes, and whether the execution may be refused. */
export interface SlotRequest {
  readonly connectorId: string;
  /** Id of the user. `undefined`: all callers without a user are one. */
  readonly profileUid: string | undefined;
  /**
   * `true`: work that a user asked for earlier, such as a step of a workflow. It waits as long as
   * necessary, and has slots of its own, so that requests of the same user do not wait for it.
   */
  readonly isDeferred: boolean;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

interface Slots {
  used: number;
  readonly waiting: Set<() => void>;
}

/**
 * Limits how many actions of one user run at the same time in this process. Others wait in their
 * order. Without a limit, slow calls of one user take all connections to a host.
 */
export class ExecutionSlots {
  readonly #maxPerUser: number;
  /** By user. Users without executions have no entry. */
  readonly #slots = new Map<string, Slots>();

  constructor(maxPerUser: number) {
    this.#maxPerUser = maxPerUser;
  }

  /**
   * Runs `work` when the user has a free slot.
   * @param work `hasWaited`: what was read before may have changed meanwhile
   * @returns undefined: the signal was aborted before there was a slot
   * @throws ConnectorError `too_many_executions` when too many executions of the user wait
   */
  async run<T>(
    request: SlotRequest,
    work: (hasWaited: boolean) => Promise<T>,
  ): Promise<T | undefined> {
    const { profileUid = '', isDeferred, signal } = request;
    if (signal.aborted) return undefined;
    const key = `${isDeferred ? 'deferred' : 'direct'}:${profileUid}`;
    const slots = this.#slots.get(key) ?? { used: 0, waiting: new Set() };
    const hasWaited = slots.used >= this.#maxPerUser;
    if (hasWaited) {
      if (!isDeferred && slots.waiting.size >= this.#maxPerUser * MAX_WAITING_PER_SLOT)
        throw tooManyExecutions(request.connectorId);
      if (!(await waited(slots, signal))) return undefined;
    } else {
      slots.used += 1;
      this.#slots.set(key, slots);
    }
    try {
      return await work(hasWaited);
    } finally {
      this.#release(key, slots);
    }
  }

  /** Hands the slot to the execution that has waited longest, so that none overtakes it. */
  #release(key: string, slots: Slots): void {
    const [next] = slots.waiting;
    if (next !== undefined) {
      slots.waiting.delete(next);
      next();
      return;
    }
    slots.used -= 1;
    if (slots.used === 0) this.#slots.delete(key);
  }
}

/** Waits for a slot. `false`: the signal aborted first, and there is no slot. */
function waited({ waiting }: Slots, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const onAbort = () => {
      waiting.delete(onSlot);
      resolve(false);
    };
    const onSlot = () => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    };
    waiting.add(onSlot);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function tooManyExecutions(connectorId: string): ConnectorError {
  return new ConnectorError(
    'too_many_executions',
    connectorId,
    'Too many actions of yours run or wait at the moment. Repeat this one when others have ended, or ask an administrator of the server to raise [xpack.actions.maxConcurrentExecutionsPerUser].',
  );
}
