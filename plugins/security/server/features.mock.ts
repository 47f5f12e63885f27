import type { SecuritySetup } from './types.ts';

/** Registers the features of the real server that roles can grant. */
export function registerTestFeatures(setup: SecuritySetup): void {
  for (const id of ['actions', 'workflows']) {
    setup.registerFeature({
      id,
      name: { en: id, de: `${id} (de)` },
      privileges: { all: [`${id}:save`, `${id}:execute`], read: [`${id}:execute`] },
    });
  }
  setup.registerFeature({
    id: 'everything',
    name: { en: 'Administration', de: 'Verwaltung' },
    privileges: { all: ['everything:manage'], read: [] },
    onlyWithBaseInEverySpace: true,
  });
}
