import { type Clock, untilOverdue } from '../time/index.ts';
import type { ServiceStatus, StatusLevel, StatusSetup } from './types.ts';

/** Milliseconds after which a check counts as unavailable. */
const CHECK_TIMEOUT_MS = 5000;

const SEVERITY: Readonly<Record<StatusLevel, number>> = {
  available: 0,
  degraded: 1,
  unavailable: 2,
};

type Check = () => ServiceStatus | Promise<ServiceStatus>;

/** The state of the server and of every registered check. */
export interface StatusReport {
  readonly overall: ServiceStatus;
  readonly core: Readonly<Record<string, ServiceStatus>>;
  readonly plugins: Readonly<Record<string, ServiceStatus>>;
}

/** Collects checks, and runs all of them when a report is requested. */
export class StatusService {
  readonly #clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly #core = new Map<string, Check>();
  readonly #plugins = new Map<string, Check>();

  constructor(clock: Pick<Clock, 'monotonic' | 'sleep'>) {
    this.#clock = clock;
  }

  /** Functions for plugins that register checks. */
  get setup(): StatusSetup {
    return { register: (name, check) => this.#register(this.#plugins, name, check) };
  }

  /**
   * Registers the check of one of core's own services.
   * @throws Error when the name is taken
   */
  registerCore(name: string, check: Check): void {
    this.#register(this.#core, name, check);
  }

  /** Runs all checks at the same time. Never rejects. */
  async report(): Promise<StatusReport> {
    const [core, plugins] = await Promise.all([this.#ask(this.#core), this.#ask(this.#plugins)]);
    return { overall: overallOf({ ...core, ...plugins }), core, plugins };
  }

  #register(checks: Map<string, Check>, name: string, check: Check): void {
    if (checks.has(name)) throw new Error(`The status check ${name} is registered twice`);
    checks.set(name, check);
  }

  async #ask(checks: ReadonlyMap<string, Check>): Promise<Record<string, ServiceStatus>> {
    const responses = [...checks].map(
      async ([name, check]) => [name, await this.#run(check)] as const,
    );
    return Object.fromEntries(await Promise.all(responses));
  }

  async #run(check: Check): Promise<ServiceStatus> {
    const timeout = new AbortController();
    const late = untilOverdue(this.#clock, CHECK_TIMEOUT_MS, timeout.signal).then(() =>
      unavailable('The check did not respond within 5 seconds.'),
    );
    try {
      return await Promise.race([Promise.resolve().then(check), late]);
    } catch {
      // The owner of the check logs the reason. The report must not contain error texts.
      return unavailable('The check failed; see the log.');
    } finally {
      late.catch(() => undefined);
      timeout.abort();
    }
  }
}

const unavailable = (summary: string): ServiceStatus => ({ level: 'unavailable', summary });

function overallOf(services: Readonly<Record<string, ServiceStatus>>): ServiceStatus {
  let level: StatusLevel = 'available';
  const affected: string[] = [];
  for (const [name, status] of Object.entries(services)) {
    if (status.level === 'available') continue;
    affected.push(name);
    if (SEVERITY[status.level] > SEVERITY[level]) level = status.level;
  }
  const summary =
    affected.length === 0 ? 'All services are available.' : `Affected: ${affected.join(', ')}.`;
  return { level, summary };
}
