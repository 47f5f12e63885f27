import { describe, expect, it } from 'vitest';
import { ClusterFailure, responseFailure, toStoreError } from './cluster_failure.ts';

const HOSTS = ['https://es.example.test:9200'];
const response = (status: number, type: string, reason = '') =>
  responseFailure(status, { error: { type, reason }, status });

describe('the failure of a response of Elasticsearch', () => {
  it.each([
    [429, 'es_rejected_execution_exception', 'overloaded'],
    [429, 'circuit_breaking_exception', 'overloaded'],
    [503, 'unavailable_shards_exception', 'not_ready'],
    [503, 'cluster_block_exception', 'not_ready'],
    [500, 'node_closed_exception', 'not_ready'],
    [403, 'cluster_block_exception', 'blocked'],
    [429, 'cluster_block_exception', 'blocked'],
    [401, 'security_exception', 'unauthorized'],
    [403, 'security_exception', 'unauthorized'],
    [404, 'index_not_found_exception', 'index_missing'],
    [400, 'index_closed_exception', 'index_missing'],
    [400, 'document_parsing_exception', 'refused'],
  ])('with the status %i and the type %s is of the kind %s', (status, type, kind) => {
    expect(response(status, type)).toMatchObject({ kind, status, type });
  });

  it('is decided by the status alone when the response is from another kind of server', () => {
    expect(responseFailure(502, '<html>')).toMatchObject({ kind: 'not_ready', type: undefined });
  });

  it('contains only the name of the cluster block from the reason', () => {
    const reason = 'index [x] blocked by: [FORBIDDEN/8/index write (api)]; secret-1';
    const failure = response(403, 'cluster_block_exception', reason);
    expect(failure.block).toBe('index write (api)');
    expect(failure.message).not.toContain('secret');
  });
});

describe('the error of a failed call of Elasticsearch', () => {
  it('stays the same object when the request is invalid', () => {
    const failure = response(400, 'parsing_exception');
    expect(toStoreError(failure, HOSTS)).toBe(failure);
    const other = new RangeError('x');
    expect(toStoreError(other, HOSTS)).toBe(other);
  });

  it('contains the hosts in its message', () => {
    const error = toStoreError(new ClusterFailure('unreachable'), HOSTS);
    expect(error).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('[https://es.example.test:9200] cannot be reached'),
    });
  });
});
