import { describe, expect, it } from 'vitest';
import { type Head, newWriteId, writesAfter } from './document_source.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const MINUTE_MS = 60_000;

const aHead = (writes: readonly string[]): Head => ({
  seqNo: 1,
  primaryTerm: 1,
  writes,
  isDeleted: false,
  modelVersion: 1,
});

/** Returns the write ids of a document after one write at each instant, the newest first. */
function written(instants: readonly number[]): readonly string[] {
  let writes: readonly string[] = [];
  for (const at of instants)
    writes = writesAfter(writes.length === 0 ? undefined : aHead(writes), newWriteId(at));
  return writes;
}

describe('the write ids of a document', () => {
  it('include all writes of the last five minutes, so that a writer finds its own', () => {
    const writes = written(Array.from({ length: 40 }, (_, i) => NOW + i * 1_000));
    expect(writes).toHaveLength(40);
    expect(new Set(writes).size).toBe(40);
  });

  it('include the eight newest older writes', () => {
    const writes = written(Array.from({ length: 40 }, (_, i) => NOW + i * 10 * MINUTE_MS));
    expect(writes).toHaveLength(8);
  });

  it('are never more than 64 ids', () => {
    expect(written(Array.from({ length: 200 }, () => NOW))).toHaveLength(64);
  });

  it('begin with the newest write, even when the clock of its writer is slow', () => {
    const first = newWriteId(NOW);
    const behind = newWriteId(NOW - 10 * MINUTE_MS);
    expect(writesAfter(aHead([first]), behind)).toEqual([behind, first]);
  });

  it('include ids of older builds, which have no time, among the eight older writes', () => {
    const old = Array.from({ length: 8 }, (_, i) => `AAAAAAAAAAAAAAA${i}`);
    const id = newWriteId(NOW);
    expect(writesAfter(aHead(old), id)).toEqual([id, ...old.slice(0, 7)]);
  });
});
