import { createHash, randomBytes } from 'node:crypto';
import { fingerprint } from '../faults/index.ts';

/** An authorization flow of a user, from start to callback. */
export interface EarsFlow {
  readonly provider: string;
  readonly callbackUri: string;
  /** State of the caller, returned unchanged. */
  readonly state: string;
  readonly challenge: string;
  /** EARS' PKCE verifier for the provider. */
  readonly verifier: string;
  readonly expiresAtMs: number;
}

/** A code that EARS issued. The provider's code is exchanged only when this one is. */
export interface EarsCode {
  readonly provider: string;
  readonly challenge: string;
  readonly verifier: string;
  readonly providerCode: string;
  readonly expiresAtMs: number;
}

const FLOW_MS = 10 * 60_000;
const CODE_MS = 60_000;

/** An unguessable random value for states, codes and verifiers. */
const randomValue = (): string => randomBytes(32).toString('base64url');

/** S256 challenge (RFC 7636 §4.2). */
export const challengeOf = (verifier: string): string =>
  createHash('sha256').update(verifier).digest('base64url');

/** Open flows and codes. Each can be used once and expires. Keys are fingerprints. */
export class FlowStore {
  readonly #now: () => Date;
  readonly #flows = new Map<string, EarsFlow>();
  readonly #codes = new Map<string, EarsCode>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Opens a flow and returns the state and the challenge for the provider. */
  openFlow(request: Pick<EarsFlow, 'provider' | 'callbackUri' | 'state' | 'challenge'>): {
    state: string;
    challenge: string;
  } {
    const [state, verifier] = [randomValue(), randomValue()];
    const expiresAtMs = this.#now().getTime() + FLOW_MS;
    this.#flows.set(fingerprint(state), { ...request, verifier, expiresAtMs });
    return { state, challenge: challengeOf(verifier) };
  }

  /** Consumes a flow. `undefined`: unknown, used or expired. */
  takeFlow(state: string): EarsFlow | undefined {
    return this.#take(this.#flows, state);
  }

  /** Creates a code for a flow that returned from the provider. */
  addCode(flow: EarsFlow, providerCode: string): string {
    const code = randomValue();
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

  /** Consumes a code. `undefined`: unknown, used or expired. */
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
