import {
  EuiColorPicker,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiSpacer,
  EuiTextArea,
} from '@elastic/eui';
import { zodResolver } from '@hookform/resolvers/zod';
import { defineMessages, isStaleVersion, useLeaveGuard } from '@latchkey/core/public';
import {
  FormFlyout,
  type FormSaveOptions,
  OptionalLabel,
  StaleFormNotice,
  TextField,
} from '@latchkey/core/public/page_parts';
import { useEffect } from 'react';
import { type Control, Controller, useForm, useFormState, useWatch } from 'react-hook-form';
import { type MessageDescriptor, useIntl } from 'react-intl';
import { formFailure } from '../failure_text.ts';
import { SpaceAvatar, type SpaceView } from '../space_avatar.tsx';
import { type SpaceValues, spaceForm, spaceValues, suggestId } from './space_form.ts';
import { useSpaceDescription } from './use_space_description.ts';

const messages = defineMessages({
  createTitle: { id: 'spaces.flyout.createTitle', defaultMessage: 'Create space' },
  editTitle: { id: 'spaces.flyout.editTitle', defaultMessage: 'Edit space {name}' },
  create: { id: 'spaces.flyout.create', defaultMessage: 'Create space' },
  save: { id: 'spaces.flyout.save', defaultMessage: 'Save space' },
  failed: { id: 'spaces.flyout.failed', defaultMessage: 'The space was not saved' },
  name: { id: 'spaces.flyout.name', defaultMessage: 'Name' },
  id: { id: 'spaces.flyout.id', defaultMessage: 'Identifier' },
  idHelp: {
    id: 'spaces.flyout.idHelp',
    defaultMessage: 'Part of the address: /s/{id}/. It cannot be changed later.',
  },
  description: { id: 'spaces.flyout.description', defaultMessage: 'Description' },
  initials: { id: 'spaces.flyout.initials', defaultMessage: 'Initials' },
  color: { id: 'spaces.flyout.color', defaultMessage: 'Color' },
  noColor: { id: 'spaces.flyout.noColor', defaultMessage: 'Auto' },
});

const errorTexts: Readonly<Record<string, MessageDescriptor>> = defineMessages({
  name: {
    id: 'spaces.flyout.nameInvalid',
    defaultMessage: 'Enter a name with at most 128 characters.',
  },
  characters: {
    id: 'spaces.flyout.characters',
    defaultMessage:
      'The name contains invisible control characters. Type it instead of pasting it.',
  },
  id: {
    id: 'spaces.flyout.idInvalid',
    defaultMessage: 'Use 1 to 64 lower-case letters, digits, hyphens and underscores.',
  },
  description: {
    id: 'spaces.flyout.descriptionInvalid',
    defaultMessage: 'Use at most 1,024 characters.',
  },
  initials: { id: 'spaces.flyout.initialsInvalid', defaultMessage: 'Use at most 2 characters.' },
  color: { id: 'spaces.flyout.colorInvalid', defaultMessage: 'Enter a color such as #00BFB3.' },
});

/** Properties of {@link SpaceFlyout}. */
export interface SpaceFlyoutProps {
  /** Space to edit. `undefined`: the flyout creates a new space. */
  readonly space: SpaceView | undefined;
  /** Failure of the last attempt to save. `undefined`: none. */
  readonly error: unknown;
  readonly isSaving: boolean;
  readonly onSubmit: (values: SpaceValues, options: FormSaveOptions) => void;
  /** Discards the values, and shows the space as it is stored. */
  readonly onReload: () => void;
  readonly onClose: () => void;
}

/** Minimum width of a field that shows a color and two buttons, in pixels. */
const COLOR_WIDTH = 190;

