import { describe, expect, it } from '@jest/globals';
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

/** One document in memory, in a store that can be away, or never respond. */
class DocumentInMemory implements LeasedDocument<Document, number> {
  stored: Document = { version: 1, lease: undefined, done: 0 };
  state: 'available' | 'away' | 'hanging' = 'available';
  /** Runs before each write. */
  meddle: () => void = () => undefined;

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
    if (this.state === 'away') throw new Error('The store is away.');
    if (this.state === 'hanging') return new Promise(() => undefined);
    this.meddle();
    if (document?.version !== this.stored.version) return undefined;
    this.stored = { version: this.stored.version + 1, lease, done: done ?? document.done };
    return this.stored;
  }

  /** As another writer does that knows nothing of leases. */
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
  it('renews the lease three times in its life, until it is stopped', async () => {
    const { clock, target, heartbeat } = await setUp('carry_on');
    await clock.advance(TTL_MS);
    expect(target.stored.lease?.beat).toBe(3);
    await heartbeat.stop();
    await clock.advance(5 * TTL_MS);
    expect(target.stored.lease?.beat).toBe(3);
    expect(heartbeat.lost.aborted).toBe(false);
  });

  it('writes along what it is told', async () => {
    let done = 0;
    const { clock, target, heartbeat } = await setUp('carry_on', () => done);
    done = 7;
    await clock.advance(BEAT_MS);
    expect(target.stored.done).toBe(7);
    await heartbeat.stop();
  });

  it.each(['carry_on', 'give_up'] as const)(
    'is lost once another process holds the lease (%s)',
    async (onSilence) => {
      const { clock, target, heartbeat } = await setUp(onSilence);
      const lease = { owner: 'other:1', until: new Date(0), beat: 0 };
      target.stored = { ...target.stored, version: 99, lease };
      await clock.advance(BEAT_MS);
      expect(heartbeat.lost.aborted).toBe(true);
      await clock.advance(TTL_MS);
      expect(target.stored.lease?.beat).toBe(0);
    },
  );

  it('carries on when the store is away for long, and renews when it is back', async () => {
    const { clock, target, heartbeat } = await setUp('carry_on');
    target.state = 'away';
    await clock.advance(5 * TTL_MS);
    expect(heartbeat.lost.aborted).toBe(false);
    target.state = 'available';
    await clock.advance(BEAT_MS);
    expect(target.stored.lease?.beat).toBe(1);
    await heartbeat.stop();
  });

  it.each(['away', 'hanging'] as const)(
    'gives up while the store is %s before others may take the lease over',
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

  it('does not give up when one beat of three gets through', async () => {
    const { clock, target, heartbeat } = await setUp('give_up');
    for (let life = 0; life < 4; life += 1) {
      target.state = 'away';
      await clock.advance(BEAT_MS);
      target.state = 'available';
      await clock.advance(2 * BEAT_MS);
    }
    expect(heartbeat.lost.aborted).toBe(false);
    await heartbeat.stop();
  });

  it('can be stopped while the store does not respond, when it may give up', async () => {
    const { clock, target, heartbeat } = await setUp('give_up');
    target.state = 'hanging';
    await clock.advance(BEAT_MS);
    await heartbeat.stop();
    expect(heartbeat.lost.aborted).toBe(false);
  });

  it('keeps the lease when other writers change the document on every attempt', async () => {
    const { clock, target, lease, heartbeat } = await setUp('give_up');
    target.meddle = () => target.touch();
    await expect(lease.renew()).rejects.toMatchObject({ code: 'contended' });
    await expect(lease.release()).rejects.toBeInstanceOf(SavedObjectError);
    await clock.advance(BEAT_MS);
    expect(heartbeat.lost.aborted).toBe(false);
    target.meddle = () => undefined;
    await clock.advance(BEAT_MS);
    expect(target.stored.lease?.beat).toBe(1);
    await heartbeat.stop();
  });
});

describe('isStillHeld', () => {
  it('costs no write in the first half of the life of the lease', async () => {
    const { clock, target, lease, heartbeat } = await setUp('carry_on');
    await heartbeat.stop();
    await clock.advance(TTL_MS / 2 - 1);
    expect(await lease.isStillHeld()).toBe(true);
    expect(target.stored.lease?.beat).toBe(0);
    await clock.advance(1);
    expect(await lease.isStillHeld()).toBe(true);
    expect(target.stored.lease?.beat).toBe(1);
  });

  it('asks the store after a sleep of the machine that only the wall clock shows', async () => {
    const { clock, target, lease, heartbeat } = await setUp('carry_on');
    await heartbeat.stop();
    clock.jumpWall(TTL_MS);
    expect(await lease.isStillHeld()).toBe(true);
    expect(target.stored.lease?.beat).toBe(1);
  });

  it('passes on that the store cannot be asked', async () => {
    const { clock, target, lease, heartbeat } = await setUp('carry_on');
    await heartbeat.stop();
    await clock.advance(TTL_MS);
    target.state = 'away';
    await expect(lease.isStillHeld()).rejects.toThrow('away');
  });
});
