import { type ReactElement, useState } from 'react';
import type { AttentionItem } from '../connection_status/index.ts';
import { useOAuthAuthorize } from '../hooks.ts';
import { AttentionGuide, type GuideStep } from './attention_guide.tsx';
import {
  type AttentionQueue,
  completeConnector,
  currentOf,
  reconnectable,
  skipCurrent,
  startQueue,
} from './attention_queue.ts';

/** Minimum number of connections for a guide. A single connection needs no guide. */
export const MIN_GUIDED = 2;

/**
 * Guide through the connections that require an action of the user. Renders nothing for fewer than
 * two.
 */
export function Guide(props: {
  readonly attention: readonly AttentionItem[];
  readonly nameOf: (connectorId: string) => string;
}): ReactElement | null {
  const { attention, nameOf } = props;
  const [queue, setQueue] = useState<AttentionQueue>();
  const ids = reconnectable(attention);
  const current = queue && currentOf(queue);
  const oauth = useOAuthAuthorize({
    connectorId: current ?? '',
    connectorName: current && nameOf(current),
    onSuccess: () => setQueue((one) => one && completeConnector(one, current ?? '')),
  });
  if (queue === undefined && ids.length < MIN_GUIDED) return null;
  return (
    <AttentionGuide
      step={stepOf(queue, { count: ids.length, nameOf, attempt: oauth.attempt })}
      onStart={() => setQueue(startQueue(ids))}
      onAuthorize={oauth.authorize}
      onCancel={oauth.cancel}
      onSkip={() => {
        oauth.cancel();
        setQueue((one) => one && skipCurrent(one));
      }}
      onStop={() => setQueue(undefined)}
    />
  );
}

function stepOf(
  queue: AttentionQueue | undefined,
  context: {
    readonly count: number;
    readonly nameOf: (connectorId: string) => string;
    readonly attempt: Extract<GuideStep, { readonly kind: 'step' }>['attempt'];
  },
): GuideStep {
  const { count, nameOf, attempt } = context;
  if (queue === undefined) return { kind: 'offer', count };
  const { position, connectorIds, skipped } = queue;
  const total = connectorIds.length;
  const current = currentOf(queue);
  if (current === undefined)
    return { kind: 'done', connected: total - skipped.length, skipped: skipped.length };
  return { kind: 'step', position: position + 1, total, name: nameOf(current), attempt };
}
