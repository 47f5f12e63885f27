import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

const channel = { id: 'C1', name: 'a' };
const BODIES: Readonly<Record<string, object>> = {
  'assistant.search.context': { results: { messages: [{ message_ts: '1.1' }] } },
  'auth.test': { user_id: 'U1', user: 'ana', team_id: 'T1', team: 'Acme' },
  'chat.postMessage': { channel: 'C1', ts: '1.1', message: {} },
  'chat.update': { channel: 'C1', ts: '1.1', message: {} },
  'conversations.create': { channel },
  'conversations.history': { messages: [{ ts: '1.1' }] },
  'conversations.info': { channel },
  'conversations.invite': { channel },
  'conversations.list': { channels: [channel] },
  'files.info': { file: { id: 'F1' } },
  'files.list': { files: [{ id: 'F1' }] },
  'users.conversations': { channels: [channel] },
  'users.list': { members: [{ id: 'U1' }] },
  'users.lookupByEmail': { user: { id: 'U1' } },
};

export const contractFixtures: ContractFixtures = {
  response: ({ url }) => {
    const method = /^\/api\/([\w.]+)/.exec(url)?.[1] ?? '';
    return { body: { ok: true, ...BODIES[method] } };
  },
};
