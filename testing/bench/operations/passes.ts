import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  KeepAliveRun,
  lookupOf,
  OrphanScan,
  RateLimiter,
  StateStore,
} from '@latchkey/actions-plugin/server/testing';
import { systemClock, systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import type { StoreLocation } from '@latchkey/test-environment';
import { DAY_MS } from '../store/grants.ts';
import { type OpenStore, openStore } from '../store/open_store.ts';
import { fill, KINDS, type Kind } from './fill.ts';
import { DocumentCounter, measurePass, type PassFigures } from './measure_pass.ts';
import { multiply } from './multiply.ts';

/** Number of documents that the code of the server writes. The others are copies of them. */
const REAL = 10_000;
const PAGE = 500;

/** Options of the measurement: the documents to write, and how many of them are due. */
export interface PassesPlan {
  readonly location: StoreLocation;
  /** Number of grants. */
  readonly count: number;
  /** Number of documents of each other kind. */
  readonly others: number;
  /** Number of documents of each kind that a pass has to process. */
  readonly due: number;
  readonly say: (text: string) => void;
}

/**
 * Fills a store and runs each recurring pass on it once, then once more when no document is due.
 * @throws Error when a pass processed fewer documents than were due, because its figures would be
 * meaningless
 */
export async function measurePasses(plan: PassesPlan): Promise<readonly PassFigures[]> {
  const looks = new DocumentCounter();
  const open = await openStore(plan.location, { wrap: looks.wrap });
  try {
    await fillAll(open, plan);
    const owners = await ownersOf(open);
    const figures: PassFigures[] = [];
    for (const again of [false, true]) {
      for (const { name, kind, share, run } of passesOf(open, owners)) {
        const result = await measurePass(open, looks, {
          name: again ? `${name}, nothing due` : name,
          store: plan.location.kind,
          documents: countOf(kind, plan),
          grants: Math.min(REAL, plan.count - plan.due),
          run,
        });
        plan.say(line(result));
        const wanted = again ? 0 : Math.floor(plan.due * share);
        if (result.acted < wanted)
          throw new Error(`${name}: did not process all ${wanted} documents that were due`);
        figures.push(result);
      }
    }
    return figures;
  } finally {
    await open.close();
  }
}

/** Fills the store. Documents that an earlier run has written to the folder are kept. */
async function fillAll(open: OpenStore, plan: PassesPlan): Promise<void> {
  const { location, due, say } = plan;
  for (const kind of Object.values(KINDS)) {
    const count = countOf(kind, plan);
    const start = performance.now();
    const { total } = await open.store.search({ types: [kind.type], limit: 0 });
    if (total >= count - due) continue;
    const real = Math.min(REAL, count - due);
    await fill(open, kind, { from: 0, count: real, isDue: false });
    await multiply(location, kind, count - due);
    await fill(open, kind, { from: count, count: due, isDue: true });
    const seconds = (performance.now() - start) / 1000;
    say(`filled in ${count} ${kind.name}, ${due} of them due, in ${seconds.toFixed(0)} s`);
  }
}

function countOf(kind: Kind, { count, others }: PassesPlan): number {
  return kind === KINDS.grants ? count : others;
}

/** Returns the ids of all users with a grant. The pass treats these users as active. */
async function ownersOf({ tokens }: OpenStore): Promise<ReadonlySet<string>> {
  const owners = new Set<string>();
  for await (const batch of tokens.store.iterate({ usable: {} }))
    for (const { key } of batch) if (key.scope === 'per-user') owners.add(key.profileUid);
  return owners;
}

/** Yields names, with a turn of the event loop after each page, as a real store does. */
async function* inPages(names: ReadonlySet<string>): AsyncGenerator<string> {
  let given = 0;
  for (const name of names) {
    yield name;
    given += 1;
    if (given % PAGE === 0) await nextTurn();
  }
}

/** A recurring pass over the documents of a kind. */
interface Pass {
  readonly name: string;
  readonly kind: Kind;
  /** Share of the due documents of its kind that the pass processes. 0: it does not report that. */
  readonly share: number;
  readonly run: () => Promise<number>;
}

function passesOf(open: OpenStore, owners: ReadonlySet<string>): readonly Pass[] {
  const { tokens, clients, repository, connectorOf } = open;
  const { signal } = new AbortController();
  const states = new StateStore(repository, () => new Date());
  const limiter = new RateLimiter(repository, {}, () => Date.now());
  const connectors = { find: async (id: string) => lookupOf(connectorOf(id)) };
  const logger = createLoggerMock('bench');
  const isActive = async () => true;
  const deps = { tokens, connectors, clients, isActive, clock: systemClock, logger };
  return [
    {
      name: 'keep-alive',
      kind: KINDS.grants,
      share: 0.5,
      run: () => new KeepAliveRun(deps).run(signal),
    },
    // This pass runs before the next one: the ended grants go into the outbox, which is processed
    // immediately with all other due entries.
    {
      name: 'revocation outbox',
      kind: KINDS.outbox,
      share: 1,
      run: () => tokens.outbox.processDue(signal),
    },
    {
      name: 'unused grants',
      kind: KINDS.grants,
      share: 0.5,
      run: () => tokens.grants.revokeStale(new Date(Date.now() - 90 * DAY_MS), signal),
    },
    {
      name: 'removed users',
      kind: KINDS.grants,
      share: 0,
      run: async () => {
        const users = {
          activeProfileUids: () => inPages(owners),
          isActive,
        };
        const work = {
          grants: tokens.store,
          revokeForUser: async () => 0,
          randomness: systemRandomness,
        };
        return (await new OrphanScan(work).run(users, signal)).ended;
      },
    },
    {
      name: 'state clean-up',
      kind: KINDS.states,
      share: 1,
      run: () => states.deleteExpired(signal),
    },
    {
      name: 'rate-limit clean-up',
      kind: KINDS.windows,
      share: 0,
      run: async () => {
        await limiter.deleteExpired(signal);
        return 0;
      },
    },
  ];
}

/** Returns the results of one pass as a line of text. */
function line(f: PassFigures): string {
  const n = (value: number, digits = 1): string => value.toFixed(digits);
  return [
    `${f.name}: acted on ${f.acted}, read ${f.documentsRead} of ${f.documents}`,
    `${n(f.seconds, 2)} s (CPU ${n(f.cpuSeconds, 2)} s), heap +${n(f.heapGrowthMb)} MB`,
    `event loop p99 ${n(f.loopDelayP99)} max ${n(f.loopDelayMax)} ms, longest stretch of CPU ${n(f.maxStretch)} ms`,
    `reads p50 ${n(f.reads.p50, 2)} p99 ${n(f.reads.p99, 2)} max ${n(f.reads.max)} ms, ${f.reads.failures} of ${f.reads.count} failed`,
  ].join('; ');
}
