import {
  EuiButtonEmpty,
  EuiListGroup,
  EuiListGroupItem,
  EuiModal,
  EuiModalBody,
  EuiModalFooter,
  EuiModalHeader,
  EuiModalHeaderTitle,
  EuiText,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { TwoLines } from '@latchkey/core/public/page_parts';
import type { ReactElement, ReactNode } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  cancel: { id: 'workflows.picker.cancel', defaultMessage: 'Cancel' },
});

/** Style that lets long labels wrap. */
const LABEL = { whiteSpace: 'normal', minInlineSize: 0 } as const;

/** Dialog with objects of which the user chooses one for a step. */
export function PickerDialog(props: {
  readonly title: string;
  /** Paragraphs that say what the object is for. */
  readonly text: ReactNode;
  /** Search field above the list. Default: none. */
  readonly search?: ReactNode;
  readonly icon: string;
  readonly items: readonly { readonly id: string; readonly name: string }[];
  /** Text below the list. Default: none. */
  readonly note?: ReactNode;
  /** Button beside the one that cancels. Default: none. */
  readonly action?: ReactNode;
  readonly onChoose: (id: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { title, text, search, icon, items, note, action, onChoose, onClose } = props;
  const { formatMessage } = useIntl();
  const titleId = useGeneratedHtmlId();
  return (
    <EuiModal aria-labelledby={titleId} maxWidth={480} onClose={onClose}>
      <EuiModalHeader>
        <EuiModalHeaderTitle id={titleId} size="s">
          {title}
        </EuiModalHeaderTitle>
      </EuiModalHeader>
      <EuiModalBody>
        <EuiText size="s" css={{ overflowWrap: 'anywhere' }}>
          {text}
        </EuiText>
        {search}
        {items.length > 0 && (
          <EuiListGroup
            bordered
            maxWidth={false}
            css={{ marginBlockStart: 12, '.euiListGroupItem__label': LABEL }}
            aria-label={title}
          >
            {items.map(({ id, name }) => (
              <EuiListGroupItem
                key={id}
                iconType={icon}
                label={<TwoLines text={name} />}
                wrapText
                onClick={() => onChoose(id)}
              />
            ))}
          </EuiListGroup>
        )}
        {note}
      </EuiModalBody>
      <EuiModalFooter css={{ flexWrap: 'wrap' }}>
        <EuiButtonEmpty onClick={onClose}>{formatMessage(messages.cancel)}</EuiButtonEmpty>
        {action}
      </EuiModalFooter>
    </EuiModal>
  );
}
