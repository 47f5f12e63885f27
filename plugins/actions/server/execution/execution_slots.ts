import { ConnectorError } from '../connector_data/index.ts';

/**
 * Maximum number of waiting executions of one user per slot. Large, because a thousand callers may
 * wait for the same token refresh.
 */
const MAX_WAITING_PER_SLOT = 20;

/** A request for a slot. */
export interface SlotRequest {
  readonly connectorId: string;
  /** Profile uid of the user. `undefined`: all callers without a user share their slots. */
  readonly profileUid: string | undefined;
  /**
   * `true`: the user requested the work earlier, for example as a step of a workflow. It waits as
   * long as necessary, and uses separate slots, so that direct requests of the user do not wait for
   * it.
   */
  readonly isDeferred: boolean;
  /** Ends the wait when it is aborted. */
  readonly signal: AbortSignal;
}

interface Slots {
  used: number;
  readonly waiting: Set<() => void>;
}

/**
 * Limits how many actions of one user run at the same time in this process. Others wait, and begin
 * in the order of their requests. Without this limit, slow calls of one user would take all
 * connections to a host.
 */
export class ExecutionSlots {
  readonly #maxPerUser: number;
  /** Slots by kind (deferred or direct) and user. Users without executions have no entry. */
  readonly #slots = new Map<string, Slots>();

  constructor(maxPerUser: number) {
    this.#maxPerUser = maxPerUser;
  }

  /**
   * Calls `work` as soon as the user has a free slot.
   * @param work its argument is `true` if it had to wait, so that data which was read before may
   * have changed
   * @returns the result of `work`. `undefined`: the signal was aborted before a slot was free
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

  /**
   * Gives the slot to the execution that has waited longest. Otherwise a new request could take it.
   */
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

/** Waits for a slot. Resolves to `false` if the signal was aborted before a slot was free. */
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
