import {
  EuiButtonGroup,
  EuiButtonIcon,
  EuiComboBox,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFormRow,
  EuiHorizontalRule,
  EuiPanel,
  EuiSpacer,
  EuiText,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type MessageDescriptor, useIntl } from 'react-intl';
import {
  changeSpaces,
  EVERY_SPACE,
  type FeatureName,
  type GrantDraft,
  type GrantProblem,
  type Level,
  levelsOf,
  privilegesWithoutEffect,
} from '../grants/index.ts';
import { useSpaceName } from '../space_name.ts';
import type { SpaceName } from '../types.ts';
import { FEATURE_TEXTS } from './feature_texts.ts';

const messages = defineMessages({
  spaces: { id: 'security.grants.spaces', defaultMessage: 'Spaces' },
  choose: { id: 'security.grants.chooseSpaces', defaultMessage: 'Choose spaces' },
  remove: { id: 'security.grants.remove', defaultMessage: 'Remove the privileges in {spaces}' },
  removeNew: { id: 'security.grants.removeNew', defaultMessage: 'Remove these privileges' },
  base: { id: 'security.grants.base', defaultMessage: 'Privileges' },
  onlyInEverySpace: {
    id: 'security.grants.onlyInEverySpace',
    defaultMessage: 'Has an effect only in all spaces.',
  },
  levelOf: { id: 'security.grants.levelOf', defaultMessage: 'Level of {feature}' },
  noEffect: { id: 'security.grants.noEffect', defaultMessage: 'Without effect' },
  noEffectText: {
    id: 'security.grants.noEffectText',
    defaultMessage: 'These privileges grant nothing here. They are kept when you save.',
  },
});

const baseNames: Readonly<Record<GrantDraft['base'], MessageDescriptor>> = defineMessages({
  all: { id: 'security.grants.baseAll', defaultMessage: 'All' },
  read: { id: 'security.grants.baseRead', defaultMessage: 'Use' },
  custom: { id: 'security.grants.baseCustom', defaultMessage: 'Custom' },
});

const levelNames: Readonly<Record<Level, MessageDescriptor>> = defineMessages({
  none: { id: 'security.grants.levelNone', defaultMessage: 'None' },
  read: { id: 'security.grants.levelRead', defaultMessage: 'Use' },
  all: { id: 'security.grants.levelAll', defaultMessage: 'All' },
});

const problemTexts: Readonly<Record<GrantProblem, MessageDescriptor>> = defineMessages({
  no_spaces: { id: 'security.grants.noSpaces', defaultMessage: 'Choose at least one space.' },
  nothing_granted: {
    id: 'security.grants.nothingGranted',
    defaultMessage: 'Give at least one feature a level, or remove these privileges.',
  },
  repeated_space: {
    id: 'security.grants.repeatedSpace',
    defaultMessage: 'Other privileges name one of these spaces. Name each space once.',
  },
});

interface PanelProps {
  readonly draft: GrantDraft;
  readonly features: readonly FeatureName[];
  readonly spaces: readonly SpaceName[];
  readonly problem: GrantProblem | undefined;
  readonly isReadOnly: boolean;
  readonly onChange: (draft: GrantDraft) => void;
  readonly onRemove: () => void;
}

/** Privileges in some spaces: everything, or a level for each feature. */
export function GrantPanel(props: PanelProps) {
  const { draft, isReadOnly, onChange, onRemove } = props;
  const { formatMessage, formatList } = useIntl();
  const nameOf = useSpaceName(props.spaces);
  const removeLabel =
    draft.spaces.length === 0
      ? formatMessage(messages.removeNew)
      : formatMessage(messages.remove, { spaces: formatList(draft.spaces.map(nameOf)) });
  return (
    <EuiPanel hasShadow={false} hasBorder paddingSize="m">
      <EuiFlexGroup gutterSize="s" alignItems="flexStart" responsive={false}>
        <EuiFlexItem>
          <SpaceChoice {...props} />
        </EuiFlexItem>
        {!isReadOnly && (
          <EuiFlexItem grow={false}>
            <EuiButtonIcon
              iconType="trash"
              color="danger"
              aria-label={removeLabel}
              onClick={onRemove}
            />
          </EuiFlexItem>
        )}
      </EuiFlexGroup>
      <EuiSpacer size="m" />
      <EuiFormRow fullWidth label={formatMessage(messages.base)} hasChildLabel={false}>
        <EuiButtonGroup
          legend={formatMessage(messages.base)}
          buttonSize="compressed"
          isFullWidth
          isDisabled={isReadOnly}
          options={(['all', 'read', 'custom'] as const).map((id) => ({
            id,
            label: formatMessage(baseNames[id]),
          }))}
          idSelected={draft.base}
          onChange={(base) => onChange({ ...draft, base: base as GrantDraft['base'] })}
        />
      </EuiFormRow>
      {draft.base === 'custom' && <FeatureLevels {...props} />}
    </EuiPanel>
  );
}

