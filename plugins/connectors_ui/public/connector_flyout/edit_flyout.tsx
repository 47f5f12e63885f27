import { defineMessages, useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, type ReactNode, useState } from 'react';
import { useIntl } from 'react-intl';
import {
  hasUsableType,
  isUsable,
  overviewQuery,
  type Unavailability,
  unavailabilities,
  useConnectorStatus,
} from '../connection_status/index.ts';
import { specQuery } from '../connector_data/index.ts';
import { errorText } from '../error_text.ts';
import { ConnectorUsers } from './connector_users.tsx';
import { EditConfiguration, type EditConfigurationProps } from './edit_configuration.tsx';
import { CloseFooter } from './flyout_footer.tsx';
import { FlyoutFrame } from './flyout_frame.tsx';
import { ConnectorNotFound, FlyoutFailed, FlyoutLoading, NotAvailable } from './flyout_states.tsx';
import { type EditTab, FlyoutTabs } from './flyout_tabs.tsx';
import { AuthorizeOwn, MyConnection } from './my_connection.tsx';
import { RunTest } from './run_test.tsx';
import { useLeave } from './use_leave.ts';

const messages = defineMessages({
  loading: { id: 'connectorsUi.edit.loading', defaultMessage: 'Connector' },
  preconfigured: { id: 'connectorsUi.edit.preconfigured', defaultMessage: 'Preconfigured' },
});

/** Properties of {@link EditFlyout}. */
export interface EditFlyoutProps {
  readonly connectorId: string;
  /** Tab to show. If this user may not open the tab, the first one is shown. */
  readonly tab: EditTab;
  readonly onTab: (tab: EditTab) => void;
  /** Called after each save. Default: nothing is called. */
  readonly onSaved?: EditConfigurationProps['onSaved'];
  readonly onClose: () => void;
}

/** Facts about the connector, which all tabs need. */
interface Subject {
  readonly id: string;
  readonly name: string;
  readonly typeId: string;
  readonly typeName: string;
  readonly icon: string | undefined;
  readonly isPersonal: boolean;
  /** Reason why nobody can connect or use the connector. `undefined`: users can. */
  readonly unavailable: Unavailability | undefined;
  readonly isPreconfigured: boolean;
  /** Names of the enabled actions. `undefined`: all actions are enabled. */
  readonly enabledActions: readonly string[] | undefined;
}

/** Flyout for one connector with its form, a test, and its users. */
export function EditFlyout(props: EditFlyoutProps): ReactElement {
  const { connectorId, onClose } = props;
  const intl = useIntl();
  const { boot, http } = useCore();
  const { data, error, isFetching, refetch } = useQuery(overviewQuery(http));
  const connector = data?.connectors?.find(({ id }) => id === connectorId);
  if (connector !== undefined) {
    const type = data?.types?.get(connector.connector_type_id);
    const subject: Subject = {
      id: connector.id,
      name: connector.name,
      typeId: connector.connector_type_id,
      typeName: type?.name ?? connector.connector_type_id,
      icon: type?.icon,
      isPersonal: connector.auth_mode === 'per-user',
      unavailable: unavailabilities(boot).ofConnector(connector, data?.types),
      isPreconfigured: connector.is_preconfigured,
      enabledActions: connector.enabled_actions,
    };
    return <EditSubject key={connector.id} {...props} subject={subject} />;
  }
  return (
    <FlyoutFrame title={intl.formatMessage(messages.loading)} onClose={onClose}>
      {isFetching ? (
        <FlyoutLoading />
      ) : data?.connectors !== undefined ? (
        <ConnectorNotFound onClose={onClose} />
      ) : (
        <FlyoutFailed text={errorText(intl, error)} onRetry={() => void refetch()} />
      )}
    </FlyoutFrame>
  );
}

