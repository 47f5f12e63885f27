import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBrowserBuild } from './browser_build.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-builds-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('openBrowserBuild', () => {
  it('finds no build in an empty folder', () => {
    expect(openBrowserBuild(folder)).toBeUndefined();
  });

  it('finds no build when its manifest was written by an older version and lacks a member', () => {
    mkdirSync(join(folder, 'a1b2c3d4'));
    writeFileSync(join(folder, 'current.json'), JSON.stringify({ id: 'a1b2c3d4' }));
    writeFileSync(
      join(folder, 'a1b2c3d4', 'build.json'),
      JSON.stringify({ scripts: [], files: {} }),
    );
    expect(openBrowserBuild(folder)).toBeUndefined();
  });
});
