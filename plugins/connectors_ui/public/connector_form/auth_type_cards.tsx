import {
  EuiBadge,
  EuiCheckableCard,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormFieldset,
  EuiSpacer,
  EuiText,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { FieldWarning, useFieldWarnings } from './field_warnings.tsx';
import type { AuthOption } from './form_field.ts';

const messages = defineMessages({
  legend: { id: 'connectorsUi.authType.legend', defaultMessage: 'Authentication' },
  recommended: { id: 'connectorsUi.authType.recommended', defaultMessage: 'Recommended' },
  experimental: { id: 'connectorsUi.authType.experimental', defaultMessage: 'Experimental' },
  personal: { id: 'connectorsUi.authType.personal', defaultMessage: 'Personal' },
  shared: { id: 'connectorsUi.authType.shared', defaultMessage: 'Service account' },
});

/** Explanations of auth types, because their names alone tell little. */
const descriptions = defineMessages({
  none: {
    id: 'connectorsUi.authType.description.none',
    defaultMessage: 'Requests are sent without credentials.',
  },
  basic: {
    id: 'connectorsUi.authType.description.basic',
    defaultMessage: 'All users share one username and password.',
  },
  bearer: {
    id: 'connectorsUi.authType.description.bearer',
    defaultMessage: 'All users share one access token.',
  },
  api_key_header: {
    id: 'connectorsUi.authType.description.apiKey',
    defaultMessage: 'All users share one API key, sent in a header.',
  },
  oauth_client_credentials: {
    id: 'connectorsUi.authType.description.clientCredentials',
    defaultMessage: 'All users share one OAuth app that signs in by itself.',
  },
  oauth_client_credentials_private_key_jwt: {
    id: 'connectorsUi.authType.description.clientCredentialsKey',
    defaultMessage: 'All users share one OAuth app that signs in with a private key.',
  },
  oauth_authorization_code: {
    id: 'connectorsUi.authType.description.authorizationCode',
    defaultMessage: 'Each user signs in at the service, through your OAuth app.',
  },
  ears: {
    id: 'connectorsUi.authType.description.ears',
    defaultMessage: 'Each user signs in at the service. You need no OAuth app.',
  },
});

const hasDescription = (id: string): id is keyof typeof descriptions =>
  Object.hasOwn(descriptions, id);

/**
 * Cards for the ways to authenticate, recommended ones first. The chosen card contains its fields.
 * If there is only one way, it is shown without a card.
 */
export function AuthTypeCards(props: {
  readonly options: readonly AuthOption[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  readonly isDisabled?: boolean;
  /** Fields of the chosen option. */
  readonly children: ReactNode;
}): ReactElement {
  const { options, chosen, onChoose, isDisabled, children } = props;
  const { formatMessage } = useIntl();
  const group = useGeneratedHtmlId();
  const warnings = useFieldWarnings('secrets')('authType');
  if (options.length < 2) return <>{children}</>;
  const sorted = options.toSorted((a, b) => Number(b.isRecommended) - Number(a.isRecommended));
  return (
    <EuiFormFieldset legend={{ children: formatMessage(messages.legend) }}>
      {sorted.map((option) => (
        <Fragment key={option.id}>
          <EuiCheckableCard
            id={`${group}_${option.id}`}
            name={group}
            label={
              <CardLabel
                option={option}
                warnings={option.id === chosen && option.unavailable === undefined ? warnings : []}
              />
            }
            checked={option.id === chosen}
            disabled={
              isDisabled === true || (option.unavailable !== undefined && option.id !== chosen)
            }
            onChange={() => onChoose(option.id)}
          >
            {option.id === chosen && drawsFields(option) ? children : undefined}
          </EuiCheckableCard>
          <EuiSpacer size="s" />
        </Fragment>
      ))}
    </EuiFormFieldset>
  );
}

const drawsFields = ({ fields }: AuthOption): boolean => fields.some(({ isHidden }) => !isHidden);

function CardLabel(props: {
  readonly option: AuthOption;
  readonly warnings: readonly string[];
}): ReactElement {
  const { option, warnings } = props;
  const { formatMessage } = useIntl();
  const isPersonal = option.authMode === 'per-user';
  return (
    <>
      <EuiFlexGroup alignItems="center" responsive={false} wrap css={{ columnGap: 8, rowGap: 4 }}>
        <EuiFlexItem grow={false}>
          <strong>{option.label}</strong>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiFlexGroup gutterSize="xs" responsive={false} wrap>
            {option.isRecommended ? (
              <EuiBadge color="success">{formatMessage(messages.recommended)}</EuiBadge>
            ) : null}
            <EuiBadge color="hollow" iconType={isPersonal ? 'user' : 'users'}>
              {formatMessage(isPersonal ? messages.personal : messages.shared)}
            </EuiBadge>
            {option.isExperimental ? (
              <EuiBadge color="hollow" iconType="flask">
                {formatMessage(messages.experimental)}
              </EuiBadge>
            ) : null}
          </EuiFlexGroup>
        </EuiFlexItem>
      </EuiFlexGroup>
      {hasDescription(option.id) ? (
        <EuiText size="s" color="subdued" css={{ marginBlockStart: 4 }}>
          {formatMessage(descriptions[option.id])}
        </EuiText>
      ) : null}
      {option.unavailable === undefined ? null : (
        <EuiText size="s" color="warning" css={{ marginBlockStart: 4 }}>
          {option.unavailable}
        </EuiText>
      )}
      {warnings.map((text) => (
        <FieldWarning key={text} text={text} />
      ))}
    </>
  );
}
