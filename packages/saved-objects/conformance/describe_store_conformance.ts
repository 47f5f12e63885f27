import { afterEach, beforeEach, describe } from 'vitest';
import type { DocumentStore } from '../store/document_store.ts';
import { itDeletesMatching } from './delete_matching_behaviour.ts';
import { GLOBAL, NOTE } from './documents.ts';
import { itSelectsFields } from './field_selection_behaviour.ts';
import { itIterates } from './iterate_behaviour.ts';
import { itLeases } from './lease_behaviour.ts';
import { itReadsAndWrites } from './read_write_behaviour.ts';
import { itFilters } from './search_filter_behaviour.ts';
import { itPages } from './search_page_behaviour.ts';
import type { ConformanceContext, StoreUnderTest } from './store_under_test.ts';
import { itDecidesRaces } from './write_race_behaviour.ts';

/**
 * Registers the tests that every document store must pass. Call it in a test file of Vitest.
 * @param createStore creates an empty store for each test
 */
export function describeStoreConformance(
  name: string,
  createStore: () => Promise<StoreUnderTest>,
): void {
  describe(`${name} store`, () => {
    let current: StoreUnderTest | undefined;
    let reopened: DocumentStore[] = [];

    beforeEach(async () => {
      current = await createStore();
      await current.store.prepare([NOTE, GLOBAL]);
    });
    afterEach(async () => {
      for (const store of reopened) await store.close();
      reopened = [];
      await current?.cleanup();
      current = undefined;
    });

    const running = (): StoreUnderTest => {
      if (current === undefined) throw new Error('Use the context only inside a test.');
      return current;
    };
    const context: ConformanceContext = {
      store: () => running().store,
      reopen: async () => {
        const store = await running().reopen?.();
        if (store === undefined) return undefined;
        reopened.push(store);
        await store.prepare([NOTE, GLOBAL]);
        return store;
      },
    };
    describe('reading and writing', () => itReadsAndWrites(context));
    describe('writing at the same time', () => itDecidesRaces(context));
    describe('a lease', () => itLeases(context));
    describe('searching', () => itFilters(context));
    describe('paging', () => itPages(context));
    describe('iterating', () => itIterates(context));
    describe('deleting by a filter', () => itDeletesMatching(context));
    describe('reading some attributes', () => itSelectsFields(context));
  });
}
