import type { AuthOption, ConnectorForm, FormField } from '../connector_form/index.ts';

/** Id of the authentication type that the forms use. */
export const OAUTH = 'oauth_authorization_code';

const field = { isHidden: false, isDisabled: false, isRequired: true };
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
  {
    ...field,
    name: 'issuer',
    label: 'Issuer',
    kind: 'text',
    isRequired: false,
    section: 'advanced',
  },
];
const option: Omit<AuthOption, 'id' | 'label' | 'fields'> = {
  authMode: 'per-user',
  isRecommended: false,
  isLegacy: false,
  isExperimental: false,
};
/** Form of a provider with known endpoints. */
export const DRIVE: ConnectorForm = {
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

const folded = { ...field, isRequired: false };
const WITH_KEY = { field: 'tokenEndpointAuthMethod', equals: ['private_key_jwt'] };
/** Form with many rarely used fields. Some of them depend on the client authentication. */
export const CUSTOM_API: ConnectorForm = {
  unknownParts: [],
  config: [
    {
      ...field,
      name: 'url',
      label: 'URL',
      kind: 'text',
      format: 'url',
      helpText: 'Address of the service. Requests cannot leave it.',
    },
    {
      ...folded,
      name: 'providerData',
      label: 'Provider data',
      kind: 'json',
      accepts: 'text',
      section: 'advanced',
      shownIf: { field: 'authType', equals: [OAUTH] },
    },
  ],
  authOptions: [
    {
      ...option,
      id: OAUTH,
      label: 'OAuth 2.0 Authorization Code',
      fields: [
        { ...field, name: 'authorizationUrl', label: 'Authorization URL', kind: 'text' },
        { ...field, name: 'tokenUrl', label: 'Token URL', kind: 'text' },
        { ...field, name: 'clientId', label: 'Client ID', kind: 'text' },
        {
          ...folded,
          name: 'clientSecret',
          label: 'Client secret',
          kind: 'secret',
          requiredUnless: WITH_KEY,
          shownIf: { ...WITH_KEY, equals: ['', 'client_secret_post', 'client_secret_basic'] },
        },
        { ...folded, name: 'scope', label: 'Scope', kind: 'text' },
        {
          ...folded,
          name: 'revocationUrl',
          label: 'Revocation URL',
          kind: 'text',
          section: 'revocation',
        },
        {
          ...folded,
          name: 'issuer',
          label: 'Issuer',
          kind: 'text',
          section: 'authorization_request',
        },
        {
          ...folded,
          name: 'tokenEndpointAuthMethod',
          label: 'Client authentication',
          kind: 'select',
          options: ['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none'],
          optionLabels: {
            client_secret_post: 'Client secret in the body (client_secret_post)',
            client_secret_basic: 'Client secret in the header (client_secret_basic)',
            private_key_jwt: 'Assertion signed with a private key (private_key_jwt)',
            none: 'None, the client is public (none)',
          },
          section: 'token_request',
        },
        {
          ...folded,
          name: 'privateKey',
          label: 'Private key',
          kind: 'secret',
          helpText: 'Unencrypted key in PEM that signs the assertions of the client.',
          section: 'token_request',
          shownIf: WITH_KEY,
          requiredIf: WITH_KEY,
        },
        {
          ...folded,
          name: 'keyId',
          label: 'Key ID',
          kind: 'text',
          helpText: 'Name of the key at the provider.',
          section: 'token_request',
          shownIf: WITH_KEY,
        },
        {
          ...folded,
          name: 'accessTokenPath',
          label: 'Path to the access token',
          kind: 'text',
          section: 'token_response',
        },
        { ...folded, name: 'userinfoUrl', label: 'Userinfo URL', kind: 'text', section: 'account' },
      ],
    },
    {
      ...option,
      id: 'bearer',
      label: 'Bearer token',
      authMode: 'shared',
      fields: [{ ...field, name: 'token', label: 'Token', kind: 'secret' }],
    },
  ],
};
/** Form of a provider that cannot revoke tokens. */
export const JIRA: ConnectorForm = {
  config: [],
  unknownParts: [],
  authOptions: [
    {
      ...option,
      id: OAUTH,
      label: 'OAuth 2.0 Authorization Code',
      fields: [
        ...OAUTH_FIELDS,
        {
          ...folded,
          name: 'revocationUrl',
          label: 'Revocation URL',
          kind: 'text',
          section: 'revocation',
        },
      ],
    },
  ],
};
/** Form of a type whose actions an administrator can enable and disable. */
export const MAIL: ConnectorForm = {
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
/** A form with a field of every kind. */
export const EVERY_KIND: ConnectorForm = {
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
