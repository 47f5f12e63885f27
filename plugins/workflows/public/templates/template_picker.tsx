import { EuiCard, EuiFlexGrid, EuiFlexItem, EuiIcon } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { type IntlShape, useIntl } from 'react-intl';
import type { WorkflowTemplate } from './workflow_templates.ts';

const messages = defineMessages({
  blank: { id: 'workflows.templates.blank', defaultMessage: 'Blank workflow' },
  blankText: {
    id: 'workflows.templates.blankText',
    defaultMessage: 'One step that writes a message. Also for YAML that you want to paste.',
  },
  connector: { id: 'workflows.templates.connector', defaultMessage: 'Call {name}' },
  connectorText: {
    id: 'workflows.templates.connectorText',
    defaultMessage: '{action}, with the account of the user who runs it.',
  },
  schedule: { id: 'workflows.templates.schedule', defaultMessage: 'On a schedule' },
  scheduleText: {
    id: 'workflows.templates.scheduleText',
    defaultMessage: 'Runs once a day as the user who saved it last.',
  },
});

const ICONS = { blank: 'document', connector: 'plugs', schedule: 'calendar' } as const;

/** Cards with the templates for a new workflow. */
export function TemplatePicker(props: {
  readonly templates: readonly WorkflowTemplate[];
  readonly onChoose: (template: WorkflowTemplate) => void;
}): ReactElement {
  const intl = useIntl();
  return (
    <EuiFlexGrid columns={3} gutterSize="m">
      {props.templates.map((template) => {
        const { title, text } = textOf(intl, template);
        return (
          <EuiFlexItem key={template.id} css={{ minInlineSize: 0 }}>
            <EuiCard
              titleElement="h2"
              titleSize="xs"
              layout="horizontal"
              hasBorder
              icon={<EuiIcon type={ICONS[template.kind]} size="l" aria-hidden />}
              title={title}
              description={text}
              css={{ overflowWrap: 'anywhere' }}
              onClick={() => props.onChoose(template)}
            />
          </EuiFlexItem>
        );
      })}
    </EuiFlexGrid>
  );
}

function textOf(
  { formatMessage }: IntlShape,
  template: WorkflowTemplate,
): { readonly title: string; readonly text: string } {
  if (template.kind === 'connector') {
    const { connectorName: name, action } = template;
    return {
      title: formatMessage(messages.connector, { name }),
      text: formatMessage(messages.connectorText, { action }),
    };
  }
  return template.kind === 'blank'
    ? { title: formatMessage(messages.blank), text: formatMessage(messages.blankText) }
    : { title: formatMessage(messages.schedule), text: formatMessage(messages.scheduleText) };
}
