import { createHash, randomBytes } from 'node:crypto';
import { fingerprint } from '../faults/index.ts';

/** A person on the way to a provider and back. */
export interface EarsFlow {
  readonly provider: string;
  readonly callbackUri: string;
  /** The caller's own, handed back unread. */
  readonly state: string;
  readonly challenge: string;
  /** EARS' own, towards the provider. */
  readonly verifier: string;
  readonly expiresAtMs: number;
}

/** A code EARS handed out. The provider's code is spent only when this one is. */
export interface EarsCode {
  readonly provider: string;
  readonly challenge: string;
  readonly verifier: string;
  readonly providerCode: string;
  readonly expiresAtMs: number;
}

const FLOW_MS = 10 * 60_000;
const CODE_MS = 60_000;

/** A random value nobody can guess, for states, codes and verifiers. */
const unguessable = (): string => randomBytes(32).toString('base64url');

/** S256 of RFC 7636 §4.2. */
export const challengeOf = (verifier: string): string =>
  createHash('sha256').update(verifier).digest('base64url');

/** Flows and codes in flight, each good once and for a while. Keys are fingerprints. */
export class FlowBook {
  readonly #now: () => Date;
  readonly #flows = new Map<string, EarsFlow>();
  readonly #codes = new Map<string, EarsCode>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Opens a flow and gives the state and the challenge for the provider. */
  openFlow(request: Pick<EarsFlow, 'provider' | 'callbackUri' | 'state' | 'challenge'>): {
    state: string;
    challenge: string;
  } {
    const [state, verifier] = [unguessable(), unguessable()];
    const expiresAtMs = this.#now().getTime() + FLOW_MS;
    this.#flows.set(fingerprint(state), { ...request, verifier, expiresAtMs });
    return { state, challenge: challengeOf(verifier) };
  }

  /** Consumes a flow. `undefined`: unknown, used or too old. */
  takeFlow(state: string): EarsFlow | undefined {
    return this.#take(this.#flows, state);
  }

  /** Makes a code for a flow that came back from the provider. */
  addCode(flow: EarsFlow, providerCode: string): string {
    const code = unguessable();
    const { provider, challenge, verifier } = flow;
    const expiresAtMs = this.#now().getTime() + CODE_MS;
    this.#codes.set(fingerprint(code), {
      provider,
      challenge,
      verifier,
      providerCode,
      expiresAtMs,
    });
    return code;
  }

  /** Consumes a code. `undefined`: unknown, used or too old. */
  takeCode(code: string): EarsCode | undefined {
    return this.#take(this.#codes, code);
  }

  #take<T extends { readonly expiresAtMs: number }>(
    entries: Map<string, T>,
    secret: string,
  ): T | undefined {
    const nowMs = this.#now().getTime();
    const found = entries.get(fingerprint(secret));
    entries.delete(fingerprint(secret));
    for (const [key, entry] of entries) if (entry.expiresAtMs <= nowMs) entries.delete(key);
    return found !== undefined && found.expiresAtMs > nowMs ? found : undefined;
  }
}
