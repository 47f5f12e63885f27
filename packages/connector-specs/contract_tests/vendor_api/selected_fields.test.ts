import { expect, it } from 'vitest';
import { unselectedFields } from './selected_fields.ts';
import { integer, list, object, text } from './written_facts.ts';

const mask = object({
  files: list(object({ id: text, owners: list(object({ name: text })) })),
  total: integer,
});

it.each([
  ['files(id,owners/name),total', []],
  ['files(id, owners(name)), total', []],
  ['files.id,files.owners,total', []],
  ['*', []],
  ['files,total', []],
  ['files(id),total', ['files.owners']],
  ['files(id,owners/email)', ['files.owners.name', 'total']],
])('the field selection %s lacks the read fields %j', (fields, lacking) => {
  expect(unselectedFields(fields, mask)).toEqual(lacking);
});
