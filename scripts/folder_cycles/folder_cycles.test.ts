import { describe, expect, it } from 'vitest';
import { findCycle, importGraphOf } from './import_graph.ts';
import { capabilityOf, folderOf } from './places.ts';

const SERVER = 'plugins/actions/server';

const cycleOf = (
  placeOf: (path: string) => string,
  files: Readonly<Record<string, readonly string[]>>,
) =>
  findCycle(
    importGraphOf(
      new Map(
        Object.entries(files).map(([file, imports]) => [
          `${SERVER}/${file}`,
          imports.map((path) => `import { x } from '${path}';`).join('\n'),
        ]),
      ),
      placeOf,
    ),
  );

describe('cycles of folders', () => {
  it('finds folders that import each other through a third one', () => {
    const files = {
      'a/x.ts': ['../b/index.ts'],
      'b/index.ts': ['./y.ts'],
      'b/y.ts': ['../c/z.ts'],
      'c/z.ts': ['../a/x.ts'],
    };
    expect(cycleOf(folderOf, files)).toEqual([`${SERVER}/a`, `${SERVER}/b`, `${SERVER}/c`]);
  });

  it('finds none when folders import in one direction', () => {
    const files = { 'a/x.ts': ['../b/y.ts'], 'b/y.ts': ['../c/z.ts'], 'c/z.ts': [] };
    expect(cycleOf(folderOf, files)).toBeUndefined();
  });

  it('includes dynamic imports and imports of types', () => {
    const graph = importGraphOf(
      new Map([
        [`${SERVER}/a/x.ts`, `const y = await import('../b/y.ts');`],
        [`${SERVER}/b/y.ts`, `import type { X } from '../a/x.ts';`],
      ]),
      folderOf,
    );
    expect(findCycle(graph)).toEqual([`${SERVER}/a`, `${SERVER}/b`]);
  });

  it('lets all folders import the contract of the plugin', () => {
    const files = { 'types.ts': ['./a/x.ts'], 'b/y.ts': ['../types.ts'], 'index.ts': ['./b/y.ts'] };
    expect(cycleOf(folderOf, files)).toBeUndefined();
  });
});

describe('cycles of capabilities', () => {
  // No folder imports back into its own capability, so only the capabilities form a cycle.
  const files = {
    'connectors/service.ts': ['../oauth/tokens/index.ts'],
    'oauth/flow/pages.ts': ['../../connectors/index.ts'],
    'oauth/tokens/index.ts': [],
  };

  it('finds capabilities whose inner folders import each other', () => {
    expect(cycleOf(folderOf, files)).toBeUndefined();
    expect(cycleOf(capabilityOf, files)).toEqual([`${SERVER}/connectors`, `${SERVER}/oauth`]);
  });

  it('treats each file at the root as a separate place', () => {
    const root = {
      'build_services.ts': ['./oauth/flow/pages.ts', './types.ts'],
      'types.ts': ['./oauth/tokens/index.ts'],
      'oauth/flow/pages.ts': [],
      'oauth/tokens/index.ts': [],
    };
    expect(cycleOf(capabilityOf, root)).toBeUndefined();
    expect(cycleOf(capabilityOf, { ...root, 'oauth/tokens/index.ts': ['../../types.ts'] })).toEqual(
      [`${SERVER}/oauth`, `${SERVER}/types.ts`],
    );
  });

  it.each([
    ['plugins/actions/server/oauth/tokens/grants/grant_store.ts', 'plugins/actions/server/oauth'],
    ['packages/core/server/http/router.ts', 'packages/core/server/http'],
    ['packages/saved-objects/store/types.ts', 'packages/saved-objects/store'],
    ['packages/saved-objects/index.ts', 'packages/saved-objects/index.ts'],
  ])('treats %s as part of %s', (file, capability) => {
    expect(capabilityOf(file)).toBe(capability);
  });
});
