import type { OAuthClientConfiguration } from '@latchkey/oauth-client';

/** Passing failures in a row after which a provider is left alone for the rest of the round. */
const MOST_FAILURES = 5;

/**
 * Which providers are in trouble, within one round of work. Thousands of entries may wait for a provider that is away: asking for each of them would
 * only take its time and ours.
 */
export class ProviderPatience {
  readonly #failures = new Map<string, number>();

  isLost(configuration: OAuthClientConfiguration): boolean {
    return (this.#failures.get(providerOf(configuration)) ?? 0) >= MOST_FAILURES;
  }

  note(configuration: OAuthClientConfiguration, wasTransient: boolean): void {
    const provider = providerOf(configuration);
    this.#failures.set(provider, wasTransient ? (this.#failures.get(provider) ?? 0) + 1 : 0);
  }
}

function providerOf(configuration: OAuthClientConfiguration): string {
  return configuration.dialect === 'ears'
    ? JSON.stringify([configuration.baseUrl, configuration.provider])
    : (configuration.revocationEndpoint ?? configuration.tokenEndpoint);
}
