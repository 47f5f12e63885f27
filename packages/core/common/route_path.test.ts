import { describe, expect, it } from '@jest/globals';
import { fillPath, inSpace } from './route_path.ts';

describe('fillPath', () => {
  it.each([
    ['/api/thing', {}, '/api/thing'],
    ['/api/thing/{id}', { id: 'a b/c?d#é' }, '/api/thing/a%20b%2Fc%3Fd%23%C3%A9'],
    ['/api/thing/{id}/_run', { id: 7 }, '/api/thing/7/_run'],
    ['/api/thing/{id?}', {}, '/api/thing'],
    ['/api/thing/{id?}', { id: 'x' }, '/api/thing/x'],
    ['/app/{path*}', { path: 'a/b c' }, '/app/a/b%20c'],
  ])('fills the placeholders of %s with %j', (path, params, filled) => {
    expect(fillPath(path, params)).toBe(filled);
  });

  it.each([undefined, '', '.', '..'])(
    'refuses the parameter %p, which would lead to another path',
    (id) => {
      expect(() => fillPath('/api/thing/{id}', { id })).toThrow(TypeError);
    },
  );

  it.each(['../x', 'a//b', ''])('refuses %p as the rest of a path', (path) => {
    expect(() => fillPath('/app/{path*}', { path })).toThrow(TypeError);
  });
});

describe('inSpace', () => {
  it('prefixes a path with the space, except for the default space', () => {
    expect([inSpace('/a', undefined), inSpace('/a', 'default'), inSpace('/a', 'team')]).toEqual([
      '/a',
      '/a',
      '/s/team/a',
    ]);
  });

  it('refuses a space id that would address another path', () => {
    expect(() => inSpace('/a', '..')).toThrow(TypeError);
  });
});