function EditSubject(props: EditFlyoutProps & { readonly subject: Subject }): ReactElement {
  const { subject, onTab } = props;
  const { formatMessage } = useIntl();
  const leave = useLeave(props.onClose);
  const tabs = useTabs(subject);
  const tab = tabs.find((one) => one === props.tab) ?? tabs[0] ?? 'test';
  const authorize =
    subject.isPersonal && subject.unavailable === undefined ? (
      <AuthorizeOwn connectorId={subject.id} connectorName={subject.name} />
    ) : undefined;
  // A connector whose type is missing has no form. Without a type, nothing can be executed.
  const hasForm =
    tab === 'configuration' ? subject.unavailable !== 'type_missing' : hasUsableType(subject);
  // The content of the tab explains the problem in more detail, so the notice is left out.
  const isExplained = tab !== 'users' && !hasUsableType(subject);
  return (
    <FlyoutFrame
      title={subject.name}
      subtitle={subject.typeName}
      icon={subject.icon ?? 'plugs'}
      badge={subject.isPreconfigured ? formatMessage(messages.preconfigured) : undefined}
      header={
        <>
          {subject.isPersonal ? (
            <MyConnection
              connectorId={subject.id}
              connectorName={subject.name}
              unavailable={isExplained ? undefined : subject.unavailable}
            />
          ) : null}
          <FlyoutTabs tabs={tabs} selected={tab} onTab={(one) => leave.before(() => onTab(one))} />
        </>
      }
      onClose={leave.close}
    >
      {tab === 'users' ? (
        <ConnectorUsers connectorId={subject.id} onClose={leave.close} />
      ) : subject.unavailable !== undefined && !hasForm ? (
        <NotAvailable reason={subject.unavailable} onClose={leave.close} />
      ) : (
        <TabContent
          tab={tab}
          subject={subject}
          authorize={authorize}
          onDirty={leave.setDirty}
          onSaved={props.onSaved}
          onClose={leave.close}
        />
      )}
    </FlyoutFrame>
  );
}

/** Tabs that this user may open, in the order in which they are shown. */
function useTabs(subject: Subject): readonly EditTab[] {
  const { application } = useCore();
  const canUpdate = application.can('actions:update');
  const tabs: (EditTab | undefined)[] = [
    canUpdate ? 'configuration' : undefined,
    application.can('actions:execute') && hasUsableType(subject) ? 'test' : undefined,
    canUpdate && subject.isPersonal ? 'users' : undefined,
  ];
  return tabs.filter((tab) => tab !== undefined);
}

function TabContent(props: {
  readonly tab: Exclude<EditTab, 'users'>;
  readonly subject: Subject;
  readonly authorize: ReactNode;
  readonly onDirty: (isDirty: boolean) => void;
  readonly onSaved: EditFlyoutProps['onSaved'];
  readonly onClose: () => void;
}): ReactElement {
  const { tab, subject, authorize, onClose } = props;
  const intl = useIntl();
  const { http } = useCore();
  const { data: spec, error, refetch } = useQuery(specQuery(http, subject.typeId));
  const { connection } = useConnectorStatus(subject.id);
  const needsConnection = subject.isPersonal && connection !== undefined && !isUsable(connection);
  // Part of the key of the form, so that the form is created again after each save and reload.
  const [version, setVersion] = useState(0);
  if (spec === undefined) {
    return error === null ? (
      <FlyoutLoading />
    ) : (
      <FlyoutFailed text={errorText(intl, error)} onRetry={() => void refetch()} />
    );
  }
  switch (tab) {
    case 'configuration':
      return (
        <EditConfiguration
          key={version}
          connectorId={subject.id}
          spec={spec}
          authorize={authorize}
          takesFocus={version > 0}
          onDirty={props.onDirty}
          onSaved={(saved) => {
            setVersion(version + 1);
            props.onSaved?.(saved);
          }}
          onReload={() => setVersion(version + 1)}
          onClose={onClose}
        />
      );
    case 'test':
      return (
        <CloseFooter onClose={onClose} action={needsConnection ? undefined : authorize}>
          <RunTest
            connectorId={subject.id}
            spec={spec}
            enabledActions={subject.enabledActions}
            isPersonal={subject.isPersonal}
            needsConnection={needsConnection}
            authorize={authorize}
          />
        </CloseFooter>
      );
    default:
      return tab satisfies never;
  }
}
