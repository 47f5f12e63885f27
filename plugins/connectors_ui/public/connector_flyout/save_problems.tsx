import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  title: {
    id: 'connectorsUi.save.problems',
    defaultMessage: 'The connector was not saved',
  },
  unknown: {
    id: 'connectorsUi.save.unknown',
    defaultMessage: 'The server did not respond',
  },
  unknownText: {
    id: 'connectorsUi.save.unknownText',
    defaultMessage:
      'It is not known if the connector was saved. Check your network, then save again: no second connector is created.',
  },
  fields: {
    id: 'connectorsUi.save.fields',
    defaultMessage:
      '{count, plural, one {One field needs} other {# fields need}} to be corrected. See the {count, plural, one {message} other {messages}} below.',
  },
});

/**
 * Notice above the form with the reasons why it was not saved. Screen readers announce it. Renders
 * nothing if there are none.
 */
export function SaveProblems(props: {
  /** Texts of problems that belong to no field. */
  readonly texts: readonly string[];
  /** Number of fields with a problem. */
  readonly fieldCount: number;
  /** `true`: the response to the last save was lost. */
  readonly isUnknown: boolean;
}): ReactElement | null {
  const { texts, fieldCount, isUnknown } = props;
  const { formatMessage } = useIntl();
  if (texts.length === 0 && fieldCount === 0 && !isUnknown) return null;
  return (
    <>
      <EuiCallOut
        announceOnMount
        color="danger"
        iconType="error"
        title={formatMessage(isUnknown ? messages.unknown : messages.title)}
      >
        {isUnknown ? <p>{formatMessage(messages.unknownText)}</p> : null}
        {texts.map((text) => (
          <p key={text}>{text}</p>
        ))}
        {fieldCount > 0 ? <p>{formatMessage(messages.fields, { count: fieldCount })}</p> : null}
      </EuiCallOut>
      <EuiSpacer size="m" />
    </>
  );
}
