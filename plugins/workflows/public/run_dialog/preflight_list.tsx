import { EuiFlexGroup, EuiFlexItem, EuiIcon, EuiPanel, EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { TwoLines } from '@latchkey/core/public/page_parts';
import type { ReactElement, ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { type CheckedConnector, type Readiness, readinessOf } from './preflight.ts';

const messages = defineMessages({
  asAccount: { id: 'workflows.preflight.asAccount', defaultMessage: 'Runs as {account}' },
  asYou: { id: 'workflows.preflight.asYou', defaultMessage: 'Runs with your own account' },
  shared: {
    id: 'workflows.preflight.shared',
    defaultMessage: 'Runs with the account that all users share',
  },
  connect: {
    id: 'workflows.preflight.connect',
    defaultMessage: 'You are not connected. The run would wait until you are.',
  },
  reconnect: {
    id: 'workflows.preflight.reconnect',
    defaultMessage: 'The provider no longer accepts your authorization. The run would wait.',
  },
  site: {
    id: 'workflows.preflight.site',
    defaultMessage:
      'Your account has several sites, and none is chosen. The run would wait until you choose one.',
  },
  permissions: {
    id: 'workflows.preflight.permissions',
    defaultMessage: 'Your account lacks permissions that the step needs: {scopes}',
  },
  not_enabled: {
    id: 'workflows.preflight.notEnabled',
    defaultMessage:
      'Not enabled in this connector: {actions}. An administrator can enable actions in the settings of the connector.',
  },
  missing: {
    id: 'workflows.preflight.missing',
    defaultMessage: 'This connector does not exist. Correct it in the workflow.',
  },
  placeholder: {
    id: 'workflows.preflight.placeholder',
    defaultMessage: 'This is a placeholder. Choose a connector in the workflow.',
  },
  ambiguous: {
    id: 'workflows.preflight.ambiguous',
    defaultMessage: 'Several connectors have this name. Use the id of one of them in the workflow.',
  },
  computed: {
    id: 'workflows.preflight.computed',
    defaultMessage: 'The connector is known only while the workflow runs.',
  },
  none: { id: 'workflows.preflight.none', defaultMessage: 'No connector' },
  steps: {
    id: 'workflows.preflight.steps',
    defaultMessage: '{count, plural, one {Step {names}} other {Steps {names}}}',
  },
});

const ICONS: Record<Readiness, { readonly icon: string; readonly color: string }> = {
  ready: { icon: 'check', color: 'success' },
  connect: { icon: 'link', color: 'warning' },
  reconnect: { icon: 'link', color: 'warning' },
  site: { icon: 'globe', color: 'warning' },
  permissions: { icon: 'key', color: 'warning' },
  not_enabled: { icon: 'lock', color: 'danger' },
  missing: { icon: 'error', color: 'danger' },
  placeholder: { icon: 'error', color: 'danger' },
  ambiguous: { icon: 'error', color: 'danger' },
  computed: { icon: 'question', color: 'subdued' },
};

/** Maximum number of steps that are named for a connector. */
const NAMED_STEPS = 3;

/**
 * Lists the connectors of a workflow: the account with which each acts, and what the user has to do
 * before the run.
 */
export function PreflightList(props: {
  readonly connectors: readonly CheckedConnector[];
  /** Renders the button that connects an account. Called for connectors that are not connected. */
  readonly renderConnect: (connector: CheckedConnector) => ReactNode;
}): ReactElement {
  return (
    <ul css={{ listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: 8 }}>
      {props.connectors.map((connector) => (
        <li key={`${connector.reference} ${connector.steps[0]?.line}`}>
          <Item connector={connector} renderConnect={props.renderConnect} />
        </li>
      ))}
    </ul>
  );
}

function Item(props: {
  readonly connector: CheckedConnector;
  readonly renderConnect: (connector: CheckedConnector) => ReactNode;
}): ReactElement {
  const { connector, renderConnect } = props;
  const { formatMessage, formatList } = useIntl();
  const readiness = readinessOf(connector);
  const { icon, color } = ICONS[readiness];
  const { name, reference, steps } = connector;
  const names = steps.slice(0, NAMED_STEPS).map(({ stepId }) => stepId);
  const shown = steps.length > NAMED_STEPS ? [...names, '…'] : names;
  const canConnect = ['connect', 'reconnect', 'site', 'permissions'].includes(readiness);
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="s">
      <EuiFlexGroup gutterSize="s" responsive={false}>
        <EuiFlexItem grow={false}>
          <EuiIcon type={icon} color={color} aria-hidden="true" css={{ marginBlockStart: 3 }} />
        </EuiFlexItem>
        <EuiFlexItem css={{ minInlineSize: 0 }}>
          <EuiText size="s" css={{ overflowWrap: 'anywhere' }}>
            <strong>
              <TwoLines
                text={name ?? (reference === '' ? formatMessage(messages.none) : reference)}
              />
            </strong>
            <p>{useReadinessText(connector, readiness)}</p>
          </EuiText>
          {steps.length > 0 && (
            <EuiText size="xs" color="subdued" css={{ overflowWrap: 'anywhere' }}>
              <p>
                {formatMessage(messages.steps, {
                  count: steps.length,
                  names: formatList(shown, { type: 'unit' }),
                })}
              </p>
            </EuiText>
          )}
          {canConnect && <div css={{ marginBlockStart: 8 }}>{renderConnect(connector)}</div>}
        </EuiFlexItem>
      </EuiFlexGroup>
    </EuiPanel>
  );
}

function useReadinessText(connector: CheckedConnector, readiness: Readiness): string {
  const { formatMessage, formatList } = useIntl();
  const { personal, accountLabel: account, missingScopes = [], disabledActions = [] } = connector;
  if (readiness === 'permissions') {
    return formatMessage(messages.permissions, {
      scopes: formatList([...missingScopes], { type: 'unit' }),
    });
  }
  if (readiness === 'not_enabled') {
    return formatMessage(messages.not_enabled, {
      actions: formatList([...disabledActions], { type: 'unit' }),
    });
  }
  if (readiness !== 'ready') return formatMessage(messages[readiness]);
  if (personal !== true) return formatMessage(messages.shared);
  return account === undefined
    ? formatMessage(messages.asYou)
    : formatMessage(messages.asAccount, { account });
}
