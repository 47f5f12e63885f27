import { challengeOf, OneTimeValues, randomValue } from '../oauth/index.ts';

/** An authorization flow of a user, from start to callback. */
export interface EarsFlow {
  readonly provider: string;
  readonly callbackUri: string;
  /** The `state` of the caller, which is returned unchanged. */
  readonly state: string;
  readonly challenge: string;
  /** PKCE verifier of EARS for its request to the provider. */
  readonly verifier: string;
}

/** A code that EARS issued. The provider's code is exchanged only when this code is exchanged. */
export interface EarsCode {
  readonly provider: string;
  readonly challenge: string;
  readonly verifier: string;
  readonly providerCode: string;
}

const FLOW_MS = 10 * 60_000;
const CODE_MS = 60_000;

/** Open flows and codes. Each can be used once and expires. */
export class FlowStore {
  readonly #flows: OneTimeValues<EarsFlow>;
  readonly #codes: OneTimeValues<EarsCode>;

  constructor(now: () => Date) {
    this.#flows = new OneTimeValues({ lifetimeMs: FLOW_MS, now });
    this.#codes = new OneTimeValues({ lifetimeMs: CODE_MS, now });
  }

  /** Opens a flow and returns the state and the challenge for the provider. */
  openFlow(request: Pick<EarsFlow, 'provider' | 'callbackUri' | 'state' | 'challenge'>): {
    state: string;
    challenge: string;
  } {
    const verifier = randomValue();
    const state = this.#flows.add({ ...request, verifier });
    return { state, challenge: challengeOf(verifier) };
  }

  /** Returns and removes a flow. `undefined`: the flow is unknown, used or expired. */
  takeFlow(state: string): EarsFlow | undefined {
    return this.#flows.take(state);
  }

  /** Creates a code for a flow that returned from the provider. */
  addCode({ provider, challenge, verifier }: EarsFlow, providerCode: string): string {
    return this.#codes.add({ provider, challenge, verifier, providerCode });
  }

  /** Returns and removes a code. `undefined`: the code is unknown, used or expired. */
  takeCode(code: string): EarsCode | undefined {
    return this.#codes.take(code);
  }
}
