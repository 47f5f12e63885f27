import { FULL_GROWTH, QUICK_GROWTH } from '../bench/growth/growth_plan.ts';
import { runGrowth } from '../bench/growth/run_growth.ts';
import { FULL_PLAN, QUICK_PLAN, runBench, runProfile } from '../bench/run_bench.ts';
import { readArguments, refuse } from './arguments.ts';

const USAGE = `Measures the server on this machine; bench/README.md says how to read it.

  npm run bench -- [--quick] [--profile | --growth [--store sqlite|elasticsearch]]

  --quick    a short run, to see whether a change helps
  --profile  instead of measuring: where the time of an execution goes
  --growth   how cost and latency grow with stored tokens, connectors and processes
  --store    for --growth: one store instead of both
`;

const { values } = readArguments(USAGE, {
  options: {
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    store: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
if (values.profile) await runProfile();
else if (values.growth) await runGrowth(values.quick ? QUICK_GROWTH : FULL_GROWTH, storesOf());
else await runBench(values.quick ? QUICK_PLAN : FULL_PLAN);

function storesOf(): readonly ('sqlite' | 'elasticsearch')[] {
  switch (values.store) {
    case undefined:
      return ['sqlite', 'elasticsearch'];
    case 'sqlite':
    case 'elasticsearch':
      return [values.store];
    default:
      return refuse('--store takes sqlite or elasticsearch', USAGE);
  }
}
