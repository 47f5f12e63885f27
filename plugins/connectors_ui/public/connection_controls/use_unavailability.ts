import { defineMessages, useCore } from '@latchkey/core/public';
import { useMemo } from 'react';
import { useIntl } from 'react-intl';
import { type Unavailability, unavailabilities } from '../connection_status/index.ts';

/**
 * Texts for users who can change connectors. They name the setting, which these users can tell the
 * operator.
 */
const forAdministrators = defineMessages({
  ears: {
    id: 'connectorsUi.unavailable.ears',
    defaultMessage:
      'Not available, because this server has no redirect service. The operator can set xpack.actions.auth.ears.url.',
  },
  public_base_url: {
    id: 'connectorsUi.unavailable.publicBaseUrl',
    defaultMessage:
      'Nobody can connect, because this server does not know its own address. The operator can set server.publicBaseUrl.',
  },
  type_missing: {
    id: 'connectorsUi.unavailable.typeMissing',
    defaultMessage:
      'Not available, because this server does not have this connector type. It may need a plugin that is not installed. You can delete the connector.',
  },
  type_disabled: {
    id: 'connectorsUi.unavailable.typeDisabled',
    defaultMessage:
      'Not available, because the operator of this server disabled this connector type.',
  },
});

const messages = defineMessages({
  forUsers: {
    id: 'connectorsUi.unavailable.forUsers',
    defaultMessage: 'Not available on this server. Ask your administrator.',
  },
});

/** Functions that tell why something cannot be used on this server. `undefined`: it can be used. */
export interface UnavailabilityTexts {
  readonly ofAuthType: (authType: string) => string | undefined;
  readonly ofType: (
    type: Parameters<ReturnType<typeof unavailabilities>['ofType']>[0],
  ) => string | undefined;
  /** Text for a known reason. */
  readonly textOf: (reason: Unavailability) => string;
}

/**
 * Texts about why this server makes something unavailable. Administrators see the cause, and the
 * name of a missing setting. Other users see whom to ask.
 */
export function useUnavailability(): UnavailabilityTexts {
  const { application, boot } = useCore();
  const { formatMessage } = useIntl();
  return useMemo(() => {
    const isAdministrator = application.can('actions:create') || application.can('actions:update');
    const textOf = (reason: Unavailability) =>
      formatMessage(isAdministrator ? forAdministrators[reason] : messages.forUsers);
    const ifAny = (reason: Unavailability | undefined) => reason && textOf(reason);
    const { ofAuthType, ofType } = unavailabilities(boot);
    return {
      ofAuthType: (authType) => ifAny(ofAuthType(authType)),
      ofType: (type) => ifAny(ofType(type)),
      textOf,
    };
  }, [application, boot, formatMessage]);
}
