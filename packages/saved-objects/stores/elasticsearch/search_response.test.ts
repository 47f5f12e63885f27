import { expect, it } from 'vitest';
import { aNote, NOTE, noteKey } from '../../conformance/documents.ts';
import { DocumentAccess } from './document_access.ts';
import { toSource } from './document_source.ts';
import { getSelected } from './read.ts';
import { toDocuments } from './search_response.ts';
import { typeIndex } from './type_index.ts';

const FIELDS = { names: ['title'], modelVersions: { [NOTE.name]: 1 } };
const INDEX = typeIndex(NOTE, 'test-');
const {
  attributes: _attributes,
  summary: _summary,
  ...damaged
} = toSource(INDEX, aNote('n1', { title: 'a' }), ['w1']);

/** Returns access to a cluster that has only the damaged document. */
function accessToDamaged(): DocumentAccess {
  const response = {
    docs: [{ found: true, _source: damaged, _seq_no: 1, _primary_term: 1 }],
  };
  return new DocumentAccess({
    options: { requestTimeoutMs: 1_000 },
    attempt: async () => ({ status: 200, body: response }),
    repeat: (work: () => Promise<unknown>) => work(),
  } as unknown as ConstructorParameters<typeof DocumentAccess>[0]);
}

const CORRUPT = { code: 'corrupt', message: expect.stringContaining(noteKey('n1')) };

it('a read of some attributes fails for a stored document without attributes', async () => {
  const read = getSelected(accessToDamaged(), INDEX, [noteKey('n1')], FIELDS);
  await expect(read).rejects.toMatchObject(CORRUPT);
});

it('a search for some attributes fails when it finds a stored document without attributes', async () => {
  const context = { access: accessToDamaged(), indices: [INDEX], fields: FIELDS };
  const found = toDocuments(context, [{ _id: noteKey('n1'), _source: damaged }]);
  await expect(found).rejects.toMatchObject(CORRUPT);
});
