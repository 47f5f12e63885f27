import { FULL_PLAN, QUICK_PLAN, runBench, runProfile } from '../bench/run_bench.ts';
import { readArguments } from './arguments.ts';

const USAGE = `Measures the server on this machine; bench/README.md says how to read it.

  npm run bench -- [--quick] [--profile]

  --quick    a short run, to see whether a change helps
  --profile  instead of measuring: where the time of an execution goes
`;

const { values } = readArguments(USAGE, {
  options: {
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.profile) await runProfile();
else await runBench(values.quick ? QUICK_PLAN : FULL_PLAN);
