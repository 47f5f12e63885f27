import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Actor, WHO_ACTS, whoActs } from './who_acts.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8');

/** Converts a cell of the column "who acts" to an actor. */
function actorOf(cell: string): Actor {
  if (cell.startsWith('the user') || cell === 'the caller' || cell === 'caller') return 'you';
  return cell.startsWith('nobody') ? 'nobody' : 'administrator';
}

/** Actors by error code, from the tables of the page. A code may be in several tables. */
function documented(): Map<string, Set<Actor>> {
  const found = new Map<string, Set<Actor>>();
  for (const line of PAGE.split('\n')) {
    const [, code = '', , who = ''] = line.split('|').map((cell) => cell.trim());
    const name = /^`(\w+)`$/.exec(code)?.[1];
    if (line.startsWith('|') && name !== undefined)
      found.set(name, (found.get(name) ?? new Set()).add(actorOf(who)));
  }
  return found;
}

/**
 * Codes of `last_error`. The page explains them in list items of the form: - `code`, `code`: text.
 */
const LISTED = PAGE.split('\n')
  .filter((line) => line.startsWith('- `'))
  .flatMap((line) => [...(line.split(':')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, code]) => code));

describe('WHO_ACTS', () => {
  it('has every code of docs/errors.md and no other', () => {
    const codes = new Set([...documented().keys(), ...LISTED]);
    expect(codes.size).toBeGreaterThan(100);
    expect(Object.keys(WHO_ACTS).sort()).toEqual([...codes].sort());
  });

  it('names for each code an actor that docs/errors.md names', () => {
    const differing = [...documented()].filter(([code, actors]) => !actors.has(whoActs(code)));
    // WHO_ACTS serves the web app. Its users can only wait for the store, which an operator
    // repairs.
    expect(differing.map(([code]) => code)).toEqual(['store_unavailable']);
  });

  it('assigns codes that are not in the table, even "constructor", to an administrator', () => {
    expect([whoActs('of_a_newer_server'), whoActs('constructor')]).toEqual([
      'administrator',
      'administrator',
    ]);
  });
});
