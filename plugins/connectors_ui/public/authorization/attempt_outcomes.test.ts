import { HttpClientError } from '@latchkey/core/public';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AttemptState, Outcome } from './attempt.ts';
import { AttemptRecords } from './attempt_record.ts';
import { FakeWindow, ManualClock, MemoryStorage } from './attempts.mock.ts';
import { Attempts } from './attempts.ts';
import type { FlowApi } from './flow_api.ts';

const KEY = 'latchkey:attempt:x:drive';
const LIFETIME_MS = 600_000;
const DOWN = new HttpClientError('server_unreachable', 'down');

/** A fake server that stores outcomes, behind a network that delays and loses messages. */
class Server {
  isReachable = true;
  readonly #outcomes: Outcome[] = [];
  readonly #clock: ManualClock;
  readonly #delays: readonly number[];
  #messages = 0;
  #starts = 0;
  /**
   * The latest start, and the latest flow whose id the page received. Responses may arrive in
   * another order: a response to an earlier start that the page has replaced does not count.
   */
  #latest = { start: -1, flow: -1 };

  constructor(clock: ManualClock, delays: readonly number[]) {
    this.#clock = clock;
    this.#delays = delays;
  }

  /** The current outcome of a flow on the server. */
  stored(flow: number): Outcome {
    const outcome = this.#outcomes[flow] ?? { status: 'unknown' };
    const isOver = outcome.status === 'pending' && outcome.expiresAt <= this.#clock.now();
    return isOver ? { status: 'expired' } : outcome;
  }

