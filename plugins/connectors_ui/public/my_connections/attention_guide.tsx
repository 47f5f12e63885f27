import {
  EuiButton,
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiPanel,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { AuthorizeButton, type AuthorizeButtonProps } from '../authorization_views/index.ts';

const messages = defineMessages({
  title: {
    id: 'connectorsUi.guide.title',
    defaultMessage: '{count, plural, one {# connection needs you} other {# connections need you}}',
  },
  text: {
    id: 'connectorsUi.guide.text',
    defaultMessage: 'Go through them one after the other. Each opens its own window.',
  },
  start: { id: 'connectorsUi.guide.start', defaultMessage: 'Reconnect {count}' },
  step: {
    id: 'connectorsUi.guide.step',
    defaultMessage: '{position} of {total}: {name}',
  },
  skip: { id: 'connectorsUi.guide.skip', defaultMessage: 'Skip' },
  stop: { id: 'connectorsUi.guide.stop', defaultMessage: 'Stop' },
  done: {
    id: 'connectorsUi.guide.done',
    defaultMessage:
      '{connected, plural, one {# connection works again} other {# connections work again}}',
  },
  doneSkipped: {
    id: 'connectorsUi.guide.doneSkipped',
    defaultMessage: '{skipped, plural, one {You skipped #.} other {You skipped #.}}',
  },
  close: { id: 'connectorsUi.guide.close', defaultMessage: 'Close' },
});

/** The question or action that the guide shows. */
export type GuideStep =
  | { readonly kind: 'offer'; readonly count: number }
  | {
      readonly kind: 'step';
      readonly position: number;
      readonly total: number;
      readonly name: string;
      readonly attempt: AuthorizeButtonProps['attempt'];
    }
  | { readonly kind: 'done'; readonly connected: number; readonly skipped: number };

/** Properties of {@link AttentionGuide}. */
export interface AttentionGuideProps {
  readonly step: GuideStep;
  readonly onStart: () => void;
  readonly onAuthorize: () => void;
  readonly onCancel: () => void;
  readonly onSkip: () => void;
  /** Closes the guide. */
  readonly onStop: () => void;
}

/**
 * Guides the user through all connections that have to be reconnected. Each window needs its own
 * click, because browsers block other windows.
 */
export function AttentionGuide(props: AttentionGuideProps): ReactElement {
  const { step } = props;
  return (
    <EuiPanel color="primary" hasShadow={false} paddingSize="m">
      <EuiFlexGroup alignItems="center" gutterSize="m" responsive={false} wrap>
        <EuiFlexItem style={{ minWidth: 200 }} aria-live="polite">
          <Words step={step} />
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <Buttons {...props} />
        </EuiFlexItem>
      </EuiFlexGroup>
    </EuiPanel>
  );
}

function Words({ step }: { readonly step: GuideStep }): ReactElement {
  const { formatMessage } = useIntl();
  if (step.kind === 'offer') {
    const { count } = step;
    return (
      <>
        <EuiTitle size="xxs">
          <p>{formatMessage(messages.title, { count })}</p>
        </EuiTitle>
        <EuiText size="xs" color="subdued">
          {formatMessage(messages.text)}
        </EuiText>
      </>
    );
  }
  if (step.kind === 'step') {
    const { position, total, name } = step;
    return (
      <EuiTitle size="xxs">
        <p>{formatMessage(messages.step, { position, total, name })}</p>
      </EuiTitle>
    );
  }
  const { connected, skipped } = step;
  return (
    <>
      <EuiTitle size="xxs">
        <p>{formatMessage(messages.done, { connected })}</p>
      </EuiTitle>
      {skipped > 0 && (
        <EuiText size="xs" color="subdued">
          {formatMessage(messages.doneSkipped, { skipped })}
        </EuiText>
      )}
    </>
  );
}

function Buttons(props: AttentionGuideProps): ReactElement {
  const { step, onStart, onAuthorize, onCancel, onSkip, onStop } = props;
  const { formatMessage } = useIntl();
  if (step.kind === 'offer') {
    return (
      <EuiButton fill size="s" onClick={onStart}>
        {formatMessage(messages.start, { count: step.count })}
      </EuiButton>
    );
  }
  if (step.kind === 'done') {
    return (
      <EuiButton size="s" onClick={onStop}>
        {formatMessage(messages.close)}
      </EuiButton>
    );
  }
  return (
    <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
      <AuthorizeButton
        attempt={step.attempt}
        connectorName={step.name}
        isReconnect
        isPrimary
        onAuthorize={onAuthorize}
        onCancel={onCancel}
      />
      <EuiButtonEmpty size="s" onClick={onSkip}>
        {formatMessage(messages.skip)}
      </EuiButtonEmpty>
      <EuiButtonEmpty size="s" color="text" onClick={onStop}>
        {formatMessage(messages.stop)}
      </EuiButtonEmpty>
    </EuiFlexGroup>
  );
}
