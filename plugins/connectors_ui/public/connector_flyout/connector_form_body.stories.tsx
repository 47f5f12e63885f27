import { EuiFlyoutBody } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { type ReactElement, useEffect } from 'react';
import {
  type ConnectorForm,
  type FieldIssue,
  newFormValues,
  offeredOptions,
  type StoredValues,
  storedFormValues,
  useConnectorForm,
} from '../connector_form/index.ts';
import { ConnectorFormBody } from './connector_form_body.tsx';
import { CUSTOM_API, DRIVE, EVERY_KIND, JIRA, MAIL, OAUTH } from './example_forms.mock.ts';
import { FlyoutFooter, FooterButton } from './flyout_footer.tsx';
import { FlyoutFrame } from './flyout_frame.tsx';
import { FlyoutTabs } from './flyout_tabs.tsx';
import { StaleNotice } from './stale_notice.tsx';
import { StoredNotices } from './stored_notices.tsx';

const nothing = (): void => undefined;
const CALLBACK =
  'https://latchkey.example.com/api/actions/connector/_oauth_callback/LDuqnxy_fnqaX2Pf';
const TABS = ['configuration', 'test', 'users'] as const;
const RULES = { isHttpsRequired: true };

const WITH_STORED_KEY: StoredValues = {
  name: 'Billing API',
  auth_type: OAUTH,
  config: { url: 'https://api.example.com' },
  secrets: {
    authType: OAUTH,
    authorizationUrl: 'https://login.example.com/authorize',
    tokenUrl: 'https://login.example.com/token',
    clientId: 'client-1',
    tokenEndpointAuthMethod: 'private_key_jwt',
    keyId: 'key-2026',
  },
  credentials: { privateKey: { stored: true } },
};

const NO_ACTION: readonly FieldIssue[] = [{ path: 'config.enabledActions', code: 'no_action' }];
/** A problem in this section, which is therefore expanded. */
const ACTIONS_OPEN: readonly FieldIssue[] = [
  { path: 'config.enabledActions', code: 'other', message: 'A problem of the server.' },
];
const PERMISSIONS = [
  {
    scope: 'https://www.googleapis.com/auth/gmail.readonly',
    text: 'Read all your email and its settings',
  },
  { scope: 'https://www.googleapis.com/auth/gmail.addons.current.message.readonly' },
];

const STORED: StoredValues = {
  name: 'Team Drive',
  auth_type: OAUTH,
  secrets: { authType: OAUTH, clientId: 'client-1', scope: 'drive.readonly' },
  credentials: { clientSecret: { stored: true } },
};

const DRIVE_TYPE = {
  name: 'Google Drive',
  description: 'Search, list and download files in Google Drive.',
  icon: 'logoGoogleG',
};
const TYPES: ReadonlyMap<ConnectorForm, typeof DRIVE_TYPE> = new Map([
  [
    CUSTOM_API,
    { name: 'Custom API', description: 'Send requests to any HTTP service.', icon: 'code' },
  ],
  [JIRA, { name: 'Jira', description: 'Search and create issues.', icon: 'link' }],
]);

function Form(props: {
  readonly form?: ConnectorForm;
  readonly stored?: StoredValues;
  readonly issues?: readonly FieldIssue[];
  readonly problems?: readonly string[];
  readonly warnings?: readonly FieldIssue[];
  readonly notices?: Parameters<typeof StoredNotices>[0]['stored'];
  readonly isReplacing?: boolean;
  readonly isStale?: boolean;
  readonly enabledActions?: readonly string[];
}): ReactElement {
  const { form = DRIVE, stored, issues, problems = [], notices, isReplacing = false } = props;
  const type = TYPES.get(form) ?? DRIVE_TYPE;
  const initial = stored ? storedFormValues(form, stored) : newFormValues(form, type.name);
  const state = useConnectorForm({
    form,
    initial: {
      ...initial,
      ...(isReplacing ? { kept: [] } : {}),
      enabledActions: props.enabledActions ?? null,
    },
    rules: RULES,
  });
  const { showIssues } = state;
  const isReadOnly = notices?.read_only_reason !== undefined;
  useEffect(() => void showIssues(issues ?? []), [showIssues, issues]);
  return (
    <FlyoutFrame
      title={stored?.name ?? `New ${type.name} connector`}
      subtitle={type.description}
      icon={type.icon}
      header={
        stored === undefined ? undefined : (
          <FlyoutTabs tabs={TABS} selected="configuration" onTab={nothing} />
        )
      }
      onClose={nothing}
    >
      <EuiFlyoutBody>
        <ConnectorFormBody
          form={form}
          options={offeredOptions(form, stored)}
          state={state}
          problems={problems}
          warnings={props.warnings ?? []}
          stored={Object.keys(stored?.credentials ?? {})}
          callbackUrl={form === DRIVE ? CALLBACK : undefined}
          permissions={form === MAIL ? PERMISSIONS : undefined}
          isReadOnly={isReadOnly}
        >
          {notices === undefined ? null : <StoredNotices stored={notices} />}
          {props.isStale ? (
            <StaleNotice isSaving={false} onReload={nothing} onOverwrite={nothing} />
          ) : null}
        </ConnectorFormBody>
      </EuiFlyoutBody>
      {stored === undefined ? (
        <FlyoutFooter
          leave={{ label: 'Choose another type', icon: 'chevronSingleLeft', onClick: nothing }}
        >
          <FooterButton label="Save" onClick={nothing} />
          <FooterButton label="Save and connect" isPrimary onClick={nothing} />
        </FlyoutFooter>
      ) : (
        <FlyoutFooter leave={{ label: isReadOnly ? 'Close' : 'Cancel', onClick: nothing }}>
          {!isReadOnly && <FooterButton label="Save" isPrimary onClick={nothing} />}
        </FlyoutFooter>
      )}
    </FlyoutFrame>
  );
}