/** Flyout with the form of a new or an existing space. */
export function SpaceFlyout(props: SpaceFlyoutProps) {
  const { space, error, isSaving, onSubmit, onReload, onClose } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const isNew = space === undefined;
  const descriptions = useSpaceDescription();
  const values = spaceValues(space);
  const { control, handleSubmit, formState, watch, setValue } = useForm<SpaceValues>({
    resolver: zodResolver(spaceForm),
    defaultValues: { ...values, description: descriptions.shown(values.description) ?? '' },
  });
  const { isDirty, dirtyFields, isSubmitted } = formState;
  const allowLeave = useLeaveGuard(isDirty);
  const errorText = (message: string) => formatMessage(errorTexts[message] ?? messages.failed);
  const [name, id] = watch(['name', 'id']);
  const followsName = isNew && dirtyFields.id !== true;
  useEffect(() => {
    if (followsName) setValue('id', suggestId(name), { shouldValidate: isSubmitted });
  }, [followsName, isSubmitted, name, setValue]);
  const field = { control, errorText };
  const save = ({ overwrites }: { readonly overwrites: boolean }) =>
    handleSubmit((entered) => {
      const description = descriptions.stored(entered.description);
      onSubmit({ ...entered, description }, { onSaved: allowLeave, overwrites });
    });
  return (
    <FormFlyout
      title={formatMessage(isNew ? messages.createTitle : messages.editTitle, {
        name: space?.name,
      })}
      submitLabel={formatMessage(isNew ? messages.create : messages.save)}
      isSaving={isSaving}
      failure={isStaleVersion(error) ? undefined : formFailure(intl, messages.failed, error)}
      onSubmit={save({ overwrites: false })}
      onClose={onClose}
    >
      <StaleFormNotice
        error={error}
        isSaving={isSaving}
        onReload={onReload}
        onOverwrite={() => void save({ overwrites: true })()}
      />
      <TextField {...field} name="name" label={formatMessage(messages.name)} />
      <TextField
        {...field}
        name="id"
        label={formatMessage(messages.id)}
        {...(isNew ? { helpText: formatMessage(messages.idHelp, { id: id || '…' }) } : {})}
        disabled={!isNew}
      />
      <DescriptionField {...field} />
      <EuiSpacer size="m" />
      <AvatarFields {...field} />
    </FormFlyout>
  );
}

/** Properties of a part of the form. */
interface FieldProps {
  readonly control: Control<SpaceValues>;
  /** Returns the text to show for the message of a validation error. */
  readonly errorText: (message: string) => string;
}

function DescriptionField({ control, errorText }: FieldProps) {
  const { formatMessage } = useIntl();
  return (
    <Controller
      name="description"
      control={control}
      render={({ field: { ref, ...input }, fieldState }) => (
        <EuiFormRow
          fullWidth
          label={formatMessage(messages.description)}
          labelAppend={<OptionalLabel />}
          isInvalid={fieldState.invalid}
          error={fieldState.invalid ? [errorText('description')] : []}
        >
          <EuiTextArea
            {...input}
            inputRef={ref}
            fullWidth
            rows={2}
            isInvalid={fieldState.invalid}
          />
        </EuiFormRow>
      )}
    />
  );
}

/** Initials and color of the avatar, with the avatar that they result in. */
function AvatarFields(props: FieldProps) {
  const { control, errorText } = props;
  const { formatMessage } = useIntl();
  const [name, initials, color] = useWatch({ control, name: ['name', 'initials', 'color'] });
  const { errors } = useFormState({ control });
  return (
    <EuiFlexGroup gutterSize="m" alignItems="flexStart" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        <EuiSpacer size="l" />
        <SpaceAvatar
          size="m"
          space={{
            name: name.trim() === '' ? '?' : name,
            ...(initials.trim() === '' ? {} : { initials: initials.trim() }),
            ...(color === '' || errors.color !== undefined ? {} : { color }),
          }}
        />
      </EuiFlexItem>
      <EuiFlexItem css={{ minInlineSize: 100 }}>
        <TextField {...props} name="initials" isOptional label={formatMessage(messages.initials)} />
      </EuiFlexItem>
      <EuiFlexItem css={{ minInlineSize: COLOR_WIDTH }}>
        <Controller
          name="color"
          control={control}
          render={({ field: { value, onChange, onBlur }, fieldState }) => (
            <EuiFormRow
              fullWidth
              label={formatMessage(messages.color)}
              labelAppend={<OptionalLabel />}
              isInvalid={fieldState.invalid}
              error={fieldState.invalid ? [errorText('color')] : []}
            >
              <EuiColorPicker
                fullWidth
                color={value}
                isClearable
                placeholder={formatMessage(messages.noColor)}
                isInvalid={fieldState.invalid}
                onChange={onChange}
                onBlur={onBlur}
              />
            </EuiFormRow>
          )}
        />
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}
