import { textProblems } from '@latchkey/core/server/mocks';
import { expect, it } from 'vitest';
import { FLOW_RESPONSES } from './flow_responses.ts';
import { FLOW_TEXTS } from './flow_texts.ts';

it('every text of the authorization flow has a translation with the same placeholders', () => {
  expect(textProblems({ FLOW_RESPONSES, FLOW_TEXTS })).toEqual([]);
});