function SpaceChoice({ draft, spaces, problem, isReadOnly, onChange }: PanelProps) {
  const { formatMessage, formatList } = useIntl();
  const nameOf = useSpaceName(spaces);
  if (isReadOnly)
    return (
      // A text and not a disabled field, because a disabled field shows names too faintly.
      <EuiFormRow fullWidth label={formatMessage(messages.spaces)} hasChildLabel={false}>
        <EuiText size="s" css={{ overflowWrap: 'anywhere' }}>
          <p>{formatList(draft.spaces.map(nameOf))}</p>
        </EuiText>
      </EuiFormRow>
    );
  const text =
    problem === 'no_spaces' || problem === 'repeated_space' ? problemTexts[problem] : undefined;
  const options = [EVERY_SPACE, ...spaces.map(({ id }) => id)];
  const optionOf = (id: string) => ({ label: nameOf(id), value: id });
  return (
    <EuiFormRow
      fullWidth
      label={formatMessage(messages.spaces)}
      isInvalid={text !== undefined}
      error={text === undefined ? [] : [formatMessage(text)]}
    >
      <EuiComboBox
        fullWidth
        compressed
        isClearable={false}
        isInvalid={text !== undefined}
        placeholder={formatMessage(messages.choose)}
        options={options.map(optionOf)}
        selectedOptions={draft.spaces.map(optionOf)}
        onChange={(selected) => {
          const ids = selected.flatMap(({ value }) => value ?? []);
          onChange({ ...draft, spaces: changeSpaces(draft.spaces, ids) });
        }}
      />
    </EuiFormRow>
  );
}

function FeatureLevels({ draft, features, problem, isReadOnly, onChange }: PanelProps) {
  const { formatMessage } = useIntl();
  const withoutEffect = privilegesWithoutEffect(draft, features);
  return (
    <>
      <EuiHorizontalRule margin="m" />
      {features.map((feature) => (
        <FeatureLevel
          key={feature.id}
          feature={feature}
          level={draft.features[feature.id] ?? 'none'}
          hasNoEffect={feature.onlyInEverySpace === true && !draft.spaces.includes(EVERY_SPACE)}
          isReadOnly={isReadOnly}
          onChange={(level) =>
            onChange({ ...draft, features: { ...draft.features, [feature.id]: level } })
          }
        />
      ))}
      {withoutEffect.length > 0 && (
        <>
          <EuiHorizontalRule margin="m" />
          <EuiText size="s">{formatMessage(messages.noEffect)}</EuiText>
          <EuiText size="xs" color="subdued" css={{ overflowWrap: 'anywhere' }}>
            <p>{formatMessage(messages.noEffectText)}</p>
            <ul>
              {withoutEffect.map((each) => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          </EuiText>
        </>
      )}
      {problem === 'nothing_granted' && (
        <EuiText size="xs" color="danger" role="alert">
          <p>{formatMessage(problemTexts.nothing_granted)}</p>
        </EuiText>
      )}
    </>
  );
}

function FeatureLevel(props: {
  readonly feature: FeatureName;
  readonly level: Level;
  /** `true`: the feature grants nothing in the chosen spaces. */
  readonly hasNoEffect: boolean;
  readonly isReadOnly: boolean;
  readonly onChange: (level: Level) => void;
}) {
  const { feature, level, hasNoEffect, isReadOnly, onChange } = props;
  const { formatMessage } = useIntl();
  const texts = FEATURE_TEXTS.get(feature.id);
  const name = texts === undefined ? feature.name : formatMessage(texts.name);
  return (
    <EuiFlexGroup
      gutterSize="s"
      alignItems="center"
      justifyContent="spaceBetween"
      responsive={false}
      wrap
      css={{ paddingBlock: 4 }}
    >
      {/* On narrow screens the levels move below the text. */}
      <EuiFlexItem css={{ minInlineSize: 'min(100%, 200px)', flexBasis: 200 }}>
        <EuiText size="s">{name}</EuiText>
        <EuiText size="xs" color="subdued">
          {texts && formatMessage(texts.text)}{' '}
          {hasNoEffect && formatMessage(messages.onlyInEverySpace)}
        </EuiText>
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiButtonGroup
          legend={formatMessage(messages.levelOf, { feature: name })}
          buttonSize="compressed"
          // A level without effect that is stored can still be removed.
          isDisabled={isReadOnly || (hasNoEffect && level === 'none')}
          options={levelsOf(feature, level).map((id) => ({
            id,
            label: formatMessage(levelNames[id]),
          }))}
          idSelected={level}
          onChange={(id) => onChange(id as Level)}
        />
      </EuiFlexItem>
    </EuiFlexGroup>
  );
}