const ISSUES: readonly FieldIssue[] = [
  { path: 'secrets.clientId', code: 'required' },
  { path: 'secrets.issuer', code: 'https_required' },
];
const WARNINGS: readonly FieldIssue[] = [
  { path: '', code: 'public_base_url_missing' },
  { path: 'secrets.scope', code: 'offline_scope_missing', params: { scope: 'offline_access' } },
  { path: 'secrets.issuer', code: 'unencrypted' },
];
const NOT_REVOCABLE: readonly FieldIssue[] = [
  {
    path: 'secrets.revocationUrl',
    code: 'revocation_unsupported',
    params: { provider: 'Atlassian' },
  },
];
/** A problem at a field. The form scrolls to the field, so that the parts below it are visible. */
const SCOPE_ISSUES: readonly FieldIssue[] = [{ path: 'secrets.scope', code: 'invalid_format' }];
const KEY_ISSUES: readonly FieldIssue[] = [
  { path: 'secrets.keyId', code: 'too_long', params: { maximum: 1024 } },
];
const EARS_MISSING: readonly FieldIssue[] = [
  { path: 'secrets.authType', code: 'ears_unavailable' },
];
const NO_ISSUES: readonly FieldIssue[] = [];

/** States of the form of a connector. */
export const stories: StoryGroup = {
  title: 'Connector flyout: form',
  stories: [
    { name: 'new', render: () => <Form issues={NO_ISSUES} /> },
    {
      name: 'rarely used fields in parts',
      render: () => <Form form={CUSTOM_API} issues={SCOPE_ISSUES} />,
    },
    {
      name: 'a key instead of a secret',
      render: () => <Form form={CUSTOM_API} stored={WITH_STORED_KEY} issues={KEY_ISSUES} />,
    },
    {
      name: 'a provider that cannot revoke',
      render: () => <Form form={JIRA} issues={NO_ISSUES} warnings={NOT_REVOCABLE} />,
    },
    { name: 'problems of fields', render: () => <Form issues={ISSUES} /> },
    {
      name: 'problem of the whole form',
      render: () => (
        <Form
          issues={NO_ISSUES}
          problems={['The server cannot be reached. Check your network, then try again.']}
        />
      ),
    },
    { name: 'warnings', render: () => <Form issues={NO_ISSUES} warnings={WARNINGS} /> },
    {
      name: 'warning of the way to authenticate',
      render: () => <Form issues={NO_ISSUES} warnings={EARS_MISSING} />,
    },
    { name: 'every kind of field', render: () => <Form form={EVERY_KIND} issues={NO_ISSUES} /> },
    { name: 'all actions', render: () => <Form form={MAIL} stored={STORED} issues={NO_ISSUES} /> },
    {
      name: 'some actions',
      render: () => (
        <Form form={MAIL} enabledActions={['searchMessages', 'getMessage']} issues={ACTIONS_OPEN} />
      ),
    },
    {
      name: 'no action',
      render: () => <Form form={MAIL} enabledActions={[]} issues={NO_ACTION} />,
    },
    { name: 'stored', render: () => <Form stored={STORED} issues={NO_ISSUES} /> },
    {
      name: 'stored with a name without spaces',
      render: () => (
        <Form stored={{ ...STORED, name: 'engineering_documents_'.repeat(9) }} issues={NO_ISSUES} />
      ),
    },
    {
      name: 'replacing a credential',
      render: () => <Form stored={STORED} isReplacing issues={NO_ISSUES} />,
    },
    {
      name: 'changed by another user meanwhile',
      render: () => <Form stored={STORED} isStale issues={NO_ISSUES} />,
    },
    {
      name: 'preconfigured',
      render: () => (
        <Form stored={STORED} notices={{ read_only_reason: 'preconfigured' }} issues={NO_ISSUES} />
      ),
    },
    {
      name: 'credentials unreadable',
      render: () => (
        <Form stored={STORED} notices={{ secrets_problem: 'unreadable' }} issues={NO_ISSUES} />
      ),
    },
  ],
};
