import {
  type ChaosFailure,
  type ChaosSettings,
  type Combination,
  type SeedRun,
  type SeedTotals,
  sliceOf,
  totalsOf,
} from '../testing/chaos/index.ts';

const MAX_VIOLATIONS = 5;

/**
 * Describes a violation, the part of the history that shows it, and the command that replays it.
 */
export function describeFailure(failure: ChaosFailure, settings: ChaosSettings): string {
  const shown = failure.violations
    .slice(0, MAX_VIOLATIONS)
    .flatMap((violation) => [
      `\nInvariant ${violation.invariant}: ${violation.sentence}`,
      ...sliceOf(failure.history, violation).map((line) => `  ${line}`),
    ]);
  const kept = settings.mutation === undefined ? `Everything is kept in ${failure.folder}` : '';
  return [
    ...shown,
    `\n${failure.violations.length} violations in round ${failure.round} of seed ${settings.seed}. ${kept}`,
    `Replay: ${replayOf(failure, settings)}\n`,
  ].join('\n');
}

function replayOf({ round }: ChaosFailure, settings: ChaosSettings): string {
  const { seed, processes, callers, store, wholeServer, elasticsearch, mutation } = settings;
  return [
    `npm run chaos -- --seed ${seed} --from-round ${round} --rounds 20`,
    `--processes ${processes} --callers ${callers} --store ${store}`,
    ...(wholeServer ? ['--whole-server'] : []),
    ...(elasticsearch === undefined || elasticsearch.nodes === 1
      ? []
      : [`--nodes ${elasticsearch.nodes}`]),
    ...(mutation === undefined ? [] : [`--mutate ${mutation}`]),
  ].join(' ');
}

/** Describes one run in a line, for a series of runs. */
export function describeRun({ combination, seed, outcome }: SeedRun): string {
  const where = `${nameOf(combination)}, seed ${seed}`;
  if (outcome.type === 'broken_off') return `${where}: broke off`;
  const { rounds, bursts, refreshes, tookMs, failure, undecided } = outcome.result;
  const outcomeText = failure === undefined ? 'held' : `VIOLATED in round ${failure.round}`;
  const open = undecided.length === 0 ? '' : `, undecided rounds ${undecided.join(', ')}`;
  return `${where}: ${rounds} rounds, ${bursts} bursts, ${refreshes} refreshes, ${seconds(tookMs)} s: ${outcomeText}${open}`;
}

/** Describes the seeds and statistics of all runs, as a table for docs/chaos.md. */
export function describeTotals(runs: readonly SeedRun[]): string {
  const byName = Map.groupBy(runs, ({ combination }) => nameOf(combination));
  const rows = [...byName].map(([name, own]) => rowOf(name, totalsOf(own)));
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  return [
    `Seeds: ${seeds.join(',')}`,
    '',
    '| workers | seeds | rounds | bursts | refreshes | calls | seconds | violated | undecided | broke off |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    ...(rows.length > 1 ? [rowOf('**all**', totalsOf(runs))] : []),
    '',
  ].join('\n');
}

function rowOf(name: string, totals: SeedTotals): string {
  const { seeds, rounds, bursts, refreshes, calls, tookMs, violated, undecided, brokenOff } =
    totals;
  const statistics = [seeds, rounds, bursts, refreshes, calls, seconds(tookMs)];
  return `| ${[name, ...statistics, violated, undecided, brokenOff].join(' | ')} |`;
}

function nameOf({ store, wholeServer }: Combination): string {
  const name = store === 'sqlite' ? 'SQLite' : 'Elasticsearch';
  return wholeServer ? `${name}, whole servers` : name;
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
