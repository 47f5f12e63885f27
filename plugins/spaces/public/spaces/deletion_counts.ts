import { defineMessages } from '@latchkey/core/public';
import type { IntlShape, MessageDescriptor } from 'react-intl';

/** Texts for the kinds of `_deletion_preview`, in the order in which they are shown. */
const kinds: Readonly<Record<string, MessageDescriptor>> = defineMessages({
  connectors: {
    id: 'spaces.delete.connectors',
    defaultMessage: '{count, plural, one {# connector} other {# connectors}}',
  },
  authorizations: {
    id: 'spaces.delete.authorizations',
    defaultMessage:
      '{count, plural, one {# authorization of a user} other {# authorizations of users}}',
  },
  shared_tokens: {
    id: 'spaces.delete.sharedTokens',
    defaultMessage:
      '{count, plural, one {# token of a service account} other {# tokens of service accounts}}',
  },
  authorization_flows: {
    id: 'spaces.delete.authorizationFlows',
    defaultMessage:
      '{count, plural, one {# authorization that was started} other {# authorizations that were started}}',
  },
  workflows: {
    id: 'spaces.delete.workflows',
    defaultMessage: '{count, plural, one {# workflow} other {# workflows}}',
  },
  roles: {
    id: 'spaces.delete.roles',
    defaultMessage: 'The privileges in this space of {count, plural, one {# role} other {# roles}}',
  },
  api_keys: {
    id: 'spaces.delete.apiKeys',
    defaultMessage:
      'The privileges in this space of {count, plural, one {# restricted API key} other {# restricted API keys}}',
  },
});

const other: Readonly<Record<'other', MessageDescriptor>> = defineMessages({
  other: {
    id: 'spaces.delete.other',
    defaultMessage: '{count, plural, one {# other object} other {# other objects}}',
  },
});

/** One line for each kind that is present. Kinds without a text are added up in one line. */
export function describeCounts(
  { formatMessage }: Pick<IntlShape, 'formatMessage'>,
  counts: Readonly<Record<string, number>>,
): readonly string[] {
  const known = Object.entries(kinds).flatMap(([kind, text]) => {
    const count = counts[kind] ?? 0;
    return count > 0 ? [formatMessage(text, { count })] : [];
  });
  const rest = Object.entries(counts).filter(([kind]) => !Object.hasOwn(kinds, kind));
  const count = rest.reduce((sum, [, value]) => sum + value, 0);
  return count > 0 ? [...known, formatMessage(other.other, { count })] : known;
}
