import { EuiFlyoutBody } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { type ReactElement, useEffect } from 'react';
import {
  type AuthOption,
  type ConnectorForm,
  type FieldIssue,
  type FormField,
  newFormValues,
  offeredOptions,
  type StoredValues,
  storedFormValues,
  useConnectorForm,
} from '../connector_form/index.ts';
import { ConnectorFormBody } from './connector_form_body.tsx';
import { FlyoutFooter, FooterButton } from './flyout_footer.tsx';
import { FlyoutFrame } from './flyout_frame.tsx';
import { StaleNotice } from './stale_notice.tsx';
import { StoredNotices } from './stored_notices.tsx';

const nothing = (): void => undefined;
const OAUTH = 'oauth_authorization_code';
const CALLBACK =
  'https://latchkey.example.com/api/actions/connector/_oauth_callback/LDuqnxy_fnqaX2Pf';
const RULES = { isHttpsRequired: true };

const field = { isHidden: false, isDisabled: false, isAdvanced: false, isRequired: true };
const OAUTH_FIELDS: readonly FormField[] = [
  { ...field, name: 'clientId', label: 'Client ID', kind: 'text' },
  { ...field, name: 'clientSecret', label: 'Client secret', kind: 'secret' },
  {
    ...field,
    name: 'scope',
    label: 'Scope',
    kind: 'text',
    isRequired: false,
    helpText: 'Permissions to request, separated by spaces.',
  },
  { ...field, name: 'issuer', label: 'Issuer', kind: 'text', isRequired: false, isAdvanced: true },
];
const option: Omit<AuthOption, 'id' | 'label' | 'fields'> = {
  authMode: 'per-user',
  isRecommended: false,
  isLegacy: false,
  isExperimental: false,
};
const DRIVE: ConnectorForm = {
  config: [],
  unknownParts: [],
  authOptions: [
    {
      ...option,
      id: OAUTH,
      label: 'OAuth 2.0 Authorization Code',
      isRecommended: true,
      fields: OAUTH_FIELDS,
    },
    {
      ...option,
      id: 'bearer',
      label: 'Bearer token',
      authMode: 'shared',
      fields: [{ ...field, name: 'token', label: 'Token', kind: 'secret' }],
    },
    { ...option, id: 'ears', label: 'Quick Connect OAuth 2.0', isExperimental: true, fields: [] },
  ],
};

const MAIL: ConnectorForm = {
  ...DRIVE,
  actions: [
    {
      name: 'searchMessages',
      label: 'Search messages',
      description: 'Finds messages by a query. Returns ids; getMessage returns their content.',
      effect: 'read',
    },
    {
      name: 'getMessage',
      label: 'Get message',
      description: 'Returns one message with its text and the names of its attachments.',
      effect: 'read',
    },
    {
      name: 'sendMessage',
      label: 'Send message',
      description: 'Sends a message as the user. It cannot be taken back.',
      effect: 'write',
    },
    {
      name: 'trashMessage',
      label: 'Trash message',
      description: 'Moves a message to the trash, where it is deleted after 30 days.',
      effect: 'destroy',
    },
  ],
};
const NO_ACTION: readonly FieldIssue[] = [{ path: 'config.enabledActions', code: 'no_action' }];
/** A problem unfolds the section. */
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

/** A form with a field of every kind. */
const EVERY_KIND: ConnectorForm = {
  unknownParts: [],
  authOptions: [{ ...option, id: '', label: '', authMode: 'shared', fields: [] }],
  config: [
    { ...field, name: 'text', label: 'Text', kind: 'text', helpText: 'With a hint.' },
    {
      ...field,
      name: 'url',
      label: 'Address',
      kind: 'text',
      format: 'url',
      placeholder: 'https://',
    },
    { ...field, name: 'long', label: 'Long text', kind: 'long_text', isRequired: false },
    { ...field, name: 'secret', label: 'Secret', kind: 'secret' },
    { ...field, name: 'choice', label: 'Choice', kind: 'select', options: ['GET', 'POST'] },
    { ...field, name: 'number', label: 'Number', kind: 'number', isInteger: true },
    { ...field, name: 'yes', label: 'Yes or no', kind: 'switch' },
    {
      ...field,
      name: 'headers',
      label: 'Headers',
      kind: 'key_value',
      isSecret: false,
      initial: { Accept: 'application/json' },
    },
    { ...field, name: 'list', label: 'List', kind: 'list', isRequired: false },
    { ...field, name: 'json', label: 'JSON', kind: 'json', accepts: 'object', isRequired: false },
    { ...field, name: 'fixed', label: 'Fixed by the type', kind: 'text', isDisabled: true },
  ],
};

const STORED: StoredValues = {
  name: 'Team Drive',
  auth_type: OAUTH,
  secrets: { authType: OAUTH, clientId: 'client-1', scope: 'drive.readonly' },
  credentials: { clientSecret: { stored: true } },
};

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
  const initial = stored ? storedFormValues(form, stored) : newFormValues(form, 'Google Drive');
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
      title={stored?.name ?? 'New Google Drive connector'}
      subtitle="Search, list and download files in Google Drive."
      icon="logoGoogleG"
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
  { path: 'secrets.scope', code: 'offline_scope_missing' },
  { path: 'secrets.issuer', code: 'unencrypted' },
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
