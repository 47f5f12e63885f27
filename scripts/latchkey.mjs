#!/usr/bin/env node
// `npx latchkey …`: runs scripts/latchkey.ts on the pinned Node.
process.argv.splice(2, 0, 'latchkey');
await import('./run.mjs');
