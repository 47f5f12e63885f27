// Runs the changesets tool on the pinned Node: `npm run changeset` asks what changed and writes a
// file into `.changeset/`.
import { run } from './command.ts';

process.exitCode = await run('changeset', process.argv.slice(2));
