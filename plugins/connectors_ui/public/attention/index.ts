export { AttentionItem } from './attention_item.tsx';
