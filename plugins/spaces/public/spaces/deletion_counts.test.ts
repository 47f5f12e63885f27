import { createIntl } from 'react-intl';
import { expect, it } from 'vitest';
import { describeCounts } from './deletion_counts.ts';

const intl = createIntl({ locale: 'en', onError: () => undefined });

it('the counts of a deletion have a line for each kind that is present, and one for all unknown kinds together', () => {
  const counts = { roles: 1, connectors: 2, authorizations: 0, notes: 3, pictures: 1 };
  expect(describeCounts(intl, counts)).toEqual([
    '2 connectors',
    'The privileges in this space of 1 role',
    '4 other objects',
  ]);
});

it('the counts of a deletion are empty for an empty space', () => {
  expect(describeCounts(intl, { connectors: 0, notes: 0 })).toEqual([]);
});
