import type { FeatureRegistration } from '../types.ts';

/**
 * The features that plugins have registered and that roles can grant. No feature can be added after
 * the start.
 */
export class FeatureRegistry {
  readonly #features = new Map<string, FeatureRegistration>();
  /** All features, once {@link close} was called. `undefined` before. */
  #final: readonly FeatureRegistration[] | undefined;

  /**
   * Adds a feature.
   * @throws Error on a duplicate id or after {@link close}
   */
  register(feature: FeatureRegistration): void {
    if (this.#final !== undefined) {
      throw new Error(`Feature [${feature.id}] was registered too late: register it in setup.`);
    }
    if (this.#features.has(feature.id)) {
      throw new Error(`Feature [${feature.id}] is registered twice.`);
    }
    this.#features.set(feature.id, feature);
  }

  close(): void {
    this.#final ??= [...this.#features.values()];
  }

  /** Returns a feature. `undefined`: none is registered with this id. */
  get(id: string): FeatureRegistration | undefined {
    return this.#features.get(id);
  }

  /** Returns `true` if a role entry can grant the feature by its name. */
  isGrantedByName(id: string): boolean {
    const feature = this.#features.get(id);
    return feature !== undefined && feature.onlyWithBaseInEverySpace !== true;
  }

  /**
   * All features. After {@link close} it is always the same list, so that callers can cache what
   * they derive from it.
   */
  list(): readonly FeatureRegistration[] {
    return this.#final ?? [...this.#features.values()];
  }
}
