import {
  EuiBadge,
  EuiButton,
  EuiCallOut,
  EuiFlexGroup,
  EuiFlexItem,
  EuiLink,
  EuiPageHeader,
  EuiSpacer,
  EuiText,
  useEuiTheme,
} from '@elastic/eui';
import { defineMessages, type Failure, useAppLink } from '@latchkey/core/public';
import { NoticeAnnouncement, pageActions } from '@latchkey/core/public/page_parts';
import type { ReactElement, ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { ConflictNotice, type SaveConflict } from './conflict_notice.tsx';
import { ProblemsPanel, type ProblemsPanelProps } from './problems_panel.tsx';
import { type ScheduledIdentity, ScheduledIdentityNote } from './scheduled_identity.tsx';
import { StepsPanel, type StepsPanelProps } from './steps_panel.tsx';

const messages = defineMessages({
  all: { id: 'workflows.page.all', defaultMessage: 'All workflows' },
  changed: { id: 'workflows.editor.changed', defaultMessage: 'Not saved' },
  disabled: { id: 'workflows.editor.disabled', defaultMessage: 'Disabled' },
  readOnly: { id: 'workflows.editor.readOnly', defaultMessage: 'Read only' },
  save: { id: 'workflows.editor.save', defaultMessage: 'Save' },
  saveCopy: { id: 'workflows.editor.saveCopy', defaultMessage: 'Save as a new workflow' },
  run: { id: 'workflows.editor.run', defaultMessage: 'Run' },
  test: { id: 'workflows.editor.test', defaultMessage: 'Test without saving' },
  history: { id: 'workflows.editor.history', defaultMessage: 'Runs' },
  hint: {
    id: 'workflows.editor.hint',
    defaultMessage:
      'Tab indents. To leave the editor with the keyboard, press Escape and then Tab. Ctrl+Space suggests, Ctrl+S saves; on a Mac use Command+S.',
  },
});

/** Properties of {@link EditorView}. */
export interface EditorViewProps {
  readonly title: string;
  /** `true`: the text differs from the saved one. */
  readonly hasChanges: boolean;
  readonly isDisabled: boolean;
  readonly isReadOnly: boolean;
  /** Saves the text. `undefined`: the user may not save. */
  readonly onSave: (() => void) | undefined;
  readonly isSaving: boolean;
  /** Failure of the last attempt to save. `undefined`: none. */
  readonly failure: Failure | undefined;
  /** Another user's change, which prevents saving. `undefined`: there is none. */
  readonly conflict: SaveConflict | undefined;
  /** Saves the text of a deleted workflow as a new workflow. `undefined`: the workflow exists. */
  readonly onSaveCopy: (() => void) | undefined;
  /**
   * Opens the run dialog. `undefined`: the user may not run workflows, the text has errors, or the
   * workflow is disabled.
   */
  readonly onRun: (() => void) | undefined;
  /** Path of the list of runs of this workflow. `undefined`: the workflow is not saved yet. */
  readonly runsPath: string | undefined;
  readonly scheduled: ScheduledIdentity;
  /** Saves also an unchanged text. `undefined`: the user may not change or not run workflows. */
  readonly onTakeOver: (() => void) | undefined;
  readonly hintId: string;
  /** The code editor. */
  readonly code: ReactNode;
  readonly problems: ProblemsPanelProps;
  readonly steps: StepsPanelProps;
}

/** Page of the editor: text, problems and steps. */
export function EditorView(props: EditorViewProps): ReactElement {
  const { title, hintId, code, problems, steps } = props;
  const { formatMessage } = useIntl();
  const link = useAppLink();
  const { euiTheme } = useEuiTheme();
  return (
    <>
      <EuiText size="s">
        <EuiLink color="primary" {...link('/app/workflows')}>
          {formatMessage(messages.all)}
        </EuiLink>
      </EuiText>
      <EuiSpacer size="s" />
      <EuiPageHeader
        pageTitle={<bdi css={{ overflowWrap: 'anywhere' }}>{title}</bdi>}
        rightSideItems={pageActions(actionsOf(props, formatMessage))}
      >
        <Badges {...props} />
      </EuiPageHeader>
      <EuiSpacer size="m" />
      <Notices {...props} />
      <div css={BELOW}>
        <ScheduledIdentityNote
          identity={props.scheduled}
          onTakeOver={props.onTakeOver}
          isSaving={props.isSaving}
        />
      </div>
      <div css={LAYOUT}>
        <div css={{ minInlineSize: 0 }}>
          <div css={[CODE, { border: euiTheme.border.thin }]}>{code}</div>
          <EuiSpacer size="xs" />
          <EuiText id={hintId} size="xs" color="subdued">
            <p>{formatMessage(messages.hint)}</p>
          </EuiText>
          <EuiSpacer size="m" />
          <ProblemsPanel {...problems} />
        </div>
        <div css={{ minInlineSize: 0 }}>
          <StepsPanel {...steps} />
        </div>
      </div>
    </>
  );
}

/** Text and steps side by side; one below the other in narrow windows. */
const LAYOUT = {
  display: 'grid',
  gap: 16,
  alignItems: 'start',
  gridTemplateColumns: 'minmax(0, 1fr) 320px',
  '@media (max-width: 1023px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
} as const;

/** Space only if there is a note. */
const BELOW = { '&:not(:empty)': { marginBlockEnd: 16 } } as const;

const CODE = {
  blockSize: 'clamp(320px, calc(100dvh - 380px), 900px)',
  borderRadius: 4,
  overflow: 'hidden',
} as const;

function actionsOf(
  props: EditorViewProps,
  formatMessage: ReturnType<typeof useIntl>['formatMessage'],
): ReactElement[] {
  const { hasChanges, onSave, isSaving, onRun } = props;
  return [
    ...(onSave === undefined
      ? []
      : [
          <EuiButton
            key="save"
            fill
            iconType="save"
            isLoading={isSaving}
            isDisabled={!hasChanges && !isSaving}
            onClick={onSave}
          >
            {formatMessage(messages.save)}
          </EuiButton>,
        ]),
    ...(onRun === undefined
      ? []
      : [
          <EuiButton key="run" iconType="play" onClick={onRun}>
            {formatMessage(hasChanges ? messages.test : messages.run)}
          </EuiButton>,
        ]),
  ];
}

function Badges(props: EditorViewProps): ReactElement | null {
  const { hasChanges, isDisabled, isReadOnly, runsPath } = props;
  const { formatMessage } = useIntl();
  const link = useAppLink();
  return (
    <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
      {isReadOnly ? (
        <EuiFlexItem grow={false}>
          <EuiBadge iconType="lock">{formatMessage(messages.readOnly)}</EuiBadge>
        </EuiFlexItem>
      ) : null}
      {hasChanges && !isReadOnly ? (
        <EuiFlexItem grow={false}>
          <EuiBadge color="warning">{formatMessage(messages.changed)}</EuiBadge>
        </EuiFlexItem>
      ) : null}
      {isDisabled ? (
        <EuiFlexItem grow={false}>
          <EuiBadge>{formatMessage(messages.disabled)}</EuiBadge>
        </EuiFlexItem>
      ) : null}
      {runsPath === undefined ? null : (
        <EuiFlexItem grow={false}>
          <EuiText size="s">
            <EuiLink color="primary" {...link(runsPath)}>
              {formatMessage(messages.history)}
            </EuiLink>
          </EuiText>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}

function Notices(props: EditorViewProps): ReactElement | null {
  const { failure, conflict, isSaving, onSaveCopy } = props;
  const { formatMessage } = useIntl();
  if (conflict === undefined && failure === undefined) return null;
  return (
    <>
      {conflict !== undefined ? <ConflictNotice {...conflict} isSaving={isSaving} /> : null}
      {failure !== undefined ? (
        <EuiCallOut color="danger" iconType="error" title={failure.title}>
          <NoticeAnnouncement texts={[failure.title, failure.text]} />
          <p>{failure.text}</p>
          {onSaveCopy !== undefined && (
            <EuiButton size="s" color="danger" isLoading={isSaving} onClick={onSaveCopy}>
              {formatMessage(messages.saveCopy)}
            </EuiButton>
          )}
        </EuiCallOut>
      ) : null}
      <EuiSpacer size="m" />
    </>
  );
}
