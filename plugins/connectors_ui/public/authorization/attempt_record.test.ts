import { expect, it } from 'vitest';
import { AttemptRecords } from './attempt_record.ts';
import { MemoryStorage } from './attempts.mock.ts';

const RECORD = { flowId: 'f1', connectorId: 'drive', expiresAt: 1000 };

it('records of attempts in one scope are separate from records in other scopes', () => {
  const storage = new MemoryStorage();
  const records = new AttemptRecords(storage, '/s/default/ana');
  records.write(RECORD);
  expect(records.read('drive')).toEqual(RECORD);
  expect(records.all()).toEqual([RECORD]);
  expect(new AttemptRecords(storage, '/s/team/ana').all()).toEqual([]);
});

it('the end of an attempt does not remove the record of a later attempt', () => {
  const records = new AttemptRecords(new MemoryStorage(), 'x');
  records.write({ ...RECORD, flowId: 'f2' });
  records.remove('drive', 'f1');
  expect(records.read('drive')?.flowId).toBe('f2');
  records.remove('drive', 'f2');
  expect(records.read('drive')).toBeUndefined();
});

it.each(['', '{', '{"flowId":1}', 'null', '[]', '7', '{"flowId":"f","expiresAt":"soon"}'])(
  'the damaged record %o of an attempt is ignored',
  (text) => {
    const storage = new MemoryStorage();
    storage.setItem('latchkey:attempt:x:drive', text);
    expect(new AttemptRecords(storage, 'x').read('drive')).toBeUndefined();
  },
);

it('a record under the key of another connector is ignored, because nothing would remove it', () => {
  const storage = new MemoryStorage();
  storage.setItem('latchkey:attempt:x:mail', JSON.stringify(RECORD));
  const records = new AttemptRecords(storage, 'x');
  expect(records.read('mail')).toBeUndefined();
  expect(records.all()).toEqual([]);
});

it('records of a newer version are read, without members that this version does not know', () => {
  const storage = new MemoryStorage();
  storage.setItem('latchkey:attempt:x:drive', JSON.stringify({ ...RECORD, version: 2 }));
  expect(new AttemptRecords(storage, 'x').all()).toEqual([RECORD]);
});

it('attempts work without browser storage, and when the storage refuses a write', () => {
  const refusing = new MemoryStorage();
  refusing.setItem = () => {
    throw new Error('quota');
  };
  for (const storage of [undefined, refusing]) {
    const records = new AttemptRecords(storage, 'x');
    records.write(RECORD);
    expect(records.all()).toEqual([]);
  }
});

it('keys of records are recognised only if they belong to their scope', () => {
  const records = new AttemptRecords(new MemoryStorage(), 'x');
  expect(records.connectorOf('latchkey:attempt:x:drive')).toBe('drive');
  expect(records.connectorOf('latchkey:attempt:y:drive')).toBeUndefined();
  expect(records.connectorOf(null)).toBeUndefined();
});
