import { describe, expect, it } from 'vitest';
import { SavedObjectError } from '../repository/saved_object_error.ts';
import { FakeClock } from './fake_clock.mock.ts';
import { Heartbeat, type HeartbeatOptions } from './heartbeat.ts';
import { type LeasedDocument, type LeaseStamp, takeLease } from './lease.ts';

const TTL_MS = 9_000;
const BEAT_MS = TTL_MS / 3;

interface Document {
  readonly version: number;
  readonly lease: LeaseStamp | undefined;
  readonly done: number;
}

/** A document in memory. Its store can be unavailable or not respond. */
class DocumentInMemory implements LeasedDocument<Document, number> {
  stored: Document = { version: 1, lease: undefined, done: 0 };
  state: 'available' | 'unavailable' | 'hanging' = 'available';
  /** Called before each write. */
  interfere: () => void = () => undefined;

  async read(): Promise<Document> {
    return this.stored;
  }

  leaseOf(document: Document): LeaseStamp | undefined {
    return document.lease;
  }

  async write(
    document: Document | undefined,
    lease: LeaseStamp | undefined,
    done: number | undefined,
  ): Promise<Document | undefined> {
    if (this.state === 'unavailable') throw new Error('The store is unavailable.');
    if (this.state === 'hanging') return new Promise(() => undefined);
    this.interfere();
    if (document?.version !== this.stored.version) return undefined;
    this.stored = { version: this.stored.version + 1, lease, done: done ?? document.done };
    return this.stored;
  }

  /** Changes the version of the document, like another writer that does not change the lease. */
  touch(): void {
    this.stored = { ...this.stored, version: this.stored.version + 1 };
  }
}

async function setUp(
  onSilence: HeartbeatOptions<Document, number>['onSilence'],
  changesOf?: () => number,
) {
  const clock = new FakeClock();
  const target = new DocumentInMemory();
  const document = await target.read();
  const lease = await takeLease({ target, document, owner: 'me:1', ttlMs: TTL_MS, clock });
  if (lease === undefined) throw new Error('The lease was not free.');
  const changes = changesOf === undefined ? {} : { changesOf };
  const heartbeat = new Heartbeat({ lease, clock, onSilence, ...changes });
  return { clock, target, lease, heartbeat };
}

describe('a heartbeat', () => {
  it('renews the lease three times per lifetime until it is stopped', async () => {
    const { clock, target, heartbeat } = await setUp('carry_on');
    await clock.advance(TTL_MS);
    expect(target.stored.lease?.renewals).toBe(3);
    await heartbeat.stop();
    await clock.advance(5 * TTL_MS);
    expect(target.stored.lease?.renewals).toBe(3);
    expect(heartbeat.lost.aborted).toBe(false);
  });

  it('writes the given changes together with the lease', async () => {
    let done = 0;
    const { clock, target, heartbeat } = await setUp('carry_on', () => done);
    done = 7;
    await clock.advance(BEAT_MS);
    expect(target.stored.done).toBe(7);
    await heartbeat.stop();
  });

  it.each(['carry_on', 'give_up'] as const)(
    'is lost when another process holds the lease, in the mode %s',
    async (onSilence) => {
      const { clock, target, heartbeat } = await setUp(onSilence);
      const lease = { owner: 'other:1', until: new Date(0), renewals: 0 };
      target.stored = { ...target.stored, version: 99, lease };
      await clock.advance(BEAT_MS);
      expect(heartbeat.lost.aborted).toBe(true);
      await clock.advance(TTL_MS);
      expect(target.stored.lease?.renewals).toBe(0);
    },
  );

  it('with `carry_on`, continues during a long outage of the store and renews the lease afterwards', async () => {
    const { clock, target, heartbeat } = await setUp('carry_on');
    target.state = 'unavailable';
    await clock.advance(5 * TTL_MS);
    expect(heartbeat.lost.aborted).toBe(false);
    target.state = 'available';
    await clock.advance(BEAT_MS);
    expect(target.stored.lease?.renewals).toBe(1);
    await heartbeat.stop();
  });

  it.each(['unavailable', 'hanging'] as const)(
    'with `give_up`, gives up while the store is %s, before other processes may take over',
    async (state) => {
      const { clock, target, heartbeat } = await setUp('give_up');
      await clock.advance(BEAT_MS);
      target.state = state;
      await clock.advance(TTL_MS - BEAT_MS - 1);
      expect(heartbeat.lost.aborted).toBe(false);
      await clock.advance(BEAT_MS + 1);
      expect(heartbeat.lost.aborted).toBe(true);
    },
  );

  it('with `give_up`, does not give up when one of three heartbeats succeeds', async () => {
    const { clock, target, heartbeat } = await setUp('give_up');
    for (let lifetime = 0; lifetime < 4; lifetime += 1) {
      target.state = 'unavailable';
      await clock.advance(BEAT_MS);
      target.state = 'available';
      await clock.advance(2 * BEAT_MS);
    }
    expect(heartbeat.lost.aborted).toBe(false);
    await heartbeat.stop();
  });

  it('with `give_up`, can be stopped while the store does not respond', async () => {
    const { clock, target, heartbeat } = await setUp('give_up');
    target.state = 'hanging';
    await clock.advance(BEAT_MS);
    await heartbeat.stop();
    expect(heartbeat.lost.aborted).toBe(false);
  });

  it('keeps the lease when other writers change the document on every attempt', async () => {
    const { clock, target, lease, heartbeat } = await setUp('give_up');
    target.interfere = () => target.touch();
    await expect(lease.renew()).rejects.toMatchObject({ code: 'contended' });
    await expect(lease.release()).rejects.toBeInstanceOf(SavedObjectError);
    await clock.advance(BEAT_MS);
    expect(heartbeat.lost.aborted).toBe(false);
    target.interfere = () => undefined;
    await clock.advance(BEAT_MS);
    expect(target.stored.lease?.renewals).toBe(1);
    await heartbeat.stop();
  });
});

describe('the check that a lease is still held', () => {
  it('writes nothing in the first half of the lifetime', async () => {
    const { clock, target, lease, heartbeat } = await setUp('carry_on');
    await heartbeat.stop();
    await clock.advance(TTL_MS / 2 - 1);
    expect(await lease.isStillHeld()).toBe(true);
    expect(target.stored.lease?.renewals).toBe(0);
    await clock.advance(1);
    expect(await lease.isStillHeld()).toBe(true);
    expect(target.stored.lease?.renewals).toBe(1);
  });

  it('renews the lease after a suspension that only the wall clock shows', async () => {
    const { clock, target, lease, heartbeat } = await setUp('carry_on');
    await heartbeat.stop();
    clock.jumpWall(TTL_MS);
    expect(await lease.isStillHeld()).toBe(true);
    expect(target.stored.lease?.renewals).toBe(1);
  });

  it('rethrows the error of an unavailable store', async () => {
    const { clock, target, lease, heartbeat } = await setUp('carry_on');
    await heartbeat.stop();
    await clock.advance(TTL_MS);
    target.state = 'unavailable';
    await expect(lease.isStillHeld()).rejects.toThrow('unavailable');
  });
});
