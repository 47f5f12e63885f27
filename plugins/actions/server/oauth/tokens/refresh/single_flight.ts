import { tokenFingerprint } from '../grants/grant_record.ts';
import type { RecordWithToken } from './refresh_request.ts';

/** A refresh running in this process. */
interface FlightEntry {
  /** Resolves as soon as there is a token to send, saved or not. */
  readonly token: Promise<RecordWithToken>;
  /** The tokens in hand while the store refuses them. */
  unsaved: RecordWithToken | undefined;
}

/** A caller, and the refresh it starts when none is under way. */
export interface Joining {
  /** Fingerprint of the token that the API refused to this caller. */
  readonly rejected: string | undefined;
  /** @param unsaved told of the tokens in hand while the store refuses them: whoever waits is served with them */
  readonly fly: (unsaved: (record: RecordWithToken) => void) => Promise<RecordWithToken>;
}

/** Single flight: however many callers of this process ask under one key, one refresh runs and all get its result. */
export class SingleFlight {
  /** Always cleared, so the map is bounded by what runs. */
  readonly #singleFlight = new Map<string, FlightEntry>();
  readonly #finishing = new Set<Promise<void>>();

  /** Flights that have not landed yet. */
  get running(): number {
    return this.#singleFlight.size;
  }

  /** What the flight under this key has in hand and could not store yet. */
  unsaved(key: string): RecordWithToken | undefined {
    return this.#singleFlight.get(key)?.unsaved;
  }

  /** Resolves when all that fly now have landed, saved or failed. */
  landed(): Promise<unknown> {
    return Promise.allSettled([...this.#finishing]);
  }

  /**
   * The token of the flight under this key, which the first caller starts.
   * @throws what `fly` of that first caller throws
   */
  async join(key: string, joining: Joining): Promise<RecordWithToken> {
    const running = this.#singleFlight.get(key);
    if (running === undefined) return this.#launch(key, joining.fly).token;
    const record = await running.token;
    const isRejected =
      joining.rejected !== undefined && tokenFingerprint(record.accessToken) === joining.rejected;
    if (!isRejected) return record;
    // That flight adopted the very token the API refused; ask again, alone or with whoever was faster.
    if (this.#singleFlight.get(key) !== running) return this.join(key, joining);
    if (running.unsaved !== undefined) return running.unsaved;
    this.#singleFlight.delete(key);
    return this.join(key, joining);
  }

  #launch(key: string, fly: Joining['fly']): FlightEntry {
    let publish: (record: RecordWithToken) => void = () => undefined;
    let fail: (error: unknown) => void = () => undefined;
    const token = new Promise<RecordWithToken>((resolve, reject) => {
      publish = resolve;
      fail = reject;
    });
    const flight: FlightEntry = { token, unsaved: undefined };
    this.#singleFlight.set(key, flight);
    const finished = fly((record) => {
      flight.unsaved = record;
      publish(record);
    })
      .then(publish, fail)
      .finally(() => {
        if (this.#singleFlight.get(key) === flight) this.#singleFlight.delete(key);
        this.#finishing.delete(finished);
      });
    this.#finishing.add(finished);
    return flight;
  }
}
