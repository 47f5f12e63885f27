import type { Connection, EventOf, HistoryEvent } from '../history/events.ts';

/** A violation of an invariant, with its evidence. */
export interface Violation {
  /** Number of the invariant in docs/chaos.md. */
  readonly invariant: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  readonly sentence: string;
  /**
   * Names of connections, families, tokens, calls or workers that select the relevant part of the
   * history.
   */
  readonly about: readonly string[];
}

/** One presentation of a refresh token, as the provider recorded it. */
export interface Presentation {
  readonly presented: EventOf<'presented'>;
  readonly acted: EventOf<'acted'> | undefined;
  readonly responded: EventOf<'responded'> | undefined;
}

/**
 * An operation from its start to its acknowledgement. `endAt` is infinite if it was not
 * acknowledged.
 */
export interface OperationSpan {
  readonly op: string;
  readonly worker: string;
  readonly what: EventOf<'op_start'>['what'];
  readonly user: string | undefined;
  readonly connector: string | undefined;
  readonly startAt: number;
  readonly endAt: number;
  readonly acknowledged: boolean;
  readonly family: string | undefined;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Types of events that belong to one worker. */
type WorkerEventType = Extract<HistoryEvent, { readonly worker: string }>['type'];

/** The sorted and indexed history, with the queries that several rules use. */
export class HistoryIndex {
  readonly events: readonly HistoryEvent[];
  readonly presentations: ReadonlyMap<string, Presentation>;
  readonly operations: readonly OperationSpan[];
  readonly #byType = new Map<string, HistoryEvent[]>();
  /**
   * Events per worker. A round has thousands of calls, and each of them is compared with the events
   * of its worker.
   */
  readonly #byWorker = new Map<string, readonly HistoryEvent[]>();
  readonly #stops = new Map<string, readonly Span[]>();

  constructor(events: readonly HistoryEvent[]) {
    this.events = [...events].sort((a, b) => a.at - b.at);
    for (const event of this.events) {
      const list = this.#byType.get(event.type);
      if (list === undefined) this.#byType.set(event.type, [event]);
      else list.push(event);
    }
    this.presentations = this.#collectPresentations();
    this.operations = this.#collectOperations();
  }

  /** Returns all events of one type, in order. */
  of<T extends HistoryEvent['type']>(type: T): readonly EventOf<T>[] {
    return (this.#byType.get(type) ?? []) as unknown as readonly EventOf<T>[];
  }

  /** Returns the events of one type of one worker process, otherwise like {@link of}. */
  ofWorker<T extends WorkerEventType>(type: T, worker: string): readonly EventOf<T>[] {
    const key = `${type} ${worker}`;
    const known = this.#byWorker.get(key);
    if (known !== undefined) return known as unknown as readonly EventOf<T>[];
    const own = this.of(type).filter((event) => 'worker' in event && event.worker === worker);
    this.#byWorker.set(key, own as unknown as readonly HistoryEvent[]);
    return own;
  }

  /** Returns the operations that ended, or may have ended, grants of this connection. */
  massRevocationOf(connection: Connection): readonly OperationSpan[] {
    return this.operations.filter(
      ({ what, user, connector }) =>
        (what === 'disconnect' && user === connection.user && connector === connection.connector) ||
        (what === 'remove_user' && user === connection.user) ||
        (what === 'edit_connector' && connector === connection.connector) ||
        (what === 'mass_revoke' &&
          (user ?? connection.user) === connection.user &&
          (connector ?? connection.connector) === connection.connector),
    );
  }

  connectsOf({ user, connector }: Connection): readonly OperationSpan[] {
    return this.operations.filter(
      (op) => op.what === 'connect' && op.user === user && op.connector === connector,
    );
  }

  /**
   * Tells if, by the time `at`, the provider's response to this presentation was lost before it was
   * saved. Each of these is evidence: the connection was cut before the response was sent; the
   * worker recorded that its call ended without reading the response; the worker was killed; the
   * worker's store was unavailable, or the worker logged that the store refuses the new tokens.
   * That a process was stopped is not evidence: it still has its response.
   */
  wasResponseLost({ presented, responded }: Presentation, at: number): boolean {
    const { presentation, token, worker } = presented;
    const during = (event: HistoryEvent): boolean => event.at >= presented.at && event.at <= at;
    if (responded?.lost === true && responded.at <= at) return true;
    const ended = this.ofWorker('refresh_ended', worker).find(
      (event) => event.token === token && during(event),
    );
    if (ended !== undefined && ended.presentation !== presentation) return true;
    // The request of a killed worker may reach the provider after the kill, because it was already
    // in the network.
    if (this.ofWorker('killed', worker).some((event) => event.at <= at)) return true;
    const alarms = this.ofWorker('audit', worker).filter((e) => e.event === 'refresh_unsaved');
    if (alarms.some(during)) return true;
    return this.hadStoreFault(worker, presented.at, at);
  }

  /** Returns `true` if the store of a worker failed at any time in the interval. */
  hadStoreFault(worker: string, from: number, to: number): boolean {
    let isFaulty = false;
    for (const fault of this.ofWorker('store_fault', worker)) {
      if (fault.at > to) break;
      if (fault.at >= from && (isFaulty || fault.mode !== 'none')) return true;
      isFaulty = fault.mode !== 'none';
    }
    return isFaulty;
  }

  /** Returns the milliseconds for which a worker was stopped in the interval. */
  stoppedMs(worker: string, from: number, to: number): number {
    return this.#stopsOf(worker)
      .map((stop) => Math.max(0, Math.min(stop.to, to) - Math.max(stop.from, from)))
      .reduce((sum, ms) => sum + ms, 0);
  }

  #stopsOf(worker: string): readonly Span[] {
    const known = this.#stops.get(worker);
    if (known !== undefined) return known;
    const ends = this.ofWorker('continued', worker);
    // A stop without a continuation lasts to the end. A process that was stopped twice is continued
    // only once.
    const stops = this.ofWorker('stopped', worker).map(({ at }) => ({
      from: at,
      to: ends.find((end) => end.at >= at)?.at ?? Number.POSITIVE_INFINITY,
    }));
    const apart = stops.filter((stop, index) => stop.to !== stops[index - 1]?.to);
    this.#stops.set(worker, apart);
    return apart;
  }

  #collectPresentations(): Map<string, Presentation> {
    const acted = new Map(this.of('acted').map((event) => [event.presentation, event]));
    const responded = new Map(this.of('responded').map((event) => [event.presentation, event]));
    return new Map(
      this.of('presented').map((presented) => {
        const id = presented.presentation;
        return [id, { presented, acted: acted.get(id), responded: responded.get(id) }];
      }),
    );
  }

  #collectOperations(): OperationSpan[] {
    const ends = new Map(this.of('op_end').map((event) => [event.op, event]));
    return this.of('op_start').map(({ op, worker, what, user, connector, at }) => {
      const end = ends.get(op);
      return {
        op,
        worker,
        what,
        user,
        connector,
        startAt: at,
        // A failed operation may still take effect, at any time.
        endAt: end?.acknowledged ? end.at : Number.POSITIVE_INFINITY,
        acknowledged: end?.acknowledged ?? false,
        family: end?.family,
      };
    });
  }
}

/** Returns the name of a connection in reports. */
export function named({ user, connector }: Connection): string {
  return `${user} at ${connector}`;
}
