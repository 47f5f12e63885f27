import {
  EuiBadge,
  EuiCard,
  EuiEmptyPrompt,
  EuiFieldSearch,
  EuiFlexGrid,
  EuiFlexItem,
  EuiIcon,
  EuiSpacer,
  EuiText,
  useEuiTheme,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import type { OverviewType } from '../connection_status/index.ts';

const messages = defineMessages({
  search: { id: 'connectorsUi.typePicker.search', defaultMessage: 'Search connector types' },
  personal: { id: 'connectorsUi.typePicker.personal', defaultMessage: 'Personal accounts' },
  disabled: {
    id: 'connectorsUi.typePicker.disabled',
    defaultMessage: 'The operator of this server disabled this type.',
  },
  empty: {
    id: 'connectorsUi.typePicker.empty',
    defaultMessage: 'This server has no connector types',
  },
  emptyText: {
    id: 'connectorsUi.typePicker.emptyText',
    defaultMessage: 'The operator of the server can install plugins with connector types.',
  },
  none: {
    id: 'connectorsUi.typePicker.none',
    defaultMessage: 'No connector type matches “{text}”',
  },
  noneText: {
    id: 'connectorsUi.typePicker.noneText',
    defaultMessage: 'For a service without a type of its own, choose Custom API.',
  },
});

/** Cards from which the user chooses the type of a new connector. */
export function TypePicker(props: {
  readonly types: readonly OverviewType[];
  /**
   * Returns the reason why a type cannot be used. `undefined`: it can be used. Default: all types
   * can be used.
   */
  readonly unavailable?: (type: OverviewType) => string | undefined;
  readonly onChoose: (typeId: string) => void;
}): ReactElement {
  const { types, unavailable, onChoose } = props;
  const { formatMessage } = useIntl();
  const [text, setText] = useState('');
  const found = useMemo(() => findTypes(types, text), [types, text]);
  const field = useRef<HTMLInputElement | null>(null);
  useEffect(() => {
    // Not on a touch screen, where the focus would open a keyboard that covers the types.
    if (!window.matchMedia('(pointer: coarse)').matches) field.current?.focus();
  }, []);
  if (found.length === 0 && text.trim() === '') return <NoTypes />;
  return (
    <>
      <EuiFieldSearch
        fullWidth
        incremental
        value={text}
        inputRef={(element) => {
          field.current = element;
        }}
        placeholder={formatMessage(messages.search)}
        aria-label={formatMessage(messages.search)}
        onChange={(event) => setText(event.target.value)}
      />
      <EuiSpacer size="l" />
      {found.length === 0 ? (
        <EuiEmptyPrompt
          iconType="magnify"
          titleSize="xs"
          title={<h3>{formatMessage(messages.none, { text: text.trim() })}</h3>}
          body={<p>{formatMessage(messages.noneText)}</p>}
        />
      ) : (
        <EuiFlexGrid columns={2} gutterSize="m">
          {found.map((type) => (
            <EuiFlexItem key={type.id}>
              <TypeCard type={type} unavailable={unavailable?.(type)} onChoose={onChoose} />
            </EuiFlexItem>
          ))}
        </EuiFlexGrid>
      )}
    </>
  );
}

function NoTypes(): ReactElement {
  const { formatMessage } = useIntl();
  return (
    <EuiEmptyPrompt
      iconType="plugs"
      titleSize="xs"
      title={<h3>{formatMessage(messages.empty)}</h3>}
      body={<p>{formatMessage(messages.emptyText)}</p>}
    />
  );
}

function TypeCard(props: {
  readonly type: OverviewType;
  readonly unavailable: string | undefined;
  readonly onChoose: (typeId: string) => void;
}): ReactElement {
  const { type, onChoose } = props;
  const { formatMessage } = useIntl();
  const problem = type.enabled ? props.unavailable : formatMessage(messages.disabled);
  const { euiTheme } = useEuiTheme();
  return (
    <EuiCard
      layout="horizontal"
      paddingSize="m"
      titleSize="xs"
      titleElement="h3"
      icon={<EuiIcon type={type.icon ?? 'plugs'} size="l" aria-hidden />}
      title={type.name}
      description={
        problem === undefined ? (
          type.description
        ) : (
          // The color is set, because the text of a disabled card is too faint to read.
          <span css={{ color: euiTheme.colors.textSubdued }}>{problem}</span>
        )
      }
      isDisabled={problem !== undefined}
      onClick={() => onChoose(type.id)}
      data-test-subj={`type${type.id}`}
    >
      {type.supports_personal && problem === undefined ? (
        <EuiText size="xs">
          <EuiBadge color="hollow" iconType="user">
            {formatMessage(messages.personal)}
          </EuiBadge>
        </EuiText>
      ) : null}
    </EuiCard>
  );
}

/**
 * Types that contain all words of the text, sorted by name. Types that only the server uses are
 * left out.
 */
function findTypes(types: readonly OverviewType[], text: string): readonly OverviewType[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return types
    .filter(({ is_system_action_type: isSystem, is_deprecated: isOld }) => !isSystem && !isOld)
    .filter(({ name, description }) => {
      const haystack = `${name}\n${description}`.toLocaleLowerCase();
      return words.every((word) => haystack.includes(word));
    })
    .toSorted((a, b) => Number(b.enabled) - Number(a.enabled) || a.name.localeCompare(b.name));
}
