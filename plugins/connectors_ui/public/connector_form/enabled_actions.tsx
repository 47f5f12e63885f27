import {
  EuiAccordion,
  EuiBadge,
  EuiButtonEmpty,
  EuiCheckbox,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormErrorText,
  EuiSpacer,
  EuiText,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement, Ref } from 'react';
import { useController, useFormContext } from 'react-hook-form';
import { useIntl } from 'react-intl';
import type { FormAction } from './form_field.ts';
import type { FormValues } from './form_values.ts';

const messages = defineMessages({
  all: {
    id: 'connectorsUi.actions.all',
    defaultMessage: 'Enabled actions: all',
  },
  some: {
    id: 'connectorsUi.actions.some',
    defaultMessage: 'Enabled actions: {count} of {total}',
  },
  help: {
    id: 'connectorsUi.actions.help',
    defaultMessage:
      'Only these actions can be executed, and users are asked only for the permissions that these need. Nobody has to connect again when you disable an action.',
  },
  selectAll: { id: 'connectorsUi.actions.selectAll', defaultMessage: 'Enable all' },
  selectAllHelp: {
    id: 'connectorsUi.actions.selectAllHelp',
    defaultMessage: 'All actions are enabled, also those that a later version adds.',
  },
  selectReading: {
    id: 'connectorsUi.actions.selectReading',
    defaultMessage: 'Enable only reading',
  },
  group: { id: 'connectorsUi.actions.group', defaultMessage: 'Enabled actions' },
  read: { id: 'connectorsUi.actions.read', defaultMessage: 'Reads' },
  write: { id: 'connectorsUi.actions.write', defaultMessage: 'Writes' },
  destroy: { id: 'connectorsUi.actions.destroy', defaultMessage: 'Changes or deletes' },
  permissions: {
    id: 'connectorsUi.actions.permissions',
    defaultMessage: 'Permissions that users are asked for',
  },
});

const EFFECT_COLORS = { read: 'hollow', write: 'warning', destroy: 'danger' } as const;

/** A permission that a connector requests, with a description if one is known. */
export interface RequestedPermission {
  readonly scope: string;
  readonly text?: string | undefined;
}

/**
 * Choice of the enabled actions. Must be inside a `FormProvider` of {@link FormValues}. It is
 * collapsed at first. If all actions are chosen, the value is `null`, so that actions of later
 * versions are enabled too.
 */
export function EnabledActions(props: {
  readonly actions: readonly FormAction[];
  /**
   * Permissions that users have to grant. `undefined`: not known yet, or the connector requests
   * none.
   */
  readonly permissions: readonly RequestedPermission[] | undefined;
  readonly isDisabled: boolean;
}): ReactElement {
  const { actions, permissions, isDisabled } = props;
  const { formatMessage } = useIntl();
  const id = useGeneratedHtmlId();
  const { control } = useFormContext<FormValues>();
  const {
    field,
    fieldState: { error },
  } = useController({ control, name: 'enabledActions' });
  const names = actions.map(({ name }) => name);
  const enabled = new Set(field.value ?? names);
  const choose = (isChosen: (action: FormAction) => boolean) => {
    const chosen = actions.filter(isChosen).map(({ name }) => name);
    field.onChange(chosen.length === names.length ? null : chosen);
  };
  return (
    <EuiAccordion
      id={id}
      buttonContent={
        <EuiText size="s">
          {field.value === null
            ? formatMessage(messages.all)
            : formatMessage(messages.some, { count: enabled.size, total: names.length })}
        </EuiText>
      }
      paddingSize="s"
      {...(error === undefined ? {} : { forceState: 'open' as const })}
    >
      <EuiText size="s" color="subdued">
        <p>
          {formatMessage(messages.help)}{' '}
          {field.value === null ? formatMessage(messages.selectAllHelp) : null}
        </p>
      </EuiText>
      <Shortcuts
        firstRef={field.ref}
        isDisabled={isDisabled}
        onAll={() => choose(() => true)}
        onReading={
          actions.some(({ effect }) => effect === 'read')
            ? () => choose(({ effect }) => effect === 'read')
            : undefined
        }
      />
      <fieldset aria-label={formatMessage(messages.group)} onBlur={field.onBlur}>
        {actions.map((action) => (
          <ActionChoice
            key={action.name}
            action={action}
            isChosen={enabled.has(action.name)}
            isDisabled={isDisabled}
            onChange={(isChosen) =>
              choose(({ name }) => (name === action.name ? isChosen : enabled.has(name)))
            }
          />
        ))}
      </fieldset>
      {error === undefined ? null : <EuiFormErrorText>{error.message}</EuiFormErrorText>}
      {permissions === undefined ? null : <Permissions permissions={permissions} />}
    </EuiAccordion>
  );
}

function Shortcuts(props: {
  readonly firstRef: Ref<HTMLButtonElement>;
  readonly isDisabled: boolean;
  readonly onAll: () => void;
  /** Enables only the actions that read. `undefined`: there are none. */
  readonly onReading: (() => void) | undefined;
}): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <>
      <EuiSpacer size="s" />
      <EuiFlexGroup gutterSize="s" wrap responsive={false}>
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty
            size="xs"
            buttonRef={props.firstRef}
            isDisabled={props.isDisabled}
            onClick={props.onAll}
          >
            {formatMessage(messages.selectAll)}
          </EuiButtonEmpty>
        </EuiFlexItem>
        {props.onReading === undefined ? null : (
          <EuiFlexItem grow={false}>
            <EuiButtonEmpty size="xs" isDisabled={props.isDisabled} onClick={props.onReading}>
              {formatMessage(messages.selectReading)}
            </EuiButtonEmpty>
          </EuiFlexItem>
        )}
      </EuiFlexGroup>
      <EuiSpacer size="s" />
    </>
  );
}

function ActionChoice(props: {
  readonly action: FormAction;
  readonly isChosen: boolean;
  readonly isDisabled: boolean;
  readonly onChange: (isChosen: boolean) => void;
}): ReactElement {
  const { name, label, description, effect } = props.action;
  const { formatMessage } = useIntl();
  const id = useGeneratedHtmlId({ suffix: name });
  return (
    <>
      <EuiCheckbox
        id={id}
        checked={props.isChosen}
        disabled={props.isDisabled}
        onChange={(event) => props.onChange(event.target.checked)}
        aria-describedby={`${id}-description`}
        label={
          <>
            {label}{' '}
            <EuiBadge color={EFFECT_COLORS[effect]}>{formatMessage(messages[effect])}</EuiBadge>
          </>
        }
      />
      <EuiText
        size="xs"
        color="subdued"
        id={`${id}-description`}
        css={{ overflowWrap: 'anywhere', paddingInlineStart: 24 }}
      >
        <p>{description}</p>
      </EuiText>
      <EuiSpacer size="s" />
    </>
  );
}

function Permissions(props: {
  readonly permissions: readonly RequestedPermission[];
}): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <>
      <EuiSpacer size="s" />
      <EuiText size="s" css={{ overflowWrap: 'anywhere' }}>
        <h4>{formatMessage(messages.permissions)}</h4>
        <ul>
          {props.permissions.map(({ scope, text }) => (
            <li key={scope} title={scope}>
              {text ?? scope}
            </li>
          ))}
        </ul>
      </EuiText>
    </>
  );
}
