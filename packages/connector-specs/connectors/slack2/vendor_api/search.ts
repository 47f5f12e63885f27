import type { OperationFacts } from '../../../contract_tests/vendor_api/index.ts';

const text = { type: 'string' };
const flag = { type: 'boolean' };

/** Facts of `assistant.search.context`, which is newer than Slack's description. */
export const searchFacts: OperationFacts = {
  parameters: [],
  body: {
    isRequired: true,
    schemas: {
      'application/x-www-form-urlencoded': {
        type: 'object',
        properties: {
          query: text,
          action_token: text,
          channel_types: {
            type: 'array',
            items: { type: 'string', enum: ['public_channel', 'private_channel', 'mpim', 'im'] },
          },
          content_types: {
            type: 'array',
            items: { type: 'string', enum: ['messages', 'files', 'channels', 'users'] },
          },
          include_bots: flag,
          include_deleted_users: flag,
          before: { type: 'integer' },
          after: { type: 'integer' },
          include_context_messages: flag,
          context_channel_id: text,
          cursor: text,
          limit: { type: 'integer', minimum: 1, maximum: 20 },
          sort: { type: 'string', enum: ['score', 'timestamp'] },
          sort_dir: { type: 'string', enum: ['asc', 'desc'] },
          include_message_blocks: flag,
          highlight: flag,
          term_clauses: { type: 'array' },
          modifiers: text,
          include_archived_channels: flag,
          disable_semantic_search: flag,
        },
        required: ['query'],
      },
    },
  },
  responses: [
    {
      status: 200,
      contentType: 'application/json',
      schema: {
        type: 'object',
        properties: {
          results: {
            type: 'object',
            properties: {
              messages: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: {
                    author_user_id: text,
                    author_name: text,
                    team_id: text,
                    channel_id: text,
                    channel_name: text,
                    message_ts: text,
                    content: text,
                    permalink: text,
                    blocks: { type: 'array', items: { type: 'object' } },
                    context_messages: { type: 'object' },
                  },
                  required: ['message_ts'],
                },
              },
            },
            required: ['messages'],
          },
          response_metadata: { type: 'object', properties: { next_cursor: text } },
        },
        required: ['results'],
      },
    },
  ],
};
