import { describe, expect, it } from 'vitest';
import { fillPath, inSpace } from './route_path.ts';

describe('the path of a request', () => {
  it.each([
    ['/api/thing', {}, '/api/thing'],
    ['/api/thing/{id}', { id: 'a b/c?d#é' }, '/api/thing/a%20b%2Fc%3Fd%23%C3%A9'],
    ['/api/thing/{id}/_run', { id: 7 }, '/api/thing/7/_run'],
    ['/api/thing/{id?}', {}, '/api/thing'],
    ['/api/thing/{id?}', { id: 'x' }, '/api/thing/x'],
    ['/app/{path*}', { path: 'a/b c' }, '/app/a/b%20c'],
  ])('of the route %s with the parameters %j is %s', (path, params, filled) => {
    expect(fillPath(path, params)).toBe(filled);
  });

  it.each([undefined, '', '.', '..'])(
    'is refused for the parameter %o, which would lead to another path',
    (id) => {
      expect(() => fillPath('/api/thing/{id}', { id })).toThrow(TypeError);
    },
  );

  it('is refused for broken Unicode', () => {
    expect(() => fillPath('/api/thing/{id}', { id: 'a\ud800' })).toThrow(URIError);
  });

  it.each(['../x', 'a//b', ''])('is refused for %o as the rest of a path', (path) => {
    expect(() => fillPath('/app/{path*}', { path })).toThrow(TypeError);
  });
});

describe('the path in a space', () => {
  it('has the prefix of the space, except for the default space', () => {
    expect([inSpace('/a', undefined), inSpace('/a', 'default'), inSpace('/a', 'team')]).toEqual([
      '/a',
      '/a',
      '/s/team/a',
    ]);
  });

  it('is refused for a space id that would address another path', () => {
    expect(() => inSpace('/a', '..')).toThrow(TypeError);
  });
});
