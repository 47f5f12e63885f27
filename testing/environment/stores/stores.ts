import { randomBytes } from 'node:crypto';
import { describe, it } from 'vitest';
import { dropIndices } from '../ask_node.ts';
import { aDataPath, stopAtTheEnd } from '../server_process.ts';
import type { StoreLocation } from '../store_location.ts';
import { type BackedUp, type Backup, backUpElasticsearch, backUpSqlite } from './backup.ts';
import { elasticsearchOfTheRun } from './elasticsearch_of_the_run.ts';
import {
  elasticsearchRefusals,
  type Separation,
  separateFromElasticsearch,
  separateFromSqlite,
  sqliteRefusals,
  type WriteRefusal,
} from './store_faults.ts';

/** One kind of database that servers use as their store during a test. */
export interface Store {
  readonly name: 'SQLite' | 'Elasticsearch';
  /**
   * Returns settings with which the servers of one installation use the store. For Elasticsearch
   * they contain unique index names, so that installations are isolated.
   */
  newSettings(): Readonly<Record<string, unknown>>;
  /** Returns the location of a new store, for tests without servers. */
  newLocation(): StoreLocation;
  readonly refusals: readonly WriteRefusal[];
  separation(): Promise<Separation>;
  backup(environment: BackedUp): Promise<Backup>;
}

/** The embedded store: a file in the data folder of the installation. */
export const sqlite: Store = {
  name: 'SQLite',
  newSettings: () => ({}),
  newLocation: () => ({ kind: 'sqlite', dataFolder: aDataPath() }),
  refusals: sqliteRefusals,
  separation: separateFromSqlite,
  backup: backUpSqlite,
};

/**
 * Returns a prefix for unique index names on this node. The indices are deleted when the servers of
 * the test file have stopped: a node has room for about a thousand indices, and an installation has
 * about twenty.
 */
function newIndexPrefix(url: string): string {
  const indexPrefix = `e2e-${randomBytes(5).toString('hex')}-`;
  // An index that cannot be deleted takes space until the node stops.
  stopAtTheEnd(() => dropIndices(url, indexPrefix).catch(() => undefined));
  return indexPrefix;
}

/**
 * Defines the same tests once per store. Each call of `define` builds its own installation. On a
 * machine without Java, or without access to the artifacts of Elasticsearch, the tests on
 * Elasticsearch are skipped with a message; with `CI=true` they fail.
 */
export function onEachStore(define: (store: Store) => void): void {
  describe('on SQLite', () => define(sqlite));
  onElasticsearch(define);
}

/**
 * Defines only the tests on Elasticsearch, see {@link onEachStore}.
 * @param define called with the store and the URL of its node
 */
export function onElasticsearch(define: (store: Store, url: string) => void): void {
  const node = elasticsearchOfTheRun();
  describe('on Elasticsearch', () => {
    if ('missing' in node) {
      itIsMissing(`NOT TESTED on Elasticsearch: ${node.missing}`, node.chosen);
      return;
    }
    define(
      {
        name: 'Elasticsearch',
        newSettings: () => ({
          'elasticsearch.hosts': [node.url],
          'elasticsearch.indexPrefix': newIndexPrefix(node.url),
        }),
        newLocation: () => ({
          kind: 'elasticsearch',
          dataFolder: aDataPath(),
          hosts: [node.url],
          indexPrefix: newIndexPrefix(node.url),
        }),
        refusals: elasticsearchRefusals(node.url),
        separation: () => separateFromElasticsearch(node.url),
        backup: (environment) => backUpElasticsearch(node.url, environment),
      },
      node.url,
    );
  });
}

/**
 * Defines a skipped test with this title, and prints the title; with `CI=true` the test fails.
 * @param isChosen `true`: the tests are left out on purpose, so the title is not printed
 */
export function itIsMissing(title: string, isChosen = false): void {
  if (process.env['CI'] === 'true') {
    it(title, () => {
      throw new Error(title);
    });
    return;
  }
  if (!isChosen) process.stderr.write(`\n*** ${title}\n*** With CI=true this fails.\n\n`);
  it.skip(title, () => {});
}
