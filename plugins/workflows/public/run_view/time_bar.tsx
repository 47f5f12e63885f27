import { EuiText, useEuiTheme } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { type StepRun, useDurationText } from '../run_data/index.ts';
import type { BarPart } from './step_tree.ts';

const messages = defineMessages({
  queue: { id: 'workflows.timeBar.queue', defaultMessage: 'Queue' },
  token: { id: 'workflows.timeBar.token', defaultMessage: 'Access token' },
  upstream: { id: 'workflows.timeBar.upstream', defaultMessage: 'Service' },
  overhead: { id: 'workflows.timeBar.overhead', defaultMessage: 'This server' },
  before: { id: 'workflows.timeBar.before', defaultMessage: 'Before the call' },
  legend: { id: 'workflows.timeBar.legend', defaultMessage: 'Parts of the times' },
  part: { id: 'workflows.timeBar.part', defaultMessage: '{part}: {duration}' },
});

/** A part of the time of a call. */
type TimePart = 'queue' | 'token' | 'upstream' | 'overhead';

/** The parts in their order in a bar. */
const PARTS: readonly TimePart[] = ['queue', 'token', 'upstream', 'overhead'];

type CallTimings = NonNullable<StepRun['timings']>;

const durationOf = (timings: CallTimings, part: TimePart): number =>
  ({
    queue: timings.waitedMs,
    token: timings.tokenMs,
    upstream: timings.upstreamMs,
    overhead: timings.overheadMs,
  })[part];

/**
 * Milliseconds of a step before its call, for example a wait for an authorization. 0: less than a
 * pixel of the bar, which would have no color.
 */
function timeBefore(timings: CallTimings, durationMs: number): number {
  const ofCall = PARTS.reduce((sum, part) => sum + durationOf(timings, part), 0);
  const before = durationMs - ofCall;
  return before > ofCall / 20 ? before : 0;
}

/** Colors of the parts in the theme of the page, and of the time before a call. */
function usePartColors(): Readonly<Record<TimePart | 'before', string>> {
  const { vis, mediumShade } = useEuiTheme().euiTheme.colors;
  return {
    before: mediumShade,
    queue: vis.euiColorVis8,
    token: vis.euiColorVis4,
    upstream: vis.euiColorVis2,
    overhead: vis.euiColorVis0,
  };
}

/**
 * Returns a function that writes the parts of a step with a call as words, for screen readers.
 */
export function useTimesText(): (timings: CallTimings, durationMs: number) => string {
  const { formatMessage, formatList } = useIntl();
  const duration = useDurationText();
  const text = (part: TimePart | 'before', ms: number): string =>
    formatMessage(messages.part, { part: formatMessage(messages[part]), duration: duration(ms) });
  return (timings, durationMs) => {
    const before = timeBefore(timings, durationMs);
    const ofCall = PARTS.map((part) => text(part, durationOf(timings, part)));
    return formatList([...(before === 0 ? [] : [text('before', before)]), ...ofCall], {
      type: 'unit',
    });
  };
}

/**
 * Color and name of each part. With the durations of a call, if there are any; without them also
 * the time before a call, which bars of steps have.
 */
export function TimeLegend(props: { readonly timings?: CallTimings }): ReactElement {
  const { timings } = props;
  const { formatMessage } = useIntl();
  const duration = useDurationText();
  const colors = usePartColors();
  return (
    <EuiText size="xs" color="subdued">
      <ul
        aria-label={formatMessage(messages.legend)}
        css={{
          display: 'flex',
          flexWrap: 'wrap',
          gap: '4px 16px',
          '&&': { margin: 0, padding: 0, listStyle: 'none' },
        }}
      >
        {(timings === undefined ? (['before', ...PARTS] as const) : PARTS).map((part) => (
          <li
            key={part}
            css={{ display: 'flex', alignItems: 'center', gap: 6, '&&': { margin: 0 } }}
          >
            <span
              aria-hidden="true"
              css={{ inlineSize: 10, blockSize: 10, borderRadius: 2, background: colors[part] }}
            />
            {timings === undefined || part === 'before'
              ? formatMessage(messages[part])
              : formatMessage(messages.part, {
                  part: formatMessage(messages[part]),
                  duration: duration(durationOf(timings, part)),
                })}
          </li>
        ))}
      </ul>
    </EuiText>
  );
}

/** Bar of a step in the time of its run. The list beside it has the same as words. */
export function TimeBar(props: {
  readonly part: BarPart;
  /** Color of a bar without parts. */
  readonly color: string;
  /** Milliseconds of the whole bar. */
  readonly durationMs: number;
  readonly timings?: CallTimings | undefined;
}): ReactElement {
  const { part, color, durationMs, timings } = props;
  const { euiTheme } = useEuiTheme();
  const colors = usePartColors();
  return (
    <span
      aria-hidden="true"
      css={{
        display: 'block',
        blockSize: 6,
        borderRadius: 3,
        background: euiTheme.colors.backgroundBaseSubdued,
        '@media (max-width: 767px)': { gridColumn: '3 / -1', gridRow: 2, marginBlockEnd: 4 },
      }}
    >
      <span
        style={{ marginInlineStart: `${part.start}%`, inlineSize: `${part.width}%` }}
        css={{
          display: 'flex',
          blockSize: 6,
          minInlineSize: 2,
          borderRadius: 3,
          overflow: 'hidden',
          background: timings === undefined ? color : colors.before,
        }}
      >
        {timings === undefined ? null : <Segments timings={timings} durationMs={durationMs} />}
      </span>
    </span>
  );
}

/** Bar with the parts of the time of one call. The call takes the whole width. */
export function CallBar({ timings }: { readonly timings: CallTimings }): ReactElement {
  return (
    <span
      aria-hidden="true"
      css={{ display: 'flex', blockSize: 8, borderRadius: 4, overflow: 'hidden' }}
    >
      <Segments timings={timings} durationMs={0} />
    </span>
  );
}

function Segments(props: {
  readonly timings: CallTimings;
  readonly durationMs: number;
}): ReactElement {
  const { timings, durationMs } = props;
  const colors = usePartColors();
  const before = timeBefore(timings, durationMs);
  return (
    <>
      {before > 0 && <span style={{ flexGrow: before }} />}
      {PARTS.map((part) => (
        <span
          key={part}
          data-part={part}
          style={{ flexGrow: durationOf(timings, part), background: colors[part] }}
        />
      ))}
    </>
  );
}

/** Returns the color of the time in a queue in the theme of the page. */
export function useQueueColor(): string {
  return usePartColors().queue;
}
