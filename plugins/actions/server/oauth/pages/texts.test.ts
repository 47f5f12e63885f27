import { expect, it } from '@jest/globals';
import { textProblems } from '@latchkey/core/server/mocks';
import { ACCOUNT_CHANGE_TEXTS, REVOCATION_TEXTS } from '../account_change/account_change_texts.ts';
import { CONFIRMATION_TEXTS, FACT_TEXTS } from '../confirmation/confirmation_texts.ts';
import { FLOW_RESPONSES } from '../flow/flow_responses.ts';
import { FLOW_TEXTS } from '../flow/flow_texts.ts';
import { PAGE_TEXTS } from './page_texts.ts';

it.each(
  Object.entries({
    ...{ PAGE_TEXTS, FLOW_TEXTS, FLOW_RESPONSES, CONFIRMATION_TEXTS, FACT_TEXTS },
    ...{ ACCOUNT_CHANGE_TEXTS, REVOCATION_TEXTS },
  }),
)('each text of %s has a translation with the same placeholders', (_, texts) => {
  expect(textProblems(texts)).toEqual([]);
});
