import { defineMessages } from '@latchkey/core/public';
import type { IntlShape, MessageDescriptor } from 'react-intl';
import type { FieldIssue } from './validate_values.ts';

/** Texts by code of a problem, whether the browser or the server found it. */
const texts: Readonly<
  Record<
    | 'required'
    | 'too_short'
    | 'too_long'
    | 'too_small'
    | 'too_big'
    | 'number_expected'
    | 'integer_expected'
    | 'invalid_url'
    | 'https_required'
    | 'invalid_format'
    | 'control_characters'
    | 'invalid_value'
    | 'invalid_name'
    | 'repeated_name'
    | 'json_object_expected'
    | 'json_list_expected'
    | 'no_action'
    | 'secrets_required',
    MessageDescriptor
  >
> = defineMessages({
  required: { id: 'connectorsUi.issue.required', defaultMessage: 'Enter a value.' },
  too_short: {
    id: 'connectorsUi.issue.tooShort',
    defaultMessage: 'Enter at least {minimum, plural, one {# character} other {# characters}}.',
  },
  too_long: {
    id: 'connectorsUi.issue.tooLong',
    defaultMessage: 'Enter at most {maximum, plural, one {# character} other {# characters}}.',
  },
  too_small: {
    id: 'connectorsUi.issue.tooSmall',
    defaultMessage: 'The smallest allowed value is {minimum, number}.',
  },
  too_big: {
    id: 'connectorsUi.issue.tooBig',
    defaultMessage: 'The largest allowed value is {maximum, number}.',
  },
  number_expected: {
    id: 'connectorsUi.issue.numberExpected',
    defaultMessage: 'Enter a number.',
  },
  integer_expected: {
    id: 'connectorsUi.issue.integerExpected',
    defaultMessage: 'Enter a whole number.',
  },
  invalid_url: {
    id: 'connectorsUi.issue.invalidUrl',
    defaultMessage: 'Enter a complete web address, for example https://example.com.',
  },
  https_required: {
    id: 'connectorsUi.issue.httpsRequired',
    defaultMessage: 'The address must begin with https://.',
  },
  invalid_format: {
    id: 'connectorsUi.issue.invalidFormat',
    defaultMessage: 'The value contains characters that are not allowed here.',
  },
  control_characters: {
    id: 'connectorsUi.issue.controlCharacters',
    defaultMessage:
      'The name contains invisible control characters. Type it instead of pasting it.',
  },
  invalid_value: {
    id: 'connectorsUi.issue.invalidValue',
    defaultMessage: 'This value is not allowed here.',
  },
  invalid_name: {
    id: 'connectorsUi.issue.invalidName',
    defaultMessage: 'Every row needs a valid name.',
  },
  repeated_name: {
    id: 'connectorsUi.issue.repeatedName',
    defaultMessage: '{name} appears twice. Remove one of the rows.',
  },
  json_object_expected: {
    id: 'connectorsUi.issue.jsonObjectExpected',
    defaultMessage: 'Enter a JSON object, for example {example}.',
  },
  json_list_expected: {
    id: 'connectorsUi.issue.jsonListExpected',
    defaultMessage: 'Enter a JSON list, for example {example}.',
  },
  no_action: {
    id: 'connectorsUi.issue.noAction',
    defaultMessage: 'Enable at least one action.',
  },
  secrets_required: {
    id: 'connectorsUi.issue.secretsRequired',
    defaultMessage:
      'Enter it again, because your changes decide to which server and path it is sent.',
  },
});

/** Examples of JSON, which are the same in every language. */
const EXAMPLES: Readonly<Record<string, string>> = {
  json_object_expected: '{ "name": "value" }',
  json_list_expected: '[1, 2]',
};

const isKnown = (code: string): code is keyof typeof texts => Object.hasOwn(texts, code);

/**
 * Text of a problem at its field. For a code that only the server knows, it is the server's text,
 * which is written for users.
 */
export function issueText(intl: IntlShape, issue: FieldIssue): string {
  const { code, message, params } = issue;
  if (isKnown(code)) {
    return intl.formatMessage(texts[code], { example: EXAMPLES[code], ...params });
  }
  return message ?? intl.formatMessage(texts.invalid_value);
}
