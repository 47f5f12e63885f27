import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock, systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import { RateLimiter, StateStore } from '../../plugins/actions/server/oauth/flow/index.ts';
// The benchmark looks at capabilities inside the plugin, which is not for plugins to do.
import { revokeOrphanedGrants } from '../../plugins/actions/server/oauth/mass_revocation/orphaned_grants.ts';
import { keepGrantsAlive } from '../../plugins/actions/server/tasks/keep_alive.ts';
import { fill, KINDS, type Kind } from './fill.ts';
import { LookCounter, measurePass, type PassFigures } from './measure_pass.ts';
import { multiply } from './multiply.ts';
import { KEY_A, type OpenStore, openStore, type StoreSpec } from './store_spec.ts';

const DAY_MS = 86_400_000;
const KEYS = { primary: KEY_A, decryptionOnly: [] };
/** Documents written through the server's own way in; the others are copies of them. */
const REAL = 10_000;
const PAGE = 500;

/** Which documents to fill in, and how many a pass has to act on. */
export interface PassesPlan {
  readonly spec: StoreSpec;
  /** Grants. */
  readonly count: number;
  /** Of each other kind. */
  readonly others: number;
  /** Of each kind, how many a pass has to act on. */
  readonly due: number;
  readonly say: (text: string) => void;
}

/**
 * Fills a store and runs each recurring pass on it once, then once more with nothing left to do.
 * @throws Error when a pass did less than there was to do: its figures would be those of nothing
 */
export async function measurePasses(plan: PassesPlan): Promise<readonly PassFigures[]> {
  const looks = new LookCounter();
  const open = await openStore(plan.spec, KEYS, looks.wrap);
  try {
    await fillAll(open, plan);
    const owners = await ownersOf(open);
    const figures: PassFigures[] = [];
    for (const again of [false, true]) {
      for (const { name, kind, share, run } of passesOf(open, owners)) {
        const result = await measurePass(open, looks, {
          name: again ? `${name}, nothing due` : name,
          store: plan.spec.kind,
          documents: countOf(kind, plan),
          grants: Math.min(REAL, plan.count - plan.due),
          run,
        });
        plan.say(line(result));
        const wanted = again ? 0 : Math.floor(plan.due * share);
        if (result.acted < wanted) throw new Error(`${name}: ${wanted} were due`);
        figures.push(result);
      }
    }
    return figures;
  } finally {
    await open.close();
  }
}

/** What is filled in already, in a folder of an earlier run, stays. */
async function fillAll(open: OpenStore, plan: PassesPlan): Promise<void> {
  const { spec, due, say } = plan;
  for (const kind of Object.values(KINDS)) {
    const count = countOf(kind, plan);
    const start = performance.now();
    const { total } = await open.store.search({ types: [kind.type], limit: 0 });
    if (total >= count - due) continue;
    const real = Math.min(REAL, count - due);
    await fill(open, kind, { from: 0, count: real, isDue: false });
    await multiply(spec, kind, count - due);
    await fill(open, kind, { from: count, count: due, isDue: true });
    const seconds = (performance.now() - start) / 1000;
    say(`filled in ${count} ${kind.name}, ${due} of them due, in ${seconds.toFixed(0)} s`);
  }
}

function countOf(kind: Kind, { count, others }: PassesPlan): number {
  return kind === KINDS.grants ? count : others;
}

/** Everybody who holds a grant. */
async function ownersOf({ tokens }: OpenStore): Promise<ReadonlySet<string>> {
  const owners = new Set<string>();
  for await (const batch of tokens.store.walk({ usable: {} }))
    for (const { key } of batch) if (key.scope === 'per-user') owners.add(key.profileUid);
  return owners;
}

/** With a turn of the event loop after each page, as a store has. */
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
  /** How much of what is due of its kind it acts on. 0: it does not say. */
  readonly share: number;
  readonly run: () => Promise<number>;
}

function passesOf(open: OpenStore, owners: ReadonlySet<string>): readonly Pass[] {
  const { tokens, clients, repository } = open;
  const { signal } = new AbortController();
  const states = new StateStore(repository, () => new Date());
  const limiter = new RateLimiter(repository, {}, () => Date.now());
  const connectors = { readDecrypted: async (id: string) => open.connector(id) };
  const logger = createLoggerMock('bench');
  const isActive = async () => true;
  const deps = { tokens, connectors, clients, isActive, clock: systemClock, logger };
  return [
    {
      name: 'keep-alive',
      kind: KINDS.grants,
      share: 0.5,
      run: () => keepGrantsAlive(deps, signal),
    },
    // Before the next one: what that ends goes into the outbox, which is worked off at once, and all else that is due with it.
    {
      name: 'revocation outbox',
      kind: KINDS.outbox,
      share: 1,
      run: () => tokens.outbox.workOff(signal),
    },
    {
      name: 'unused grants',
      kind: KINDS.grants,
      share: 0.5,
      run: () => tokens.grants.revokeStale(new Date(Date.now() - 90 * DAY_MS), signal),
    },
    {
      name: 'people who are gone',
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
        return (await revokeOrphanedGrants(users, work, signal)).ended;
      },
    },
    { name: 'state clean-up', kind: KINDS.states, share: 1, run: () => states.cleanUp(signal) },
    {
      name: 'rate-limit clean-up',
      kind: KINDS.windows,
      share: 0,
      run: async () => {
        await limiter.cleanUp(signal);
        return 0;
      },
    },
  ];
}

/** One pass in one line of text. */
function line(f: PassFigures): string {
  const n = (value: number, digits = 1): string => value.toFixed(digits);
  return [
    `${f.name}: acted on ${f.acted}, looked at ${f.lookedAt} of ${f.documents}`,
    `${n(f.seconds, 2)} s (CPU ${n(f.cpuSeconds, 2)} s), heap +${n(f.heapGrowthMb)} MB`,
    `event loop p99 ${n(f.loopDelayP99)} max ${n(f.loopDelayMax)} ms, longest stretch of CPU ${n(f.maxStretch)} ms`,
    `reads p50 ${n(f.readP50, 2)} p99 ${n(f.readP99, 2)} max ${n(f.readMax)} ms, ${f.failedReads} of ${f.reads} failed`,
  ].join('; ');
}