  /** Outcome of the flow that the page has received for its latest start. */
  get latest(): Outcome {
    return this.stored(this.#latest.flow);
  }

  /** The page no longer knows any flow. */
  forgetLatest(): void {
    this.#latest = { start: -1, flow: -1 };
  }

  get hasSuccess(): boolean {
    return this.#outcomes.some(({ status }) => status === 'succeeded');
  }

  /** The user finishes at the provider. */
  end(outcome: Outcome): void {
    const flow = this.#outcomes.length - 1;
    if (this.stored(flow).status === 'pending') this.#outcomes[flow] = outcome;
  }

  /** Creates the requests of one page. They get no response after the page was closed. */
  api(isAlive: () => boolean): FlowApi {
    const send = async <T>(act: () => T, onReceived?: (response: T) => void): Promise<T> => {
      await this.#travel(isAlive);
      const response = act();
      await this.#travel(isAlive);
      onReceived?.(response);
      return response;
    };
    return {
      start: () => {
        const start = this.#starts;
        this.#starts += 1;
        return send(
          () => {
            const expiresAt = this.#clock.now() + LIFETIME_MS;
            const flow = this.#outcomes.push({ status: 'pending', expiresAt }) - 1;
            return { flowId: String(flow), url: 'https://provider.example/', expiresAt };
          },
          ({ flowId }) => {
            if (start > this.#latest.start) this.#latest = { start, flow: Number(flowId) };
          },
        );
      },
      outcome: (_, flowId) => send(() => this.stored(Number(flowId))),
      cancel: (_, flowId) =>
        send(() => {
          const flow = Number(flowId);
          if (this.stored(flow).status === 'pending')
            this.#outcomes[flow] = { status: 'cancelled' };
        }),
    };
  }

  async #travel(isAlive: () => boolean): Promise<void> {
    const delayMs = this.#delays[this.#messages % this.#delays.length] ?? 0;
    this.#messages += 1;
    await new Promise<void>((resolve) => this.#clock.after(delayMs, resolve));
    if (!isAlive()) await new Promise(() => undefined);
    if (!this.isReachable) throw DOWN;
  }
}

/** A browser with one page at a time. */
class Browser {
  readonly clock = new ManualClock();
  readonly server: Server;
  readonly #storage = new MemoryStorage();
  #windows: FakeWindow[] = [];
  #blocksWindows = false;
  attempts: Attempts;
  #page = 0;

  constructor(delays: readonly number[]) {
    this.server = new Server(this.clock, delays);
    this.attempts = this.#open();
  }

  get state(): AttemptState {
    return this.attempts.get('drive');
  }

  #open(): Attempts {
    this.#page += 1;
    const page = this.#page;
    const isAlive = () => this.#page === page;
    return new Attempts({
      api: this.server.api(isAlive),
      clock: {
        now: () => this.clock.now(),
        after: (ms, callback) => this.clock.after(ms, () => isAlive() && callback()),
      },
      records: new AttemptRecords(this.#storage, 'x'),
      isVisible: () => true,
      windows: {
        open: () => {
          if (this.#blocksWindows) return undefined;
          const opened = new FakeWindow();
          this.#windows.push(opened);
          return opened;
        },
        leaveTo: () => undefined,
        currentPath: () => '/',
      },
    });
  }

  readonly actions = {
    click: () => this.attempts.authorize('drive', { mode: 'popup', windowText: '' }),
    cancel: () => this.attempts.cancel('drive'),
    followLink: () => this.attempts.followLink('drive'),
    dismiss: () => this.attempts.dismiss('drive'),
    hint: () => this.attempts.askAll(),
    storage: () => this.attempts.storageChanged(KEY),
    closeWindow: () => this.#windows.at(-1)?.close(),
    sever: () => {
      for (const window of this.#windows) window.isSevered = true;
    },
    block: () => {
      this.#blocksWindows = !this.#blocksWindows;
    },
    reload: () => {
      this.attempts = this.#open();
      this.attempts.resume();
      // The user had ended the attempt, so the new page does not know it.
      if (this.state.status === 'idle') this.server.forgetLatest();
    },
    allow: () => this.server.end({ status: 'succeeded', account: 'ana', accountChanged: false }),
    deny: () => this.server.end({ status: 'failed', reason: 'provider_refused' }),
    network: () => {
      this.server.isReachable = !this.server.isReachable;
    },
    wait: () => this.clock.advance(3000),
    waitLong: () => this.clock.advance(60_000),
    sleep: () => this.clock.jump(700_000),
  } as const;
}

/** Returns `true` if the page shows the outcome that the server has stored. */
function agrees(page: AttemptState, stored: Outcome, hasSuccess: boolean): boolean {
  switch (page.status) {
    // The user has closed the result, or has loaded the page after the attempt ended.
    case 'idle':
      return true;
    case 'succeeded':
      return hasSuccess;
    // The cancellation came too late. The stored outcome may then be a failure, but never a
    // success.
    case 'cancelled':
      return stored.status !== 'succeeded' && stored.status !== 'pending';
    // The page never received the response to a start, so it does not know the flow.
    case 'failed':
      return page.reason === 'server_unreachable' || stored.status === 'failed';
    case 'expired':
      return stored.status === 'expired';
    default:
      return false;
  }
}

const name = fc.constantFrom(
  ...(Object.keys(new Browser([0]).actions) as (keyof Browser['actions'])[]),
);
const delay = fc.constantFrom(0, 0, 50, 400, 2500, 20_000);

it('after any order of clicks, hints, responses and timers, the page shows the outcome that the server has stored', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(name, { minLength: 3, maxLength: 25 }),
      fc.array(delay, { minLength: 1, maxLength: 8 }),
      async (actions, delays) => {
        const browser = new Browser(delays);
        browser.actions.click();
        for (const action of actions) {
          await browser.actions[action]();
          await browser.clock.advance(100);
        }
        browser.server.isReachable = true;
        await browser.clock.advance(LIFETIME_MS + 200_000);
        browser.actions.hint();
        await browser.clock.advance(200_000);
        const { state, server } = browser;
        const stored = server.latest;
        expect({ state, stored, agrees: agrees(state, stored, server.hasSuccess) }).toEqual({
          state,
          stored,
          agrees: true,
        });
      },
    ),
    {
      numRuns: 150,
      examples: [
        // The response to a cancelled start arrives after the response to the next start.
        [
          ['cancel', 'click', 'click'],
          [400, 0, 0],
        ],
        // The outcome of a cancelled attempt arrives after the end of the next attempt.
        [
          ['click', 'deny', 'cancel', 'click', 'sleep', 'click'],
          [0, 0, 400],
        ],
        // The user had agreed at the provider before the cancellation reached the server.
        [
          ['waitLong', 'reload', 'click', 'allow', 'cancel', 'network'],
          [400, 20_000],
        ],
      ],
    },
  );
});
